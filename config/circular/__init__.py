"""Reads the sentences of the circular; a city's own file (`circular.toml`) says those that it wants said otherwise."""

from __future__ import annotations

from pathlib import Path

from config.toml_file import read_toml
from hotline.domain.circular import CircularError, Sentences, read_sentences

DEFAULT = Path(__file__).parent / "default.toml"


class CircularFileError(CircularError):
    """The file cannot be used. `reasons` names every fault, in Chinese."""


def load_circular(path: Path | None = None) -> Sentences:
    """The project's sentences, with those of the city's own file in their place. Raises CircularFileError naming all
    faults, OSError."""
    project = _read(DEFAULT, None)
    return project if path is None else _read(path, project)


def _read(path: Path, default: Sentences | None) -> Sentences:
    mapping = read_toml(path, CircularFileError)
    try:
        return read_sentences(mapping, default)
    except CircularError as error:
        raise CircularFileError([f"{path.name}：{reason}。" for reason in error.reasons]) from error
