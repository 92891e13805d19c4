// Comfort only: the queue works without this file.
// 1. arrows choose a row; 1, 2, 3 press its buttons; Enter opens it
// 2. the row that is chosen is shown beside the queue, where there is room for it
// 3. the other rows are folded to the matter, its time and the first suggestion
(function () {
  "use strict";
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-row]"));
  var pane = document.getElementById("pane");
  var letters = document.documentElement.dataset.keys !== "off";
  var chosen = null, asked = null;
  var pressing = false; // a row that unfolds under the finger would take the press away from what it was meant for
  if (!rows.length) return;

  function link(row) {
    return row.querySelector("a[href]");
  }

  function beside() {
    return pane && pane.getClientRects().length > 0 && window.htmx;
  }

  function choose(row) {
    if (row === chosen) return;
    if (chosen) chosen.classList.remove("chosen");
    chosen = row;
    row.classList.add("chosen");
    clearTimeout(asked);
    if (beside()) asked = setTimeout(function () { // whoever runs through the rows asks only for the last one
      window.htmx.ajax("GET", row.dataset.pane, { target: "#pane", swap: "innerHTML" });
    }, 150);
  }

  function step(by) {
    var next = rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(chosen) + by))];
    choose(next);
    link(next).focus();
  }

  function typing(target) {
    return target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
  }

  rows.forEach(function (row) {
    row.addEventListener("focusin", function () { if (!pressing) choose(row); });
    row.addEventListener("click", function (event) {
      var to = event.target.closest("a");
      if (to === link(row) && beside() && row !== document.activeElement && !event.metaKey && !event.ctrlKey && event.detail === 1) {
        event.preventDefault(); // the list stays; a second click, or Enter, opens the ticket
        choose(row);
      } else if (!event.target.closest("a, button, input, label")) {
        choose(row);
      }
    });
  });

  document.addEventListener("pointerdown", function () { pressing = true; }, true);
  document.addEventListener("keydown", function () { pressing = false; }, true);
  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.repeat || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "ArrowDown") step(document.activeElement === link(chosen) ? 1 : 0);
    else if (event.key === "ArrowUp") step(document.activeElement === link(chosen) ? -1 : 0);
    else if (/^[1-3]$/.test(event.key) && letters) {
      var button = chosen.querySelector('[data-choice="' + event.key + '"]');
      if (!button) return;
      button.click();
    } else return;
    event.preventDefault();
  });

  Array.prototype.forEach.call(document.querySelectorAll("[data-folds]"), function (list) { list.classList.add("folds"); });
  // What was taken back is what is assigned anew: the next key is meant for it, wherever it stands.
  choose(rows.filter(function (row) { return location.hash === "#" + row.id; })[0] || rows[0]);
})();
