// The pages in the street: forms that wait for a network (field_queue.js), photos as they are taken, the nearest first.
// Every page works without this file; then the browser sends the forms by itself, while there is a network.
(function () {
  "use strict";
  var box = document.querySelector("[data-queue]");
  var queue = window.fieldQueue;
  if (!box || !queue || !window.fetch || !window.FormData) return;
  var whose = box.dataset.whose;
  var worker = navigator.serviceWorker;

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

  // --- what waits

  var title = box.querySelector("[data-queue-title]");
  var list = box.querySelector("[data-queue-list]");
  var others = box.querySelector("[data-queue-others]");
  var sender = box.querySelector("[data-queue-send]");
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

  // The page as it was kept does not know what has been sent since.
  function sendWhatWaits() {
    sendAll().then(function (done) {
      var arrived = done.some(function (form) { return form.state === "taken"; });
      if (arrived && !document.querySelector("form[data-field-send]")) location.reload();
    });
  }

  sender.addEventListener("click", sendWhatWaits);
  window.addEventListener("online", sendWhatWaits);
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
      return handedOver().then(function () {
        location.assign(mine && mine.state === "taken" ? mine.next : box.dataset.list);
      });
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
      (shots ? shots.ready() : Promise.resolve([])).then(function (photos) {
        var item = made(photos);
        return queue.put(item).then(function () {
          askForSync();
          return queue.sendAll(box.dataset.token).then(function (done) { return settled(item, done); });
        }, function () { rest(form.dataset.toldUnkept || box.dataset.toldWaiting); });
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

  // --- the nearest first; where this telephone is stays on it

  document.querySelectorAll("[data-field-sort]").forEach(function (bar) {
    var jobs = document.querySelector("[data-jobs]");
    var byDue = Array.prototype.slice.call(jobs.querySelectorAll("[data-job]"));
    var told = bar.querySelector("[data-sort-told]");
    if (!navigator.geolocation) return;
    bar.hidden = false;

    function press(name) {
      bar.querySelectorAll("[data-sort]").forEach(function (each) {
        each.setAttribute("aria-pressed", String(each.dataset.sort === name));
      });
    }

    function put(order) {
      order.forEach(function (job) { jobs.appendChild(job); });
    }

    bar.querySelector('[data-sort="due"]').addEventListener("click", function () {
      press("due");
      told.textContent = "";
      put(byDue);
    });
    bar.querySelector('[data-sort="near"]').addEventListener("click", function () {
      told.textContent = told.dataset.toldAsking;
      navigator.geolocation.getCurrentPosition(function (found) {
        var away = new Map();
        byDue.forEach(function (job) {
          var metres = job.dataset.latitude ? distance(found.coords, job.dataset) : Infinity;
          away.set(job, metres);
          job.querySelector("[data-distance]").textContent = metres === Infinity ? "" : " · " + inWords(metres);
        });
        press("near");
        told.textContent = told.dataset.toldSorted;
        put(byDue.slice().sort(function (one, other) { return away.get(one) - away.get(other) || byDue.indexOf(one) - byDue.indexOf(other); }));
      }, function () { told.textContent = told.dataset.toldDenied; }, { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 });
    });
  });

  // Metres on the ground between two points in WGS 84.
  function distance(here, there) {
    var degree = Math.PI / 180;
    var north = (there.latitude - here.latitude) * degree, east = (there.longitude - here.longitude) * degree;
    var half = Math.pow(Math.sin(north / 2), 2) +
      Math.cos(here.latitude * degree) * Math.cos(there.latitude * degree) * Math.pow(Math.sin(east / 2), 2);
    return 2 * 6371000 * Math.asin(Math.min(1, Math.sqrt(half)));
  }

  function inWords(metres) {
    if (metres < 1000) return fill(box.dataset.toldMetres, { n: Math.max(10, Math.round(metres / 10) * 10) });
    return fill(box.dataset.toldKilometres, { n: (metres / 1000).toFixed(1) });
  }

  // --- without a network, and when somebody leaves

  var keptAt = +document.documentElement.dataset.fromDevice;
  if (keptAt) {
    var notice = document.querySelector("[data-from-device].notice");
    notice.hidden = false;
    var at = new Date(keptAt);
    notice.querySelector("[data-kept-at]").textContent = at.getHours() + ":" + ("0" + at.getMinutes()).slice(-2);
  }

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
      leaving.querySelector("[data-leaving-words]").textContent = fill(box.dataset.toldLeaving, { n: count });
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
      ).then(function () { return forms.length === rows[0].length && shots.length === rows[1].length; });
    }).catch(function () { return false; });
  }

  function typed() {
    try {
      return Object.keys(localStorage).some(function (name) { return name.indexOf("draft:") === 0; });
    } catch (refused) {
      return false; // nothing can be kept
    }
  }

  if (worker) {
    var controlled = worker.controller !== null;
    worker.register(box.dataset.worker, { scope: box.dataset.list, updateViaCache: "none" }).then(function () {
      return worker.ready;
    }).then(function (ready) {
      if (keptAt || controlled) return; // else this page was there before its worker
      var line = new MessageChannel();
      line.port1.onmessage = function () { document.documentElement.dataset.kept = "yes"; };
      ready.active.postMessage({ keep: location.href }, [line.port2]);
    }).catch(function () {}); // no worker: nothing is kept, everything else works
    worker.addEventListener("message", function (event) { if (event.data === "sent") show(); });
  }
  sendWhatWaits();
})();
