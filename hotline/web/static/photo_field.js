// Plain fields for photos: what is chosen is shrunk (shrink.js) and put back into its field; a form that is sent meanwhile
// waits for it and goes then by itself. What cannot be shrunk or put back goes as it was chosen.
(function () {
  "use strict";

  function PhotoField(box) {
    var input = box.querySelector("input[type=file]");
    var form = input.form;
    var told = box.querySelector("[data-photos-told]");
    var newest = 0; // who chooses again takes back what was chosen before
    var working = Promise.resolve();
    var busy = false;
    var pressed = null; // the button that waits for the photos

    function say(name, fields) {
      told.textContent = Object.keys(fields || {}).reduce(function (words, field) {
        return words.replace("{" + field + "}", fields[field]);
      }, name ? box.dataset[name] : "");
    }

    // Those that the hotline has already and keeps, and those in the form's other fields: the limit is that of the form.
    function kept() {
      var count = form.querySelectorAll("[name=kept_photo]:checked").length;
      form.querySelectorAll("[data-photo-field] input[type=file]").forEach(function (other) {
        if (other !== input) count += other.files.length;
      });
      return count;
    }

    function choose() {
      var mine = ++newest;
      var chosen = Array.prototype.slice.call(input.files);
      var taken = chosen.slice(0, Math.max(0, box.dataset.most - kept()));
      busy = true;
      say(pressed ? "toldWaiting" : "toldWorking");
      working = working.then(function () { return mine === newest ? shrinkAll(taken) : null; })
        .catch(function () { return null; })
        .then(function (files) { if (mine === newest) ready(files, chosen.length > taken.length); });
    }

    // One after the other: a picture takes much memory while it is decoded.
    function shrinkAll(files) {
      return files.reduce(function (before, file) {
        return before.then(function (done) {
          return shrinkPhoto(file).then(function (photo) { return done.concat(photo.blob === file ? file : named(photo)); });
        });
      }, Promise.resolve([]));
    }

    function named(photo) {
      return new File([photo.blob], photo.name, { type: photo.blob.type });
    }

    function put(files) {
      try {
        var bag = new DataTransfer();
        files.forEach(function (file) { bag.items.add(file); });
        input.files = bag.files;
      } catch (refused) {
        // an older browser lets nobody but the reader fill the field
      }
    }

    function ready(files, tooMany) {
      if (files) put(files);
      busy = false;
      var count = { n: input.files.length + kept(), most: box.dataset.most };
      say(tooMany ? "toldMany" : count.n ? "toldReady" : "", count);
      var button = pressed;
      pressed = null;
      if (button) button.click();
    }

    input.addEventListener("change", choose);
    form.addEventListener("submit", function (event) {
      if (!busy) return;
      event.preventDefault();
      pressed = event.submitter || form.querySelector("[type=submit]");
      say("toldWaiting");
    });
  }

  if (!window.shrinkPhoto) return;
  document.querySelectorAll("[data-photo-field]").forEach(PhotoField);
})();
