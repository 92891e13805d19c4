// Photos of the complaint form: shrunk (shrink.js), shown small, and can be taken off again; kept on this device until
// the complaint has been received.
(function () {
  "use strict";
  var KEEP_MS = 7 * 24 * 3600 * 1000;

  // --- keeping on this device

  var shelf = null;

  function open() {
    shelf = shelf || new Promise(function (done, failed) {
      if (!window.indexedDB) return failed(new Error("no shelf"));
      var asked = indexedDB.open("complaint-photos", 1);
      asked.onupgradeneeded = function () { asked.result.createObjectStore("photos", { keyPath: "id" }); };
      asked.onsuccess = function () {
        asked.result.onversionchange = function () { asked.result.close(); }; // the receipt clears the shelf
        done(asked.result);
      };
      asked.onerror = function () { failed(asked.error); };
    });
    return shelf;
  }

  // A shelf that is full or forbidden stops nobody: the photos are then in this page only.
  function keep(work) {
    return open().then(function (base) {
      return new Promise(function (done) {
        var change = base.transaction("photos", "readwrite");
        var asked = work(change.objectStore("photos"));
        change.oncomplete = function () { done(asked && asked.result); };
        change.onerror = change.onabort = function () { done(null); };
      });
    }).catch(function () { return null; });
  }

  // --- the field

  function Photos(box) {
    var form = box.closest("form");
    var input = box.querySelector("input[type=file]");
    var list = box.querySelector("[data-photos-list]");
    var told = box.querySelector("[data-photos-told]");
    var most = +box.dataset.most;
    var photos = []; // {id, name, blob, at}
    var working = Promise.resolve();

    function say(name, fields) {
      told.textContent = Object.keys(fields || {}).reduce(function (words, field) {
        return words.replace("{" + field + "}", fields[field]);
      }, name ? box.dataset[name] : "");
    }

    function room() {
      return most - photos.length - box.querySelectorAll("[name=kept_photo]:checked").length;
    }

    function add(files) {
      var taken = files.slice(0, Math.max(0, room()));
      say("toldWorking");
      working = taken.reduce(function (before, file) { return before.then(function () { return take(file); }); }, working)
        .then(function () {
          if (taken.length < files.length) say("toldMany", { most: most });
          else say("toldReady", { n: photos.length });
        });
    }

    function take(file) {
      return shrinkPhoto(file).then(function (small) {
        var photo = { id: Date.now() + "-" + Math.random(), name: small.name, blob: small.blob, at: Date.now() };
        keep(function (store) { return store.put(photo); });
        show(photo);
      });
    }

    function show(photo) {
      photos.push(photo);
      var item = document.createElement("li");
      var image = document.createElement("img");
      image.src = URL.createObjectURL(photo.blob);
      image.alt = "";
      var caption = document.createElement("span");
      caption.textContent = photo.name + " · " + Math.max(1, Math.round(photo.blob.size / 1024)) + " KB";
      var off = document.createElement("button");
      off.type = "button";
      off.className = "btn btn-secondary";
      off.textContent = box.dataset.remove;
      off.setAttribute("aria-label", box.dataset.remove + " " + photo.name);
      off.addEventListener("click", function () { drop(photo, item, image); });
      [image, caption, off].forEach(function (part) { item.appendChild(part); });
      list.appendChild(item);
      list.hidden = false;
    }

    function drop(photo, item, image) {
      photos.splice(photos.indexOf(photo), 1);
      keep(function (store) { return store.delete(photo.id); });
      URL.revokeObjectURL(image.src);
      item.remove();
      list.hidden = !photos.length;
      say("toldGone", { name: photo.name });
      form.dispatchEvent(new Event("input", { bubbles: true }));
      input.focus();
    }

    function clear() {
      photos = [];
      list.textContent = "";
      list.hidden = true;
      say("");
      keep(function (store) { return store.clear(); });
    }

    function restore() {
      if (form.hasAttribute("data-filled")) return; // the hotline has them already
      keep(function (store) { return store.getAll(); }).then(function (kept) {
        (kept || []).forEach(function (photo) {
          if (Date.now() - photo.at > KEEP_MS) keep(function (store) { return store.delete(photo.id); });
          else if (room() > 0) show(photo);
        });
        if (photos.length) say("toldReady", { n: photos.length });
      });
    }

    input.addEventListener("change", function () {
      add(Array.prototype.slice.call(input.files));
      input.value = ""; // what was chosen is in our list now; the next choice adds to it
    });
    form.addEventListener("send:collect", function (event) {
      event.detail.data.delete("photos");
      event.detail.wait.push(working.then(function () {
        photos.forEach(function (photo) { event.detail.data.append("photos", photo.blob, photo.name); });
      }));
    });
    form.addEventListener("reset", clear);
    restore();
  }

  // Without these the browser sends the chosen files itself.
  if (!window.fetch || !window.FormData || !FormData.prototype.delete || !window.shrinkPhoto) return;
  document.querySelectorAll("[data-photos]").forEach(Photos);
})();
