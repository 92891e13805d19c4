"""The functions of the hotline that are measured, each called here and nowhere else in this package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from config.categories import load_categories
from config.categories.words import load_vocabulary
from config.policy import load_case_standards
from config.replies import load_manners
from config.risks import load_risks
from hotline.domain.advising import Advisor
from hotline.domain.drafting import draw_out
from hotline.domain.guessing import Guesser, Subject, Words
from hotline.domain.likeness import ENOUGH, Matter, Reading, weigh
from hotline.domain.marks import marks_of
from hotline.domain.places import place_keys
from hotline.domain.reply_check import check
from hotline.domain.risks import find
from hotline.services.rulebook import REQUEST
from hotline.services.transcripts import read_transcript

CITY = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Drawn:
    """A call as it was read, with the parts that were drawn out of it (`Part` or None each)."""

    speakers: Sequence[str]
    told: str  # all that was said by the caller, or by whom nobody knows
    parts: Any

    def value(self, field: str) -> str | bool | None:
        """What a field says, None where it says nothing. Raises AttributeError where there is no such field."""
        part = getattr(self.parts, field)
        return None if part is None else part.value


def draw(data: bytes, filename: str, called_at: datetime) -> Drawn:
    """From the bytes of a transcript to the parts of a draft."""
    turns = read_transcript(data, None, filename).turns
    told = "\n".join(turn.text for turn in turns if turn.speaker != "operator")
    return Drawn([turn.speaker for turn in turns], told, draw_out(turns, called_at, CITY))


@cache
def subjects() -> tuple[Subject, ...]:
    """The tree that a citizen chooses from, as `hotline/services/rulebook.py` puts it together from the database."""
    vocabulary, standards = load_vocabulary(), load_case_standards()
    categories = load_categories()
    names = {category.code: category.name for category in categories}
    found = []
    for number, category in enumerate(categories, 1):
        words = vocabulary.get(category.code, Words())
        like = (category.code, *words.street)
        conditions = tuple(one.condition for code in like for one in standards if one.category_code == code)
        street = tuple(names[code] for code in words.street)
        if category.kind == REQUEST:
            found.append(
                Subject(number, category.code, category.name, category.parent_name, words.said, street, conditions)
            )
    return tuple(found)


@cache
def _advisor() -> Advisor:
    """On the first day of a city, when nothing has been learned yet."""
    return Advisor(Guesser(subjects()))


def suggest(text: str, most: int = 3) -> list[str]:
    """Codes of the likeliest categories, best first."""
    return [_code(advice.category_id) for advice in _advisor().advise(text, most)]


def _code(category_id: int) -> str:
    return next(subject.code for subject in subjects() if subject.id == category_id)


def make_ready(text: str, received_at: datetime | None = None) -> Reading:
    """A complaint to be compared with many: its places, marks and likeliest category are found here."""
    kinds = [advice.category_id for advice in _advisor().advise(text, 1)]
    return Reading(Matter(text, "", place_keys("", text), None, kinds, received_at, marks_of(text)))


def is_likely_same(one: Reading, other: Reading) -> bool:
    """Whether staff are told that two complaints may be of one matter (`domain/likeness.py`)."""
    kind = not set(one.matter.categories).isdisjoint(other.matter.categories)
    return weigh(one, other, kind=kind).score >= ENOUGH


def remarks(matter: str, answer: str, others: Sequence[str]) -> dict[str, bool]:
    """What is remarked on an answer: codes, and whether they are serious."""
    return {each.code: each.serious for each in check(matter, "", answer, others, manners=_manners())}


@cache
def _manners() -> Any:
    return load_manners()


def dangers(text: str) -> int:
    """How many dangers and risks are found in a complaint."""
    return len(find(text, _risks()))


@cache
def _risks() -> Any:
    return load_risks()
