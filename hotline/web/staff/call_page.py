"""The page of a call that is taken down by hand: the form, who is calling, and what it may be the same as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for

from hotline.domain.errors import Invalid
from hotline.domain.written import channel_named
from hotline.services import callers, matching, risking, taking_down
from hotline.services.callers import Own
from hotline.services.messaging import page_of
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.work import Work
from hotline.web.staff import alike, elements, suggestions
from hotline.web.staff.elements import NewCall

FIRST = ("phone", "name")  # beside them stands who is calling
LEAST = 4  # characters that are worth a search


def render(
    work: Work,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    *,
    once: str,
    fresh: bool = False,
    taken: bool = False,
    cleared: bool = False,
    focus: str,
) -> str:
    """The page with `values` in its form. `fresh`: nothing was sent yet, and what the device has kept of an unsent one
    comes back. `taken`: a suggestion whose button was pressed fills the form in. `cleared`: the words were taken.
    `focus`: the field that is to be filled in next, empty where something else is to be read first.
    """
    around = beside(work, values, taken=taken)
    specs = elements.specs(work, NewCall, {})
    for spec in specs:
        if spec["name"] == focus:
            spec["attrs"] = spec.get("attrs", {}) | {"autofocus": ""}
    return render_template(
        "staff/new_call.html",
        first=[spec for spec in specs if spec["name"] in FIRST][::-1],
        fields=[spec for spec in specs if spec["name"] not in FIRST],
        errors=errors or {},
        once=once,
        fresh=fresh,
        cleared=cleared,
        draft=draft_key(work),
        caller=caller(work, str(values.get("phone") or "")),
        receive_url=url_for("staff.receive_call"),
        caller_url=url_for("staff.caller"),
        beside_url=url_for("staff.beside_call"),
        back_url=url_for("staff.drafts"),
        **around,
    )


def caller(work: Work, typed: str) -> dict[str, Any] | None:
    """What the number has complained of, as macros/calling_in.html takes it; None for no number."""
    if not typed.strip():
        return None
    try:
        phone = normalise_phone(typed)
    except PhoneError as error:
        return {"fault": error.message, "matters": [], "total": 0, "open": 0}
    past = callers.past_of(work, phone)
    return {"fault": None, "matters": [_own(each) for each in past.matters], "total": past.total, "open": past.open}


def beside(work: Work, values: Mapping[str, Any], *, taken: bool = False) -> dict[str, Any]:
    """What the typed words lead to: the same matters, the likely categories, dangers, and how a refusal would read."""
    told = f"{values.get('matter') or ''}。{values.get('text') or ''}"
    values, box = _with_category(work, values, told, taken=taken)
    enough = len(told) > LEAST
    return {
        "values": values,
        "suggested": box,
        "duplicates": _alike(work, values) if enough or values.get("place") else [],
        "risks": [{"name": risk.name, "why": f"“{risk.words}”"} for risk in risking.of_words(work, told)],
        "preview": _refusal(work, values),
    }


def draft_key(work: Work) -> str:
    """Under which the device keeps what is typed: each operator his own."""
    return f"{url_for('staff.receive_call')}#{work.actor.id}"


def checked_phone(typed: str) -> str:
    """The number as E.164, empty for none. Raises Invalid."""
    try:
        return normalise_phone(typed) if typed.strip() else ""
    except PhoneError as error:
        raise Invalid({"phone": error.message}) from error


def _with_category(
    work: Work, values: Mapping[str, Any], told: str, *, taken: bool
) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    if len(told) <= LEAST:
        return values, None
    offer = suggestions.for_words(work, told, str(values.get("place") or ""))
    chosen = offer.taken(request.form.get(suggestions.TAKE, "")) if taken else None
    if chosen is not None:
        values = offer.filled(values, chosen)
    return values, offer.box(values, chosen)


def _alike(work: Work, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = matching.same(work, elements.typed(values), alike.MOST)
    lines = alike.lines(found)
    for line, match in zip(lines, found, strict=True):
        line["told"] = taking_down.told_on_joining(work, match.number, match.state) if match.can_join else None
    return lines


def _refusal(work: Work, values: Mapping[str, Any]) -> str | None:
    """不予受理 as the caller will read it."""
    reason, channel = (str(values.get(f"decline_{name}") or "").strip() for name in ("reason", "channel"))
    channel = channel_named(channel)
    if not (reason and channel):
        return None
    number = "（编号）"
    return work.rules.wordings.render(
        "declined", number=number, url=page_of(work, number), reason=reason, channel=channel
    )


def _own(own: Own) -> dict[str, Any]:
    return {
        "complaint": own.complaint,
        "url": url_for("staff.ticket", number=own.number),
        "matter": own.matter,
        "place": own.place,
        "state": own.state.value,
        "state_label": "已撤回" if own.withdrawn else own.state_label,
        "unit": own.unit,
        "received_at": own.received_at,
        "due": {"due_at": own.due.due_at, "met_at": own.due.met_at} if own.due else None,
        "open": own.open,
        "urges": own.can_urge,
        "adds": own.can_add,
        "urged_until": own.urged_until,
    }
