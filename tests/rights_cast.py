"""Who reads in the tests of rights, the things there are for them, and the words by which each is known again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hotline.domain.actors import Role

MORE_UNITS = [
    {"key": "cleaning", "name": "环卫处", "kind": "department", "parent": "center"},
    {"key": "west", "name": "西县中心", "kind": "county_centre", "parent": "center"},
    {"key": "west-roads", "name": "西县公路站", "kind": "station", "parent": "west"},
]
MORE_PEOPLE = {
    "hanna": ("卫环卫", "cleaning", Role.HANDLER),
    "east-operator": ("东受理", "county", Role.OPERATOR),
    "east-supervisor": ("东督办", "county", Role.SUPERVISOR),
    "east-leader": ("东主任", "county", Role.LEADER),
    "east-administrator": ("东管理", "county", Role.ADMINISTRATOR),
    "west-operator": ("西受理", "west", Role.OPERATOR),
    "west-dispatcher": ("西派单", "west", Role.DISPATCHER),
    "west-supervisor": ("西督办", "west", Role.SUPERVISOR),
    "west-leader": ("西主任", "west", Role.LEADER),
    "west-administrator": ("西管理", "west", Role.ADMINISTRATOR),
    "wade": ("魏公路", "west-roads", Role.HANDLER),
}
#: By subtree: its centre, its lead unit, and who does the work there.
SCOPES: dict[str, dict[str, str]] = {
    "city": {"centre": "center", "lead": "lamps", "operator": "olga", "dispatcher": "dora", "supervisor": "sven",
             "leader": "lena", "administrator": "adam", "handler": "hans"},
    "east": {"centre": "county", "lead": "county-roads", "operator": "east-operator", "dispatcher": "cora",
             "supervisor": "east-supervisor", "leader": "east-leader", "administrator": "east-administrator",
             "handler": "carl"},
    "west": {"centre": "west", "lead": "west-roads", "operator": "west-operator", "dispatcher": "west-dispatcher",
             "supervisor": "west-supervisor", "leader": "west-leader", "administrator": "west-administrator",
             "handler": "wade"},
}  # fmt: skip
#: Who reads in the tests. 西县 is where everybody else's things are.
READERS = (
    *("olga", "dora", "sven", "lena", "adam", "hans", "hugo", "paul", "hanna"),
    *("east-operator", "cora", "east-supervisor", "east-leader", "east-administrator", "carl"),
)
_STROKES = "龘靐齉齾龗麤爨灪籱鱻"  # nobody writes these: they stand for the ten digits
_PLANTED = re.compile(f"囍[{_STROKES}]{{3}}")


@dataclass(frozen=True)
class Reader:
    """Who reads: one of the people with his one role and his place in the tree."""

    login: str
    role: Role
    path: str
    staff_id: int

    @property
    def is_root(self) -> bool:
        return self.path.count("/") == 1

    def oversees(self, path: str) -> bool:
        return path.startswith(self.path)


Seen = Callable[[Reader], bool]


@dataclass(frozen=True)
class Thing:
    """Something that has an address. `values`: what stands in it, by the names of the route's arguments; `at`: of a
    ticket, where it stands in the chain."""

    kind: str
    scope: str
    at: str
    values: dict[str, Any]
    seen_by: Seen


@dataclass(frozen=True)
class Marker:
    """A word that stands in one thing only."""

    word: str
    about: str
    seen_by: Seen


@dataclass
class Planted:
    """What there is in the city, and who reads."""

    things: list[Thing] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    readers: dict[str, Reader] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)  # of units, by key
    keys: dict[str, str] = field(default_factory=dict)  # of citizens, by number

    def word(self, about: str, seen_by: Seen) -> str:
        """A new word for something."""
        assert len(self.markers) < 1000, "three digits"
        digits = f"{len(self.markers):03}"
        word = "囍" + "".join(_STROKES[int(digit)] for digit in digits)
        self.markers.append(Marker(word, about, seen_by))
        return word

    def read_in(self, said: str) -> list[Marker]:
        """All whose word stands there: those that were planted are found at one go."""
        planted = set(_PLANTED.findall(said))
        return [each for each in self.markers if (each.word in planted if each.word[0] == "囍" else each.word in said)]

    def add(self, kind: str, scope: str, seen_by: Seen, at: str = "worked", **values: Any) -> None:
        """A new thing with an address."""
        self.things.append(Thing(kind, scope, at, values, seen_by))

    def find(self, kind: str, scope: str, at: str = "worked") -> Any:
        """What stands in the address of such a thing."""
        thing = next(each for each in self.things if (each.kind, each.scope, each.at) == (kind, scope, at))
        return next(iter(thing.values.values()))

    def word_of(self, about: str) -> str:
        """The word that was planted there."""
        return next(marker.word for marker in self.markers if marker.about == about)
