// Comfort only: Ctrl+K opens one field for everything: the places of the menu, what this page offers, tickets,
// saved lists. A combobox with a listbox as the ARIA Authoring Practices have it: the focus stays in the field, the arrows
// choose.
(function () {
  "use strict";
  var SHORTEST = 2, REST = 150; // letters, ms
  var finder = document.querySelector(".bar-find");
  if (!finder || !window.HTMLDialogElement) return;
  var dialog, field, list, told, timer, asked;
  var found = []; // tickets of the answer before
  var shown = []; // what stands in the list
  var at = 0;

  function made(tag, parent, attributes, text) {
    var element = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) { element.setAttribute(name, attributes[name]); });
    if (text) element.textContent = text;
    parent.appendChild(element);
    return element;
  }

  function words(element) {
    var copy = element.cloneNode(true);
    Array.prototype.forEach.call(copy.querySelectorAll("kbd, .n, svg"), function (each) { each.remove(); });
    return copy.textContent.trim();
  }

  function collect(selector, kind, label) {
    return Array.prototype.filter.call(document.querySelectorAll(selector), function (each) {
      return !each.closest("dialog") && (kind !== "本页操作" || !each.checkVisibility || each.checkVisibility());
    }).map(function (each) { return { kind: kind, text: label(each), key: each.dataset.go ? "g " + each.dataset.go : each.dataset.key || "", element: each }; });
  }

  function own() {
    return collect("[data-key][data-key-label]", "本页操作", function (each) { return each.dataset.keyLabel; })
      .concat(collect("#menu a[href]", "页面", words));
  }

  function fits(item, text) {
    var words = item.text.toLowerCase();
    return text.toLowerCase().split(/\s+/).every(function (part) { return words.indexOf(part) >= 0; });
  }

  function choose(index) {
    var options = list.children;
    if (options[at]) options[at].setAttribute("aria-selected", "false");
    at = shown.length ? (index + shown.length) % shown.length : 0;
    field.removeAttribute("aria-activedescendant");
    if (!options[at] || !shown.length) return;
    options[at].setAttribute("aria-selected", "true");
    options[at].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", options[at].id);
  }

  function draw() {
    var text = field.value.trim();
    shown = own().filter(function (item) { return fits(item, text); }).concat(text.length < SHORTEST ? [] : found);
    if (text) shown.push({ kind: "查找", text: "查找“" + text + "”", href: finder.action + "?q=" + encodeURIComponent(text) });
    list.textContent = "";
    shown.forEach(function (item, index) {
      var option = made("li", list, { role: "option", id: "palette-" + index, "aria-selected": "false" });
      made("span", option, { "class": "what" }, item.text);
      made("span", option, { "class": "note" }, item.kind);
      if (item.key) made("kbd", option, { "aria-hidden": "true" }, item.key);
      option.addEventListener("click", function () { go(item); });
    });
    told.textContent = shown.length + " 项";
    choose(0);
  }

  function go(item) {
    dialog.close();
    if (item.href) location.assign(item.href);
    else if (item.element.matches("#menu a")) location.assign(item.element.href);
    else item.element.dispatchEvent(new CustomEvent("key:press", { bubbles: true })); // as its own key does (keys.js)
  }

  function ask() {
    var text = field.value.trim();
    if (asked) asked.abort();
    if (text.length < SHORTEST) { found = []; return; }
    asked = window.AbortController ? new AbortController() : null;
    fetch(finder.action + "?q=" + encodeURIComponent(text), { headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "error", signal: asked ? asked.signal : undefined })
      .then(function (answer) { return answer.ok ? answer.json() : { tickets: [] }; })
      .then(function (answer) {
        if (field.value.trim() !== text) return;
        found = (answer.views || []).map(function (view) {
          return { kind: "常用列表", text: view.label, href: view.url };
        }).concat(answer.tickets.map(function (ticket) {
          return { kind: ticket.state_label, text: ticket.number + " " + ticket.matter, href: ticket.url };
        }));
        var before = at;
        draw();
        choose(Math.min(before, shown.length - 1));
      }, function () {}); // replaced by the next letter, or nobody answers: the menu still does
  }

  function build() {
    dialog = made("dialog", document.body, { "class": "palette", "aria-label": "命令面板" });
    field = made("input", dialog, { "class": "form-control", type: "text", role: "combobox", "aria-label": "去哪一页、办哪一步、找哪张工单", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list", autocomplete: "off", maxlength: "100", placeholder: "去哪一页、办哪一步、找哪张工单" });
    list = made("ul", dialog, { id: "palette-list", role: "listbox", "aria-label": "结果" });
    told = made("p", dialog, { "class": "visually-hidden", role: "status" });
    field.addEventListener("input", function () { draw(); clearTimeout(timer); timer = setTimeout(ask, REST); });
    field.addEventListener("keydown", function (event) {
      if (event.isComposing) return;
      var step = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 8, shown.length - 1), PageUp: Math.max(at - 8, 0) }[event.key];
      if (step !== undefined) { event.preventDefault(); choose(step); }
      if (event.key === "Enter" && shown[at]) { event.preventDefault(); go(shown[at]); }
    });
    dialog.addEventListener("click", function (event) { if (event.target === dialog) dialog.close(); });
  }

  document.addEventListener("keydown", function (event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
    var other = document.querySelector("dialog[open]");
    if (other && other !== dialog) return;
    event.preventDefault();
    if (!dialog) build();
    if (dialog.open) { dialog.close(); return; }
    field.value = "";
    found = [];
    dialog.showModal();
    draw();
    field.focus();
  });
})();
