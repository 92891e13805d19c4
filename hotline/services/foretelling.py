"""并案预览: what each caller will be told, before 并案 or 撤销并案 is confirmed. Only reads; nothing is locked or sent.

The texts are those that `merging` writes in the same case; tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotFound
from hotline.domain.workflow import ENDED, STATE_LABELS, State
from hotline.models import Citizen, Complaint, Message, MessageState, Ticket
from hotline.services import accepting, merging, messaging
from hotline.services.covering import cover_for, is_of_centre, is_secret
from hotline.services.hand import find
from hotline.services.work import Work

WITHDRAWN = "已撤回诉求，不再告知。"
NO_PHONE = "没有留下电话，不发短信；可在查询页看到。"
SILENT = "已退订短信，不发短信。"
ANSWERED_BY_CALL = "已退订短信，答复由电话告知。"
NO_REPLY = "不需要答复，不发短信；可在查询页看到。"
NEVER_TOLD = "并案时没有发过短信，不另告知。"
LEAVING = (MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED)


@dataclass(frozen=True)
class Telling:
    """What one caller will be told: the text as it would be sent, or why there is none. The number is masked."""

    complaint: str
    phone: str
    text: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class Foreseen:
    """`into`: the matter that the complaints will be on afterwards, by number and in words."""

    into: str
    matter: str
    state: str
    tellings: list[Telling]


def merge(work: Work, number: str, into: str) -> Foreseen:
    """What 并案 will tell those who complained in `number`. Raises NotFound, and Invalid at `into` as the step does."""
    source = find(work, number)
    if number == into:
        raise Invalid({"into": "不能与自己并案，请填写另一件工单的编号。"})
    try:
        target = find(work, into)
    except NotFound as error:
        raise Invalid({"into": "没有找到要并入的工单，请核对编号。"}) from error
    if target.state in ENDED:
        raise Invalid({"into": f"工单{into}现为“{STATE_LABELS[target.state]}”，不能并入。"})
    if not is_of_centre(work.actor, target):
        raise Invalid({"into": merging.OTHER_CENTRE})
    complaints = accepting.all_complaints_of(work, source)
    citizens = _citizens(work, complaints)
    is_answered = target.state is State.REPLIED
    told = [_joined(work, source, target, each, citizens, is_answered) for each in complaints]
    return Foreseen(target.number, cover_for(work, target)(target.matter), STATE_LABELS[target.state], told)


def unmerge(work: Work, number: str) -> Foreseen:
    """What 撤销并案 will tell those who go back to `number`. Raises NotFound."""
    source = find(work, number)
    living = work.session.get_one(Ticket, merging.chain_of(work, source.id)[-1])
    back = merging.family_of(work, source, living)
    citizens, informed = _citizens(work, back), _informed(work, back)
    told = [_separated(work, source, each, citizens, each.id in informed) for each in back]
    state = State(source.former_state or source.state)
    return Foreseen(source.number, cover_for(work, source)(source.matter), STATE_LABELS[state], told)


def _joined(
    work: Work, source: Ticket, target: Ticket, complaint: Complaint, citizens: Mapping[int, Citizen], answered: bool
) -> Telling:
    citizen = citizens.get(complaint.citizen_id or 0)
    why_not = _why_not(complaint, citizen)
    if answered and not complaint.wants_reply:
        why_not = why_not or NO_REPLY
    if answered and why_not == SILENT:
        why_not = ANSWERED_BY_CALL
    wording, fields = ("answered", {"answer": target.answer}) if answered else ("joined", {})
    return _telling(work, source, complaint, citizen, wording, why_not, fields)


def _separated(
    work: Work, source: Ticket, complaint: Complaint, citizens: Mapping[int, Citizen], was_told: bool
) -> Telling:
    citizen = citizens.get(complaint.citizen_id or 0)
    why_not = _why_not(complaint, citizen) or ("" if was_told else NEVER_TOLD)
    return _telling(work, source, complaint, citizen, "separated", why_not, {})


def _why_not(complaint: Complaint, citizen: Citizen | None) -> str:
    if complaint.withdrawn_at is not None:
        return WITHDRAWN
    if citizen is None or citizen.phone_sealed is None:
        return NO_PHONE
    return SILENT if citizen.opted_out_at is not None else ""


def _telling(
    work: Work,
    ticket: Ticket,
    complaint: Complaint,
    citizen: Citizen | None,
    wording: str,
    why_not: str,
    fields: Mapping[str, str],
) -> Telling:
    hidden = citizen is None or is_secret(work.actor, ticket, complaint)
    phone = "" if hidden or citizen is None else citizen.phone_masked or ""
    text = "" if why_not else messaging.written_to(work, complaint, wording, **fields).text
    return Telling(complaint.number, phone, text, why_not)


def _citizens(work: Work, complaints: Iterable[Complaint]) -> dict[int, Citizen]:
    ids = {each.citizen_id for each in complaints if each.citizen_id is not None}
    return {row.id: row for row in work.session.scalars(sa.select(Citizen).where(Citizen.id.in_(ids)))}


def _informed(work: Work, complaints: Iterable[Complaint]) -> set[int]:
    """Whom the text about the merge has left for; one statement, as `messaging.was_told` is one each."""
    rows = work.session.scalars(
        sa.select(Message.complaint_id).where(
            Message.complaint_id.in_([each.id for each in complaints]),
            Message.purpose == "joined",
            Message.state.in_(LEAVING),
        )
    )
    return {id for id in rows if id is not None}
