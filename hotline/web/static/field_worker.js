// The worker of /desk/field: its pages, their pictures and static files are there without a network, for half a day and
// for the person who opened them. self.FIELD is written above by the server; its build stands for all static files.
"use strict";
importScripts(FIELD.queue);

var FIXED = "field-static-" + FIELD.build;
var PAGES = "field-pages";
var WHOSE = "/desk-field-whose"; // under this name the cache remembers whose it is
var KEEP_MS = 12 * 3600 * 1000; // a shift
var SLOW_MS = 6000; // until what is on the device is shown instead of a network that does not answer
var MOST = 400; // pages and pictures
var departures = 0; // who has left wants nothing kept that was on its way then
var shelf = Promise.resolve(); // what is kept and what goes, one after the other

self.addEventListener("install", function (event) {
  self.skipWaiting();
  event.waitUntil(caches.open(FIXED).then(function (cache) { return cache.addAll(FIELD.parts); }));
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    var old = names.filter(function (name) { return name.indexOf("field-static-") === 0 && name !== FIXED; });
    return Promise.all(old.map(function (name) { return caches.delete(name); }));
  }).then(function () { return self.clients.claim(); }));
});

function isField(path) {
  return path === FIELD.field || path.indexOf(FIELD.field + "/") === 0;
}

self.addEventListener("fetch", function (event) {
  var url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.indexOf(FIELD.fixed) === 0) event.respondWith(fixed(event.request));
  else if (event.request.mode === "navigate" && isField(url.pathname)) event.respondWith(page(event));
  else if (url.pathname.indexOf(FIELD.pictures) === 0) event.respondWith(picture(event.request));
});

function fixed(request) {
  return caches.open(FIXED).then(function (cache) {
    return cache.match(request).then(function (found) {
      return found || fetch(request).then(function (answer) {
        if (answer.ok) cache.put(request, answer.clone());
        return answer;
      });
    });
  });
}

// The network first; what is on the device where there is none, or none that answers.
function page(event) {
  var fresh = fetch(event.request).then(function (answer) {
    event.waitUntil(keep(event.request.url, answer.clone()));
    return answer;
  });
  fresh.catch(function () {});
  // Where it cannot be known who is there, the device answers only for a network that is gone.
  var slow = new Promise(function (done) { if (self.cookieStore) setTimeout(done, SLOW_MS); });
  return Promise.race([fresh, slow]).catch(function () {}).then(function (answer) {
    return answer || fromDevice(event.request.url).then(function (found) { return found || fresh; });
  }).catch(nothing);
}

// A picture stays as it is; yet whoever cannot be told apart from another has to ask the hotline for it.
function picture(request) {
  function fresh() {
    return fetch(request).then(function (answer) {
      if (answer.ok) keepOf("", request.url, answer.clone());
      return answer;
    });
  }
  if (!self.cookieStore) {
    return fresh().catch(function (fault) {
      return fromDevice(request.url).then(function (found) { if (found) return found; throw fault; });
    });
  }
  return fromDevice(request.url).then(function (found) { return found || fresh(); });
}

// Whether what is kept is for who is logged in now, as the hotline's cookie says; else it goes.
function isForWhoIsHere() {
  if (!self.cookieStore) return Promise.resolve(true);
  return Promise.all([
    self.cookieStore.get(FIELD.cookie),
    caches.open(PAGES).then(function (cache) { return cache.match(WHOSE); }).then(function (row) { return row ? row.text() : ""; })
  ]).then(function (known) {
    if (!known[1] || (known[0] && known[0].value === known[1])) return true;
    return caches.delete(PAGES).then(function () { return false; });
  });
}

function inTurn(work) {
  shelf = shelf.then(work, work);
  return shelf;
}

// Only pages that say whose they are. One that is there no more, or is not to be kept any longer, goes.
function keep(url, answer) {
  var whose = answer.headers.get(FIELD.whose);
  if (answer.status === 404 || (answer.ok && !whose)) {
    return inTurn(function () {
      return caches.open(PAGES).then(function (cache) { return cache.delete(bare(url)); });
    });
  }
  return answer.ok ? keepOf(whose, url, answer) : Promise.resolve();
}

// Without `whose` it belongs to what is kept already.
function keepOf(whose, url, answer) {
  var before = departures;
  return answer.blob().then(function (content) {
    var now = Date.now();
    var headers = new Headers({ "X-Kept-At": String(now), "X-Clock-Off": String(now - Date.parse(answer.headers.get(FIELD.clock))) });
    ["Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", FIELD.version].forEach(function (name) {
      if (answer.headers.get(name)) headers.set(name, answer.headers.get(name));
    });
    return inTurn(function () {
      if (departures !== before) return;
      return (whose ? makeWayFor(whose) : Promise.resolve()).then(function () { return caches.open(PAGES); }).then(function (cache) {
        return cache.put(bare(url), new Response(content, { headers: headers })).then(function () { return trim(cache); });
      });
    });
  });
}

// With another person all that was kept before goes.
function makeWayFor(whose) {
  return caches.open(PAGES).then(function (cache) {
    return cache.match(WHOSE).then(function (row) { return row ? row.text() : ""; });
  }).then(function (former) {
    return former === whose || caches.delete(PAGES).then(function () { return caches.open(PAGES); }).then(function (cache) {
      return cache.put(WHOSE, new Response(whose));
    });
  });
}

function bare(url) {
  return url.split("#")[0];
}

function trim(cache) {
  return cache.keys().then(function (keys) {
    var old = keys.filter(function (key) { return new URL(key.url).pathname !== WHOSE; }).slice(0, -MOST);
    return Promise.all(old.map(function (key) { return cache.delete(key); }));
  });
}

function fromDevice(url) {
  return isForWhoIsHere().then(function (is) { return is ? kept(url) : null; });
}

function kept(url) {
  return caches.open(PAGES).then(function (cache) {
    return cache.match(bare(url)).then(function (found) {
      if (!found) return null;
      var at = +found.headers.get("X-Kept-At");
      if (Date.now() - at > KEEP_MS) return cache.delete(bare(url)).then(function () { return null; });
      if ((found.headers.get("Content-Type") || "").indexOf("text/html") !== 0) return found;
      return found.text().then(function (text) {
        var headers = new Headers(found.headers);
        var mark = '<html data-from-device data-clock-off="' + headers.get("X-Clock-Off") + '" ';
        return new Response(text.replace("<html ", mark), { headers: headers });
      });
    });
  });
}

// The sheets at the top of one's own list, before anybody has opened them, each with its small photos. Of what was kept
// besides, the hotline is asked whether it is to be kept any longer. Where the network goes, it is left as it is.
function keepAhead(whose, sheets) {
  var before = departures;
  return inTurn(function () { return makeWayFor(whose); }).then(function () { return caches.open(PAGES); }).then(function (cache) {
    return cache.keys();
  }).then(function (keys) {
    var listed = sheets.map(function (sheet) { return { url: new URL(sheet.url, self.location.origin).href, version: sheet.version }; });
    var others = keys.filter(function (key) {
      return new URL(key.url).pathname.indexOf(FIELD.field + "/") === 0 && !listed.some(function (sheet) { return sheet.url === key.url; });
    });
    return listed.concat(others.map(function (key) { return { url: key.url, version: "" }; }));
  }).then(function (all) {
    return all.reduce(function (done, sheet) {
      return done.then(function () { return departures !== before || keepSheet(sheet); });
    }, Promise.resolve());
  });
}

function keepSheet(sheet) {
  return isStillGood(sheet).then(function (is) {
    return is || quietly(sheet.url).then(function (answer) {
      var small = (answer.headers.get(FIELD.small) || "").split(" ").filter(Boolean);
      return keep(sheet.url, answer).then(function () { return Promise.all(small.map(keepPicture)); });
    });
  });
}

// It shows the ticket as it stands, and will be there for half its time at least.
function isStillGood(sheet) {
  return caches.open(PAGES).then(function (cache) { return cache.match(sheet.url); }).then(function (found) {
    return Boolean(found) && found.headers.get(FIELD.version) === sheet.version &&
      Date.now() - found.headers.get("X-Kept-At") < KEEP_MS / 2;
  });
}

function keepPicture(url) {
  return kept(url).then(function (found) {
    return Boolean(found) || quietly(url).then(function (answer) { return answer.ok && keepOf("", url, answer); });
  });
}

function quietly(url) {
  return fetch(url, { credentials: "same-origin", redirect: "manual", priority: "low" });
}

function nothing() {
  return new Response(FIELD.nothing, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

// The page that registers its worker was there before it: it asks to be kept, too.
self.addEventListener("message", function (event) {
  var told = event.data || {};
  if (told.keep) {
    event.waitUntil(quietly(told.keep).then(function (answer) {
      return keep(told.keep, answer);
    }).catch(function () {}).then(function () {
      if (event.ports[0]) event.ports[0].postMessage("kept");
    }));
  }
  if (told.ahead) event.waitUntil(keepAhead(told.whose, told.ahead).catch(function () {}));
  if (told.forget) {
    departures += 1;
    event.waitUntil(inTurn(function () { return caches.delete(PAGES); }).then(function () {
      if (event.ports[0]) event.ports[0].postMessage("forgotten");
    }));
  }
});

self.addEventListener("sync", function (event) {
  if (event.tag !== "field-send") return;
  event.waitUntil(fieldQueue.sendAll(FIELD.field + "/token").then(function (done) {
    var arrived = done.some(function (form) { return form.state === "taken"; });
    return self.clients.matchAll().then(function (pages) {
      pages.forEach(function (page) { page.postMessage({ arrived: arrived }); });
    });
  }));
});
