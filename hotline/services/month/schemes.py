"""Which scheme the city scores its units by: one of its files, chosen on the desk, with a record of the change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.scoring import DEFAULT, OWN, POINTS, Scheme
from hotline.models import MonthlyReport
from hotline.services import changing, ruling
from hotline.services.work import Work

SETTING: Final = "scoring"


def offered(work: Work) -> list[Scheme]:
    """Those that may be chosen: the city's own first."""
    return [scheme for key, scheme in work.schemes.items() if key != POINTS]


def in_force(work: Work) -> Scheme:
    """The one that was chosen; before anybody has, the city's own, else the project's. Raises NotFound without any."""
    key = (ruling.setting(work, SETTING) or {}).get("scheme", "")
    for wanted in (key, OWN, DEFAULT):
        if wanted in work.schemes and wanted != POINTS:
            return work.schemes[wanted]
    raise NotFound("没有考核评分方案，请在规则文件目录中放入 scoring.toml。")


def of_points(work: Work) -> Scheme:
    """The one by which points are scored. Raises NotFound without any."""
    if POINTS not in work.schemes:
        raise NotFound("没有点位评分方案。")
    return work.schemes[POINTS]


def of_report(work: Work, report: MonthlyReport, figure: str) -> Scheme | None:
    """The scheme that what is kept under that name was worked out by, in that version or in an earlier one of its
    month; None where nothing has been kept yet."""
    kept = MonthlyReport.figures[figure]["scheme"]
    query = sa.select(kept).where(
        MonthlyReport.month == report.month, MonthlyReport.version <= report.version, kept.is_not(None)
    )
    found = work.session.scalar(query.order_by(MonthlyReport.version.desc()).limit(1))
    return None if found is None else Scheme.from_mapping(found["key"], found["mapping"])


def chosen(work: Work, key: str) -> Scheme:
    """One of those offered. Raises Invalid for another."""
    for scheme in offered(work):
        if scheme.key == key:
            return scheme
    raise Invalid({"scheme": "没有这个方案，请重新选择。"})


def choose(work: Work, key: str, seen: str) -> bool:
    """Score by this scheme from now on; whether that changes anything. Frozen months keep theirs.

    `seen`: the one that the person had before him. Raises NotFound for who may not, Invalid, Refused where somebody
    else was faster.
    """
    ruling.hold(work)
    before, after = in_force(work), chosen(work, key)
    if seen != before.key:
        raise Refused("别人刚刚改过考核评分方案，请核对后再选。", code="stale")
    if before.key == after.key:
        return False
    ruling.put(work, SETTING, {"scheme": after.key})
    changing.record(work, SETTING, "city", "考核评分方案", {"scheme": before.name}, {"scheme": after.name})
    return True


def _read(work: Work, subject_id: str) -> Mapping[str, Any]:
    ruling.hold(work)
    return {"scheme": in_force(work).name}


def _put(work: Work, subject_id: str, values: Mapping[str, Any] | None) -> None:
    name = (values or {}).get("scheme")
    key = next((scheme.key for scheme in offered(work) if scheme.name == name), None)
    if key is None:
        raise Refused("原来的方案已经不在规则文件目录中，不能撤销。", code="not_undoable")
    ruling.put(work, SETTING, {"scheme": key})


changing.know(changing.Subject(SETTING, "考核评分方案", {"scheme": "方案"}, _read, _put))
