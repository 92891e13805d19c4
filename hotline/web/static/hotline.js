// Comfort only: every page works without this file.
// 1. keeps what is typed in forms marked data-draft="<key>" on this device until it has been received
// 2. sends a form once however often the button is pressed
// 3. puts the focus on the error summary, or on what was asked to be shown before it is done (data-told)
// 4. shows the end of a conversation
(function () {
  "use strict";
  var PREFIX = "draft:";
  var SENT = "draft-sent"; // in the session: the form that was sent last, if it is kept
  var KEEP_MS = 7 * 24 * 3600 * 1000;
  var TICK = /^(checkbox|radio)$/;

  // A hidden field is kept where it says so: a position, or the key that makes the form one complaint.
  function keepable(control) {
    if (!control.name) return false;
    return control.type === "hidden" ? control.hasAttribute("data-keep") : !/^(password|file|submit|button)$/.test(control.type);
  }

  function read(key) {
    try {
      var saved = JSON.parse(localStorage.getItem(PREFIX + key) || "null");
      return saved && Date.now() - saved.at < KEEP_MS ? saved.fields || null : null;
    } catch (refused) {
      return null; // storage switched off, or written by something else: the form simply starts empty
    }
  }

  // What a field stood at when the page came.
  function begun(control) {
    if (control.tagName !== "SELECT") return control.defaultValue;
    var option = Array.prototype.find.call(control.options, function (each) { return each.defaultSelected; }) || control.options[0];
    return option ? option.value : "";
  }

  // By name: what stands there now, and what stood there when the page came.
  function fieldsOf(form) {
    var fields = {};
    Array.prototype.forEach.call(form.elements, function (control) {
      if (!keepable(control)) return;
      if (!TICK.test(control.type)) {
        fields[control.name] = { now: control.value, was: control.type === "hidden" ? "" : begun(control) };
        return;
      }
      var field = fields[control.name] = fields[control.name] || { now: [], was: [] };
      if (control.checked) field.now.push(control.value);
      if (control.defaultChecked) field.was.push(control.value);
    });
    return fields;
  }

  function same(one, other) { return String(one) === String(other); }

  // Only what somebody has made otherwise. A form that the server has sent back begins with what was typed into the
  // one before: all of it is kept, with what stood in that one.
  function write(form) {
    var filled = form.hasAttribute("data-filled");
    var before = (filled && read(form.dataset.draft)) || {};
    var fields = fieldsOf(form);
    Object.keys(fields).forEach(function (name) {
      if (!filled && same(fields[name].now, fields[name].was)) delete fields[name];
      else if (before[name]) fields[name].was = before[name].was;
    });
    try {
      localStorage.setItem(PREFIX + form.dataset.draft, JSON.stringify({ at: Date.now(), fields: fields }));
    } catch (refused) {
      // a full or forbidden storage must not stop anybody from typing
    }
  }

  // Into fields that stand as they stood then: what others have changed meanwhile is newer than what this device kept,
  // and so is what the server has sent back.
  function restore(form) {
    var kept = !form.hasAttribute("data-filled") && read(form.dataset.draft);
    if (!kept) return;
    var fields = fieldsOf(form), restored = false;
    function stands(name) { return kept[name] && (!fields[name].was.length || same(fields[name].was, kept[name].was)); }
    Array.prototype.forEach.call(form.elements, function (control) {
      if (!keepable(control) || !stands(control.name)) return;
      var now = kept[control.name].now;
      if (TICK.test(control.type)) control.checked = now.indexOf(control.value) >= 0;
      else if (control.tagName !== "SELECT" || offers(control, now)) control.value = now;
      if (control.type !== "hidden" && !same(now, fields[control.name].was)) restored = true;
    });
    var told = form.querySelector("[data-draft-told]"), folded = form.closest("details");
    if (restored && told) told.hidden = false;
    if (restored && folded) folded.open = true;
    form.dispatchEvent(new CustomEvent("draft:restored"));
  }

  function offers(list, value) {
    return Array.prototype.some.call(list.options, function (option) { return option.value === value; });
  }

  function forget(key) {
    try {
      localStorage.removeItem(PREFIX + key);
    } catch (refused) {
      // nothing was kept
    }
  }

  document.querySelectorAll("form[data-draft]").forEach(function (form) {
    restore(form);
    form.addEventListener("input", function () { write(form); });
    form.addEventListener("reset", function () { forget(form.dataset.draft); });
  });
  document.querySelectorAll("[data-draft-done]").forEach(function (mark) { forget(mark.dataset.draftDone); });
  // The answer to a form that was not taken promises only what is true.
  document.querySelectorAll("[data-draft-kept]").forEach(function (mark) {
    var key = sent();
    mark.hidden = !(key && read(key));
  });

  function sent(key) {
    try {
      if (key === undefined) return sessionStorage.getItem(SENT);
      sessionStorage.setItem(SENT, key);
    } catch (refused) {
      return null; // where nothing can be kept, nothing is promised
    }
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return; // send.js sends it in its own way
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    sent(form.dataset.draft || "");
    form.setAttribute("aria-busy", "true");
    // Not `disabled`: a disabled button would leave its own name out of what is sent.
    form.querySelectorAll("[type=submit]").forEach(function (button) { button.setAttribute("aria-disabled", "true"); });
    // A file is the answer: the page stays, and nobody tells it that the file has come.
    if (form.hasAttribute("data-download")) setTimeout(function () { allow(form); }, 1000);
  });
  function allow(form) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    form.querySelectorAll("[type=submit]").forEach(function (button) { button.removeAttribute("aria-disabled"); });
  }
  // Back to this page, or a part of it replaced: the form may be sent again.
  function allowAgain() {
    document.querySelectorAll("form[data-sent]").forEach(allow);
  }
  window.addEventListener("pageshow", allowAgain);
  document.addEventListener("htmx:afterRequest", allowAgain);

  // What the answer is about: what is wrong, else what was asked to be shown. Where the address names a part of the
  // page, the browser goes there by itself, and takes the focus with it: so once more after that.
  var told = document.querySelector(".error-summary") || document.querySelector("[data-told]");
  function focusTold() { if (!told.contains(document.activeElement)) told.focus(); }
  if (told) {
    focusTold();
    if (location.hash) window.addEventListener("load", function () { requestAnimationFrame(focusTold); });
  }

  // A conversation shows its end, also after it was refreshed, unless somebody has scrolled up to read.
  var readAt = null;
  function toEnd() {
    document.querySelectorAll("[data-scroll-end]").forEach(function (box) {
      box.scrollTop = readAt === null ? box.scrollHeight : readAt;
    });
  }
  document.addEventListener("htmx:beforeSwap", function (event) {
    var box = event.target;
    if (!box.hasAttribute || !box.hasAttribute("data-scroll-end")) return;
    readAt = box.scrollHeight - box.scrollTop - box.clientHeight < 40 ? null : box.scrollTop;
  });
  document.addEventListener("htmx:afterSettle", toEnd);
  toEnd();
})();
