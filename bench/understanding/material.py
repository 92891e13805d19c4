"""The material: calls with what a person would have filed, paraphrases with their categories, the real messages.

All calls and paraphrases are written for this project: city, persons and numbers are invented. `held_out` is measured,
and so are the calls of `held_out_2`, by a second author who had seen neither the rules nor the first set; `dev` is for
those who make the rules. The real messages (`../shared`, no licence) are read where they lie or not at all.
"""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SAMPLES = HERE.parents[2] / "shared" / "data" / "samples"
ABSENT = "没有测：../shared/data/samples 里没有 "
GOLD = ".gold.toml"

#: What is drawn out of a call. Of each `…_also` lists what is as right as the first.
FIELDS = (
    "place",
    "phone",
    "since",
    "often",
    "name",
    "request_type",
    "wants_reply",
    "confidential",
    "urgent",
    "against",
    "category",
)
ABOUT = ("called_at", "caller", "matter_words", "speakers")

Value = str | bool


@dataclass(frozen=True)
class Dialogue:
    """One call. `gold`: the fields as a person would file them, "" where nothing was said."""

    name: str
    path: Path
    called_at: datetime
    caller: str
    gold: dict[str, Value]
    also: dict[str, tuple[Value, ...]]
    matter_words: tuple[str, ...]
    speakers: str  # who speaks in each line of the source, "o" or "c"; empty where lines hold more than one voice


def dialogues(folder: str) -> list[Dialogue]:
    """The calls of "held_out", "held_out_2" or "dev", by name."""
    return [read_gold(path) for path in sorted((HERE / folder).glob(f"*{GOLD}"))]


def read_gold(path: Path) -> Dialogue:
    """A sidecar with the transcript that lies beside it. Raises ValueError for what it does not know."""
    told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    name = path.name.removesuffix(GOLD)
    known = {*ABOUT, *FIELDS, *(f"{field}_also" for field in FIELDS)}
    if unknown := told.keys() - known:
        raise ValueError(f"{path.name}: {sorted(unknown)}")
    (transcript,) = (each for each in path.parent.glob(f"{name}.*") if each != path)
    return Dialogue(
        name=name,
        path=transcript,
        called_at=told["called_at"],
        caller=told["caller"],
        gold={field: told[field] for field in FIELDS},
        also={field: tuple(told.get(f"{field}_also", ())) for field in FIELDS},
        matter_words=tuple(told["matter_words"]),
        speakers=told["speakers"],
    )


def plain(text: str) -> str:
    """As it is compared: NFKC, small letters, without blanks and punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


@cache
def pattern(also: str) -> re.Pattern[str]:
    """A variant in which "(a|b|)" stands for any one of them, the last of these for nothing."""
    pieces = re.split(r"([()|])", also)
    return re.compile("".join(each if each in ("(", ")", "|") else re.escape(plain(each)) for each in pieces))


def says(also: str, text: str) -> bool:
    """Whether a text is that variant."""
    return pattern(also).fullmatch(plain(text)) is not None


@dataclass(frozen=True)
class Paraphrase:
    """A matter in a citizen's words. `right`: the category, and the others that would do as well."""

    text: str
    right: tuple[str, ...]


def paraphrases(folder: str) -> list[Paraphrase]:
    """Those of "held_out" or "dev", in the order of the file."""
    with (HERE / folder / "paraphrases.csv").open(encoding="utf-8", newline="") as file:
        return [
            Paraphrase(row["text"], (row["code"], *filter(None, row["also"].split(";"))))
            for row in csv.DictReader(file)
        ]


def samples(name: str) -> list[dict[str, str]] | None:
    """The rows of a file of real messages; None where it is not there."""
    path = SAMPLES / name
    if not path.exists():
        return None
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def is_of_other_half(number: str, byte: int) -> bool:
    """Whether a real message is of the half that no rule was tuned on: that byte of its number's SHA-256 is odd.

    Who made the rules of the same matter parted the messages by the first byte, who made those of the replies by the
    last.
    """
    return hashlib.sha256(number.encode()).digest()[byte] % 2 == 1


def spread(rows: Sequence[Any], most: int) -> list[Any]:
    """At most so many, from the whole length."""
    return list(rows[:: max(1, len(rows) // most)])[:most]
