"""简报 for the tests of rights: each supervisor's own."""

from __future__ import annotations

from datetime import time

import sqlalchemy as sa

from hotline.models import Brief
from hotline.services.month import briefing
from tests.city import City
from tests.rights_cast import SCOPES, Planted, Reader


def plant_briefs(city: City, planted: Planted) -> None:
    """This morning's, each known again by what was texted."""
    with city.work() as work:
        while briefing.make(work, time(8), None):
            pass
        for scope, cast in SCOPES.items():
            _know_again(work.session, planted, scope, planted.readers[cast["supervisor"]])


def _know_again(session: sa.orm.Session, planted: Planted, scope: str, owner: Reader) -> None:
    def mine(reader: Reader) -> bool:
        return reader.login == owner.login

    brief = session.scalars(sa.select(Brief).where(Brief.staff_id == owner.staff_id).order_by(Brief.id)).first()
    assert brief is not None
    brief.text = planted.word(f"brief of {scope}", mine)
    planted.add("brief", scope, mine, brief_id=brief.id)
