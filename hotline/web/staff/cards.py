"""督办单台账: orders, 黄牌, 红牌 and 通报, as an official list of a month or as they stand; made to be printed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import redirect, render_template, request, url_for

from hotline.domain.rates import Month, MonthError
from hotline.services import carding
from hotline.services.carding import Card, Kept, Standing
from hotline.services.covering import is_of_centre, passing, read_ahead
from hotline.services.month import reporting
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.paging import place_of
from hotline.web.staff import expected, options, watch, words
from hotline.web.staff.queue import Answer
from hotline.web.staff.supervision import cards_url, points

STANDINGS = {
    Standing.OPEN: "未解除",
    Standing.OWED: "待书面说明",
    Standing.LATE: "书面说明逾期",
    Standing.WAITING: "书面说明待审核",
}
CARDS = "cards"  # 黄牌以上
EMPTY = "没有符合条件的督办单。超期的工单由系统逐级督办，督办员也可以在工单页或列表中发出督办单。"


def show() -> Answer:
    """GET /desk/supervision/cards. Without anything asked for: the cards of this month."""
    with work() as unit:
        levels = {rung.level: rung.name for rung in unit.rules.policy_at(unit.now)[1].ladder}
        kept, units = _kept(unit, levels), reporting.overseen(unit)
        of = reporting.chosen(units, kept.unit_id) or units[0]
        found = carding.cards(unit, kept, place_of(request.args))
        if found.astray:
            return redirect(cards_url(kept))
        read_ahead(unit, (card.ticket for card in found))
        return render_template(
            "staff/cards.html",
            tabs=watch.tabs(),
            title=_title(kept, levels),
            scope=expected.named(of, kept.alone and kept.unit_id is not None),
            filters=_filters(unit, levels),
            values={
                "month": str(kept.month) if kept.month else "",
                "level": CARDS if kept.levels == carding.CARDS else "".join(kept.levels),
                "standing": kept.standing or "",
                "unit": kept.unit_id or "",
            },
            cards=[_line(unit, card, levels) for card in found],
            total=carding.count(unit, kept),
            next_url=f"{cards_url(kept)}&after={found.after}" if found.after else None,
            prev_url=f"{cards_url(kept)}&before={found.before}" if found.before else None,
            bulk_url=expected.bulk_url(unit),
            here=request.full_path,
            empty_text=EMPTY,
        )


def _kept(work: Work, known: Collection[str]) -> Kept:
    """What means nothing is left out rather than refused."""
    args = request.args
    asked = {"month", "level", "standing", "unit"} & set(args)
    level = args.get("level", "")
    levels = carding.CARDS if level == CARDS else (level,) if level in {*known, *carding.CARDS} else ()
    standing = args.get("standing", "")
    return Kept(
        month=_month(work, args.get("month", "")) if asked else carding.this_month(work),
        levels=levels if asked else carding.CARDS,
        unit_id=expected.id_of(args, "unit"),
        alone=args.get("alone") == expected.YES,
        standing=Standing(standing) if standing in list(Standing) else None,
    )


def _month(work: Work, text: str) -> Month | None:
    try:
        return Month.parse(text, work.rules.zone)
    except MonthError:
        return None


def _title(kept: Kept, levels: dict[str, str]) -> str:
    month = f"{kept.month.year}年{kept.month.number}月" if kept.month else ""
    what = "、".join(levels.get(each, each) for each in kept.levels) or "督办单"
    return f"{month}{what}" + (f"（{STANDINGS[kept.standing]}）" if kept.standing else "")


def _filters(work: Work, levels: dict[str, str]) -> list[dict[str, Any]]:
    now = carding.this_month(work)
    months = [now.turned(-back) for back in range(24)]
    return [
        {"name": "month", "label": "月份", "type": "select", "blank": "不限",
         "options": [{"value": str(each), "label": f"{each.year}年{each.number}月"} for each in months]},
        {"name": "standing", "label": "情况", "type": "select", "blank": "不限",
         "options": [{"value": each.value, "label": label} for each, label in STANDINGS.items()]},
        {"name": "unit", "label": "单位", "type": "select", "blank": "全部", "options": options.subtree(work)},
        {"name": "level", "label": "等级", "type": "select", "blank": "不限",
         "options": [{"value": level, "label": name} for level, name in {CARDS: "黄牌以上", **levels}.items()]},
    ]  # fmt: skip


def _line(work: Work, card: Card, levels: dict[str, str]) -> dict[str, Any]:
    order, ticket = card.order, card.ticket
    shown = str if is_of_centre(work.actor, ticket) else passing(work, ticket)
    due = None
    if card.explain_due_at:
        due = {"due_at": card.explain_due_at, "met_at": order.explanation_accepted_at or order.explained_at}
    return {
        "number": f"DB{order.id:08}",
        "ticket": ticket.number,
        "url": url_for("staff.ticket", number=ticket.number),
        "matter": passing(work, ticket)(ticket.matter),
        "unit": card.unit,
        "level": order.level,
        "level_label": levels.get(order.level, order.level),
        "ground": words.GROUNDS[order.ground],
        "demand": shown(order.demand),
        "issued_at": order.issued_at,
        "issued_by": order.issued_by,
        "deduction": points(order.deduction),
        "due": due,
        "explanation": shown(order.explanation or ""),
        "accepted": order.explanation_accepted_at is not None,
        "lifted_at": order.lifted_at,
    }
