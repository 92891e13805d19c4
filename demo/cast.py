"""Reads the demo's data files: the city with its units and staff, its places, the matters, dialogues and phrases."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PLACE_KINDS = ("road", "junction", "community", "market", "school", "park", "river", "site", "stop")


@dataclass(frozen=True, slots=True)
class Care:
    """How a unit works, as shares of its tickets (0 to 1)."""

    late: float
    never: float
    sign_late: float
    returned: float
    poor: float
    extension: float


@dataclass(frozen=True, slots=True)
class DemoUnit:
    key: str
    name: str
    short: str
    kind: str  # centre, county_centre, department, station
    head: str
    liaison: str
    duty_phone: str
    care: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """One log-in; the password of all is `City.password`."""

    login: str
    name: str
    unit: str
    roles: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the city: its centre, and who does a city department's work there (`instead`)."""

    key: str
    centre: str
    instead: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class City:
    name: str
    english: str
    hotline: str
    password: str
    units: Mapping[str, DemoUnit]
    staff: tuple[DemoStaff, ...]
    care: Mapping[str, Care]
    areas: Mapping[str, Area]

    def unit_for(self, department: str, area: str) -> DemoUnit:
        """The unit that does this city department's work in the area."""
        return self.units[self.areas[area].instead.get(department, department)]

    def stations_of(self, unit: str) -> list[str]:
        return [key for key, found in self.units.items() if found.parent == unit and found.kind == "station"]

    def care_of(self, unit: str) -> Care:
        return self.care[self.units[unit].care]


@dataclass(frozen=True, slots=True)
class DemoPlace:
    name: str
    kind: str
    area: str
    area_name: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Declined:
    """不予受理: why, which legal channel is open, and the answer that is owed all the same."""

    reason: str
    channel: str
    reply: str


@dataclass(frozen=True, slots=True)
class Matter:
    """One kind of trouble in several voices, with what is found and done about it."""

    key: str
    category: str
    unit: str
    type: str  # question, help, complaint, report, suggestion
    where: tuple[str, ...]
    title: str
    sms: tuple[str, ...]
    web: str
    said: tuple[str, str]  # on the phone: the opening, then what comes when asked
    found: str
    done: str
    assist: tuple[str, ...] = ()
    urgency: str = "normal"
    confidential: bool = False
    months: tuple[int, ...] = tuple(range(1, 13))
    peak: str | None = None  # "rain": comes on the one day of heavy rain
    shop: str | None = None
    english: str | None = None  # the same by somebody who writes no Chinese; only with the slot {place}
    photo: str | None = None  # what of it can be photographed: see `demo/photos.py`
    answer: str | None = None
    declined: Declined | None = None
    void: str | None = None

    @property
    def seen_in_the_street(self) -> bool:
        """Whether an inspector may come upon it: a case category, and not behind somebody's door."""
        return self.category[0] in "BS" and "{house}" not in self.title

    @property
    def dispatched(self) -> bool:
        """Whether a unit works on it: not answered at the desk, declined or voided."""
        return not (self.answer or self.declined or self.void)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A telephone call to be filled: who calls (see `dialogues.toml`), from what kinds of place, when."""

    who: str
    text: str
    at: tuple[str, ...]
    night: bool = False


def _read(name: str) -> dict[str, Any]:
    with (HERE / name).open("rb") as file:
        return tomllib.load(file)


@cache
def city() -> City:
    raw = _read("city.toml")
    return City(
        raw["name"],
        raw["english"],
        raw["hotline"],
        raw["password"],
        units={unit["key"]: DemoUnit(**unit) for unit in raw["unit"]},
        staff=tuple(DemoStaff(**{**one, "roles": tuple(one["roles"])}) for one in raw["staff"]),
        care={name: Care(**shares) for name, shares in raw["care"].items()},
        areas={key: Area(key, area["centre"], area.get("instead", {})) for key, area in raw["area"].items()},
    )


@cache
def places() -> tuple[DemoPlace, ...]:
    return tuple(
        DemoPlace(name, kind, area["key"], area["name"], lat, lon)
        for area in _read("places.toml")["area"]
        for kind in PLACE_KINDS
        for name, lat, lon in area[kind]
    )


def names() -> dict[str, str]:
    """The city's name by language, as the pages show it."""
    return {"zh": city().name, "en": city().english}


def centre() -> tuple[float, float]:
    """Latitude and longitude of the middle of the city, where its map begins."""
    core = [place for place in places() if place.area == "core"]
    return sum(place.lat for place in core) / len(core), sum(place.lon for place in core) / len(core)


@cache
def matters() -> tuple[Matter, ...]:
    return tuple(
        _matter(raw)
        for path in sorted((HERE / "matters").glob("*.toml"))
        for raw in _read(f"matters/{path.name}")["matter"]
    )


def _matter(raw: dict[str, Any]) -> Matter:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    if "declined" in values:
        values["declined"] = Declined(**values["declined"])
    return Matter(**values)


@cache
def dialogues() -> tuple[Dialogue, ...]:
    return tuple(
        Dialogue(**{**raw, "at": tuple(raw.get("at", PLACE_KINDS))}) for raw in _read("dialogues.toml")["dialogue"]
    )


@cache
def phrases() -> dict[str, Any]:
    return _read("phrases.toml")
