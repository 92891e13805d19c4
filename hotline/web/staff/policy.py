"""时限政策: its versions, each readable as tables; a copy is begun from here, and one not yet in force taken away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import NotFound, Refused
from hotline.domain.policy import Policy
from hotline.domain.policy_fields import LIMITS, Group, differences, values_of
from hotline.domain.policy_rules import OWN_KINDS, REQUEST_TYPES, SOURCES, URGENCIES
from hotline.models import KIND_LABELS, CaseStandard, DeadlineKind, PolicyVersion
from hotline.services import amending, ruling
from hotline.services.work import Work
from hotline.web.door import office, work
from hotline.web.staff import words

COMPUTED = ("受理", "处理")  # groups that the table of limits shows already


def show() -> str:
    """GET /desk/rules/policy: the version in force."""
    with work() as unit:
        version_id, _ = unit.rules.policy_at(unit.now)
        return _page(unit, version_id)


def show_one(version_id: int) -> str:
    """GET /desk/rules/policy/<id>."""
    with work() as unit:
        return _page(unit, version_id)


def begin(version_id: int) -> AnyResponse:
    """POST /desk/rules/policy/<id>/draft: a copy to be changed; the one that is there already goes on."""
    with work() as unit:
        amending.begin(unit, version_id)
    return redirect(url_for("staff.policy_draft"), 303)


def remove(version_id: int) -> AnyResponse:
    """POST /desk/rules/policy/<id>/removal: not yet in force."""
    try:
        with work() as unit:
            amending.withdraw(unit, version_id)
    except Refused as error:
        flash(error.message, "error")
        return redirect(url_for("staff.policy_version", version_id=version_id), 303)
    office().forget_rules()
    flash("已删除这个尚未生效的版本。要继续修改的，可以恢复草稿。", "success")
    return redirect(url_for("staff.policy"), 303)


def _page(work: Work, version_id: int) -> str:
    rows = {row.id: row for row in work.session.scalars(sa.select(PolicyVersion))}
    if version_id not in rows:
        raise NotFound("没有找到这个政策版本。")
    ordered = sorted(rows.values(), key=lambda row: (row.effective_from, row.id))
    in_force, _ = work.rules.policy_at(work.now)
    row = rows[version_id]
    policy = Policy.from_mapping(row.body)
    place = ordered.index(row)
    earlier = ordered[place - 1] if place else None
    later = row.effective_from > work.now.astimezone(work.rules.zone).date()
    may = ruling.may_change(work.actor)
    return render_template(
        "staff/policy.html",
        versions=[_line(each, in_force, row, work) for each in reversed(ordered)],
        version={
            "name": row.name,
            "state": _state(row, in_force, work),
            "effective_from": row.effective_from,
            "standards": work.session.scalar(
                sa.select(sa.func.count()).select_from(CaseStandard).where(CaseStandard.policy_version_id == row.id)
            ),
            "earlier": earlier.name if earlier else None,
            "differences": differences(Policy.from_mapping(earlier.body), policy) if earlier else [],
        },
        kinds=[KIND_LABELS[DeadlineKind(kind)] for kind in OWN_KINDS],
        rows=list(limits(policy)),
        types=types(policy),
        groups=told(policy, (group for group in LIMITS if not group.fold and group.title not in COMPUTED)),
        ladder=ladder(policy),
        draft_url=url_for("staff.policy_draft") if may and amending.draft(work) else None,
        take_up_url=url_for("staff.take_up_policy") if may and amending.laid_aside(work) else None,
        begin_url=url_for("staff.begin_policy", version_id=row.id) if may else None,
        remove_url=url_for("staff.remove_policy", version_id=row.id) if may and later else None,
        standards_url=url_for("staff.standards", version=row.id),
        changes_url=url_for("staff.changes", subject=amending.SUBJECT),
        back_url=url_for("staff.rules"),
    )


def _line(row: PolicyVersion, in_force: int, shown: PolicyVersion, work: Work) -> dict[str, Any]:
    return {
        "name": row.name,
        "effective_from": row.effective_from,
        "created_at": row.created_at,
        "state": _state(row, in_force, work),
        "current": row is shown,
        "url": url_for("staff.policy_version", version_id=row.id),
    }


def _state(row: PolicyVersion, in_force: int, work: Work) -> str:
    if row.id == in_force:
        return "现行"
    today: date = work.now.astimezone(work.rules.zone).date()
    return "待生效" if row.effective_from > today else "已被替代"


def limits(policy: Policy) -> Iterable[dict[str, Any]]:
    """By source and urgency what every step is given; a source that says nothing is as the citizen's."""
    for source, label in SOURCES.items():
        for urgency, said in URGENCIES.items():
            if source == "citizen" or any((source, each) in policy.sources for each in URGENCIES):
                cells = [policy.limit(kind, source=source, urgency=urgency).label for kind in OWN_KINDS]
                yield {"source": label, "urgency": said, "cells": cells}


def types(policy: Policy) -> list[dict[str, str]]:
    """The handling of an ordinary matter by what is asked for."""
    return [
        {"label": label, "limit": policy.limit("handle", request_type=word).label}
        for word, label in REQUEST_TYPES.items()
    ]


def told(policy: Policy, groups: Iterable[Group]) -> list[dict[str, Any]]:
    """Groups of fields with what is in them; what is not set is left out."""
    values = values_of(policy)
    found = []
    for group in groups:
        filled = [(field.label, values[field.key]) for field in group.fields if values.get(field.key)]
        if filled:
            found.append({"title": group.title, "note": group.note, "fields": filled})
    return found


def ladder(policy: Policy) -> list[dict[str, Any]]:
    """The levels as they are read."""
    return [
        {
            "name": rung.name,
            "after": f"超期{rung.after.label}后" if rung.after else "到期时",
            "kinds": "、".join(KIND_LABELS[kind] for kind in DeadlineKind if kind.value in rung.kinds),
            "demand": rung.demand,
            "explain": rung.explain.label if rung.explain else None,
            "copies": "、".join(words.COPIES.get(each, each) for each in rung.copies),
            "deduction": str(rung.deduction),
        }
        for rung in policy.ladder
    ]
