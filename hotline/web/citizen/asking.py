"""What typed words tell before they are sent: danger, category, and what others nearby have complained of already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hotline.services import resembling, suggesting
from hotline.services.receiving import LONGEST
from hotline.services.resembling import Resemblance
from hotline.services.suggesting import Suggestion
from hotline.services.work import Work
from hotline.web.citizen.form import Typed
from hotline.web.citizen.guarding import FormKey, token_for
from hotline.web.languages import translated

SHORTEST = 8  # characters; fewer tell nothing


@dataclass(frozen=True)
class Told:
    """For macros/complaining.html. `chosen` is the answer already given to "is it the same?"."""

    danger: str = ""
    suggestions: Sequence[Suggestion] = ()
    offers: Sequence[dict[str, Any]] = field(default_factory=list)
    chosen: str = ""


def tell(work: Work, typed: Typed, form: FormKey, chosen: str) -> Told:
    """All of it. A danger asks no questions: such a matter is taken in at once."""
    if not SHORTEST <= len(typed.text) <= LONGEST:
        return Told(danger=translated(typed.danger) if len(typed.text) <= LONGEST else "")
    return Told(translated(typed.danger), suggesting.categories(work, typed.text), offers(work, typed, form), chosen)


def offers(work: Work, typed: Typed, form: FormKey) -> list[dict[str, Any]]:
    """What a stranger may know of that looks the same, the likest first, each with the token that says "this one".

    None for what is dangerous, which is taken in at once, and for what is confidential, which stands alone.
    """
    if typed.is_urgent or typed.identity == "confidential":
        return []
    latitude, longitude = typed.position or (None, None)
    rows = resembling.matters_nearby(work, typed.text, typed.place, latitude, longitude, typed.category_id)
    return [_offer(form, row) for row in rows]


def _offer(form: FormKey, row: Resemblance) -> dict[str, Any]:
    return {
        "token": token_for(form, row.number),
        "matter": row.matter,
        "place": row.place,
        "state": translated(row.state),
        "received_at": row.received_at,
        "heat": row.heat,
        "metres": row.metres,
        "because": translated(row.because),
    }
