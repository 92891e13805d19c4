"""Reads the categories' names in the other languages of the citizens' pages (`names.<language>.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

from config.categories import HERE, CategoriesError

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
    try:
        mapping = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CategoriesError([f"{path.name}：不是 UTF-8 编码，请另存为 UTF-8（{error.reason}）。"]) from error
    except tomllib.TOMLDecodeError as error:
        raise CategoriesError([f"{path.name}：不是有效的 TOML 文件（{error}）。"]) from error
    if faults := [f"{path.name}：“{name}”的译名应为文字。" for name, word in mapping.items() if not _is_name(word)]:
        raise CategoriesError(faults)
    return {name: word.strip() for name, word in mapping.items()}


def _is_name(word: object) -> bool:
    return isinstance(word, str) and bool(word.strip())
