"""Reads what is never shown to strangers; a city may give a file of its own in its place (`public.toml`)."""

from __future__ import annotations

from pathlib import Path

from config.toml_file import read_toml
from hotline.domain.publicity import Withheld, WithheldError

DEFAULT = Path(__file__).parent / "public.toml"


def load_withheld(path: Path | None = None) -> Withheld:
    """The subjects, sources and categories of a TOML file (UTF-8). Raises WithheldError naming all faults, OSError."""
    chosen = path or DEFAULT
    mapping = read_toml(chosen, WithheldError)
    try:
        return Withheld.from_mapping(mapping)
    except WithheldError as error:
        raise WithheldError([f"{chosen.name}：{reason}" for reason in error.reasons]) from error
