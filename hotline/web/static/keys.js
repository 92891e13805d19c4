// Comfort only: Alt with the key in data-key presses that button, also while somebody is typing in its own form.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.repeat) return;
    var button = document.querySelector('[data-key="' + (/^Digit\d$/.test(event.code) ? event.code.slice(5) : event.key) + '"]');
    if (!button || (event.target.form && event.target.form !== button.form)) return;
    event.preventDefault();
    button.click();
  });
})();
