// A page on the wall ([data-renews] seconds): fetched again and put in the place of the old picture, which stays while
// the network is away, with a line that says since when ([data-renews-told]).
(function () {
  "use strict";
  var told = document.querySelector("[data-renews-told]");
  var seconds = +document.querySelector("[data-renews]").dataset.renews;

  function renew() {
    fetch(location.href, { credentials: "same-origin", cache: "no-store" }).then(function (answer) {
      if (!answer.ok || new URL(answer.url).pathname !== location.pathname) throw new Error(answer.status);
      return answer.text();
    }).then(show).catch(function () { told.hidden = false; });
  }

  function show(text) {
    var page = new DOMParser().parseFromString(text, "text/html").querySelector("[data-renews]");
    if (!page) throw new Error("another page");
    var old = document.querySelector("[data-renews]");
    old.replaceWith(document.importNode(page, true));
    told.hidden = true;
    document.dispatchEvent(new Event("charts:look"));
  }

  setInterval(renew, seconds * 1000);
})();
