// Comfort only: the numbers of the menu and of the start page as they are now, without a reload.
// Asked for every 20 seconds while the page is looked at, by the sign of the answer before: mostly the answer is "the
// same". Says politely what has newly come; never takes the focus. Says when the log-in has ended or nobody answers;
// after a new one in another window the forms of this page can be sent.
(function () {
  "use strict";
  var EVERY = 20000, LONGEST = 300000; // ms
  var line = document.querySelector("[data-live-url]");
  if (!line || !window.fetch) return;
  var title = document.title;
  var known = null; // the numbers of the answer before
  var tag = "";
  var pause = EVERY;
  var timer = 0;
  var asking = false;
  var trouble = false; // is being told of
  var out = false; // the log-in has ended

  function say(text, url, words) {
    line.textContent = text;
    if (!url) return;
    var link = document.createElement("a");
    link.href = url;
    link.textContent = words;
    line.appendChild(link);
  }

  function show(numbers) {
    Array.prototype.forEach.call(document.querySelectorAll("[data-live]"), function (element) {
      var number = numbers[element.dataset.live];
      if (!number) return;
      var text = number.count || element.hasAttribute("data-live-zero") ? number.shown : "";
      if (element.textContent !== text) element.textContent = text;
      var box = element.closest("[data-waits]");
      if (box) box.dataset.waits = number.count ? "yes" : "no";
    });
    var mine = numbers.mine ? numbers.mine.count : 0;
    document.title = mine ? "(" + numbers.mine.shown + ") " + title : title;
  }

  function tell(numbers) {
    var come = Object.keys(numbers).filter(function (key) {
      return numbers[key].told && known[key] && numbers[key].count > known[key].count;
    }).map(function (key) { return numbers[key].count - known[key].count + " 件" + numbers[key].told; });
    if (come.length) say("新到 " + come.join("、") + "。", line.dataset.homeUrl, "查看");
  }

  function take(numbers) {
    show(numbers);
    if (known) tell(numbers);
    known = numbers;
  }

  // Forms carry the token of their session. That of the new one is taken over only where the same person has come back.
  function renew() {
    var me = document.querySelector(".rail-who");
    fetch(me.querySelector("a").href, { credentials: "same-origin", cache: "no-store" }).then(function (answer) {
      return answer.text();
    }).then(function (text) {
      var page = new DOMParser().parseFromString(text, "text/html");
      var who = page.querySelector(".rail-who"), token = page.querySelector("[name=csrf_token]");
      if (!who || !token || who.textContent !== me.textContent) return;
      document.querySelectorAll("[name=csrf_token]").forEach(function (each) { each.value = token.value; });
    }).catch(function () {}); // the form then says that the page is too old
  }

  function later(ms) {
    clearTimeout(timer);
    timer = setTimeout(ask, ms);
  }

  function ask() {
    if (document.hidden || asking) return; // asks again when it is looked at
    asking = true;
    var headers = tag ? { "If-None-Match": tag } : {};
    fetch(line.dataset.liveUrl, { headers: headers, credentials: "same-origin", cache: "no-store", redirect: "manual" }).then(function (answer) {
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return "out";
      if (answer.status === 304) return null;
      if (!answer.ok) throw new Error(answer.status);
      tag = answer.headers.get("ETag") || "";
      return answer.json();
    }).then(function (told) {
      asking = false;
      if (told === "out") { // asked again when the page is looked at again: somebody may have logged in elsewhere
        trouble = out = true;
        say("登录已结束，填写的内容先不要关闭。", line.dataset.loginUrl, "在新窗口登录");
        if (line.lastChild.href) line.lastChild.target = "_blank";
        return;
      }
      if (trouble) say("");
      if (out) renew();
      trouble = out = false;
      pause = EVERY;
      if (told) take(told.numbers);
      later(pause);
    }, function () {
      asking = false;
      trouble = true;
      pause = Math.min(pause * 2, LONGEST);
      say("连接中断，正在重试。填写的内容仍在本页。");
      later(pause);
    });
  }

  document.addEventListener("visibilitychange", function () { if (!document.hidden) later(0); });
  window.addEventListener("online", function () { later(0); });
  ask();
})();
