"""What the machine suggests for a ticket, with its reasons: the same that the staff page shows above its forms."""

from __future__ import annotations

from typing import Any

from hotline.domain.actors import Role
from hotline.domain.errors import NotAllowed
from hotline.models import Category, Ticket, Unit
from hotline.services import hand, routing, suggesting
from hotline.services.tracing import unit_dict
from hotline.services.viewing import category_dict
from hotline.services.work import Work
from hotline.web import door
from hotline.web.api.answers import SuggestionsView
from hotline.web.api.parsing import Blueprint

blueprint = Blueprint("suggestions", "推荐")

#: Who settles the category, and who the unit.
ROLES = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR})


@blueprint.route("/tickets/<number>/suggestions")
@blueprint.response(200, SuggestionsView)
def show_suggestions(number: str) -> dict[str, Any]:
    """推荐的类别和主办单位，各带理由；只是推荐，由人决定

    受理员、派单员、督办员可以查看。score 在 0 与 1 之间，只用于排序。
    """
    with door.work() as work:
        ticket = hand.find(work, number)
        if not work.actor.is_any(ROLES) or not work.actor.oversees(ticket.centre_path):
            raise NotAllowed("推荐只供受理和派单使用。")
        return _suggestions(work, ticket)


def _suggestions(work: Work, ticket: Ticket) -> dict[str, Any]:
    words = routing.words_of(work, ticket)
    categories = suggesting.for_staff(work, words, place=ticket.place, exclude_ticket_id=ticket.id)
    found = routing.routes(work, ticket)
    return {
        "categories": [_category(work, each) for each in categories],
        "units": [_unit(work, unit) for unit in found.units],
        "avoided": found.avoided,
    }


def _category(work: Work, suggested: suggesting.Reasoned) -> dict[str, Any]:
    return {
        "category": category_dict(work.session.get_one(Category, suggested.category_id)),
        "score": suggested.score,
        "reasons": suggested.reasons,
        "precedents": suggested.precedents,
    }


def _unit(work: Work, suggested: routing.Suggested) -> dict[str, Any]:
    read = [work.session.get_one(Unit, each) for each in (suggested.unit_id, *suggested.assist_ids)]  # all known by now
    lead, *assists = (unit_dict(unit) for unit in read)
    return {
        "unit": lead,
        "assists": assists,
        "limit": str(suggested.limit) if suggested.limit else None,
        "score": suggested.score,
        "reasons": list(suggested.reasons),
    }
