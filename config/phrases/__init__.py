"""快捷用语 that a new city begins with; from then on they are its own, in the database."""

from __future__ import annotations

from pathlib import Path

from config.toml_file import read_toml
from hotline.domain.phrases import Phrase, faults

DEFAULT = Path(__file__).parent / "default.toml"


class PhrasesError(ValueError):
    """The texts cannot be used. `reasons` names every fault, in Chinese."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


def load_phrases(path: Path = DEFAULT) -> list[Phrase]:
    """The texts of the file, in its order. Raises PhrasesError naming all faults, OSError."""
    rows = read_toml(path, PhrasesError).get("phrases", [])
    found = [Phrase(row.get("name", ""), row.get("text", ""), tuple(row.get("nouns", ()))) for row in rows]
    wrong = [
        f"{path.name}：{each.name or '没有名称的一条'}：{fault}" for each in found for fault in faults(each).values()
    ]
    if wrong:
        raise PhrasesError(wrong)
    return found
