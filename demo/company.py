"""Who does what in the demo city: its people as actors, and the units that they act for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

import sqlalchemy as sa

from demo.cast import City, places
from demo.scene import Scene
from hotline.domain.actors import Actor, ActorKind, Role
from hotline.models import CaseStandard, Category, Staff, Unit
from hotline.office import Office

NIGHT = (22, 8)  # from and to which hour the night shift sits at the telephone
ROOT = "center"


@dataclass(frozen=True, slots=True)
class Place:
    """A unit's place in the tree."""

    id: int
    path: str


class Company:
    """The people by their work. A unit without a log-in is stood in for by its liaison."""

    def __init__(self, office: Office, city: City) -> None:
        self.city = city
        with office.session() as session:
            self.units = {unit.key: Place(unit.id, unit.path) for unit in session.scalars(sa.select(Unit))}
            rows = session.execute(sa.select(Staff, Unit).join(Unit, Unit.id == Staff.unit_id)).all()
            standards = session.execute(
                sa.select(Category.code, CaseStandard.id, CaseStandard.limit_text)
                .join(CaseStandard, CaseStandard.category_id == Category.id)
                .order_by(CaseStandard.id)
            )
            self._standards = [(row.code, row.id, row.limit_text) for row in standards]
        self._people = {staff.login: _actor(staff, unit) for staff, unit in rows}
        self._keys = {place.path: key for key, place in self.units.items()}
        self.area_names = {place.area: place.area_name for place in places()}

    def person(self, login: str) -> Actor:
        """The owner of that log-in."""
        return self._people[login]

    def operator(self, at: datetime) -> Actor:
        """Who sits at the telephone at that hour of city time."""
        return self.person("qian.lei" if at.hour >= NIGHT[0] or at.hour < NIGHT[1] else "zhao.min")

    def dispatcher(self, centre: str) -> Actor:
        """Who assigns what this centre has taken in."""
        return self._of(centre, Role.DISPATCHER)

    def handler(self, unit: str) -> Actor:
        """Who works for the unit."""
        return self._of(unit, Role.HANDLER)

    @property
    def supervisor(self) -> Actor:
        """督办, 核查, and the first review of an appeal."""
        return self.person("li.dubao")

    @property
    def surveyor(self) -> Actor:
        """回访, and the second review of an appeal."""
        return self.person("wu.huifang")

    def standard(self, category: str, urgency: str, rng: Random) -> int | None:
        """立案条件: one of the category's that fits the urgency; in half of the cases the operator chooses none."""
        urgent = urgency == "urgent"
        fitting = [row[1] for row in self._standards if row[0] == category and ("urgent" in row[2]) == urgent]
        return rng.choice(fitting) if fitting and rng.random() < 0.5 else None

    def key_of(self, path: str) -> str:
        """The unit at that place in the tree."""
        return self._keys[path]

    def centre_of(self, scene: Scene) -> str:
        """The county's own centre where all who have to do with it are the county's, else the city's.

        Telephone and text messages have one number for the whole city.
        """
        if scene.channel in {"phone", "sms"}:
            return ROOT
        centre = self.city.areas[scene.area].centre
        plot = scene.plot
        involved = [scene.unit, *scene.assist, *(turn.unit for turn in plot.returned)]
        path = self.units[centre].path
        return centre if all(self.units[key].path.startswith(path) for key in involved) else ROOT

    def _of(self, unit: str, role: Role) -> Actor:
        place = self.units[unit]
        for actor in self._people.values():
            if actor.unit_id == place.id and role in actor.roles:
                return actor
        liaison = self.city.units[unit].liaison
        return Actor(ActorKind.STAFF, liaison, None, frozenset({role}), place.id, place.path)


def _actor(staff: Staff, unit: Unit) -> Actor:
    roles = frozenset(Role(role) for role in staff.roles)
    return Actor(ActorKind.STAFF, staff.name, staff.id, roles, unit.id, unit.path)
