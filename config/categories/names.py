"""Reads the categories' names in the other languages of the citizens' pages (`names.<language>.toml`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from config.categories import HERE, CategoriesError
from config.toml_file import read_toml

FILES = sorted(HERE.glob("names.*.toml"))


def load_names(own: Callable[[str], Path | None] = lambda name: None) -> dict[str, dict[str, str]]:
    """By language the names by their Chinese ones, 大类 and 小类 alike.

    `own`: finds a city's own file of that name; it adds names or replaces single ones, the others stay the project's.
    Raises CategoriesError naming all faults of a file, OSError.
    """
    return {path.name.split(".")[1]: _read(path) | _read(own(path.name)) for path in FILES}


def _read(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    mapping = read_toml(path, CategoriesError)
    if faults := [f"{path.name}：“{name}”的译名应为文字。" for name, word in mapping.items() if not _is_name(word)]:
        raise CategoriesError(faults)
    return {name: word.strip() for name, word in mapping.items()}


def _is_name(word: object) -> bool:
    return isinstance(word, str) and bool(word.strip())
