// The receipt: print it, copy its link. What was kept on this device while the form was filled in is no longer needed.
(function () {
  "use strict";
  if (window.indexedDB) indexedDB.deleteDatabase("complaint-photos");

  document.querySelectorAll("[data-receipt]").forEach(function (box) {
    var copy = box.querySelector("[data-receipt-copy]");
    box.hidden = false;
    box.querySelector("[data-receipt-print]").addEventListener("click", function () { window.print(); });
    copy.hidden = !(navigator.clipboard && navigator.clipboard.writeText);
    copy.addEventListener("click", function () {
      navigator.clipboard.writeText(box.dataset.title + " " + box.dataset.link).then(function () {
        box.querySelector("[data-receipt-told]").textContent = box.dataset.toldCopied;
      });
    });
  });
})();
