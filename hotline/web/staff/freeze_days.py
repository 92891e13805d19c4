"""月报冻结日: on which day a month is frozen by itself and from which month on, who put it so, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.rates import Month
from hotline.services import ruling
from hotline.services.month import freeze_days
from hotline.services.month.freeze_days import FreezeRule, told
from hotline.services.work import Work
from hotline.web.door import work

Answer = str | AnyResponse | tuple[str, int]
NAMES = ("day", "first")


def show() -> str:
    """GET /desk/rules/freezing."""
    with work() as unit:
        return _page(unit, _values(freeze_days.rule(unit)))


def save() -> Answer:
    """POST /desk/rules/freezing. What would freeze a month at once is said first, and saved when it is sent again."""
    typed = {name: request.form.get(name, "").strip() for name in NAMES}
    seen = request.form.get("seen", "")
    try:
        with work() as unit:
            if not ruling.may_change(unit.actor):
                raise NotFound("没有找到这个页面。")
            put = freeze_days.wanted(unit, typed["day"], typed["first"])
            soon = freeze_days.at_once(unit, put)
            if soon and request.form.get("sure") != _name(soon):
                return _page(unit, typed, seen, soon=soon)
            changed = freeze_days.change(unit, put, _seen(seen))
    except Invalid as error:
        with work() as unit:
            return _page(unit, typed, seen, errors=error.fields), 422
    except Refused as error:
        with work() as unit:
            return _page(unit, typed, refusal=error.message), 409
    flash("冻结日已更改，从下一次冻结起按它办理。" if changed else "内容没有变化。", "success")
    return redirect(url_for("staff.freeze_days"), 303)


def _page(
    work: Work,
    typed: Mapping[str, str],
    seen: str = "",
    *,
    errors: Mapping[str, str] | None = None,
    refusal: str = "",
    soon: Sequence[Month] = (),
) -> str:
    put = freeze_days.rule(work)
    last, upcoming = freeze_days.last_frozen(work), freeze_days.upcoming(work)
    changed = freeze_days.changed(work)
    return render_template(
        "staff/freeze_days.html",
        day=put.day,
        latest=freeze_days.LATEST,
        first=told(Month.parse(put.first, work.rules.zone)) if put.first else None,
        last=told(last) if last is not None else None,
        upcoming={"month": told(upcoming[0]), "at": upcoming[1]} if upcoming is not None else None,
        changed={"by": changed[0], "at": changed[1]} if changed is not None else None,
        soon=[told(month) for month in soon],
        sure=_name(soon) if soon else "",
        values=dict(typed),
        errors=dict(errors or {}),
        refusal=refusal,
        seen=seen or _name(astuple(put)),
        action=url_for("staff.save_freeze_days") if ruling.may_change(work.actor) else None,
        changes_url=url_for("staff.changes", subject=freeze_days.SETTING),
        back_url=url_for("staff.rules"),
    )


def _values(put: FreezeRule) -> dict[str, Any]:
    return {"day": str(put.day), "first": put.first}


def _name(parts: Sequence[object]) -> str:
    return " ".join(map(str, parts))


def _seen(text: str) -> FreezeRule:
    """What the page was sent with. What is nonsense was no rule: it is nobody's, and so it is stale."""
    day, _, first = text.partition(" ")
    return FreezeRule(int(day) if day.isascii() and day.isdecimal() and len(day) < 4 else 0, first)
