"""评分排名: who stands where this month and why, line by line; each number opens what it counts, if it has a list."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.indicators import INDICATORS, Basis
from hotline.domain.rates import Month, RateKind
from hotline.domain.score_facts import NAMES, PROMISES, URGENT, WHOLES
from hotline.domain.score_terms import number
from hotline.domain.scoring import Line, Score
from hotline.services.carding import Kept
from hotline.services.month import ranking
from hotline.services.month.ranking import Board, Placed, Ranking
from hotline.services.work import Work
from hotline.web.door import actor, now, office, work
from hotline.web.staff import report_links, report_state, rights, supervision

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
            lines=[_line(asked, unit_id, line) for line in placed.score.lines],
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
    return {
        "rank": placed.rank,
        "name": placed.name,
        "url": url_for("staff.score", month=str(found.month), unit_id=placed.id, version=report_links.version()),
        **score_of(placed.score),
        "cases": placed.score.cases,
        "apart": placed.apart,
        "best": board is not None and placed.id in board.best,
        "worst": board is not None and placed.id in board.worst,
        "change": _change(placed, found.before.get(placed.id)),
        "cards": [each for level in ranking.CARDS if (each := _card(found.month, placed, level))],
    }


def _card(month: Month, placed: Placed, level: str) -> dict[str, Any] | None:
    """How many of that level were issued in the month, with the list of them for whom it is there; None for none."""
    count = placed.cards.get(level, Fraction(0))
    url, _ = _lists(month, placed.id, f"card.{level}")
    return {"label": NAMES[f"card.{level}"], "count": number(count), "url": url} if count else None


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


def _line(month: Month, unit_id: int, line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "points": points_of(line),
        "full": number(line.full) if line.full else "",
        "lost": line.points is not None and line.points < line.full,
        "told": line.told,
        "parts": [_part(month, unit_id, *part) for part in line.parts],
    }


def points_of(line: Line) -> str:
    """What a line has brought, or taken."""
    return "—" if line.points is None else number(line.points).replace("-", "−")


def _part(month: Month, unit_id: int, fact: str, part: Fraction, whole: Fraction | None) -> dict[str, Any]:
    """A fact with its numbers, each with its list; a mean by what it is the mean of."""
    of_part, of_whole = _lists(month, unit_id, fact)
    if fact == "mean_days":
        days = f"{number(part / whole)} 天" if whole else "—"
        return {"name": NAMES[fact], "part": days, "part_url": None, "whole": number(whole or Fraction(0)),
                "whole_url": of_whole if whole else None}  # fmt: skip
    return {
        "name": NAMES[fact],
        "part": number(part),
        "part_url": of_part if part else None,
        "whole": None if whole is None else number(whole),
        "whole_url": of_whole if whole else None,
    }


def _lists(month: Month, unit_id: int, fact: str) -> tuple[str | None, str | None]:
    """The lists behind numerator and denominator, where there are any for this reader."""
    asked = {"unit_id": unit_id}
    if fact in PROMISES and not fact.startswith(URGENT):
        kind, _, figure = fact.partition(".")
        whole = report_links.items(month, kind, WHOLES.get(figure, "owed"), asked)
        return report_links.items(month, kind, figure, asked), whole
    if fact == "mean_days":
        return None, report_links.items(month, RateKind.HANDLE.value, "kept", asked)
    if fact in _CASES:
        return report_links.cases(month, *_CASES[fact], asked), None
    if fact.startswith("card.") and rights.may(actor(), "staff.cards"):
        level = fact.removeprefix("card.")
        levels = () if level == "deduction" else (level,)
        return supervision.cards_url(Kept(month, levels, unit_id)), None
    indicator = INDICATORS.get(fact)
    if indicator is None:
        return None, None
    if indicator.basis is Basis.PROMISES:
        kind = indicator.sort
        return report_links.items(month, kind, indicator.part, asked), report_links.items(month, kind, "owed", asked)
    whole = (
        report_links.items(month, indicator.over, "owed", asked)
        if indicator.over
        else report_links.cases(month, fact, "whole", asked)
    )
    return report_links.cases(month, fact, "part", asked), whole
