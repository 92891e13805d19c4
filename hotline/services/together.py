"""成组办理: one step on all tickets of a group. What cannot take it says why; the others have taken it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hotline.domain.errors import HotlineError, Invalid
from hotline.domain.workflow import State
from hotline.models import Ground, Ticket
from hotline.services import merging, supervising
from hotline.services.work import Work

#: What has not been answered yet is one more of the same; what has been is not put under a younger one.
OWN = (State.RECEIVED, State.ACCEPTED)


@dataclass
class Done:
    """The numbers of the tickets that took the step, and why the others did not, by number."""

    done: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def merge_all(work: Work, tickets: Sequence[Ticket]) -> tuple[Ticket, Done]:
    """并案: those that nobody works on yet join the oldest of the group. Returns it, too.

    Raises Invalid where there are not two to be joined.
    """
    oldest = min(tickets, key=lambda ticket: ticket.id, default=None)
    rest = [ticket for ticket in tickets if oldest is not None and ticket.id != oldest.id and ticket.state in OWN]
    if oldest is None or not rest:
        raise Invalid({"form": "没有可以并入的工单：只有待受理、待交办的工单可以成组并案。"})
    return oldest, _each(work, rest, lambda ticket: merging.merge(work, ticket.number, oldest.number))


def supervise_all(work: Work, tickets: Sequence[Ticket], demand: str, seen: Mapping[str, int]) -> Done:
    """督办: the next level above what each has, for repeated complaints.

    `seen`: the versions that were looked at, by number. What has moved on since is refused, so that nobody raises it
    twice; what has joined the group since is left alone. Raises Invalid without a demand, or where none was seen.
    """
    if len(demand.strip()) < 5:
        raise Invalid({"demand": "请写明督办要求，例如：本周同类诉求集中，请现场查看后统一整改。"})
    chosen = [ticket for ticket in tickets if ticket.number in seen]
    if not chosen:
        raise Invalid({"form": "本组工单已有变化，请查看后再次提交。"})
    return _each(work, chosen, lambda ticket: _supervise(work, ticket, demand.strip(), seen[ticket.number]))


def _supervise(work: Work, ticket: Ticket, demand: str, version: int) -> None:
    ladder = work.rules.policy(ticket.policy_version_id).ladder
    rung = next((each for each in ladder if each.rank > ticket.level), None)
    if rung is None:
        raise Invalid({"level": "督办已是最高等级。"})
    supervising.supervise(work, ticket.number, rung.level, Ground.REPEATED, demand, version=version)


def _each(work: Work, tickets: Sequence[Ticket], step: Callable[[Ticket], object]) -> Done:
    """Each in a savepoint of its own: one that is refused undoes no other."""
    outcome = Done()
    for ticket in sorted(tickets, key=lambda ticket: ticket.id):
        number = ticket.number
        try:
            with work.session.begin_nested():
                step(ticket)
        except HotlineError as error:
            outcome.refused[number] = error.message
        else:
            outcome.done.append(number)
    return outcome
