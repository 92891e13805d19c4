// Comfort only: who else has this ticket open, and whether it has changed since. The page works without it.
// Every few seconds while the page is seen: says that it is open, and which form is being filled in; shows the answer.
// The link to the newest state takes along what is typed: the form that was touched last is sent back to be looked at,
// the others are kept on the device by hotline.js.
(function () {
  "use strict";
  var signal = document.querySelector("[data-presence]");
  if (!signal || !window.fetch) return;
  var every = Number(signal.dataset.every) * 1000;
  var others = signal.querySelector("[data-others]");
  var changed = signal.querySelector("[data-changed]");
  var changes = signal.querySelector("[data-changes]");
  var touched = null; // the form that somebody has typed in
  var timer = 0;

  function nounOf(form) { // what stands behind the ticket's number in the form's address
    return new URL(form.action).pathname.replace(/^.*\/tickets\/[^/]*\//, "");
  }

  function data() {
    var sent = new URLSearchParams(new FormData(signal));
    if (touched) sent.set("step", nounOf(touched));
    return sent;
  }

  function show(told) {
    signal.hidden = !(told.others.length || told.changes.length);
    var words = told.others.join("，");
    if (others.textContent !== words) others.textContent = words; // said once by a screen reader
    var news = told.changes.join("；");
    if (changes.textContent !== news) changes.textContent = news;
    changed.hidden = !news;
  }

  function tell() {
    clearTimeout(timer);
    if (document.visibilityState !== "visible") return;
    fetch(signal.action, { method: "POST", body: data(), headers: { Accept: "application/json" } })
      .then(function (answer) {
        var json = (answer.headers.get("Content-Type") || "").indexOf("application/json") === 0;
        return answer.ok && json ? answer.json() : null;
      })
      .then(function (told) { if (told) show(told); })
      .catch(function () { /* without a network nobody is told; the next time will do */ })
      .then(function () { timer = setTimeout(tell, every); });
  }

  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (!form || !form.hasAttribute("data-draft") || touched === form) return;
    touched = form;
    tell();
  });
  document.addEventListener("visibilitychange", tell);
  window.addEventListener("pagehide", function () {
    var gone = data();
    gone.set("left", "yes");
    if (navigator.sendBeacon) navigator.sendBeacon(signal.action, gone);
  });
  window.addEventListener("pageshow", tell);

  signal.querySelector("[data-load]").addEventListener("click", function (event) {
    var look = touched && touched.querySelector("button[name=look]");
    if (!touched || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!look) {
      look = document.createElement("input");
      look.type = "hidden";
      look.name = "look";
      look.value = "yes";
      touched.appendChild(look);
      touched.requestSubmit();
    } else {
      touched.requestSubmit(look);
    }
  });
})();
