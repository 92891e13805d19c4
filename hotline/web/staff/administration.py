"""What the city's rules are, to be read: policy, calendar and categories in force."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import render_template, url_for

from hotline.models import CalendarVersion, CaseStandard, Category, PolicyVersion
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff import words

YEARS_AHEAD = 2


def rules() -> str:
    """GET /desk/rules: which policy, calendar and categories are in force, for everybody."""
    with work() as unit:
        return render_template("staff/rules.html", **_rules(unit))


def _rules(work: Work) -> dict[str, Any]:
    policy_id, policy = work.rules.policy_at(work.now)
    session, calendar = work.session, work.rules.calendar
    stored = session.get_one(PolicyVersion, policy_id)
    entered = session.get_one(CalendarVersion, work.rules.calendar_id)
    today = work.now.astimezone(work.rules.zone).date()
    standards = session.scalar(
        sa.select(sa.func.count()).select_from(CaseStandard).where(CaseStandard.policy_version_id == policy_id)
    )
    schemes = session.execute(
        sa.select(Category.scheme, Category.scheme_version, sa.func.count())
        .where(Category.active)
        .group_by(Category.scheme, Category.scheme_version)
        .order_by(Category.scheme)
    ).all()
    return {
        "policy": {
            "version": policy.version,
            "effective_from": policy.effective_from,
            "stored_at": stored.created_at,
            "checksum": stored.checksum,
            "standards": standards,
        },
        "later": [each for _, each in work.rules.policies if each.effective_from > today],
        "ladder": [
            {
                "name": rung.name,
                "after": f"超期{rung.after.label}后" if rung.after else "到期时",
                "demand": rung.demand,
                "explain": rung.explain.label if rung.explain else None,
                "copies": "、".join(words.COPIES.get(each, each) for each in rung.copies),
            }
            for rung in policy.ladder
        ],
        "calendar": {"stored_at": entered.created_at, "checksum": entered.checksum, "zone": str(calendar.zone)},
        "years": [
            {"year": today.year + ahead, "provisional": calendar.is_provisional(today.year + ahead)}
            for ahead in range(YEARS_AHEAD)
        ],
        "schemes": [
            {"name": words.SCHEMES.get(name, name), "version": version, "count": count}
            for name, version, count in schemes
        ],
        "texts_url": url_for("staff.texts"),
    }
