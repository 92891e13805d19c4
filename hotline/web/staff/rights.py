"""Which pages are whose, by role. Whose tickets: `hotline.services.scoping`; which steps: `hotline.domain.workflow`.

A page of another role does not exist for this one (404), and no menu leads there (design §7).
"""

from __future__ import annotations

from flask import current_app

from hotline.domain.actors import CENTRE_ROLES, STAFF_ROLES, TICKET_ROLES, Actor, Role
from hotline.services import cataloguing, screening
from hotline.services.month import points

STAFF = frozenset(STAFF_ROLES)
TICKETS = TICKET_ROLES
HANDS = TICKETS - {Role.LEADER}  # who takes steps
CENTRE = CENTRE_ROLES
OPERATORS = frozenset({Role.OPERATOR})
DISPATCHERS = frozenset({Role.DISPATCHER})
ASSIGNING = DISPATCHERS | {Role.SUPERVISOR}  # who may send a ticket to a unit
HANDLERS = frozenset({Role.HANDLER})
SUPERVISORS = frozenset({Role.SUPERVISOR})
WATCHERS = frozenset({Role.SUPERVISOR, Role.LEADER})
CALLS = frozenset({Role.OPERATOR, Role.SUPERVISOR})
CHECKERS = CALLS  # who checks results
MERGING = frozenset({Role.OPERATOR, Role.DISPATCHER})  # who joins a whole group of tickets
REVIEWERS = frozenset({Role.SUPERVISOR, Role.DISPATCHER})  # of appeals
SCREENING = screening.ROLES
KEEPERS = cataloguing.KEEPERS
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
LEARNING = frozenset({Role.ADMINISTRATOR, Role.LEADER})
POINT_KEEPERS = points.KEEPERS
CONSOLE = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})  # 短信台 outside of the demo

OF_PAGES: dict[str, frozenset[Role]] = {}  # by endpoint, filled from the table of addresses


def may(actor: Actor, endpoint: str) -> bool:
    """Whether this page is there for the actor; an endpoint outside of the desk is."""
    return endpoint not in OF_PAGES or actor.is_any(OF_PAGES[endpoint])


def is_there(endpoint: str) -> bool:
    """Whether this installation has the page at all."""
    return endpoint in current_app.view_functions
