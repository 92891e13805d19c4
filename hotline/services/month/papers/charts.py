"""Charts of the circular, as PNG images: the months one after the other, and the units beside each other.

Drawn with matplotlib's own canvas, which opens no window; the words in a font of ours, so that they are there on every
machine. The library is loaded when the first chart is drawn: only the process that writes papers holds it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from hotline.domain.rates import RateKind, percentage
from hotline.services.month.figures import Group, MonthFigures

FONT: Final = Path(__file__).parent / "fonts" / "NotoSansSC-GB2312.otf"
MOST: Final = 20  # units in a picture; the others stand in the table
COLOURS: Final = {RateKind.HANDLE: "#1f4e79", RateKind.REPLY: "#c55a11", RateKind.CLOSE: "#548235"}
MARKS: Final = {RateKind.HANDLE: "o", RateKind.REPLY: "s", RateKind.CLOSE: "^"}  # told apart without colours, too
_WIDTH, _HIGHEST, _DPI = 6.14, 7.0, 200  # inches: as wide as the text of a page, and no longer than one
_RED, _GREY = "#c00000", "#d9d9d9"


def trend(months: Sequence[MonthFigures]) -> bytes:
    """The three rates of each month, with the target of 100 % across; a gap where nothing was owed."""
    figure, axes = _picture(2.9)
    places = range(len(months))
    rates = {kind: [_rate(month.scope, kind) for month in months] for kind in RateKind}
    lowest = min((rate for told in rates.values() for rate in told if rate is not None), default=100.0)
    room = max(100 - lowest, 2.0)
    for kind, told in rates.items():
        axes.plot(places, told, color=COLOURS[kind], marker=MARKS[kind], label=kind.label, linewidth=1.6)
    last = [told[-1] for told in rates.values() if told and told[-1] is not None]
    for rate, height in _apart(last, room * 0.11):
        axes.text(places[-1] + 0.06, height, f"{rate:.2f}", va="center", **_font(8))
    axes.set_xticks(places, [f"{month.month.year}年{month.month.number}月" for month in months], **_font(9))
    axes.set_xlim(-0.4, max(len(months) - 1, 0) + 0.6)
    axes.set_ylim(max(0.0, lowest - room * 0.3), 100 + room * 0.12)
    axes.axhline(100, color=_RED, linestyle="--", linewidth=1, label="目标 100%")
    _finish(axes, axes.yaxis)
    return _png(figure)


def _apart(rates: Sequence[float], gap: float) -> list[tuple[float, float]]:
    """Where each number stands so that none stands on another, from the lowest upwards."""
    placed: list[tuple[float, float]] = []
    for rate in sorted(set(rates)):
        placed.append((rate, max(rate, placed[-1][1] + gap) if placed else rate))
    return placed


def units(groups: Sequence[Group]) -> bytes:
    """The three rates of each unit, those with the most missing first."""
    shown = sorted(groups, key=lambda group: -sum(tally.all["missing"] for tally in group.tallies.values()))[:MOST]
    figure, axes = _picture(0.9 + min(0.52 * len(shown), _HIGHEST))
    for place, kind in enumerate(RateKind):
        rates = [_rate(group, kind) for group in shown]
        at = [row + (place - 1) * 0.26 for row in range(len(shown))]
        axes.barh(at, [rate or 0 for rate in rates], 0.24, color=COLOURS[kind], label=kind.label)
        for y, rate in zip(at, rates, strict=True):
            axes.text((rate or 0) + 0.8, y, "—" if rate is None else f"{rate:.2f}", va="center", **_font(7))
    axes.set_yticks(range(len(shown)), [_short(str(group.about["name"])) for group in shown], **_font(9))
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(0, 112)
    axes.axvline(100, color=_RED, linestyle="--", linewidth=1, label="目标 100%")
    _finish(axes, axes.xaxis)
    return _png(figure)


def _picture(height: float) -> tuple[Any, Any]:
    figure = import_module("matplotlib.figure").Figure(figsize=(_WIDTH, height), dpi=_DPI, layout="constrained")
    return figure, figure.add_subplot()


def _font(size: int) -> dict[str, Any]:
    properties = import_module("matplotlib.font_manager").FontProperties
    return {"fontproperties": properties(fname=FONT, size=size)}


def _rate(group: Group, kind: RateKind) -> float | None:
    """As it is printed: 100.00 only when nothing is missing."""
    counts = group.tallies[kind].all
    told = percentage(counts["kept"], counts["owed"])
    return None if told is None else float(told)


def _short(name: str) -> str:
    return name if len(name) <= 12 else f"{name[:11]}…"


def _finish(axes: Any, values: Any) -> None:
    """Grid, percent signs and the legend below."""
    values.set_major_formatter(lambda value, _: f"{value:g}%" if value <= 100 else "")
    for label in values.get_ticklabels():
        label.set_fontproperties(_font(8)["fontproperties"])
    axes.grid(axis="y" if values is axes.yaxis else "x", color=_GREY, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.12)}
    axes.legend(prop=_font(8)["fontproperties"], ncols=4, frameon=False, **below)


def _png(figure: Any) -> bytes:
    canvas = import_module("matplotlib.backends.backend_agg").FigureCanvasAgg(figure)
    file = io.BytesIO()
    canvas.print_png(file)
    return file.getvalue()
