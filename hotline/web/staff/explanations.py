"""书面说明: what units have written to their orders, to be accepted or to be written again."""

from __future__ import annotations

from typing import Any

from hotline.models import Ticket
from hotline.services import covering, deciding, viewing
from hotline.services.work import Work
from hotline.web.staff import words
from hotline.web.staff.queue import Line, Move


def _about(work: Work, ticket: Ticket) -> dict[str, Any]:
    orders = viewing.orders_of(work, ticket)
    waiting = [each for each in orders if each["explained_at"] and not each["explanation_accepted_at"]]
    return {
        "place": covering.cover_for(work, ticket)(ticket.place),
        "orders": [
            {
                "number": f"DB{order['id']:08}",
                "level": order["level"],
                "level_label": order["level_label"],
                "unit": order["unit"]["name"],
                "ground": words.GROUNDS[order["ground"]],
                "demand": order["demand"],
                "issued_at": order["issued_at"],
                "due": {"due_at": order["explain_due_at"], "met_at": order["explained_at"]},
                "explanation": order["explanation"],
            }
            for order in waiting
        ],
    }


LINE = Line(
    queue=deciding.explanations,
    moves=(
        Move(
            "acceptance", "explanation/decision", "说明通过", "a", {"granted": "true"}, words={"opinion": "通过的意见"}
        ),
        Move(
            "refusal",
            "explanation/decision",
            "说明退回",
            "b",
            {"granted": "false"},
            danger=True,
            words={"opinion": "退回的原因"},
            needed=frozenset({"opinion"}),
        ),
    ),
    about=_about,
    template="staff/explanations.html",
    first="staff.explanations",
    one="staff.explanation",
    decide="staff.decide_explanation",
    over="没有待审核的书面说明。",
)
