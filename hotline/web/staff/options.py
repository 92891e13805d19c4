"""What a form offers to choose from: the lists that the schemas name (`hotline.web.resources`), read when needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import Role
from hotline.domain.limits import Limit
from hotline.models import (
    CaseStandard,
    Category,
    Citizen,
    Complaint,
    Part,
    Staff,
    Survey,
    Ticket,
    Unit,
)
from hotline.services import assigning, evidencing, holding, self_checking
from hotline.services.work import Work

Option = dict[str, Any]


class Options:
    """The choices for one ticket as it stands. `category_id`: what is chosen on the form, if that differs."""

    def __init__(self, work: Work, ticket: Ticket, category_id: int | None = None) -> None:
        self._work = work
        self._ticket = ticket
        self._category_id = category_id or ticket.category_id
        self._lists: Mapping[str, Callable[[], list[Option]]] = {
            "categories": lambda: categories(work),
            "case_standards": self._case_standards,
            "units": self._nameable,
            "assignable": self._assignable,
            "below": self._below,
            "people": self._people,
            "rungs": self._rungs,
            "unanswered": self._unanswered,
            "unsurveyed": self._unsurveyed,
            "evidence": self._evidence,
            "checklist": self._checklist,
            "designators": self._designators,
        }

    def __call__(self, name: str) -> list[Option]:
        """The options of a named list. Raises KeyError for a name that no schema should use."""
        return self._lists[name]()

    def _designators(self) -> list[Option]:
        """The reader, if he may say 指定承办."""
        actor = self._work.actor
        return [{"value": actor.id, "label": actor.name}] if Role.SUPERVISOR in actor.roles else []

    def _case_standards(self) -> list[Option]:
        """立案条件 of the category under the policy now in force, each with its limit."""
        if self._category_id is None:
            return []
        policy_id, _ = self._work.rules.policy_at(self._work.now)
        rows = self._work.session.scalars(
            sa.select(CaseStandard)
            .where(CaseStandard.policy_version_id == policy_id, CaseStandard.category_id == self._category_id)
            .order_by(CaseStandard.number)
        )
        return [{"value": row.id, "label": f"{row.condition}（{Limit.parse(row.limit_text).label}）"} for row in rows]

    def _nameable(self) -> list[Option]:
        """Units that can stand aside: all but the city centre."""
        return grouped(self._units_below(self._ticket.centre_path))

    def _assignable(self) -> list[Option]:
        return grouped(self._candidates)

    @cached_property
    def _candidates(self) -> list[Unit]:
        return list(assigning.candidates(self._work, self._ticket))

    def _below(self) -> list[Option]:
        lead = self._lead_path
        return grouped(self._units_below(lead)) if lead else []

    def _units_below(self, path: str) -> list[Unit]:
        query = sa.select(Unit).where(Unit.active, Unit.path.startswith(path), Unit.path != path).order_by(Unit.path)
        return list(self._work.session.scalars(query))

    @cached_property
    def _lead_path(self) -> str | None:
        turns = holding.turns_of(self._work, self._ticket)
        return next((turn.unit_path for turn in turns if turn.part is Part.LEAD and turn.ended_at is None), None)

    def _people(self) -> list[Option]:
        """Everybody active in the lead unit and below it."""
        rows = self._work.session.execute(
            sa.select(Staff.id, Staff.name, Unit.name.label("unit"))
            .join(Unit, Unit.id == Staff.unit_id)
            .where(Staff.active, Unit.path.startswith(self._lead_path or "-"))
            .order_by(Unit.path, Staff.name)
        )
        return [{"value": row.id, "label": row.name, "group": row.unit} for row in rows]

    def _rungs(self) -> list[Option]:
        ladder = self._work.rules.policy(self._ticket.policy_version_id).ladder
        return [{"value": rung.level, "label": rung.name} for rung in ladder if rung.rank > self._ticket.level]

    def _unanswered(self) -> list[Option]:
        waiting = sa.and_(
            Complaint.wants_reply,
            Complaint.answered_at.is_not(None),
            Complaint.reached_at.is_(None),
            Complaint.withdrawn_at.is_(None),
        )
        return self._complaints(waiting)

    def _unsurveyed(self) -> list[Option]:
        asked = sa.exists().where(
            Survey.complaint_id == Complaint.id,
            Survey.round == self._ticket.round,
            Survey.answered_at.is_(None),
            Survey.expired_at.is_(None),
        )
        return self._complaints(asked)

    def _evidence(self) -> list[Option]:
        """The pictures of the unit's result, numbered as they stand on the page."""
        pictures = evidencing.of_round(self._work, self._ticket)
        return [{"value": row.id, "label": f"照片{place}：{row.name}"} for place, row in enumerate(pictures, 1)]

    def _checklist(self) -> list[Option]:
        """提交前自查 for this matter."""
        asked = self_checking.questions(self._work, self._ticket)
        return [{"value": point.code, "label": point.text} for point in asked]

    def _complaints(self, condition: sa.ColumnElement[bool]) -> list[Option]:
        rows = self._work.session.execute(
            sa.select(Complaint.number, Citizen.phone_masked)
            .outerjoin(Citizen, Citizen.id == Complaint.citizen_id)
            .where(Complaint.ticket_id == self._ticket.id, condition)
            .order_by(Complaint.id)
        )
        return [{"value": row.number, "label": f"{row.number} {row.phone_masked or ''}".strip()} for row in rows]


def categories(work: Work) -> list[Option]:
    """All categories in use, under their 大类."""
    rows = work.session.scalars(
        sa.select(Category).where(Category.active).order_by(Category.scheme, Category.code, Category.id)
    )
    return [{"value": row.id, "label": row.name, "group": f"{row.kind} · {row.parent_name}"} for row in rows]


def grouped(units: Iterable[Unit | sa.Row[Any]]) -> list[Option]:
    """Units, or rows of their `id`, `name` and `path`, in the order of the tree; stations set in below."""
    rows = list(units)
    top = min((row.path.count("/") for row in rows), default=0)
    return [{"value": row.id, "label": "　" * (row.path.count("/") - top) + row.name} for row in rows]


def subtree(work: Work) -> list[Option]:
    """The actor's own units, to filter by."""
    path = work.actor.unit_path
    query = sa.select(Unit.id, Unit.name, Unit.path).where(Unit.active, Unit.path.startswith(path))
    return grouped(work.session.execute(query.order_by(Unit.path)))
