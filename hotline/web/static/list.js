// Comfort only: the list works without this file.
// 1. j and k go from row to row, o opens it, x ticks it, [ and ] turn the page; Enter is the link's own
// 2. "选择本页" ticks all rows, and how many are ticked is said
// 3. one of the menus above the list is open at a time
(function () {
  "use strict";
  var letters = document.documentElement.dataset.keys !== "off";
  var WAITS = 1500; // ms after g, as in keys.js
  var gone = 0;
  var TYPING = "input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]";

  function rows() { return Array.prototype.slice.call(document.querySelectorAll("[data-rows] tbody tr")); }
  function picks() { return Array.prototype.slice.call(document.querySelectorAll("[data-rows] input[name=number]")); }
  function here() { return document.activeElement.closest("[data-rows] tbody tr"); }
  function link(row) { return row && row.querySelector(".matter a"); }

  function move(by) {
    var all = rows();
    var at = all.indexOf(here());
    var row = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
    if (!row) return;
    link(row).focus();
    row.scrollIntoView({ block: "nearest" });
  }

  function turn(rel) {
    var way = document.querySelector("#list [rel=" + rel + "]");
    if (way) location.assign(way.href);
  }

  function tell() {
    var all = picks();
    var count = all.filter(function (each) { return each.checked; }).length;
    var told = document.querySelector("[data-chosen]");
    if (told) told.textContent = count ? told.dataset.told.replace("{n}", count) : "";
    var whole = document.getElementById("all-rows");
    if (whole) {
      whole.checked = count > 0 && count === all.length;
      whole.indeterminate = count > 0 && count < all.length;
    }
  }

  var KEYS = {
    j: function () { move(1); },
    k: function () { move(-1); },
    o: function () { var target = link(here()); if (target) location.assign(target.href); },
    x: function () {
      var row = here();
      var pick = row && row.querySelector("input[name=number]");
      if (pick) { pick.checked = !pick.checked; tell(); }
    },
    "[": function () { turn("prev"); },
    "]": function () { turn("next"); }
  };

  document.addEventListener("keydown", function (event) {
    if (!letters || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "g") { gone = Date.now(); return; } // the next letter is a place of the menu
    if (gone && Date.now() - gone < WAITS) { gone = 0; return; }
    if (event.target.closest(TYPING) || document.querySelector("dialog[open]") || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  document.addEventListener("change", function (event) {
    if (event.target.id === "all-rows") picks().forEach(function (each) { each.checked = event.target.checked; });
    if (event.target.closest("[data-rows]")) tell();
  });

  document.addEventListener("toggle", function (event) {
    if (!event.target.matches || !event.target.matches("details.menu") || !event.target.open) return;
    document.querySelectorAll("details.menu[open]").forEach(function (each) { if (each !== event.target) each.open = false; });
  }, true);

  function begin() {
    document.querySelectorAll("[data-all]").forEach(function (each) { each.hidden = false; });
    tell();
  }
  document.addEventListener("htmx:afterSettle", begin);
  window.addEventListener("pageshow", begin); // the browser's way back keeps the ticks
})();
