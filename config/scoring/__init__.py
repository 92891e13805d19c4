"""Reads the schemes by which units and points are scored: those that the project brings, and the city's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from config.toml_file import read_toml
from hotline.domain.scoring import DEFAULT, OWN, POINTS, Scheme, SchemeError

HERE = Path(__file__).parent


def load_schemes(own_file: Callable[[str], Path | None] = lambda name: None) -> Mapping[str, Scheme]:
    """By key, the city's own (`scoring.toml`) first; its `points.toml` stands in the place of the project's.

    Raises SchemeError naming all faults of a file, OSError if one cannot be read.
    """
    own, points = own_file("scoring.toml"), own_file("points.toml")
    schemes = {} if own is None else {OWN: load_scheme(own, OWN)}
    names = sorted((path.stem for path in HERE.glob("*.toml")), key=lambda name: (name != DEFAULT, name))
    schemes |= {name: load_scheme(HERE / f"{name}.toml", name) for name in names}
    return schemes if points is None else {**schemes, POINTS: load_scheme(points, POINTS)}


def load_scheme(path: Path, key: str) -> Scheme:
    """The scheme in one TOML file (UTF-8). Raises SchemeError naming all faults, OSError."""
    mapping = read_toml(path, SchemeError)
    try:
        return Scheme.from_mapping(key, mapping)
    except SchemeError as error:
        raise SchemeError([f"{path.name} {reason}" for reason in error.reasons]) from error
