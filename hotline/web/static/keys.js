// Comfort only: Alt with the key in data-key presses that button, also while somebody is typing.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    var button = document.querySelector('[data-key="' + (/^Digit\d$/.test(event.code) ? event.code.slice(5) : event.key) + '"]');
    if (!button) return;
    event.preventDefault();
    button.click();
  });
})();
