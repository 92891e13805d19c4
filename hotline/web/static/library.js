// Loads a large library only when a page has something to draw with it, and only once.
// loadLibrary(address) promises that it is there; what failed is tried again when it is next asked for.
(function () {
  "use strict";
  var loading = {};

  window.loadLibrary = function (address) {
    loading[address] = loading[address] || new Promise(function (done, failed) {
      var script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = function () {
        delete loading[address];
        failed(new Error(address));
      };
      document.head.appendChild(script);
    });
    return loading[address];
  };
})();
