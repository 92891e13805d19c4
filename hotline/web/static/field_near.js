// The list in the street, the nearest first. Where this telephone is stays on it.
(function () {
  "use strict";

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
          job.querySelector("[data-distance]").textContent = metres === Infinity ? "" : " · " + inWords(bar, metres);
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

  function inWords(bar, metres) {
    if (metres < 1000) return bar.dataset.toldMetres.replace("{n}", Math.max(10, Math.round(metres / 10) * 10));
    return bar.dataset.toldKilometres.replace("{n}", (metres / 1000).toFixed(1));
  }
})();
