// The worker of /desk/field: its pages, their pictures and static files are there without a network, for half a day and
// for the person who opened them. self.FIELD is written above by the server; its version stands for all static files.
"use strict";
importScripts(FIELD.queue);

var FIXED = "field-static-" + FIELD.version;
var PAGES = "field-pages";
var WHOSE = "/desk-field-whose"; // under this name the cache remembers whose it is
var KEEP_MS = 12 * 3600 * 1000; // a shift
var SLOW_MS = 6000; // until what is on the device is shown instead of a network that does not answer
var MOST = 160; // pages and pictures

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
      if (answer.ok) keepOf(request.url, answer.clone());
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

// Only pages that say whose they are; with another person all that was kept before goes.
function keep(url, answer) {
  var whose = answer.headers.get(FIELD.whose);
  if (!answer.ok || answer.redirected || !whose) return Promise.resolve();
  return caches.open(PAGES).then(function (cache) {
    return cache.match(WHOSE).then(function (row) { return row ? row.text() : ""; }).then(function (former) {
      if (former === whose) return;
      return caches.delete(PAGES);
    });
  }).then(function () { return caches.open(PAGES); }).then(function (cache) {
    return cache.put(WHOSE, new Response(whose)).then(function () { return keepOf(url, answer); });
  });
}

function keepOf(url, answer) {
  return answer.blob().then(function (content) {
    var headers = new Headers({ "X-Kept-At": String(Date.now()) });
    ["Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"].forEach(function (name) {
      if (answer.headers.get(name)) headers.set(name, answer.headers.get(name));
    });
    return caches.open(PAGES).then(function (cache) {
      return cache.put(bare(url), new Response(content, { headers: headers })).then(function () { return trim(cache); });
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
        return new Response(text.replace("<html ", '<html data-from-device="' + at + '" '), { headers: headers });
      });
    });
  });
}

function nothing() {
  return new Response(FIELD.nothing, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

// The page that registers its worker was there before it: it asks to be kept, too.
self.addEventListener("message", function (event) {
  var told = event.data || {};
  if (told.keep) {
    event.waitUntil(fetch(told.keep, { credentials: "same-origin", redirect: "manual" }).then(function (answer) {
      return keep(told.keep, answer);
    }).catch(function () {}).then(function () {
      if (event.ports[0]) event.ports[0].postMessage("kept");
    }));
  }
  if (told.forget) {
    event.waitUntil(caches.delete(PAGES).then(function () {
      if (event.ports[0]) event.ports[0].postMessage("forgotten");
    }));
  }
});

self.addEventListener("sync", function (event) {
  if (event.tag !== "field-send") return;
  event.waitUntil(fieldQueue.sendAll(FIELD.field + "/token").then(function () {
    return self.clients.matchAll();
  }).then(function (pages) {
    pages.forEach(function (page) { page.postMessage("sent"); });
  }));
});
