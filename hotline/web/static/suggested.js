// Comfort only: suggestions are buttons that work without this file.
// 1. the keys 1, 2, 3 press the suggestion of that number, unless somebody is typing
// 2. once one was taken, the focus stands on the button that sends: a person presses it
(function () {
  "use strict";

  function shown() {
    return Array.prototype.find.call(document.querySelectorAll("[data-suggested]"), function (box) {
      return box.getClientRects().length > 0; // not in a form that is folded away
    });
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !/^[1-9]$/.test(event.key)) return;
    if (event.target.closest("input:not([type=radio]):not([type=checkbox]), select, textarea")) return;
    var box = shown();
    var button = box && box.querySelectorAll("button")[event.key - 1];
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  var taken = document.querySelector("[data-suggested][data-taken]");
  var send = taken && taken.closest("form").querySelector(".actions [type=submit]");
  if (send) window.addEventListener("load", function () { // the address leads to the form, and takes the focus there
    requestAnimationFrame(function () { send.focus({ preventScroll: location.hash !== "" }); });
  });
})();
