// Comfort only: every page works without this file.
// 1. keeps what is typed in forms marked data-draft="<key>" on this device until it has been received
// 2. sends a form once however often the button is pressed
// 3. puts the focus on the error summary, or on what was asked to be shown before it is done (data-told)
// 4. shows the end of a conversation
(function () {
  "use strict";
  var PREFIX = "draft:";
  var KEEP_MS = 7 * 24 * 3600 * 1000;

  // A hidden field is kept where it says so: a position, or the key that makes the form one complaint.
  function keepable(control) {
    if (!control.name) return false;
    return control.type === "hidden" ? control.hasAttribute("data-keep") : !/^(password|file|submit|button)$/.test(control.type);
  }

  function read(key) {
    try {
      var saved = JSON.parse(localStorage.getItem(PREFIX + key) || "null");
      return saved && Date.now() - saved.at < KEEP_MS ? saved.values : null;
    } catch (refused) {
      return null; // storage switched off, or written by something else: the form simply starts empty
    }
  }

  // What a list stood at when the page came: only what somebody has chosen otherwise is kept, and so comes back.
  function begun(list) {
    var option = Array.prototype.find.call(list.options, function (each) { return each.defaultSelected; }) || list.options[0];
    return option ? option.value : "";
  }

  function write(form) {
    var values = {};
    Array.prototype.forEach.call(form.elements, function (control) {
      if (!keepable(control)) return;
      if (/^(checkbox|radio)$/.test(control.type)) {
        if (control.checked) (values[control.name] = values[control.name] || []).push(control.value);
      } else if (control.tagName !== "SELECT" || form.hasAttribute("data-filled") || control.value !== begun(control)) {
        values[control.name] = control.value;
      }
    });
    try {
      localStorage.setItem(PREFIX + form.dataset.draft, JSON.stringify({ at: Date.now(), values: values }));
    } catch (refused) {
      // a full or forbidden storage must not stop anybody from typing
    }
  }

  function restore(form) {
    // What the server sent back is newer than what this device kept.
    if (form.hasAttribute("data-filled")) return;
    var values = read(form.dataset.draft);
    if (!values) return;
    var restored = false;
    Array.prototype.forEach.call(form.elements, function (control) {
      if (!keepable(control) || !(control.name in values)) return;
      if (/^(checkbox|radio)$/.test(control.type)) {
        control.checked = values[control.name].indexOf(control.value) >= 0;
      } else if (control.type === "hidden") {
        control.value = values[control.name];
      } else if (values[control.name] && (control.tagName === "SELECT" || !control.value)) {
        control.value = values[control.name];
        restored = true;
      }
    });
    var told = form.querySelector("[data-draft-told]");
    if (restored && told) told.hidden = false;
    form.dispatchEvent(new CustomEvent("draft:restored"));
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

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return; // send.js sends it in its own way
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
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
