"""A point in each subtree, with a word that stands nowhere else, and a unit that has a score: read by whoever oversees
the unit."""

from __future__ import annotations

from hotline.services.month import points
from hotline.services.month.points import Wanted
from tests.city import City
from tests.rights_cast import SCOPES, Planted, Reader


def plant_points(city: City, planted: Planted) -> None:
    """One of the lead unit of each subtree."""
    for scope, cast in SCOPES.items():
        path = planted.paths[cast["lead"]]

        def sees(reader: Reader, path: str = path) -> bool:
            return reader.oversees(path)

        chief = planted.word(f"chief of the point of {scope}", sees)
        name = planted.word(f"point of {scope}", sees)
        with city.work(cast["supervisor"]) as work:
            point = points.add(work, Wanted(f"{name}菜场", chief, city.unit_id(cast["lead"])))
        planted.add("point", scope, sees, point_id=point.id)
        planted.add("scored unit", scope, sees, unit_id=city.unit_id(cast["lead"]))
