// 用我的位置: asks the telephone where it is, and tells how sure it is, or in plain words why it does not know.
// The point goes into the form's hidden fields; the map, if there is one, shows it ("map:show") and gives another ("map:picked").
(function () {
  "use strict";
  var ROUGH = 1000; // metres: a point less sure than this says nothing
  var REFUSED = { 1: "toldDenied", 2: "toldUnavailable", 3: "toldSlow" }; // GeolocationPositionError.code

  function Position(box) {
    var form = box.closest("form");
    var ask = box.querySelector("[data-position-ask]");
    var drop = box.querySelector("[data-position-drop]");
    var told = box.querySelector("[data-position-told]");
    var fold = box.querySelector("[data-map-fold]");
    var latitude = form.elements.latitude;
    var longitude = form.elements.longitude;

    function say(name, metres) {
      told.textContent = name ? box.dataset[name].replace("{metres}", metres) : "";
      drop.hidden = !latitude.value;
    }

    function write(position) {
      latitude.value = position ? position.latitude.toFixed(6) : "";
      longitude.value = position ? position.longitude.toFixed(6) : "";
      form.dispatchEvent(new Event("input", { bubbles: true })); // the draft and the hints look again
    }

    function found(answer) {
      var metres = Math.max(1, Math.round(answer.coords.accuracy));
      ask.removeAttribute("aria-disabled");
      if (metres > ROUGH) return say("toldRough", metres);
      write(answer.coords);
      say("toldFound", metres);
      form.dispatchEvent(new CustomEvent("map:show", {
        detail: { latitude: answer.coords.latitude, longitude: answer.coords.longitude, accuracy: metres }
      }));
    }

    function refused(error) {
      ask.removeAttribute("aria-disabled");
      say(REFUSED[error.code] || "toldUnavailable");
    }

    if (navigator.geolocation && window.isSecureContext !== false) {
      ask.hidden = false;
      ask.addEventListener("click", function () {
        if (ask.hasAttribute("aria-disabled")) return;
        ask.setAttribute("aria-disabled", "true");
        say("toldLooking");
        navigator.geolocation.getCurrentPosition(found, refused, {
          enableHighAccuracy: true, timeout: 15000, maximumAge: 60000
        });
      });
    }
    drop.addEventListener("click", function () {
      write(null);
      say("toldGone");
      form.dispatchEvent(new CustomEvent("map:show", { detail: null }));
      (ask.hidden ? form.elements.place : ask).focus();
    });
    form.addEventListener("map:picked", function (event) {
      write(event.detail);
      say("toldPicked");
    });
    form.addEventListener("draft:restored", function () { say(latitude.value ? "toldKept" : ""); });
    form.addEventListener("reset", function () {
      latitude.value = longitude.value = "";
      say("");
      form.dispatchEvent(new CustomEvent("map:show", { detail: null }));
    });
    if (fold) fold.hidden = false;
    drop.hidden = !latitude.value;
  }

  document.querySelectorAll("[data-position]").forEach(Position);
})();
