// While somebody types: dangers, the likely category, and what others nearby have said already (POST data-hints).
// The words go nowhere else and are not kept there. Each part is put in only when it has changed: it is read aloud.
(function () {
  "use strict";
  var PAUSE = 700; // ms without a key
  var SHORTEST = 8; // characters; fewer tell nothing
  var ASKED = ["csrf_token", "form_key", "text", "place", "latitude", "longitude"];

  function Hints(form) {
    var timer = 0;
    var last = "";
    var sorting = form.querySelector("[data-sorting]");
    var category = form.elements.category;
    var byHand = form.elements.category_by_hand;

    function question() {
      var data = new FormData();
      ASKED.forEach(function (name) { data.append(name, form.elements[name].value); });
      if (byHand && byHand.value === "yes") data.append("category", category.value);
      ["identity", "urgency", "same"].forEach(function (name) {
        var chosen = form.querySelector("[name=" + name + "]:checked");
        if (chosen) data.append(name, chosen.value);
      });
      return data;
    }

    function look() {
      if (form.elements.text.value.trim().length < SHORTEST) return;
      var now = ASKED.slice(2).map(function (name) { return form.elements[name].value; }).join("\n");
      if (now === last) return;
      last = now;
      fetch(form.dataset.hints, { method: "POST", body: question(), credentials: "same-origin" })
        .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(new Error(answer.status)); })
        .then(function (text) {
          if (now === last) put(new DOMParser().parseFromString(text, "text/html"));
        })
        .catch(function () { last = ""; }); // a comfort only: the next key asks again
    }

    function put(page) {
      page.querySelectorAll("[data-part]").forEach(function (part) {
        var place = form.querySelector('[data-part="' + part.dataset.part + '"]');
        if (!place || place.innerHTML.trim() === part.innerHTML.trim()) return;
        // Whoever has gone into the list of matters is not pushed out of it by the next answer.
        if (place.contains(document.activeElement)) return;
        place.textContent = "";
        while (part.firstChild) place.appendChild(part.firstChild);
      });
      guess();
    }

    // "no" says that what stands there is this script's guess. What came without a word to it, somebody has chosen.
    function begin() {
      if (byHand && !byHand.value) byHand.value = category.value ? "yes" : "no";
      sum();
    }

    function guess() {
      var found = form.querySelector('[data-part="guess"] [data-category]');
      if (category && byHand.value !== "yes") category.value = found ? found.dataset.category : "";
      sum();
    }

    // What stands behind the fold, on its line.
    function sum() {
      if (!sorting) return;
      var chosen = category && category.selectedIndex > 0 ? category.options[category.selectedIndex] : null;
      var urgency = form.querySelector("[name=urgency]:checked");
      var words = [chosen ? chosen.textContent : sorting.dataset.auto];
      if (urgency && urgency.value !== "auto") words.push(urgency.parentNode.textContent.trim());
      sorting.querySelector("[data-sorting-now]").textContent = words.join(" · ");
    }

    if (category) {
      category.addEventListener("change", function () { byHand.value = "yes"; });
    }
    form.addEventListener("change", sum);
    form.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
    form.addEventListener("draft:restored", function () { begin(); look(); });
    form.addEventListener("reset", function () {
      last = "";
      if (byHand) byHand.value = "no";
      form.querySelectorAll("[data-part]").forEach(function (part) { part.textContent = ""; });
      setTimeout(sum, 0); // after the browser has put the fields back
    });
    begin();
  }

  function Contact(form) {
    // Who stays anonymous is not asked for a telephone.
    var box = form.querySelector("[data-contact]");
    function fold() {
      var chosen = form.querySelector("[name=identity]:checked");
      box.hidden = Boolean(chosen && chosen.value === "anonymous");
    }
    form.addEventListener("change", fold);
    form.addEventListener("draft:restored", fold);
    form.addEventListener("reset", function () { setTimeout(fold, 0); });
    fold();
  }

  document.querySelectorAll("form[data-hints]").forEach(function (form) {
    Contact(form);
    if (window.fetch && window.FormData && window.DOMParser) Hints(form);
  });
})();
