// Keys for everything. Comfort only: every page works without this file.
// 1. Alt with the key in data-key presses that element, also while somebody is typing in its own form; of two with one
//    key the one in the unfolded part where he is typing.
// 2. A single letter in data-key presses it where nobody is typing; data-key-label says what it does. With data-key-aims
//    (what cannot be taken back) the letter only goes there: to what is to be written first, else to the button.
// 3. g and then a letter goes to a place of the menu (data-go); / goes to the search (data-find, else the frame's own).
// 4. ? lists the keys of the page. Keys that a page's own script answers to are listed too where an element says
//    data-key-shown="j k" and data-key-label="下一件、上一件".
// 5. Letters can be switched off in the own settings (WCAG 2.1.4): <html data-keys="off">; Alt and Ctrl stay.
// Pressing a summary unfolds it and goes to its first field; pressing a field goes there.
(function () {
  "use strict";
  var FIELD = "input:not([type=radio]):not([type=checkbox]):not([type=button]):not([type=submit]), select, textarea, [contenteditable]";
  var WAITS = 1500; // ms after g
  var letters = document.documentElement.dataset.keys !== "off";
  var gone = 0; // when g was pressed

  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }

  function seen(element) {
    return element.checkVisibility ? element.checkVisibility() : element.getClientRects().length > 0;
  }

  function press(element) {
    if (element.matches("summary")) {
      element.parentNode.open = true;
      (element.parentNode.querySelector(".body input:not([type=hidden]):not(.visually-hidden), .body select, .body textarea, .body button:not(.visually-hidden)") || element).focus();
    } else if (element.matches(FIELD)) {
      element.focus();
      if (element.select) element.select();
    } else {
      element.click();
    }
  }

  function aim(element) {
    var asked = element.form ? Array.prototype.slice.call(element.form.querySelectorAll("[required]")) : [];
    (asked.filter(function (field) { return !field.value.trim() && seen(field); })[0] || element).focus();
  }

  function act(element) {
    if (element.hasAttribute("data-key-aims")) aim(element); else press(element);
  }

  function withKey(key) {
    return all("[data-key]").filter(function (each) { return each.dataset.key === key && seen(each); })[0];
  }

  function own(key, field) {
    var part = field.closest("details");
    var mine = part && Array.prototype.filter.call(part.querySelectorAll("[data-key]"), function (each) { return each.dataset.key === key && seen(each); });
    return mine && mine[0] || withKey(key);
  }

  function byAlt(event) {
    var key = /^Digit\d$/.test(event.code) ? event.code.slice(5) : event.key;
    if (/^Key[A-Z]$/.test(event.code) && !/^[a-z]$/.test(key)) key = event.code.slice(3).toLowerCase(); // å of a Mac
    var element = own(key, event.target);
    if (!element || (event.target.form && event.target.form !== (element.form || element.closest("form")))) return;
    event.preventDefault();
    press(element);
  }

  function byLetter(event) {
    var key = event.key;
    if (gone && Date.now() - gone < WAITS) {
      gone = 0;
      var place = all("[data-go]").filter(function (each) { return each.dataset.go === key; })[0];
      if (place) { event.preventDefault(); location.assign(place.href); }
      return;
    }
    if (key === "g") { gone = Date.now(); return; }
    var element = key === "/" ? all("main [data-find], main [role=search] input[type=search], [data-find]").filter(seen)[0] : /^[a-z]$/i.test(key) ? withKey(key) : null;
    if (key === "?") { event.preventDefault(); list(); return; }
    if (key === "/" && !element) {
      var link = document.querySelector(".bar-find-link");
      if (link) { event.preventDefault(); location.assign(link.href); }
      return;
    }
    if (!element) return;
    event.preventDefault();
    act(element);
  }

  document.addEventListener("key:press", function (event) { act(event.target); });
  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.isComposing || event.repeat) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.altKey) { if (!event.shiftKey) byAlt(event); return; }
    if (letters && !event.target.closest(FIELD)) byLetter(event);
  });

  // --- the list ----------------------------------------------------------------------------------------------------
  function made(tag, text, parent) {
    var element = document.createElement(tag);
    if (text) element.textContent = text;
    if (parent) parent.appendChild(element);
    return element;
  }

  function words(element) {
    var copy = element.cloneNode(true);
    Array.prototype.forEach.call(copy.querySelectorAll("kbd, .n, svg"), function (each) { each.remove(); });
    return copy.textContent.trim();
  }

  function ofPage() {
    var told = {};
    return all("[data-key], [data-key-shown]").filter(function (each) {
      return seen(each) || each.hasAttribute("data-key-shown");
    }).map(function (each) {
      var key = each.dataset.key || "";
      var single = /^[a-z]$/i.test(key);
      var shown = each.dataset.keyShown || (single ? key : "Alt " + key);
      return single && !letters ? null : [shown, each.dataset.keyLabel || words(each)];
    }).filter(function (each) {
      if (!each || told[each[0]]) return false;
      return (told[each[0]] = true);
    });
  }

  function ofPlaces() {
    return letters ? all("#menu [data-go]").map(function (each) { return ["g " + each.dataset.go, words(each)]; }) : [];
  }

  function ofFrame() {
    var always = [["Ctrl K", "命令面板：页面、操作、工单"], ["Esc", "关闭打开的窗口"]];
    return (letters ? [["/", "查找"], ["?", "列出快捷键"]] : []).concat(always);
  }

  function section(dialog, title, keys) {
    if (!keys.length) return;
    made("h3", title, dialog);
    var listed = made("dl", "", dialog);
    keys.forEach(function (each) {
      var term = made("dt", "", listed);
      each[0].split(" ").forEach(function (key) { made("kbd", key, term); });
      made("dd", each[1], listed);
    });
  }

  function list() {
    var dialog = made("dialog", "", document.body);
    dialog.className = "keys-dialog";
    dialog.setAttribute("aria-labelledby", "keys-title");
    made("h2", "快捷键", dialog).id = "keys-title";
    section(dialog, "本页", ofPage());
    section(dialog, "前往", ofPlaces());
    section(dialog, "通用", ofFrame());
    var foot = made("form", "", dialog);
    foot.method = "dialog";
    foot.className = "actions";
    var close = made("button", "关闭", foot);
    close.className = "btn btn-secondary";
    var help = document.querySelector("[data-help]");
    if (help) {
      var link = made("a", "岗位说明、状态和时限", foot);
      link.href = help.href;
    }
    dialog.addEventListener("close", function () { dialog.remove(); });
    dialog.addEventListener("click", function (event) { if (event.target === dialog) dialog.close(); });
    dialog.showModal();
    close.focus();
  }

  all("[data-key]").forEach(function (each) {
    if (letters && /^[a-z]$/i.test(each.dataset.key) && !each.hasAttribute("aria-keyshortcuts")) each.setAttribute("aria-keyshortcuts", each.dataset.key);
  });
})();
