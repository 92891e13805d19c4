"""Who may change the city's rules, and the rows that hold those without a table of their own (`Setting`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import Actor, Role
from hotline.domain.errors import NotFound
from hotline.models import Setting
from hotline.services.scoping import is_root
from hotline.services.work import Work

_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtext('city_rules'))")


def may_change(actor: Actor) -> bool:
    """The city's rules are kept by administrators of the city centre; a county's read them."""
    return Role.ADMINISTRATOR in actor.roles and is_root(actor)


def hold(work: Work) -> None:
    """Whoever changes rules waits here for whoever is changing some. Raises NotFound for who may not."""
    if not may_change(work.actor):
        raise NotFound("没有找到这个页面。")
    work.session.execute(_LOCK)


def setting(work: Work, name: str) -> dict[str, Any] | None:
    """What is put under that name, as it stands in the database."""
    found = sa.select(Setting.body).where(Setting.name == name)
    return work.session.scalar(found)


def put(work: Work, name: str, body: Mapping[str, Any] | None) -> None:
    """Put something in its place; None takes it away."""
    row = work.session.get(Setting, name, populate_existing=True)
    if body is None:
        if row is not None:
            work.session.delete(row)
    elif row is None:
        staff_id = work.actor.staff_id
        work.session.add(Setting(name=name, body=dict(body), changed_at=work.now, changed_by_id=staff_id))
    else:
        row.body, row.changed_at, row.changed_by_id = dict(body), work.now, work.actor.staff_id or row.changed_by_id
    work.session.flush()
