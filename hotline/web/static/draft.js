// Comfort only: the page works without this file.
// A field that has the focus lights the lines that its value came from; a line leads to its field.
(function () {
  "use strict";
  var talk = document.querySelector(".talk");

  function each(list, action) {
    Array.prototype.forEach.call(list, action);
  }

  function linesOf(field) {
    return Array.prototype.map.call(field.querySelectorAll("a.from"), function (link) {
      return document.getElementById(link.getAttribute("href").slice(1));
    }).filter(Boolean);
  }

  function light(field) {
    each(talk.querySelectorAll(".lit"), function (line) { line.classList.remove("lit"); });
    var lines = field ? linesOf(field) : [];
    lines.forEach(function (line) { line.classList.add("lit"); });
    var pane = talk.parentNode;
    if (lines.length && pane.scrollHeight > pane.clientHeight) {
      pane.scrollTop += lines[0].getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
    }
  }

  var form = document.getElementById("elements");
  if (talk && form) {
    form.addEventListener("focusin", function (event) { light(event.target.closest(".field")); });
    talk.addEventListener("click", function (event) {
      var line = event.target.closest("li.used");
      var link = line && form.querySelector('a.from[href="#' + line.id + '"]');
      var control = link && link.closest(".field").querySelector("input, textarea, select");
      if (control && String(window.getSelection()) === "") control.focus();
    });
  }
})();
