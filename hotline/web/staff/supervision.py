"""督办台: what to do now, what is late and what will be, by hour, day, kind and unit; every number opens its list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import render_template, request, url_for

from hotline.domain.dates import WEEKDAYS
from hotline.models import DeadlineKind
from hotline.services import carding, deciding, instructing, outlook
from hotline.services.carding import Kept
from hotline.services.outlook import Outlook, Slot, UnitRow, Wanted
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.filters import clock
from hotline.web.staff import expected, rights, watch, words

Counted = tuple[sa.ScalarSelect[int], str]  # how many, and the words around the number


@dataclass(frozen=True)
class Todo:
    """How many there are in the list that it opens, the words of the link and where it leads (`staff.…`, or an
    address); and how many of them are `pressing`, said where there are any."""

    counted: Counted
    label: str
    way: str
    pressing: Sequence[Counted] = ()


NEAR = timedelta(hours=2)  # soon enough to be done something about at once


def show() -> str:
    """GET /desk/supervision: the actor's subtree, or that of one of its units."""
    with work() as unit:
        found = outlook.expect(unit, expected.id_of(request.args, "unit"))
        below = found.top.path != unit.actor.unit_path
        return render_template(
            "staff/supervision.html",
            tabs=watch.tabs(),
            top=found.top.name,
            up_url=url_for("staff.supervision") if below else None,
            todo=[] if below else _todo(unit),
            **_figures(unit, found),
        )


def _todo(work: Work) -> list[dict[str, Any]]:
    """What to do now, the most pressing first, each with its one way; counted in one statement."""
    places = [each for each in _places(work) if not each.way.startswith("staff.") or rights.may(work.actor, each.way)]
    asked = [count for each in places for count, _ in (each.counted, *each.pressing)]
    counts = iter(work.session.execute(sa.select(*asked)).one())
    told = []
    for each in places:
        text = [said.format(_most(count)) for count, said in _nonzero(each.counted, counts)]
        pressing = [said.format(_most(count)) for one in each.pressing for count, said in _nonzero(one, counts)]
        if text:
            url = url_for(each.way) if each.way.startswith("staff.") else each.way
            line = f"{text[0]}，其中{'、'.join(pressing)}" if pressing else text[0]
            told.append({"text": line, "label": each.label, "url": url})
    return told


def _nonzero(counted: Counted, counts: Iterator[int]) -> Iterator[tuple[int, str]]:
    if count := next(counts):
        yield count, counted[1]


def _places(work: Work) -> list[Todo]:
    near, today = work.now + NEAR, outlook.days_ahead(work)[0][2]
    kind = DeadlineKind
    late, given = Kept(standing=carding.Standing.LATE), instructing.Standing.OPEN
    checks = deciding.checks.counting(work), "结果待核查 {} 件"
    over = deciding.checks_due(work, None, work.now), "核查时限已过 {} 件"
    soon = deciding.checks_due(work, work.now, near), "2 小时内须核查完 {} 件"
    return [
        _urge(work, Wanted(kind=kind.SIGN, until=near), "2 小时内到期、还没有签收的有 {} 件", "催办"),
        _urge(work, Wanted(kind=kind.HANDLE, until=today), "今天到期、还没有提交结果的有 {} 件", "催办"),
        _urge(work, Wanted(over=True, kind=kind.HANDLE), "处理时限已过、还没有提交结果的有 {} 件", "督办"),
        Todo(checks, "核查", "staff.checks", [over, soon]),
        Todo((deciding.explanations.counting(work), "书面说明待审核 {} 件"), "审核", "staff.explanations"),
        Todo((carding.counting(work, late), "书面说明逾期未交 {} 份"), "查看", cards_url(late)),
        Todo(
            (instructing.counting(work, given), "领导批示待反馈 {} 件"),
            "反馈" if work.actor.is_any(rights.SUPERVISORS) else "查看",
            "staff.instructions",
            [(instructing.counting(work, given, today), "今天须反馈或已逾期 {} 件")],
        ),
        Todo((deciding.appeals.counting(work), "申诉待审核 {} 件"), "审核", "staff.appeals"),
    ]


def _urge(work: Work, wanted: Wanted, text: str, label: str) -> Todo:
    """The list of just these, all ticked, from which orders go out together; who gives none looks at them."""
    gives = work.actor.is_any(rights.SUPERVISORS)
    return Todo((outlook.counting(work, wanted), text), label if gives else "查看", expected.url(wanted, chosen=gives))


def _most(count: int) -> str:
    return str(count) if count < outlook.MOST else f"{outlook.MOST - 1} 以上"


def _figures(work: Work, found: Outlook) -> dict[str, Any]:
    zone = cast(ZoneInfo, work.rules.zone)
    top = None if found.top.path == work.actor.unit_path else found.top.id
    most = max((each.count for each in (*found.hours, *found.days)), default=0)
    return {
        "over": _number(found.over, Wanted(over=True, unit_id=top)),
        "soon": _number(found.soon, Wanted(until=found.until, unit_id=top)),
        "hours": [_bar(work, slot, top, most, _hour_label(work, slot, zone)) for slot in found.hours if slot.count],
        "days": [_bar(work, day, top, most, _day_label(day.day, work)) for day in found.days],
        "kinds": [
            {
                "label": words.KINDS[each.kind],
                "over": _number(each.over, Wanted(over=True, kind=each.kind, unit_id=top)),
                "soon": _number(each.soon, Wanted(kind=each.kind, until=found.until, unit_id=top)),
                "ahead": _number(each.ahead, Wanted(kind=each.kind, until=found.days[-1].end, unit_id=top)),
            }
            for each in found.kinds
        ],
        "units": [_unit(work, row, found) for row in found.units],
        "day_heads": [_short_day(day.day, work) for day in found.days],
        "until": found.until,
        "month": str(carding.this_month(work)),
    }


def _bar(work: Work, slot: Slot, top: int | None, most: int, label: str) -> dict[str, Any]:
    wanted = Wanted(after=slot.begin if slot.begin > work.now else None, until=slot.end, unit_id=top)
    share = round(100 * slot.count / most, 1) if most else 0
    return {"label": label, "share": share, **_number(slot.count, wanted)}


def _number(count: int, wanted: Wanted) -> dict[str, Any]:
    return {"count": count, "url": expected.url(wanted) if count else None}


def _hour_label(work: Work, slot: Slot, zone: ZoneInfo) -> str:
    last = slot.end - timedelta(microseconds=1)
    tomorrow = last.astimezone(zone).date() > work.now.astimezone(zone).date()
    end = "24:00" if slot.end.astimezone(zone).time().isoformat() == "00:00:00" else clock(slot.end, zone=zone)
    return f"{'明天 ' if tomorrow else ''}{end} 前"


def _day_label(day: date, work: Work) -> str:
    return f"{day.month}月{day.day}日 {_weekday(day, work)}"


def _short_day(day: date, work: Work) -> dict[str, str]:
    return {"day": f"{day.month}/{day.day}", "weekday": _weekday(day, work)}


def _weekday(day: date, work: Work) -> str:
    gap = (day - work.now.astimezone(work.rules.zone).date()).days
    return ("今天", "明天")[gap] if gap < 2 else WEEKDAYS[day.weekday()].replace("星期", "周")


def _unit(work: Work, row: UnitRow, found: Outlook) -> dict[str, Any]:
    of: dict[str, Any] = {"unit_id": row.unit.id, "alone": row.alone}
    orders, month = row.orders, carding.this_month(work)
    return {
        "name": expected.named(row.unit, row.alone),
        "url": url_for("staff.supervision", unit=row.unit.id) if row.parent else None,
        "over": _number(row.over, Wanted(over=True, **of)),
        "soon": _number(row.soon, Wanted(until=found.until, **of)),
        "open": {"count": row.open, "url": _held_url(row) if row.open else None},
        "orders": _cards(orders.standing, Kept(standing=carding.Standing.OPEN, **of)),
        "yellow": _cards(orders.yellow, Kept(month, ("yellow",), **of)),
        "red": _cards(orders.red, Kept(month, ("red",), **of)),
        "exposed": _cards(orders.exposed, Kept(month, ("exposure",), **of)),
        "owed": _cards(orders.owed, Kept(standing=carding.Standing.OWED, **of)),
        "late": _cards(orders.late, Kept(standing=carding.Standing.LATE, **of)),
        "deduction": points(orders.deduction),
        "days": [
            _number(count, Wanted(after=day.begin if day.begin > work.now else None, until=day.end, **of))
            for count, day in zip(row.days, found.days, strict=True)
        ],
    }


def _held_url(row: UnitRow) -> str:
    return url_for("staff.held", unit=row.unit.id, alone="yes" if row.alone else None)


def _cards(count: int, kept: Kept) -> dict[str, Any]:
    return {"count": count, "url": cards_url(kept) if count else None}


def cards_url(kept: Kept) -> str:
    """The list of exactly these orders."""
    return url_for(
        "staff.cards",
        month=str(kept.month or ""),
        level="cards" if kept.levels == carding.CARDS else "".join(kept.levels) or None,
        unit=kept.unit_id,
        alone="yes" if kept.alone else None,
        standing=kept.standing,
    )


def points(amount: Any) -> str:
    """Deducted points without zeros behind the point."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
