"""规则: what the city goes by, to be read by everybody; and the ways to where each part is kept, with its state."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import render_template, url_for

from hotline.models import CalendarVersion, CaseStandard, Category, DispatchRule, PolicyVersion, Wording
from hotline.services import amending, ruling
from hotline.services.month import freeze_days, schemes
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff import rights, words

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
        "places": _places(work, policy.version, standards or 0, sum(count for _, _, count in schemes)),
    }


def _places(work: Work, policy: str, standards: int, categories: int) -> list[dict[str, str]]:
    """Where each rule is kept, with its state in a few words; only what is there for this person."""
    today = work.now.astimezone(work.rules.zone).date()
    counts = work.session.execute(sa.select(*(_count(table) for table in (DispatchRule, Wording)))).one()
    drafted = ruling.may_change(work.actor) and amending.draft(work) is not None
    years = range(today.year, today.year + YEARS_AHEAD)
    provisional = [str(year) for year in years if work.rules.calendar.is_provisional(year)]
    kept = {each.name: each.period.label() for each in work.privacy.retention.classes}
    places = (
        ("policy", "时限政策和督办等级", f"现行：{policy}{'；有一份草稿' if drafted else ''}"),
        ("standards", "立案条件", f"{standards} 条"),
        ("calendar", "工作日历", f"{'、'.join(provisional)}年暂定" if provisional else "均按正式通知"),
        ("categories", "类别", f"在用 {categories} 类"),
        ("scoring", "考核评分方案", f"现行：{schemes.in_force(work).name}"),
        ("freeze_days", "月报冻结日", f"次月 {freeze_days.rule(work).day} 日"),
        ("retention", "保存期限", f"一般诉求 {kept['ordinary']}"),
        ("dispatch", "派单目录", f"{counts[0]} 条"),
        ("texts", "短信文字", f"本市改写 {counts[1]} 段"),
        ("learning", "学习记录", "类别和单位的推荐"),
        ("changes", "变更记录", "谁在什么时候改了什么"),
    )
    return [
        {"label": label, "state": state, "url": url_for(f"staff.{endpoint}")}
        for endpoint, label, state in places
        if rights.may(work.actor, f"staff.{endpoint}")
    ]


def _count(table: type[DispatchRule] | type[Wording]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(table).scalar_subquery()
