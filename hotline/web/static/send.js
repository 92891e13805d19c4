// Sends a form marked data-send without leaving the page, so that nothing is lost when the network is:
// what was sent is kept and sent again, with the same key, until the hotline has answered. It makes one complaint.
// Says all it says in [data-send-told]. Without this file the browser sends the form by itself.
(function () {
  "use strict";
  var PATIENCE = 120000; // ms for one try: six photos over a slow network
  var FIRST = 4000, LONGEST = 60000; // ms between two tries
  var TRIES_WHEN_BROKEN = 5;

  function Sender(form) {
    var told = form.querySelector("[data-send-told]");
    var words = told.querySelector("[data-send-words]");
    var choices = told.querySelector("[data-send-choices]");
    var pressed = null;
    var data = null; // what is being sent
    var state = "idle"; // idle, sending, waiting
    var tries = 0;
    var timer = 0;

    function say(name, withChoices) {
      told.hidden = !name;
      words.textContent = name ? told.dataset[name] : "";
      choices.hidden = !withChoices;
    }

    function busy(yes) {
      if (yes) form.setAttribute("aria-busy", "true");
      else form.removeAttribute("aria-busy");
      form.querySelectorAll("[type=submit]").forEach(function (button) {
        if (yes) button.setAttribute("aria-disabled", "true");
        else button.removeAttribute("aria-disabled");
      });
    }

    function rest(name) {
      clearTimeout(timer);
      state = "idle";
      data = null;
      busy(false);
      say(name, false);
    }

    function start() {
      var collecting = { data: new FormData(form), wait: [] };
      if (pressed && pressed.name) collecting.data.append(pressed.name, pressed.value);
      pressed = null;
      state = "sending";
      tries = 0;
      busy(true);
      say("toldSending", false);
      form.dispatchEvent(new CustomEvent("send:collect", { detail: collecting })); // photos.js adds its own
      Promise.all(collecting.wait).then(function () {
        data = collecting.data;
        attempt();
      });
    }

    function attempt() {
      clearTimeout(timer);
      state = "sending";
      tries += 1;
      var stop = window.AbortController ? new AbortController() : null;
      var late = setTimeout(function () { if (stop) stop.abort(); }, PATIENCE);
      fetch(form.getAttribute("action") || location.href, {
        method: "POST", body: data, credentials: "same-origin", headers: { Accept: "application/json" },
        signal: stop ? stop.signal : undefined
      }).then(function (response) {
        return response.text().then(function (text) { answered(response, text); });
      }).catch(function () {
        wait(navigator.onLine === false ? "toldOffline" : "toldAway");
      }).then(function () { clearTimeout(late); });
    }

    function answered(response, text) {
      var kind = response.headers.get("Content-Type") || "";
      if (response.ok && kind.indexOf("application/json") === 0) return location.assign(JSON.parse(text).next);
      if (response.status >= 500) return tries < TRIES_WHEN_BROKEN ? wait("toldBusy") : rest("toldFailed");
      if (response.status === 413) return rest("toldLarge");
      if (kind.indexOf("text/html") !== 0 || [200, 422, 429].indexOf(response.status) < 0) return rest("toldFailed");
      // The page that a browser would have come to: what is wrong, or a question.
      document.open();
      document.write(text);
      document.close();
    }

    function wait(name) {
      state = "waiting";
      say(name, true);
      timer = setTimeout(attempt, Math.min(LONGEST, FIRST * Math.pow(2, tries - 1)));
    }

    form.addEventListener("click", function (event) {
      pressed = event.target.closest("[type=submit]") || pressed;
    });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (state === "idle") start();
      else if (state === "waiting") attempt();
    });
    // What was sent and what stands there must not differ: who changes something sends it anew.
    form.addEventListener("input", function () { if (state === "waiting") rest("toldChanged"); });
    told.querySelector("[data-send-now]").addEventListener("click", function () { if (state === "waiting") attempt(); });
    told.querySelector("[data-send-stop]").addEventListener("click", function () { rest(""); });
    window.addEventListener("online", function () { if (state === "waiting") attempt(); });
    window.addEventListener("pageshow", function (event) { if (event.persisted) rest(""); });
  }

  if (!window.fetch || !window.FormData || !window.Promise || !Element.prototype.closest) return;
  document.querySelectorAll("form[data-send]").forEach(Sender);
})();
