// Shrinks photos, so that they go through a slow network. What the browser cannot read stays as it is.
// shrinkPhoto(file) promises {name, blob}, whatever becomes of it; there is none where a browser cannot shrink anything.
(function () {
  "use strict";
  var LONGEST = 2048; // pixels of the longer side
  var SHORTEST = 1024; // … and the least that it is shrunk to, however large the file
  var ENOUGH = 500 * 1024; // bytes
  var QUALITIES = [0.82, 0.65, 0.5];
  // A browser that does not turn a picture upright would send it lying, without what says which way is up.
  var upright = window.CSS && CSS.supports && CSS.supports("image-orientation", "from-image");

  if (!window.Promise || !HTMLCanvasElement.prototype.toBlob) return;

  window.shrinkPhoto = function (file) {
    return shrink(file).then(function (blob) {
      return { name: blob === file ? file.name : file.name.replace(/\.[^.]*$/, "") + ".jpg", blob: blob };
    });
  };

  function shrink(file) {
    if (!upright || !/^image\/(jpeg|png|webp)$/.test(file.type)) return Promise.resolve(file);
    return look(file).then(function (image) {
      if (Math.max(image.naturalWidth, image.naturalHeight) <= LONGEST && file.size <= ENOUGH) return file;
      return fit(image, LONGEST).then(function (small) { return small && small.size < file.size ? small : file; });
    }).catch(function () { return file; });
  }

  // Smaller and smaller until it is small enough; a grainy night needs more steps than a clear day.
  function fit(image, longest) {
    var scale = Math.min(1, longest / Math.max(image.naturalWidth, image.naturalHeight));
    var canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    var pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; // behind what is see-through
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return encode(canvas, 0).then(function (blob) {
      return blob && blob.size > ENOUGH && longest > SHORTEST ? fit(image, longest * 0.75) : blob;
    });
  }

  function look(file) {
    return new Promise(function (done, failed) {
      var image = new Image();
      var address = URL.createObjectURL(file);
      image.onerror = function () { failed(new Error("not a picture here")); };
      image.onload = function () { URL.revokeObjectURL(address); done(image); };
      image.src = address;
    });
  }

  function encode(canvas, step) {
    return new Promise(function (done) { canvas.toBlob(done, "image/jpeg", QUALITIES[step]); }).then(function (blob) {
      return blob && blob.size > ENOUGH && step + 1 < QUALITIES.length ? encode(canvas, step + 1) : blob;
    });
  }
})();
