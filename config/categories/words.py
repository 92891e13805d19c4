"""Reads what people call the categories (`words.toml`), for suggesting one to who complains."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config.categories import HERE, CategoriesError
from config.toml_file import read_toml
from hotline.domain.guessing import Vocabulary, Words

DEFAULT = HERE / "words.toml"
_LISTS = {"said", "street"}


def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """The words by category code. A city's own file replaces single categories, the others keep the project's words.

    Raises CategoriesError naming all faults, OSError.
    """
    vocabulary = _read(DEFAULT)
    return vocabulary if path is None else vocabulary | _read(path)


def _read(path: Path) -> dict[str, Words]:
    mapping = read_toml(path, CategoriesError)
    if faults := [f"{path.name}：{code} {fault}。" for code, entry in mapping.items() for fault in _faults(entry)]:
        raise CategoriesError(faults)
    return {
        code: Words(tuple(entry.get("said", ())), tuple(entry.get("street", ()))) for code, entry in mapping.items()
    }


def _faults(entry: Any) -> list[str]:
    if not isinstance(entry, dict):
        return ["应为一组 said、street"]
    faults = [f"没有名为“{name}”的内容，可用的有 said、street" for name in entry if name not in _LISTS]
    for name in _LISTS & entry.keys():
        words = entry[name]
        if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
            faults.append(f"的 {name} 应为一列文字")
        elif name == "said" and any(word.count("+") > 1 or not all(word.split("+")) for word in words):
            faults.append("的 said 中，“甲+乙”最多两个词")
    return faults
