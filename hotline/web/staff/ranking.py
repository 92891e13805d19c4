"""评分排名: who stands where this month and why, line by line; each number opens the list of what it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.indicators import INDICATORS, Basis
from hotline.domain.rates import Month, RateKind
from hotline.domain.score_facts import LISTED, NAMES, PROMISES, SUMS, URGENT, WHOLES
from hotline.domain.score_terms import number
from hotline.domain.scoring import Line, Score
from hotline.services.month import ranking
from hotline.services.month.ranking import Board, Placed, Ranking
from hotline.services.work import Work
from hotline.web.door import now, office, work
from hotline.web.staff import report_links, report_state, rights

TONES: Final = {"green": ("ok", "circle-check"), "amber": ("soon", "alert-triangle"), "red": ("over", "flag")}
MONTHS: Final = 12  # of a unit's own history
_CASES: Final = {
    "received": ("repeat_rate", "whole"),
    "repeats": ("repeat_rate", "part"),
    "reworks": ("rework_rate", "part"),
}


def current() -> AnyResponse:
    """GET /desk/ranking: this month."""
    local = now().astimezone(office().zone)
    return redirect(url_for("staff.ranking", month=f"{local:%Y-%m}"))


def show(month: str) -> str:
    """GET /desk/ranking/<YYYY-MM>: one board of peers, the first if none is asked for."""
    with work() as unit:
        asked = report_state.month_of(unit, month)
        found = ranking.ranked(unit, str(asked), version=report_links.version())
        shown = [board for board in found.boards if any(_has_something(each) for each in board.units)]
        board = next((each for each in shown if each.key == request.args.get("board")), shown[0] if shown else None)
        return render_template(
            "staff/ranking.html",
            **_frame(unit, found, "staff.ranking"),
            state=report_state.badge(unit, asked, found.report.version if found.report else None),
            boards=[_tab(found, each, each is board) for each in shown] if len(shown) > 1 else [],
            title=board.name if board else "",
            own=_own(unit, found),
            rows=[_row(found, each, board) for each in board.units if each.rank is not None] if board else [],
            apart=[_row(found, each, board) for each in board.units if each.rank is None] if board else [],
            best=_named(found, board, board.best) if board else [],
            worst=_named(found, board, board.worst) if board else [],
            shown=found.scheme.shown,
        )


def show_unit(month: str, unit_id: int) -> str:
    """GET /desk/ranking/<YYYY-MM>/<unit>: why its score is what it is."""
    with work() as unit:
        asked = report_state.month_of(unit, month)
        found = ranking.ranked(unit, str(asked), version=report_links.version())
        placed, board = found.unit(unit_id)
        before = found.before.get(unit_id)
        return render_template(
            "staff/score.html",
            **_frame(unit, found, "staff.score", unit_id=unit_id),
            unit=_row(found, placed, board),
            of=board.ranked if board else 0,
            board=board.name if board else "",
            state=report_state.badge(unit, asked, found.report.version if found.report else None),
            lines=[line(asked, {"unit_id": unit_id}, each) for each in placed.score.lines],
            told=placed.score.told,
            full=number(found.scheme.full),
            before=_row(found, before, None) if before and before.score.total is not None else None,
            history=_history(unit, asked, unit_id),
            back_url=url_for("staff.ranking", month=str(asked), version=report_links.version(),
                             board=board.key if board else None),
        )  # fmt: skip


def _own(work: Work, found: Ranking) -> dict[str, Any] | None:
    """The whole of what the reader sees."""
    if found.own is None:
        return None
    row = _row(found, found.own, None)
    return row | {"name": "全市"} if found.own.id == work.rules.root.id else row


def _has_something(placed: Placed) -> bool:
    return placed.score.total is not None or bool(placed.score.cases)


def _frame(work: Work, found: Ranking, endpoint: str, **more: Any) -> dict[str, Any]:
    month = found.month
    earlier, later = month.turned(-1), month.turned(1)
    more |= {"board": request.args.get("board")} if endpoint == "staff.ranking" else {}
    return {
        "month": f"{month.year}年{month.number}月",
        "begun": month.seen_at(work.now).begun,
        "scheme": {
            "name": found.scheme.name,
            "ground": found.scheme.ground,
            "minimum": found.scheme.minimum,
            "counted": NAMES[found.scheme.counted] if found.scheme.counted == "received" else "应处理",
            "frozen": found.report is not None,
            "url": url_for("staff.scoring") if rights.may(work.actor, "staff.scoring") else None,
        },
        "prev_url": url_for(endpoint, month=str(earlier), **more),
        "next_url": url_for(endpoint, month=str(later), **more) if later.begins <= work.now else None,
    }


def _tab(found: Ranking, board: Board, here: bool) -> dict[str, Any]:
    url = url_for("staff.ranking", month=str(found.month), board=board.key, version=report_links.version())
    return {"label": board.name, "url": url, "current": here, "count": None}


def _row(found: Ranking, placed: Placed, board: Board | None) -> dict[str, Any]:
    counted = _lists(found.month, {"unit_id": placed.id}, found.scheme.counted)
    return {
        "rank": placed.rank,
        "name": placed.name,
        "url": url_for("staff.score", month=str(found.month), unit_id=placed.id, version=report_links.version()),
        **score_of(placed.score),
        "cases": placed.score.cases,
        "cases_url": (counted[1] or counted[0]) if placed.score.cases else None,
        "apart": placed.apart,
        "best": board is not None and placed.id in board.best,
        "worst": board is not None and placed.id in board.worst,
        "change": _change(placed, found.before.get(placed.id)),
        "cards": [each for level in ranking.CARDS if (each := _card(found.month, placed, level))],
    }


def _card(month: Month, placed: Placed, level: str) -> dict[str, Any] | None:
    """How many of that level were issued in the month, with the list of them; None for none."""
    count, fact = placed.cards.get(level, Fraction(0)), f"card.{level}"
    told = f"{number(count)} 分" if fact in SUMS else number(count)
    url = report_links.cases(month, fact, "part", {"unit_id": placed.id})
    return {"label": NAMES[fact], "count": told, "url": url} if count else None


def score_of(score: Score) -> dict[str, Any]:
    """A score as the pages have it: the number, and the grade with its colour in words."""
    tone, icon = TONES[score.grade.colour] if score.grade else ("", "")
    return {
        "score": "—" if score.total is None else str(score.total),
        "grade": score.grade.name if score.grade else "",
        "tone": tone,
        "icon": icon,
    }


def _change(placed: Placed, before: Placed | None) -> dict[str, Any] | None:
    """The rank of the month before, and by how many it has risen; None without one."""
    if before is None or before.rank is None:
        return None
    return {"rank": before.rank, "up": before.rank - placed.rank if placed.rank is not None else None}


def _named(found: Ranking, board: Board, ids: Sequence[int]) -> list[dict[str, Any]]:
    by_id = {unit.id: unit for unit in board.units}
    return [_row(found, by_id[each], board) for each in ids]


def _history(work: Work, month: Month, unit_id: int) -> list[dict[str, Any]]:
    return [
        {
            "month": f"{each.year}年{each.number}月",
            "url": url_for("staff.score", month=str(each), unit_id=unit_id),
            "score": "—" if placed.score.total is None else str(placed.score.total),
            "rank": placed.rank,
        }
        for each, placed in ranking.history(work, unit_id, month, MONTHS)
    ]


def line(month: Month, asked_by: Mapping[str, Any], of: Line) -> dict[str, Any]:
    """A line of a score as the templates have it. `asked_by`: whose numbers they are, by the words of the lists."""
    return {
        "name": of.name,
        "points": "—" if of.points is None else number(of.points).replace("-", "−"),
        "full": number(of.full) if of.full else "",
        "lost": of.points is not None and of.points < of.full,
        "told": of.told,
        "parts": [_part(month, asked_by, *part) for part in of.parts],
    }


def _part(
    month: Month, asked_by: Mapping[str, Any], fact: str, part: Fraction, whole: Fraction | None
) -> dict[str, Any]:
    """A fact with its numbers, each with its list; a mean, and points, by what they are made of."""
    of_part, of_whole = _lists(month, asked_by, fact)
    told = {"name": NAMES[fact], "whole_url": of_whole if whole else None}
    if fact == "mean_days":
        days = f"{number(part / whole)} 天" if whole else "—"
        return told | {"part": days, "part_url": None, "whole": number(whole or Fraction(0))}
    if fact in SUMS:
        return told | {"part": f"{number(part)} 分", "part_url": None, "whole": f"{number(whole or Fraction(0))} 件"}
    return told | {
        "part": number(part),
        "part_url": of_part if part else None,
        "whole": None if whole is None else number(whole),
    }


def _lists(month: Month, asked_by: Mapping[str, Any], fact: str) -> tuple[str | None, str | None]:
    """The lists behind numerator and denominator; of points the one that they are taken off for."""
    if fact in PROMISES:
        kind, _, figure = fact.removeprefix(URGENT).partition(".")
        whole, more = WHOLES.get(figure, "owed"), {"urgent": "1"} if fact.startswith(URGENT) else {}
        part = report_links.items(month, kind, figure, asked_by, **more)
        return part, report_links.items(month, kind, whole, asked_by, **more)
    if fact == "mean_days":
        return None, report_links.items(month, RateKind.HANDLE.value, "kept", asked_by)
    if fact in _CASES:
        return report_links.cases(month, *_CASES[fact], asked_by), None
    if fact in LISTED:
        listed = report_links.cases(month, fact, "part", asked_by)
        return (None, listed) if fact in SUMS else (listed, None)
    indicator = INDICATORS[fact]
    if indicator.basis is Basis.PROMISES:
        part = report_links.items(month, indicator.sort, indicator.part, asked_by)
        return part, report_links.items(month, indicator.sort, "owed", asked_by)
    of_whole = (
        report_links.items(month, indicator.over, "owed", asked_by)
        if indicator.over
        else report_links.cases(month, fact, "whole", asked_by)
    )
    return report_links.cases(month, fact, "part", asked_by), of_whole
