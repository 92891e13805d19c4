// Comfort only: without this file the key is typed by hand.
// A link or a QR code brings the key behind the "#", which no server sees. It goes into its field and out of the
// address bar, so that it is neither read over the shoulder nor kept in the history.
(function () {
  "use strict";

  function take() {
    var found = /^#([2-9A-HJKMNP-Z]{10})$/i.exec(location.hash); // as long as a key, and of its letters
    if (!found) return;
    history.replaceState(null, "", location.pathname + location.search);
    var field = document.getElementById("f-key");
    if (!field || field.value) return;
    field.value = found[1].toUpperCase();
    field.form.querySelector("[type=submit]").focus();
  }

  window.addEventListener("hashchange", take); // the link to the page that is open already
  take();
})();
