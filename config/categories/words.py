"""Reads what people call the categories (`words.toml`), for suggesting one to who complains."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.categories import HERE, CategoriesError
from config.toml_file import read_toml
from hotline.domain.guessing import Vocabulary, Words

DEFAULT = HERE / "words.toml"
GROUPS = "groups"  # the table of words that say the same
_LISTS = {"said", "street"}


def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """The words by category code. A city's own file replaces single categories, the others keep the project's words.

    Raises CategoriesError naming all faults, OSError.
    """
    groups: dict[str, list[str]] = {}
    vocabulary = _read(DEFAULT, groups)
    return vocabulary if path is None else vocabulary | _read(path, groups)


def _read(path: Path, groups: dict[str, list[str]]) -> dict[str, Words]:
    """`groups`: those known so far; the file's own are added, or replace them."""
    mapping = read_toml(path, CategoriesError)
    groups |= _groups(path, mapping.pop(GROUPS, {}))
    if faults := [
        f"{path.name}：{code} {fault}。" for code, entry in mapping.items() for fault in _faults(entry, groups)
    ]:
        raise CategoriesError(faults)
    return {
        code: Words(tuple(_written_out(said, groups) for said in entry.get("said", ())), tuple(entry.get("street", ())))
        for code, entry in mapping.items()
    }


def _groups(path: Path, groups: Any) -> dict[str, list[str]]:
    """Words that say the same, by the name of their group."""
    fit = isinstance(groups, dict) and all(_are_words(words) and words for words in groups.values())
    if not fit or any(set(word) & set("+|@") for words in groups.values() for word in words):
        raise CategoriesError([f"{path.name}：{GROUPS} 应为按名称列出的词，词中不能有“+”“|”“@”。"])
    return dict(groups)


def _written_out(said: str, groups: Mapping[str, list[str]]) -> str:
    """Each name of a group by its words."""
    return "+".join("|".join(groups[part[1:]]) if part.startswith("@") else part for part in said.split("+"))


def _are_words(words: Any) -> bool:
    return isinstance(words, list) and all(isinstance(word, str) and word.strip() for word in words)


def _faults(entry: Any, groups: Mapping[str, list[str]]) -> list[str]:
    if not isinstance(entry, dict):
        return ["应为一组 said、street"]
    faults = [f"没有名为“{name}”的内容，可用的有 said、street" for name in entry if name not in _LISTS]
    for name in _LISTS & entry.keys():
        words = entry[name]
        if not _are_words(words):
            faults.append(f"的 {name} 应为一列文字")
        elif name == "said" and any(word.count("+") > 1 or not all(word.split("+")) for word in words):
            faults.append("的 said 中，“甲+乙”最多两个词")
        elif name == "said":
            named = {part[1:] for word in words for part in word.split("+") if part.startswith("@")}
            faults += [f"的 said 中，没有名为“{group}”的词组" for group in sorted(named - groups.keys())]
    return faults
