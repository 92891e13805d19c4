// Comfort only: the ticket page works without this file.
// 1. on a narrow screen what is not to be done now is folded away
// 2. a citizen's number that was opened in its place is forgotten after a minute, and when the page is left
// 3. [ and ] lead to the neighbours in the list
// 4. the sheet's button prints
(function () {
  "use strict";
  var FORGET_MS = 60 * 1000;

  function each(selector, action) { Array.prototype.forEach.call(document.querySelectorAll(selector), action); }

  if (window.matchMedia("(max-width: 767px)").matches) {
    each("[data-part]", function (part) { if (!part.querySelector(":target")) part.open = false; });
  }
  window.addEventListener("hashchange", function () {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var fold = target && target.closest("details");
    if (fold) { fold.open = true; target.scrollIntoView(); }
  });

  function forget() { each("[data-opened]", function (place) { place.textContent = ""; }); }

  var timer = 0;
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (!event.detail.target || !event.detail.target.hasAttribute("data-opened")) return;
    if (event.detail.xhr.status === 422) event.detail.shouldSwap = true; // what is wrong with the reason
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (!event.target.hasAttribute || !event.target.hasAttribute("data-opened")) return;
    clearTimeout(timer);
    timer = setTimeout(forget, FORGET_MS);
  });
  window.addEventListener("pagehide", forget);
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") forget(); });

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || (event.key !== "[" && event.key !== "]")) return;
    if (document.documentElement.dataset.keys === "off" || event.target.closest("input, select, textarea")) return;
    var link = document.querySelector('.along [data-key-shown="' + event.key + '"]');
    if (link) { event.preventDefault(); location.assign(link.href); }
  });

  each("[data-print]", function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
