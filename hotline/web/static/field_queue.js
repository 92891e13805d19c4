// Forms that wait on this device until the hotline has answered: kept with their photos, sent one after the other, each
// with its own key, so that one which arrives twice is taken once. For the page (field.js) and for its worker alike.
// A form: {key, whose, noun, number, matter, url, fields: [[name, value]], version, photos: [{name, field, blob}], at,
//          state: waiting expired stale refused gone large, said, changes}
// What became of the last ones that arrived is told until others follow: {whose, at: by the hotline's clock, since: by this one's,
//          late: how many, now: {number, said}|null}
(function (root) {
  "use strict";
  var NAME = "field";
  var PATIENCE = 120000; // ms for one form: six photos over a slow network
  var KEEP_MS = 7 * 24 * 3600 * 1000; // photos taken and never sent
  var shelf = null;

  function open() {
    shelf = shelf || new Promise(function (done, failed) {
      if (!root.indexedDB) return failed(new Error("no shelf"));
      var asked = root.indexedDB.open(NAME, 2);
      asked.onupgradeneeded = function (event) {
        if (event.oldVersion < 1) {
          asked.result.createObjectStore("forms", { keyPath: "key" });
          asked.result.createObjectStore("shots", { keyPath: "id" });
        }
        asked.result.createObjectStore("told", { keyPath: "whose" });
      };
      asked.onsuccess = function () {
        asked.result.onversionchange = asked.result.onclose = function () { asked.result.close(); shelf = null; };
        done(asked.result);
      };
      asked.onerror = asked.onblocked = function () { shelf = null; failed(asked.error || new Error("blocked")); };
    });
    return shelf;
  }

  function change(store, mode, work) {
    return open().then(function (base) {
      return new Promise(function (done, failed) {
        var step = base.transaction(store, mode);
        var asked = work(step.objectStore(store));
        step.oncomplete = function () { done(asked && asked.result); };
        step.onerror = step.onabort = function () { failed(step.error || new Error("not kept")); };
      });
    });
  }

  function reader(store) {
    return function () { return change(store, "readonly", function (rows) { return rows.getAll(); }); };
  }
  function writer(store) {
    return function (row) { return change(store, "readwrite", function (rows) { return rows.put(row); }); };
  }
  function dropper(store) {
    return function (key) { return change(store, "readwrite", function (rows) { return rows.delete(key); }); };
  }

  var forms = reader("forms"), put = writer("forms"), drop = dropper("forms"), tell = writer("told");

  function ask(url, options) {
    var stop = root.AbortController ? new AbortController() : null;
    var late = setTimeout(function () { if (stop) stop.abort(); }, PATIENCE);
    var asked = { credentials: "same-origin", redirect: "manual", cache: "no-store", headers: { Accept: "application/json" } };
    Object.keys(options || {}).forEach(function (name) { asked[name] = options[name]; });
    if (stop) asked.signal = stop.signal;
    return fetch(url, asked).then(function (answer) {
      clearTimeout(late);
      return answer;
    }, function (fault) {
      clearTimeout(late);
      throw fault;
    });
  }

  function isJson(answer) {
    return (answer.headers.get("Content-Type") || "").indexOf("application/json") === 0;
  }

  // A fresh token, and whose session it is; null when somebody has to log in again.
  function token(url) {
    return ask(url).then(function (answer) {
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return null;
      if (!answer.ok || !isJson(answer)) throw new Error("no token");
      return answer.json();
    });
  }

  function body(form, csrf) {
    var data = new FormData();
    form.fields.forEach(function (each) { data.append(each[0], each[1]); });
    data.append("csrf_token", csrf);
    data.append("key", form.key);
    data.append("version", form.version);
    form.photos.forEach(function (photo) { data.append(photo.field, photo.blob, photo.name); });
    return data;
  }

  function post(form, csrf) {
    return ask(form.url, { method: "POST", body: body(form, csrf) }).then(function (answer) {
      if (answer.type === "opaqueredirect") return { state: "expired" };
      if (answer.status === 413) return { state: "large" };
      if (isJson(answer)) return answer.json();
      return { state: "waiting" }; // something on the way, or a hotline that is being restarted: later again
    });
  }

  function answered(form, csrf) {
    return post(form, csrf).catch(function () { return { state: "waiting" }; }).then(function (answer) {
      form.state = answer.state;
      form.said = answer.said || "";
      form.changes = answer.changes || [];
      form.next = answer.next || "";
      form.arrived = answer.at || "";
      if (answer.version) form.newest = answer.version;
      return form;
    });
  }

  function send(form, csrf) {
    return answered(form, csrf).then(function () {
      return form.state === "taken" ? drop(form.key) : put(form);
    }).then(function () { return form; });
  }

  // Where nothing can be kept: straight to the hotline.
  function sendUnkept(tokenUrl, form) {
    return token(tokenUrl).then(function (now) {
      if (now !== null && now.whose === form.whose) return answered(form, now.csrf);
      form.state = "expired";
      return form;
    }, function () { return form; });
  }

  // `pressed`: the key of what was sent at this moment; all others come late.
  function note(whose, done, pressed) {
    var taken = done.filter(function (form) { return form.state === "taken"; });
    if (!taken.length) return;
    var now = taken.filter(function (form) { return form.key === pressed; })[0];
    return tell({
      whose: whose, at: taken[taken.length - 1].arrived, since: Date.now(), late: taken.length - (now ? 1 : 0),
      now: now ? { number: now.number, said: now.said } : null
    });
  }

  // Sends what waits for this person; what each came to. Two tabs, or the page and its worker, do not send at once.
  function sendAll(tokenUrl, pressed) {
    function run() {
      return forms().then(function (rows) {
        var due = rows.filter(function (form) { return form.state === "waiting" || form.state === "expired"; })
          .sort(function (one, other) { return one.at - other.at; });
        if (!due.length) return [];
        return token(tokenUrl).then(function (now) {
          if (now === null) {
            due.forEach(function (form) { form.state = "expired"; });
            return Promise.all(due.map(put)).then(function () { return due; });
          }
          return due.filter(function (form) { return form.whose === now.whose; }).reduce(function (before, form) {
            return before.then(function (done) { return send(form, now.csrf).then(function (sent) { return done.concat(sent); }); });
          }, Promise.resolve([])).then(function (done) {
            return Promise.resolve(note(now.whose, done, pressed)).then(function () { return done; });
          });
        }, function () { return []; }); // no network
      });
    }
    return root.navigator.locks ? root.navigator.locks.request("field-send", run) : run();
  }

  root.fieldQueue = {
    KEEP_MS: KEEP_MS, forms: forms, put: put, drop: drop, shots: reader("shots"), putShot: writer("shots"),
    dropShot: dropper("shots"), told: reader("told"), forgetTold: dropper("told"), sendAll: sendAll, sendUnkept: sendUnkept
  };
})(self);
