// Comfort only: the button beside the choice works without this file, by way of the server.
// 1. 插入 puts the text in where the cursor stands, without leaving the page
// 2. while somebody types "::" a list opens, narrowed by what follows; arrows and Enter choose, Esc closes
(function () {
  "use strict";
  var list = null; // the open one: {box, field, options, at}
  var MOST = 8;

  function put(field, text, from, to) {
    field.focus();
    field.setRangeText(text, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-phrases] button[name=insert]");
    if (!button) return;
    var box = button.closest("[data-phrases]");
    var select = box.querySelector("select");
    var chosen = select.selectedOptions[0];
    var field = document.getElementById(box.dataset.phrases);
    event.preventDefault();
    if (!chosen || !chosen.dataset.text) { select.focus(); return; }
    put(field, chosen.dataset.text, field.selectionStart, field.selectionEnd);
    select.value = "";
  });

  function close() {
    if (!list) return;
    list.box.remove();
    list.field.removeAttribute("aria-activedescendant");
    list.field.removeAttribute("aria-controls");
    list = null;
  }

  function mark(index) {
    var count = list.box.children.length;
    list.at = (index + count) % count;
    Array.prototype.forEach.call(list.box.children, function (each, place) {
      each.setAttribute("aria-selected", place === list.at ? "true" : "false");
    });
    var current = list.box.children[list.at];
    list.field.setAttribute("aria-activedescendant", current.id);
    current.scrollIntoView({ block: "nearest" });
  }

  function typed(field) {
    return field.value.slice(0, field.selectionEnd).match(/(?:::|：：)([^\s:：]{0,20})$/);
  }

  function open(field, wanted) {
    var holder = document.querySelector('[data-phrases="' + field.id + '"]');
    var found = holder ? Array.prototype.filter.call(holder.querySelectorAll("option[data-text]"), function (option) {
      return option.textContent.indexOf(wanted) >= 0 || option.dataset.text.indexOf(wanted) >= 0;
    }).slice(0, MOST) : [];
    close();
    if (!found.length) return;
    var box = document.createElement("ul");
    box.className = "phrase-list";
    box.id = field.id + "-phrases";
    box.setAttribute("role", "listbox");
    box.setAttribute("aria-label", "快捷用语");
    found.forEach(function (option, place) {
      var line = document.createElement("li");
      line.id = box.id + "-" + place;
      line.setAttribute("role", "option");
      var name = document.createElement("b");
      name.textContent = option.textContent;
      var words = document.createElement("span");
      words.append(name, " " + option.dataset.text);
      line.appendChild(words);
      line.addEventListener("mousedown", function (event) { event.preventDefault(); take(place); });
      box.appendChild(line);
    });
    field.after(box);
    field.setAttribute("aria-controls", box.id);
    list = { box: box, field: field, options: found, at: 0 };
    mark(0);
  }

  function take(place) {
    var field = list.field;
    var text = list.options[place].dataset.text;
    var before = typed(field);
    close();
    if (before) put(field, text, field.selectionEnd - before[0].length, field.selectionEnd);
  }

  document.addEventListener("input", function (event) {
    var field = event.target;
    if (field.tagName !== "TEXTAREA" || event.isComposing) return;
    var before = typed(field);
    if (before) open(field, before[1]); else close();
  });
  document.addEventListener("keydown", function (event) {
    if (!list || event.target !== list.field || event.isComposing) return;
    var keys = {
      ArrowDown: function () { mark(list.at + 1); },
      ArrowUp: function () { mark(list.at - 1); },
      Enter: function () { take(list.at); },
      Escape: close
    };
    if (!Object.prototype.hasOwnProperty.call(keys, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  }, true);
  document.addEventListener("focusout", function (event) { if (list && event.target === list.field) close(); });
})();
