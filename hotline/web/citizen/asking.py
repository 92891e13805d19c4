"""What typed words tell before they are sent: danger, category, and what others nearby have complained of already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hotline.domain.texts import clean
from hotline.domain.written import known_again
from hotline.services import resembling, suggesting
from hotline.services.receiving import LONGEST
from hotline.services.resembling import Resemblance
from hotline.services.suggesting import Suggestion
from hotline.services.work import Work
from hotline.web.citizen.form import Typed
from hotline.web.citizen.guarding import FormKey, number_of, token_for
from hotline.web.languages import translated
from hotline.web.naming import category_name

SHORTEST = 8  # characters; fewer tell nothing


@dataclass(frozen=True)
class Told:
    """For macros/complaining.html. `chosen` is the answer already given to "is it the same?"."""

    danger: str = ""
    suggestions: Sequence[dict[str, Any]] = ()
    offers: Sequence[dict[str, Any]] = ()
    chosen: str = ""


def tell(work: Work, typed: Typed, form: FormKey, chosen: str) -> Told:
    """All of it. A danger asks no questions: such a matter is taken in at once."""
    before = _chosen_before(work, typed, form, chosen)
    if not SHORTEST <= len(typed.text) <= LONGEST:
        return Told(translated(typed.danger) if len(typed.text) <= LONGEST else "", (), before, chosen)
    suggestions = [_suggestion(row) for row in suggesting.categories(work, typed.text)]
    return Told(translated(typed.danger), suggestions, _together(before, offers(work, typed, form)), chosen)


def same_as(work: Work, form: FormKey, number: str) -> str:
    """The answer of who comes from the public page of that ticket: "this one". Empty for a number that is on none."""
    number = clean(number)
    return token_for(form, number) if number and resembling.named(work, number) is not None else ""


def begun(told: Told) -> dict[str, str]:
    """What stands in the form of who comes from a public page, before anything is typed."""
    chosen = next((offer for offer in told.offers if offer["token"] == told.chosen), None)
    return {"place": chosen["place"]} if chosen is not None else {}


def with_category(work: Work, typed: Typed) -> Typed:
    """Only a category that the form offers stays; where the form had guessed one, it is guessed of the words now."""
    if typed.leaves_category_to_guess:
        return replace(
            typed, category=next((str(row.category_id) for row in suggesting.categories(work, typed.text)), "")
        )
    return typed.with_category_of(number for _, group in suggesting.choices(work) for number, _ in group)


def _chosen_before(work: Work, typed: Typed, form: FormKey, chosen: str) -> list[dict[str, Any]]:
    """The matter already chosen stays on offer, also where the words do not look like it."""
    number = number_of(form, chosen)
    if number is None or typed.is_urgent or typed.identity == "confidential":
        return []
    row = resembling.offered(work, number)
    return [_offer(form, row)] if row is not None else []


def _together(before: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    tokens = {offer["token"] for offer in found}
    return [*(offer for offer in before if offer["token"] not in tokens), *found]


def offers(work: Work, typed: Typed, form: FormKey) -> list[dict[str, Any]]:
    """What a stranger may join that looks the same, the likest first, each with the token that says "this one".

    None for what is dangerous, which is taken in at once, and for what is confidential, which stands alone.
    """
    if typed.is_urgent or typed.identity == "confidential":
        return []
    latitude, longitude = typed.position or (None, None)
    rows = resembling.matters_nearby(work, typed.text, typed.place, latitude, longitude, typed.category_id)
    return [_offer(form, row) for row in rows]


def _suggestion(row: Suggestion) -> dict[str, Any]:
    return {
        "category_id": row.category_id,
        "parent": category_name(row.parent),
        "name": category_name(row.name),
        "because": translated(row.because),
    }


def _offer(form: FormKey, row: Resemblance) -> dict[str, Any]:
    return {
        "token": token_for(form, row.number),
        "in_words": row.in_words,
        "matter": row.matter if row.in_words else category_name(row.matter),
        "place": translated(known_again(row.place)),
        "state": translated(row.state),
        "received_at": row.received_at,
        "heat": row.heat,
        "metres": row.metres,
    }
