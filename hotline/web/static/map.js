// Draws the maps of a page (macros/map.html), each when it is first seen: Leaflet is loaded only then (library.js).
// Positions outside of this file are WGS 84; tiles in GCJ-02 are met by converting at its edge.
// A picking map tells its form: event "map:picked" {latitude, longitude}, and hears "map:show" {latitude, longitude, accuracy}.
(function () {
  "use strict";
  var CLOSE = 17;
  var CITY = 12;
  var WIDE = "(min-width: 992px)"; // as in the style sheet: room beside the list
  var SOMEWHERE = { centre: [35, 105], zoom: 4 }; // the country, until a point or the city's centre is known

  function style(address) {
    if (document.querySelector('link[href="' + address + '"]')) return;
    var link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    // Before our own sheet, which dresses what Leaflet draws.
    document.head.insertBefore(link, document.head.querySelector('link[rel="stylesheet"]'));
  }

  function start(box) {
    if (box.dataset.drawn) return;
    box.dataset.drawn = "yes";
    style(box.dataset.leafletStyle);
    var parts = [loadLibrary(box.dataset.leaflet)];
    if (box.dataset.gcoord) parts.push(loadLibrary(box.dataset.gcoord));
    Promise.all(parts).then(function () { draw(box); }, function () {
      delete box.dataset.drawn;
      tell(box, box.dataset.toldBroken);
    });
  }

  function tell(box, words) {
    box.querySelector("[data-map-told]").textContent = words;
  }

  function toTiles(box, latitude, longitude) {
    if (!box.dataset.gcoord) return [latitude, longitude];
    var there = gcoord.transform([longitude, latitude], gcoord.WGS84, gcoord.GCJ02);
    return [there[1], there[0]];
  }

  function fromTiles(box, place) {
    var there = [place.lng, place.lat];
    if (box.dataset.gcoord) there = gcoord.transform(there, gcoord.GCJ02, gcoord.WGS84);
    return { latitude: +there[1].toFixed(6), longitude: +there[0].toFixed(6) };
  }

  function draw(box) {
    var still = window.matchMedia && window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    var map = L.map(box.querySelector("[data-map-canvas]"), {
      zoomControl: false, attributionControl: false,
      zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, inertia: !still
    });
    L.control.scale({ imperial: false }).addTo(map);
    if (box.dataset.tiles) {
      L.control.attribution({ prefix: false }).addTo(map);
      var tiles = L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution, maxZoom: 19 }).addTo(map);
      tiles.once("tileerror", function () { tell(box, box.dataset.toldBroken); });
    }
    // Last in the document, last to the eye: above what was put into this corner before.
    L.control.zoom({ position: "bottomright", zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
    var marks = together(JSON.parse(box.dataset.points)).map(function (points) { return mark(box, map, points); });
    var extent = JSON.parse(box.dataset.extent);
    var centre = JSON.parse(box.dataset.centre);
    if (marks.length) map.fitBounds(bounds(box, marks, extent).pad(0.2), { maxZoom: CLOSE, animate: false });
    else if (centre) map.setView(toTiles(box, centre[0], centre[1]), CITY);
    else map.setView(SOMEWHERE.centre, SOMEWHERE.zoom);
    if (box.hasAttribute("data-map-picks")) pick(box, map);
  }

  // A dot lies on its point; the drop that somebody has set stands on its tip, 20 px below its middle.
  function icon(look, count) {
    var anchor = [14, look === "chosen" ? 34 : 14];
    return L.divIcon({ className: "map-mark " + look, html: count > 1 ? String(count) : "", iconSize: [28, 28], iconAnchor: anchor });
  }

  function bounds(box, marks, extent) {
    if (!extent) return L.featureGroup(marks).getBounds();
    return L.latLngBounds(extent.map(function (corner) { return toTiles(box, corner[0], corner[1]); }));
  }

  // Those at the same place stand under one mark; from north to south, as the keyboard goes through them.
  function together(points) {
    var places = {};
    points.forEach(function (point) {
      var place = point.latitude + "," + point.longitude;
      (places[place] = places[place] || []).push(point);
    });
    return Object.keys(places).map(function (place) { return places[place]; })
      .sort(function (one, other) { return other[0].latitude - one[0].latitude; });
  }

  function mark(box, map, points) {
    var first = points[0];
    var titles = points.map(function (point) { return point.title; }).join("\n");
    var status = points.every(function (point) { return point.status === first.status; }) ? first.status : "";
    var pin = L.marker(toTiles(box, first.latitude, first.longitude), {
      icon: icon(status || "wait", points.length), title: titles, alt: titles
    });
    var words = document.createElement("div");
    points.forEach(function (point) { words.appendChild(said(point)); });
    pin.bindPopup(words);
    return pin.addTo(map);
  }

  // Nodes, not markup: the title is what somebody wrote.
  function said(point) {
    var words = document.createElement("div");
    var title = document.createElement(point.href ? "a" : "b");
    title.textContent = point.title;
    if (point.href) title.href = point.href;
    words.appendChild(title);
    if (point.note) {
      var note = document.createElement("p");
      note.textContent = point.note;
      words.appendChild(note);
    }
    return words;
  }

  function pick(box, map) {
    var form = box.closest("form");
    var chosen = null;
    var circle = null;
    box.classList.add("picks");

    function show(latitude, longitude, accuracy, look) {
      var place = toTiles(box, latitude, longitude);
      if (chosen) chosen.setLatLng(place);
      else chosen = L.marker(place, { icon: icon("chosen"), keyboard: false, interactive: false }).addTo(map);
      if (circle) circle.remove();
      circle = accuracy ? L.circle(place, { radius: accuracy, className: "map-range", interactive: false }).addTo(map) : null;
      tell(box, "");
      if (look) map.setView(place, Math.max(map.getZoom(), CLOSE));
    }

    function choose(place) {
      var position = fromTiles(box, place);
      form.elements.latitude.value = position.latitude;
      form.elements.longitude.value = position.longitude;
      show(position.latitude, position.longitude, 0, false);
      tell(box, box.dataset.toldPicked);
      form.dispatchEvent(new CustomEvent("map:picked", { detail: position, bubbles: true }));
    }

    map.on("click", function (event) { choose(event.latlng); });
    box.querySelector("[data-map-centre]").addEventListener("click", function () { choose(map.getCenter()); });
    form.addEventListener("map:show", function (event) {
      if (!event.detail) {
        tell(box, "");
        if (chosen) chosen.remove();
        if (circle) circle.remove();
        chosen = circle = null;
        return;
      }
      show(event.detail.latitude, event.detail.longitude, event.detail.accuracy, true);
    });
    var latitude = form.elements.latitude.value;
    var longitude = form.elements.longitude.value;
    if (latitude && longitude) show(+latitude, +longitude, 0, true);
  }

  function whenSeen(box) {
    box.hidden = false;
    var fold = box.closest("details");
    if (fold && fold.hasAttribute("data-open-where-wide")) fold.open = window.matchMedia(WIDE).matches;
    if (fold && !fold.open) {
      fold.addEventListener("toggle", function () { start(box); }, { once: true });
    } else if (window.IntersectionObserver) {
      var eye = new IntersectionObserver(function (entries) {
        if (!entries.some(function (entry) { return entry.isIntersecting; })) return;
        eye.disconnect();
        start(box);
      });
      eye.observe(box);
    } else {
      start(box);
    }
  }

  document.querySelectorAll("[data-map-side], [data-map-way]").forEach(function (part) { part.hidden = false; });
  document.querySelectorAll("[data-map]").forEach(whenSeen);
})();
