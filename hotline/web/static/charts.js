// Draws every figure[data-chart] from the table that stands in it (macros/chart.html), each when it is first seen:
// ECharts is loaded only then (library.js). Colours are the tokens of the style sheet, so light, dark and paper are the page's own.
// Whoever puts new figures on the page says so: event "charts:look" on the document.
(function () {
  "use strict";
  var LINES = [["action", "solid", "circle"], ["ink-2", "dashed", "rect"], ["order", "dotted", "triangle"]];
  var STEPS = 5; // shades of a heat map, besides nothing at all
  var ROW = 28; // pixels of a heat map's row
  var NARROW = 480;
  var drawn = [];

  // What the table says: column heads, and rows of cells {value, text, href}; value is null where there is no number.
  function read(figure) {
    var table = figure.querySelector("table");
    var heads = [].map.call(table.tHead.rows[0].cells, words).slice(1);
    var rows = [].map.call(table.tBodies[0].rows, function (row) {
      return { label: words(row.cells[0]), cells: [].map.call(row.cells, cell).slice(1) };
    });
    return { heads: heads, rows: rows };
  }

  function words(cell) {
    return cell.dataset.label || cell.textContent.replace(/\s+/g, " ").trim();
  }

  function cell(cell) {
    var link = cell.querySelector("a[href]");
    var said = cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value;
    return {
      value: said === "" || isNaN(+said) ? null : +said,
      text: cell.textContent.replace(/\s+/g, " ").trim(),
      href: link && link.href
    };
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  // Between two tokens, as a share of the second.
  function between(one, other, share) {
    var parts = [colour(one), colour(other)].map(function (hex) {
      var long = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex;
      return [1, 3, 5].map(function (at) { return parseInt(long.substr(at, 2), 16); });
    });
    return "rgb(" + parts[0].map(function (from, at) { return Math.round(from + (parts[1][at] - from) * share); }) + ")";
  }

  function start(figure) {
    if (figure.dataset.drawn) return;
    figure.dataset.drawn = "yes";
    loadLibrary(figure.dataset.echarts).then(function () { draw(figure); }, function () { delete figure.dataset.drawn; });
  }

  function draw(figure) {
    if (!figure.isConnected) return;
    var ground = figure.querySelector("[data-chart-ground]");
    var said = read(figure);
    ground.hidden = false;
    if (figure.dataset.chart === "heat") ground.style.height = (said.rows.length * ROW + 56) * scale(ground) + "px";
    var chart = window.echarts.init(ground, null, { renderer: "canvas" });
    chart.on("click", function (event) {
      var part = OPENS[figure.dataset.chart](said, event);
      if (part && part.href) location.href = part.href;
    });
    figure.querySelector("details").open = false;
    var each = { figure: figure, ground: ground, chart: chart, said: said };
    drawn.push(each);
    paint(each);
    if (window.ResizeObserver) new ResizeObserver(function () { again(each); }).observe(ground);
  }

  function again(each) {
    if (!each.figure.isConnected || !each.ground.clientWidth) return;
    each.chart.resize();
    paint(each);
  }

  function paint(each) {
    each.chart.setOption(OPTIONS[each.figure.dataset.chart](each), true);
    each.chart.getZr().flush(); // at once: paper does not wait for the next frame
  }

  function paintAll() {
    drawn = drawn.filter(function (each) {
      if (each.figure.isConnected) return true;
      each.chart.dispose();
      return false;
    });
    drawn.forEach(again);
  }

  function scale(ground) {
    return parseFloat(getComputedStyle(ground).fontSize) / 13;
  }

  function common(each, more) {
    var size = parseFloat(getComputedStyle(each.ground).fontSize);
    var option = {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: size, color: colour("ink") },
      tooltip: {
        trigger: "item", renderMode: "richText", confine: true, backgroundColor: colour("ground"),
        borderColor: colour("control"), textStyle: { color: colour("ink"), fontSize: size },
        formatter: function (event) { return said(each, event); }
      }
    };
    Object.keys(more).forEach(function (name) { option[name] = more[name]; });
    return option;
  }

  function said(each, event) {
    if (event.componentType === "markLine") return event.name;
    var part = OPENS[each.figure.dataset.chart](each.said, event);
    return part ? part.told : "";
  }

  function axis(each, more) {
    var size = parseFloat(getComputedStyle(each.ground).fontSize);
    var option = {
      axisLine: { lineStyle: { color: colour("control") } },
      axisTick: { show: false },
      axisLabel: { color: colour("ink-2"), fontSize: size },
      splitLine: { lineStyle: { color: colour("rule") } }
    };
    Object.keys(more).forEach(function (name) { option[name] = more[name]; });
    return option;
  }

  function told(label, head, part, unit) {
    return { href: part.href, told: label + "　" + head + "\n" + (part.text || "—") + (unit && !/%/.test(part.text) ? unit : "") };
  }

  var OPENS = {
    line: function (table, event) {
      var row = table.rows[event.dataIndex];
      return row && row.cells[event.seriesIndex] && told(row.label, table.heads[event.seriesIndex], row.cells[event.seriesIndex]);
    },
    bars: function (table, event) {
      var row = table.rows[event.dataIndex];
      return row && told(row.label, table.heads[0], row.cells[0]);
    },
    heat: function (table, event) {
      if (!event.value) return null;
      var row = table.rows[event.value[1]];
      return told(row.label, table.heads[event.value[0]], row.cells[event.value[0]]);
    }
  };

  // The lowest value, rounded down to fives: 97 and 99 are told apart, and 100 is always on the picture.
  function floor(table) {
    var least = 100;
    table.rows.forEach(function (row) {
      row.cells.forEach(function (part) { if (part.value !== null) least = Math.min(least, part.value); });
    });
    return Math.max(0, Math.floor((least - 0.5) / 5) * 5);
  }

  var OPTIONS = {
    line: function (each) {
      var table = each.said;
      var target = +each.figure.dataset.target;
      var unit = each.figure.dataset.unit;
      var size = parseFloat(getComputedStyle(each.ground).fontSize);
      return common(each, {
        grid: { left: size * 3.4, right: size * 8.5, top: size * 1.6, bottom: size * 2 },
        xAxis: axis(each, { type: "category", boundaryGap: false, data: table.rows.map(function (row) { return row.label; }) }),
        yAxis: axis(each, {
          type: "value", min: floor(table), max: target || null, minInterval: 1,
          axisLabel: { color: colour("ink-2"), fontSize: size, formatter: "{value}" + unit }
        }),
        series: table.heads.map(function (head, place) {
          var look = LINES[place % LINES.length];
          return {
            type: "line", name: head, connectNulls: false, symbol: look[2], symbolSize: size * 0.6, showAllSymbol: true,
            lineStyle: { color: colour(look[0]), width: 2, type: look[1] }, itemStyle: { color: colour(look[0]) },
            endLabel: {
              show: true, color: colour(look[0]), fontSize: size,
              formatter: function (event) { return head + " " + event.value.toFixed(2) + unit; }
            },
            labelLayout: { moveOverlap: "shiftY" },
            emphasis: { disabled: true },
            markLine: place || !target ? undefined : {
              silent: true, symbol: "none", data: [{ yAxis: target, name: "目标 " + target + unit }],
              lineStyle: { color: colour("ok"), type: "solid", width: 1.5 },
              label: { position: "insideStartTop", formatter: "目标 " + target + unit, color: colour("ok"), fontSize: size }
            },
            data: table.rows.map(function (row) { return row.cells[place].value; })
          };
        })
      });
    },
    bars: function (each) {
      var table = each.said;
      var size = parseFloat(getComputedStyle(each.ground).fontSize);
      return common(each, {
        grid: { left: size, right: size, top: size * 2, bottom: size * 2 },
        xAxis: axis(each, { type: "category", data: table.rows.map(function (row) { return row.label; }) }),
        yAxis: axis(each, { type: "value", show: false, minInterval: 1 }),
        series: [{
          type: "bar", barMaxWidth: size * 3, cursor: "pointer", emphasis: { disabled: true },
          itemStyle: { color: colour("action") },
          label: { show: true, position: "top", color: colour("ink"), fontSize: size },
          data: table.rows.map(function (row) { return row.cells[0].value; })
        }]
      });
    },
    heat: function (each) {
      var table = each.said;
      var size = parseFloat(getComputedStyle(each.ground).fontSize);
      var narrow = each.ground.clientWidth < NARROW;
      var cells = [];
      var most = 0;
      table.rows.forEach(function (row, y) {
        row.cells.slice(0, table.heads.length).forEach(function (part, x) {
          most = Math.max(most, part.value || 0);
          cells.push([x, y, part.value || 0]);
        });
      });
      var step = function (value) { return value ? Math.max(1, Math.ceil(value / most * STEPS)) : 0; };
      var shades = [between("ground", "ground-2", 1)];
      for (var shade = 1; shade <= STEPS; shade++) shades.push(between("ground-2", "action", 0.15 + 0.85 * (shade - 1) / (STEPS - 1)));
      return common(each, {
        grid: { left: size * (narrow ? 4.5 : 6), right: 4, top: size * 2, bottom: 4 },
        xAxis: axis(each, { type: "category", position: "top", data: table.heads, splitLine: { show: false }, axisLine: { show: false } }),
        yAxis: axis(each, {
          type: "category", inverse: true, axisLine: { show: false }, data: table.rows.map(function (row) { return row.label; }),
          axisLabel: { color: colour("ink"), fontSize: size, width: size * (narrow ? 4 : 5.5), overflow: "truncate" }
        }),
        visualMap: {
          type: "piecewise", show: false, dimension: 3,
          pieces: shades.map(function (shade, place) { return { value: place, color: shade }; })
        },
        series: [{
          type: "heatmap", emphasis: { disabled: true }, cursor: "pointer",
          itemStyle: { borderColor: colour("ground"), borderWidth: 1 },
          data: cells.map(function (each) {
            var place = step(each[2]);
            return {
              value: [each[0], each[1], each[2], place],
              label: {
                show: !narrow, fontSize: size, color: place > STEPS / 2 ? colour("on-action") : colour("ink"),
                formatter: each[2] ? String(each[2]) : ""
              }
            };
          })
        }]
      });
    }
  };

  function whenSeen(figure) {
    if (!window.IntersectionObserver) {
      start(figure);
      return;
    }
    var eye = new IntersectionObserver(function (entries) {
      if (!entries.some(function (entry) { return entry.isIntersecting; })) return;
      eye.disconnect();
      start(figure);
    }, { rootMargin: "200px" });
    eye.observe(figure);
  }

  function look() {
    paintAll();
    document.querySelectorAll("figure[data-chart]:not([data-drawn])").forEach(whenSeen);
  }

  // Shades say little on black and white paper: there the table of a heat map stands in its place.
  function onPaper(event) {
    document.querySelectorAll('figure[data-chart="heat"][data-drawn] details').forEach(function (fold) { fold.open = event.matches; });
    paintAll();
  }

  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paintAll);
  window.matchMedia("print").addEventListener("change", onPaper);
  document.addEventListener("charts:look", look);
  look();
})();
