// The pages in the street: forms that wait for a network (field_queue.js), photos as they are taken.
// Every page works without this file; then the browser sends the forms by itself, while there is a network.
(function () {
  "use strict";
  var box = document.querySelector("[data-queue]");
  var queue = window.fieldQueue;
  if (!box || !queue || !window.fetch || !window.FormData) return;
  var whose = box.dataset.whose;
  var worker = navigator.serviceWorker;
  var root = document.documentElement.dataset;
  var isFromDevice = "fromDevice" in root;
  var TOLD_MS = 12 * 3600 * 1000; // how long it is told what arrived
  var CLOCK_MS = 5 * 60 * 1000; // a clock that is off by more is told about

  function fill(words, fields) {
    return Object.keys(fields || {}).reduce(function (text, name) { return text.replace("{" + name + "}", fields[name]); }, words);
  }

  function button(words, press, look) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "btn " + (look || "btn-secondary");
    made.textContent = words;
    made.addEventListener("click", press);
    return made;
  }

  function paragraph(words, look) {
    var made = document.createElement("p");
    made.className = look || "";
    made.textContent = words;
    return made;
  }

  function link(words, url) {
    var made = document.createElement("a");
    made.className = "btn btn-secondary";
    made.href = url;
    made.textContent = words;
    return made;
  }

  // In city time, whatever the telephone is set to.
  function inCity(moment, parts) {
    return new Intl.DateTimeFormat("zh-CN", Object.assign({ timeZone: box.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, parts)).format(moment);
  }

  // --- what waits, and what has arrived

  var title = box.querySelector("[data-queue-title]");
  var list = box.querySelector("[data-queue-list]");
  var others = box.querySelector("[data-queue-others]");
  var sender = box.querySelector("[data-queue-send]");
  var arrived = document.querySelector("[data-sent]");
  var sending = false;

  function show() {
    return queue.forms().then(function (rows) {
      var mine = rows.filter(function (form) { return form.whose === whose; });
      box.hidden = !rows.length;
      title.textContent = mine.length ? fill(box.dataset.toldCount, { n: mine.length }) : "";
      others.hidden = rows.length === mine.length;
      others.textContent = fill(box.dataset.toldOthers, { n: rows.length - mine.length });
      list.textContent = "";
      mine.forEach(function (form) { list.appendChild(line(form)); });
      sender.hidden = !mine.some(function (form) { return form.state === "waiting"; });
      return mine;
    }).catch(function () { box.hidden = true; return []; });
  }

  function line(form) {
    var item = document.createElement("li");
    item.dataset.state = form.state;
    var head = document.createElement("p");
    var name = document.createElement("b");
    name.textContent = form.label;
    head.appendChild(name);
    head.appendChild(document.createTextNode(" " + form.number + " " + form.matter));
    item.appendChild(head);
    item.appendChild(paragraph(said(form), form.state === "waiting" ? "note" : "error"));
    form.changes.forEach(function (change) { item.appendChild(paragraph(change, "note")); });
    if (form.words) item.appendChild(paragraph(form.words, "words"));
    if (form.photos.length) item.appendChild(paragraph(fill(box.dataset.toldPhotos, { n: form.photos.length }), "note"));
    var choices = document.createElement("p");
    choices.className = "actions";
    choicesOf(form).forEach(function (choice) { choices.appendChild(choice); });
    item.appendChild(choices);
    return item;
  }

  function said(form) {
    if (form.state === "waiting") return sending ? box.dataset.toldSending : box.dataset.toldWaiting;
    return form.said || { expired: box.dataset.toldExpired, large: box.dataset.toldLarge }[form.state] || "";
  }

  function choicesOf(form) {
    var found = [];
    if (form.state === "expired") found.push(link(box.dataset.toldLogin, box.dataset.list));
    if (form.state === "stale") {
      found.push(button(box.dataset.toldStale, function () {
        form.version = form.newest;
        form.state = "waiting";
        form.changes = [];
        queue.put(form).then(sendAll);
      }));
    }
    if (form.state !== "waiting" && form.state !== "expired") found.push(link(box.dataset.toldOpen, form.sheet));
    if (form.state !== "expired") {
      found.push(button(box.dataset.toldDrop, function (event) {
        if (!event.target.dataset.sure) { // what was written in the street is gone with it
          event.target.dataset.sure = "yes";
          event.target.textContent = box.dataset.toldDropSure;
          return;
        }
        queue.drop(form.key).then(show);
      }, "btn-link"));
    }
    return found;
  }

  function sendAll() {
    sending = true;
    return show().then(function () { return queue.sendAll(box.dataset.token); }).catch(function () { return []; }).then(function (done) {
      sending = false;
      return show().then(function () { return done; });
    });
  }

  function tell() {
    return queue.told().then(function (rows) {
      var last = rows.filter(function (row) { return row.whose === whose && Date.now() - row.since < TOLD_MS; })[0];
      if (!last) return;
      arrived.querySelector("span").textContent = (last.now ? fill(arrived.dataset.toldNow, last.now) : "") +
        (last.late ? fill(arrived.dataset.toldLate, { n: last.late, time: inCity(new Date(last.at)) }) : "");
      arrived.hidden = false;
    }).catch(function () {}); // then nothing could be sent later either
  }

  function isWriting() {
    return Array.prototype.some.call(document.querySelectorAll("form[data-field-send]"), function (form) {
      return form.hasAttribute("aria-busy") || (form.elements.outcome && form.elements.outcome.value.trim()) ||
        form.querySelector("[data-shots-list] li");
    });
  }

  // What this page shows has changed. Where somebody is writing it stays, but the list that is kept for the street does not.
  function renew() {
    if (!isWriting()) return location.reload();
    if (worker && worker.controller) worker.controller.postMessage({ keep: new URL(box.dataset.list, location.href).href });
    return tell();
  }

  function sendWhatWaits() {
    return sendAll().then(function (done) {
      var has = done.some(function (form) { return form.state === "taken"; });
      if (has) renew();
      return done;
    });
  }

  sender.addEventListener("click", sendWhatWaits);
  // The browser may say it twice. Where something still waits for its person, the page stays as it is read.
  window.addEventListener("online", function () {
    sendWhatWaits().then(show).then(function (mine) { if (!mine.length && isFromDevice && !isWriting()) location.reload(); });
  });
  window.addEventListener("pageshow", function (event) { if (event.persisted) sendWhatWaits(); });

  // --- photos as they are taken: kept at once, for the telephone may forget the page while somebody works

  function Shots(form) {
    var told = form.querySelector("[data-send-told]");
    var number = form.dataset.number;
    var shots = []; // {id, whose, number, phase, field, name, blob, at}
    var working = Promise.resolve();

    function room() {
      return form.dataset.most - shots.length - form.querySelectorAll("[name=kept_photo]:checked").length;
    }

    function add(field, phase, files) {
      var taken = files.slice(0, Math.max(0, room()));
      told.textContent = form.dataset.toldPhotos;
      working = taken.reduce(function (before, file) {
        return before.then(function () { return take(field, phase, file); });
      }, working).then(function () {
        told.textContent = taken.length < files.length ? fill(form.dataset.toldMany, { most: form.dataset.most }) : "";
      });
    }

    function take(field, phase, file) {
      var small = window.shrinkPhoto ? window.shrinkPhoto(file) : Promise.resolve({ name: file.name, blob: file });
      return small.then(function (photo) {
        var shot = { id: Date.now() + "-" + Math.random(), whose: whose, number: number, phase: phase, field: field,
          name: photo.name, blob: photo.blob, at: Date.now() };
        draw(shot);
        return queue.putShot(shot).catch(function () {}); // then it is in this page only
      });
    }

    function draw(shot) {
      shots.push(shot);
      var item = document.createElement("li");
      var image = document.createElement("img");
      image.src = URL.createObjectURL(shot.blob);
      image.alt = shot.name;
      item.appendChild(image);
      item.appendChild(button(box.dataset.toldDrop, function () {
        shots.splice(shots.indexOf(shot), 1);
        URL.revokeObjectURL(image.src);
        item.remove();
        queue.dropShot(shot.id).catch(function () {});
      }));
      form.querySelector('[data-shots="' + shot.phase + '"] [data-shots-list]').appendChild(item);
    }

    form.querySelectorAll("[data-shots]").forEach(function (part) {
      part.querySelectorAll("input[type=file]").forEach(function (input) {
        input.addEventListener("change", function () {
          add(part.dataset.name, part.dataset.shots, Array.prototype.slice.call(input.files));
          input.value = ""; // what was taken is in our list now
        });
      });
    });
    var restored = queue.shots().then(function (rows) {
      rows.forEach(function (shot) {
        if (Date.now() - shot.at > queue.KEEP_MS) queue.dropShot(shot.id);
        else if (shot.whose === whose && shot.number === number && room() > 0) draw(shot);
      });
    }).catch(function () {});

    return {
      ready: function () { return restored.then(function () { return working; }).then(function () { return shots.slice(); }); },
      forget: function () { return Promise.all(shots.map(function (shot) { return queue.dropShot(shot.id); })); }
    };
  }

  // --- a form

  function Sender(form) {
    var told = form.querySelector("[data-send-told]");
    var shots = form.querySelector("[data-shots]") ? Shots(form) : null;
    var outcome = form.elements.outcome;
    var busy = false;

    function rest(words) {
      busy = false;
      told.textContent = words || "";
      form.removeAttribute("aria-busy");
    }

    function made(photos) {
      var fields = [];
      new FormData(form).forEach(function (value, name) {
        if (typeof value === "string" && ["csrf_token", "key", "version"].indexOf(name) < 0) fields.push([name, value]);
      });
      return {
        key: form.elements.key.value, version: form.elements.version.value, whose: whose, noun: form.dataset.fieldSend,
        label: form.querySelector("[type=submit]").textContent.trim(), number: form.dataset.number,
        matter: form.dataset.matter, words: outcome ? outcome.value.trim() : "", url: form.getAttribute("action").split("#")[0],
        sheet: location.pathname, fields: fields, at: Date.now(), state: "waiting", said: "", changes: [],
        photos: photos.map(function (shot) { return { name: shot.name, field: shot.field, blob: shot.blob }; })
      };
    }

    // What is kept by hotline.js and by the photos is in the queue now.
    function handedOver() {
      try {
        if (form.dataset.draft) localStorage.removeItem("draft:" + form.dataset.draft);
      } catch (refused) {
        // nothing was kept
      }
      return shots ? shots.forget().catch(function () {}) : Promise.resolve();
    }

    function settled(item, done) {
      var mine = done.filter(function (each) { return each.key === item.key; })[0];
      if (mine && mine.state === "invalid") {
        return queue.drop(item.key).then(function () { rest(mine.said); });
      }
      return leave(mine && mine.state === "taken" ? mine.next : box.dataset.list);
    }

    function leave(url) {
      return handedOver().then(function () { location.assign(url); });
    }

    // Nothing can be kept on this device: it arrives now, or stays in this page.
    function sendUnkept(item) {
      return queue.sendUnkept(box.dataset.token, item).then(function () {
        if (item.state === "taken") return leave(item.next);
        rest(item.state === "waiting" ? box.dataset.toldUnkept : said(item));
      });
    }

    // Written once more without a network: the one before is not replaced unasked, its photos neither.
    function isWaiting() {
      return queue.forms().then(function (rows) {
        return rows.some(function (row) {
          return row.whose === whose && row.number === form.dataset.number && row.noun === form.dataset.fieldSend &&
            (row.state === "waiting" || row.state === "expired");
        });
      }).catch(function () { return false; });
    }

    function send(photos) {
      var item = made(photos);
      return queue.put(item).then(function () {
        askForSync();
        return queue.sendAll(box.dataset.token, item.key).then(function (done) { return settled(item, done); });
      }, function () { return sendUnkept(item); });
    }

    form.addEventListener("submit", function (event) {
      if (event.defaultPrevented) return;
      event.preventDefault();
      if (busy) return;
      if (outcome && outcome.value.trim().length < 5) {
        rest(form.dataset.toldShort);
        outcome.focus();
        return;
      }
      busy = true;
      form.setAttribute("aria-busy", "true");
      told.textContent = form.dataset.toldSending || box.dataset.toldSending;
      isWaiting().then(function (is) {
        if (is) return rest(box.dataset.toldTwice);
        return (shots ? shots.ready() : Promise.resolve([])).then(send);
      });
    });
  }

  function askForSync() {
    if (!worker) return;
    worker.ready.then(function (ready) {
      if (ready.sync) return ready.sync.register("field-send");
    }).catch(function () {}); // the page itself sends when the network is back
  }

  document.querySelectorAll("form[data-field-send]").forEach(Sender);

  // --- texts at hand

  document.querySelectorAll("[data-phrases]").forEach(function (part) {
    var outcome = part.closest("form").elements.outcome;
    part.hidden = false;
    part.querySelectorAll("[data-phrase]").forEach(function (choice) {
      choice.addEventListener("click", function () {
        outcome.value = outcome.value.trim() ? outcome.value + choice.dataset.phrase : choice.dataset.phrase;
        outcome.dispatchEvent(new Event("input", { bubbles: true }));
        outcome.focus();
      });
    });
  });

  // --- without a network

  if (isFromDevice) {
    var notice = document.querySelector("[data-from-device].notice");
    notice.querySelector("[data-kept-at]").textContent = inCity(new Date(box.dataset.now), { month: "long", day: "numeric" });
    if (Math.abs(root.clockOff) > CLOCK_MS) {
      var clock = notice.querySelector("[data-clock-off]");
      clock.textContent = fill(root.clockOff > 0 ? clock.dataset.toldFast : clock.dataset.toldSlow, { off: howLong(Math.abs(root.clockOff)) });
      clock.hidden = false;
    }
    notice.hidden = false;
  }

  function howLong(ms) {
    var minutes = Math.round(ms / 60000);
    var unit = minutes < 120 ? ["minute", 1] : minutes < 2880 ? ["hour", 60] : ["day", 1440];
    return new Intl.NumberFormat("zh-CN", { style: "unit", unit: unit[0], unitDisplay: "long" }).format(Math.round(minutes / unit[1]));
  }

  if (worker) {
    var controlled = worker.controller !== null;
    worker.register(box.dataset.worker, { scope: box.dataset.list, updateViaCache: "none" }).then(function () {
      return worker.ready;
    }).then(function (ready) {
      if (isFromDevice) return;
      var ahead = document.querySelector("[data-ahead]");
      if (ahead) ready.active.postMessage({ ahead: JSON.parse(ahead.dataset.ahead), whose: whose });
      if (controlled) return; // else this page was there before its worker
      var line = new MessageChannel();
      line.port1.onmessage = function () { document.documentElement.dataset.kept = "yes"; };
      ready.active.postMessage({ keep: location.href }, [line.port2]);
    }).catch(function () {}); // no worker: nothing is kept, everything else works
    worker.addEventListener("message", function (event) {
      if (event.data.arrived) renew();
      else show();
    });
  }
  tell();
  sendWhatWaits();
})();
