// A log-out on a device in the street: what was not sent is asked about first, then all that is one's own goes.
(function () {
  "use strict";
  var box = document.querySelector("[data-queue]");
  var queue = window.fieldQueue;
  if (!box || !queue) return;
  var whose = box.dataset.whose;
  var worker = navigator.serviceWorker;

  function ask(told) {
    return new Promise(function (done) {
      if (!worker || !worker.controller) return done();
      var line = new MessageChannel();
      line.port1.onmessage = done;
      worker.controller.postMessage(told, [line.port2]);
    });
  }

  var leaving = document.querySelector("[data-leaving]");
  var plain = document.querySelector("[data-leaving-plain]");
  document.querySelectorAll('form[action$="/logout"]:not([data-leaves-plainly])').forEach(function (form) {
    var sure = false;
    form.addEventListener("submit", function (event) {
      if (sure) return;
      event.preventDefault();
      Promise.all([queue.forms(), queue.shots()]).catch(function () { return [[], []]; }).then(function (rows) {
        var count = rows[0].concat(rows[1]).filter(function (each) { return each.whose === whose; }).length;
        if (count) return warn(count);
        go();
      });
    });

    function warn(count) {
      var menu = form.closest("[popover]"); // what is asked stands on the page behind it
      if (menu && menu.hidePopover && menu.matches(":popover-open")) menu.hidePopover();
      leaving.querySelector("[data-leaving-words]").textContent = box.dataset.toldLeaving.replace("{n}", count);
      leaving.hidden = false;
      leaving.scrollIntoView({ block: "center" });
      leaving.querySelector("[data-leaving-go]").onclick = go;
      leaving.querySelector("[data-leaving-stay]").onclick = function () { leaving.hidden = true; };
    }

    // What is one's own goes; what others have not sent, or somebody has typed at a desk, was not asked about.
    function go() {
      sure = true;
      Promise.all([dropMine(), ask({ forget: true })]).then(function (done) {
        var forget = document.createElement("input");
        forget.type = "hidden";
        forget.name = "forget";
        forget.value = done[0] && !typed() ? "yes" : "no";
        form.appendChild(forget);
        form.submit();
      });
    }
    if (plain && form.requestSubmit) {
      plain.hidden = true;
      form.requestSubmit();
    }
  });

  // Whether nothing of anybody's is left.
  function dropMine() {
    return Promise.all([queue.forms(), queue.shots()]).then(function (rows) {
      function mine(each) { return each.whose === whose; }
      var forms = rows[0].filter(mine), shots = rows[1].filter(mine);
      return Promise.all(
        forms.map(function (form) { return queue.drop(form.key); }).concat(shots.map(function (shot) { return queue.dropShot(shot.id); }))
      ).then(function () { return queue.forgetTold(whose); })
        .then(function () { return forms.length === rows[0].length && shots.length === rows[1].length; });
    }).catch(function () { return false; });
  }

  function typed() {
    try {
      return Object.keys(localStorage).some(function (name) { return name.indexOf("draft:") === 0; });
    } catch (refused) {
      return false; // nothing can be kept
    }
  }
})();
