"""保存期限: how long people's data is kept, who would be erased tonight if it were otherwise, and saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.retention import Period
from hotline.services import retaining, ruling
from hotline.services.retaining import Foreseen
from hotline.services.work import Work
from hotline.web.door import office, work

Answer = str | AnyResponse | tuple[str, int]
UNITS: Final = (("years", "年"), ("months", "个月"), ("days", "天"))


def show() -> str:
    """GET /desk/rules/retention."""
    with work() as unit:
        kept = retaining.told(retaining.retention(unit))
        return _page(unit, kept, kept)


def save() -> Answer:
    """POST /desk/rules/retention: look at who would be erased, or put the periods in force."""
    with work() as unit:
        if not ruling.may_change(unit.actor):
            raise NotFound("没有找到这个页面。")
        names = [each.name for each in unit.privacy.retention.classes]
    keeps = {name: f"{request.form.get(f'{name}.amount', '').strip()} {request.form.get(f'{name}.unit', '')}"
             for name in names}  # fmt: skip
    seen = {name: request.form.get(f"{name}.seen", "") for name in names}
    try:
        with work() as unit:
            wanted = retaining.wanted(unit, keeps)
            if request.form.get("act") != "save":
                return _page(unit, keeps, seen, foreseen=retaining.foresee(unit, wanted))
            changed = retaining.save(unit, keeps, seen)
    except Invalid as error:
        with work() as unit:
            return _page(unit, keeps, seen, errors=error.fields), 422
    except Refused as error:
        with work() as unit:
            return _page(unit, keeps, retaining.told(retaining.retention(unit)), refusal=error.message), 409
    office().forget_rules()
    flash("保存期限已生效。请同时在隐私说明中立新版告知。" if changed else "内容没有变化。", "success")
    return redirect(url_for("staff.retention"), 303)


def _page(
    work: Work,
    keeps: Mapping[str, str],
    seen: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    refusal: str = "",
    foreseen: Foreseen | None = None,
) -> str:
    classes = []
    in_force = retaining.retention(work)
    for each in in_force.classes:
        amount, _, unit = keeps[each.name].partition(" ")
        classes.append(
            {
                "name": each.name,
                "label": each.label(),
                "amount": amount,
                "unit": unit if unit.endswith("s") or not unit else f"{unit}s",
                "seen": seen[each.name],
                "now": each.period.label(),
                "least": each.least.label() if isinstance(each.least, Period) else None,
                "ground": each.ground,
            }
        )
    return render_template(
        "staff/retention.html",
        classes=classes,
        units=[{"value": value, "label": label} for value, label in UNITS],
        errors=dict(errors or {}),
        refusal=refusal,
        foreseen=foreseen,
        notice=work.notice_version,
        notice_url=url_for("citizen.privacy"),
        action=url_for("staff.save_retention") if ruling.may_change(work.actor) else None,
        changes_url=url_for("staff.changes", subject=retaining.SETTING),
        back_url=url_for("staff.rules"),
    )
