"""起草时限政策: limits and ladder field by field, what differs, what it would have meant, and from when it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.actors import SYSTEM
from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.policy import Policy
from hotline.domain.policy_fields import BETWEEN, LADDER, LIMITS, Field, Group, Shape, differences, values_of
from hotline.domain.rates import Month
from hotline.models import KIND_LABELS, DeadlineKind, PolicyVersion, Unit
from hotline.services import amending, foreseeing, ruling
from hotline.services.amending import Draft
from hotline.services.work import Work
from hotline.web.door import now, office, work
from hotline.web.staff import rights

Answer = str | AnyResponse | tuple[str, int]
PARTS = {"limits": LIMITS, "ladder": LADDER}
MONTHS = 12  # that can be chosen, back from this one
AT_ONCE = 1  # batches that are counted before the answer; the workers do the rest


def show(part: str = "limits") -> Answer:
    """GET /desk/rules/policy/draft and /draft/ladder."""
    with work() as unit:
        held = _held(unit)
        if held is None:
            return redirect(url_for("staff.policy"), 302)
        return _form(part, values_of(held.policy), held.turn, {}, held)


def show_ladder() -> Answer:
    """GET /desk/rules/policy/draft/ladder."""
    return show("ladder")


def save(part: str = "limits") -> Answer:
    """POST: what was filled in is kept in the draft, and what differs is shown."""
    turn = turn_sent()
    typed = _typed(PARTS[part])
    try:
        with work() as unit:
            held = _held(unit)
            whole = (values_of(held.policy) if held else {}) | typed
            amending.save(unit, whole, turn)
    except (Invalid, Refused) as error:
        return _again(part, typed, turn, error)
    flash("草稿已保存，尚未生效。", "success")
    return redirect(url_for("staff.review_policy"), 303)


def save_ladder() -> Answer:
    """POST /desk/rules/policy/draft/ladder."""
    return save("ladder")


def review() -> Answer:
    """GET /desk/rules/policy/draft/review: what differs, what it would have meant, and the form to put it in force."""
    with work() as unit:
        held = _held(unit)
        if held is None:
            return redirect(url_for("staff.policy"), 302)
        return _review(unit, held, {}, {})


def measure() -> AnyResponse:
    """POST /desk/rules/policy/draft/what-if: count a month; a short one at once."""
    try:
        with work() as unit:
            foreseeing.ask(unit, turn_sent(), request.form.get("month", ""))
        for _ in range(AT_ONCE):
            with office().work(SYSTEM, now()) as unit:
                foreseeing.go_on(unit)
        with office().work(SYSTEM, now()) as unit:  # whether anything is left
            body = foreseeing.result(unit)
            if body and body["seen"] == body["total"]:
                foreseeing.go_on(unit)
    except (Invalid, Refused) as error:
        flash(error.message, "error")
    return redirect(url_for("staff.review_policy", _anchor="what-if"), 303)


def publish() -> Answer:
    """POST /desk/rules/policy/draft/publication."""
    typed = {name: request.form.get(name, "") for name in ("name", "effective_from")}
    try:
        with work() as unit:
            version_id = amending.publish(unit, typed["name"], _day(typed["effective_from"]), turn_sent()).id
    except Invalid as error:
        with work() as unit:
            held = _held(unit)
            return (_review(unit, held, typed, error.fields), 422) if held else redirect(url_for("staff.policy"), 302)
    except Refused as error:
        flash(error.message, "error")
        with work() as unit:
            held = _held(unit)
            return (_review(unit, held, typed, {}), 409) if held else redirect(url_for("staff.policy"), 302)
    office().forget_rules()
    flash("已发布。生效以前可以在这里删除。", "success")
    return redirect(url_for("staff.policy_version", version_id=version_id), 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def discard() -> AnyResponse:
    """POST /desk/rules/policy/draft/discard."""
    with work() as unit:
        amending.discard(unit)
    flash("草稿已放弃，现行政策没有变化。要继续的，可以在下面恢复。", "success")
    return redirect(url_for("staff.policy"), 303)


def take_up() -> AnyResponse:
    """POST /desk/rules/policy/draft/revival: the last draft goes on."""
    try:
        with work() as unit:
            amending.take_up(unit)
    except Refused as error:
        flash(error.message, "error")
        return redirect(url_for("staff.policy"), 303)
    flash("草稿已恢复，尚未生效。", "success")
    return redirect(url_for("staff.review_policy"), 303)


def _held(work: Work) -> Draft | None:
    """Raises NotFound for who may not change rules."""
    if not ruling.may_change(work.actor):
        raise NotFound("没有找到这个页面。")
    return amending.draft(work)


def turn_sent() -> int:
    """Which draft the form was filled in on; 0 for none."""
    text = request.form.get("turn", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _typed(groups: Sequence[Group]) -> dict[str, str]:
    return {field.key: _written(field) for group in groups for field in group.fields}


def _written(field: Field) -> str:
    if field.shape is Shape.WORDS:
        return BETWEEN.join(request.form.getlist(field.key))
    return request.form.get(field.key, "").strip()


def _again(part: str, typed: Mapping[str, str], turn: int, error: Invalid | Refused) -> Answer:
    """What was typed stays; who was overtaken sees whose draft it is now, and saves over it only knowingly."""
    with work() as unit:
        held = _held(unit)
        values = (values_of(held.policy) if held else {}) | dict(typed)
        if isinstance(error, Invalid):
            return _form(part, values, turn, error.fields, held), 422
        now_is = values_of(held.policy) if held else {}
        others = [
            {"label": f"{group.title}：{field.label}", "mine": typed[field.key], "theirs": now_is.get(field.key, "")}
            for group in PARTS[part]
            for field in group.fields
            if typed[field.key] != now_is.get(field.key, "")
        ]
        return _form(part, values, held.turn if held else 0, {}, held, stale=error.message, others=others), 409


def _form(
    part: str,
    values: Mapping[str, str],
    turn: int,
    errors: Mapping[str, str],
    held: Draft | None,
    *,
    stale: str = "",
    others: Sequence[Mapping[str, str]] = (),
) -> str:
    groups = []
    for group in PARTS[part]:
        specs = [_spec(field) for field in group.fields]
        filled = any(values.get(field.key) or field.key in errors for field in group.fields)
        groups.append({"title": group.title, "note": group.note, "fields": specs, "fold": group.fold and not filled})
    shown: dict[str, Any] = dict(values)
    for group in PARTS[part]:
        for field in group.fields:
            if field.shape is Shape.WORDS:
                shown[field.key] = [word for word in values.get(field.key, "").split(BETWEEN) if word]
    return render_template(
        "staff/policy_draft.html",
        part=part,
        groups=groups,
        values=shown,
        errors=dict(errors),
        turn=turn,
        by=held.by if held else "",
        stale=stale,
        others=others,
        tabs=tabs(part),
        action=url_for("staff.save_policy_ladder" if part == "ladder" else "staff.save_policy_draft"),
        review_url=url_for("staff.review_policy"),
        back_url=url_for("staff.policy"),
    )


def tabs(part: str) -> list[dict[str, Any]]:
    """The parts of the draft, each with its page."""
    return [
        {"label": "时限", "url": url_for("staff.policy_draft"), "current": part == "limits"},
        {"label": "督办等级", "url": url_for("staff.policy_ladder"), "current": part == "ladder"},
        {"label": "立案条件", "url": url_for("staff.standards", version="draft"), "current": part == "standards"},
        {"label": "核对与发布", "url": url_for("staff.review_policy"), "current": part == "review"},
    ]


def _spec(field: Field) -> dict[str, Any]:
    spec: dict[str, Any] = {"name": field.key, "label": field.label, "type": "text", "required": not field.optional}
    if field.shape is Shape.WORDS:
        options = [{"value": word, "label": label} for word, label in field.options]
        spec |= {"type": "checkboxes", "options": options, "inline": True}
    elif field.key.endswith(".demand"):
        spec |= {"type": "textarea", "rows": 2}
    return spec


def _review(work: Work, held: Draft, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    base = work.session.get_one(PolicyVersion, held.based_on)
    today = work.now.astimezone(work.rules.zone)
    last = Month(today.year, today.month, work.rules.zone)
    months = [last.turned(-back) for back in range(MONTHS)]
    body = foreseeing.of_draft(work, held)
    return render_template(
        "staff/policy_review.html",
        base=base.name,
        by=held.by,
        differences=differences(Policy.from_mapping(base.body), held.policy),
        standards=amending.standards_told(work, held),
        tabs=tabs("review"),
        turn=held.turn,
        months=[
            {"value": f"{each.year}-{each.number:02}", "label": f"{each.year}年{each.number}月"} for each in months
        ],
        month=body["month"] if body else f"{months[1].year}-{months[1].number:02}",
        what_if=_found(work, body) if body else None,
        values={"name": typed.get("name", ""), "effective_from": typed.get("effective_from", "")},
        errors=dict(errors),
        first_day=today.date().isoformat(),
        urls={
            "what_if": url_for("staff.measure_policy"),
            "publish": url_for("staff.publish_policy"),
            "discard": url_for("staff.discard_policy"),
            "self": url_for("staff.review_policy"),
        },
        back_url=url_for("staff.policy"),
    )


def _found(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    """What was counted of a month."""
    ids = [int(each) for each in body["units"]] + [line["unit"] for line in body["lines"]]
    names = dict(work.session.execute(sa.select(Unit.id, Unit.name).where(Unit.id.in_(ids))).all())
    more, fewer = sum(body["more"].values()), sum(body["fewer"].values())
    year, month = body["month"].split("-")
    opens = rights.may(work.actor, "staff.ticket")
    return {
        "month": f"{year}年{int(month)}月",
        "running": body["state"] == "running",
        "seen": body["seen"],
        "total": body["total"],
        "sentence": _sentence(body, more, fewer),
        "kinds": [
            {
                "label": KIND_LABELS[kind],
                "more": body["more"].get(kind.value, 0),
                "fewer": body["fewer"].get(kind.value, 0),
            }
            for kind in DeadlineKind
            if kind.value in body["more"] or kind.value in body["fewer"]
        ],
        "units": [
            {"name": names.get(int(unit), ""), "more": counts[0], "fewer": counts[1]}
            for unit, counts in sorted(body["units"].items(), key=lambda each: (-sum(each[1]), each[0]))
        ],
        "lines": [
            {
                "number": line["number"],
                "url": url_for("staff.ticket", number=line["number"]) if opens else None,
                "kind": KIND_LABELS[DeadlineKind(line["kind"])],
                "unit": names.get(line["unit"], ""),
                "was": datetime.fromisoformat(line["was"]),
                "would": datetime.fromisoformat(line["would"]),
                "at": datetime.fromisoformat(line["at"]) if line["at"] else None,
                "late": line["late"],
            }
            for line in body["lines"]
        ],
        "left_out": more + fewer - len(body["lines"]),
    }


def _sentence(body: Mapping[str, Any], more: int, fewer: int) -> str:
    """按此政策，该月将多出 37 项超期（处理 21，回复 9，办结 7）。"""
    if not more and not fewer:
        return "按此政策，该月的超期没有变化。"
    parts = []
    for count, by_kind, word in ((more, body["more"], "多出"), (fewer, body["fewer"], "减少")):
        if count:
            told = "，".join(f"{KIND_LABELS[kind]} {by_kind[kind]}" for kind in DeadlineKind if kind in by_kind)
            parts.append(f"{word} {count} 项超期（{told}）")
    return f"按此政策，该月将{'，'.join(parts)}。"
