"""查看联系方式: a citizen's name and number, opened one at a time, with a reason, and each opening is logged."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from hotline.domain.actors import CENTRE_ROLES, ActorKind, Role
from hotline.domain.errors import Invalid, NotAllowed, NotFound
from hotline.domain.texts import clean
from hotline.models import Citizen, Complaint, Disclosure
from hotline.services.covering import is_secret, needs_the_words
from hotline.services.hand import find
from hotline.services.work import Work

LONGEST_REASON = 200
MAY_OPEN = CENTRE_ROLES | {Role.HANDLER}


@dataclass(frozen=True)
class Contact:
    """What was opened. Empty where the citizen left nothing."""

    complaint: str
    name: str
    phone: str


def disclose(work: Work, number: str, complaint_number: str, reason: str) -> Contact:
    """The name and number of one who complained, written into the log of openings in the same transaction.

    Raises Invalid without a reason, NotFound for a complaint that is not on the ticket or left no contact, NotAllowed
    for who has no business with callers, and for units in a confidential matter.
    """
    reason = clean(reason).strip()
    if not 2 <= len(reason) <= LONGEST_REASON:
        raise Invalid({"reason": f"请写明查看原因（2至{LONGEST_REASON}字），例如：电话核实具体位置。"})
    ticket = find(work, number)
    if not work.actor.is_any(MAY_OPEN):
        raise NotAllowed("您没有查看联系方式的权限，请联系受理员。")
    row = work.session.execute(
        sa.select(Complaint, Citizen)
        .outerjoin(Citizen, Citizen.id == Complaint.citizen_id)
        .where(Complaint.ticket_id == ticket.id, Complaint.number == complaint_number)
    ).one_or_none()
    if row is None:
        raise NotFound("没有找到这件诉求，请核对编号。")
    complaint, citizen = row
    if is_secret(work.actor, ticket, complaint):
        raise NotAllowed("保密件不向承办单位提供诉求人信息；如需核实，请联系派单员转达。", code="confidential")
    if not needs_the_words(work, ticket):
        raise NotAllowed("协办单位不直接联系诉求人；如需核实，请由主办单位或热线中心联系。", code="not_lead")
    if citizen is None:
        raise NotFound("诉求人没有留下联系方式。", code="no_contact")
    work.session.add(_opening(work, citizen.id, ticket.id, reason))
    return Contact(complaint.number, work.vault.open(complaint.name_sealed), work.vault.open(citizen.phone_sealed))


def _opening(work: Work, citizen_id: int, ticket_id: int, reason: str) -> Disclosure:
    by_client = work.actor.kind is ActorKind.CLIENT
    return Disclosure(
        citizen_id=citizen_id,
        ticket_id=ticket_id,
        staff_id=work.actor.staff_id,
        client_id=work.actor.id if by_client else None,
        reason=reason,
        opened_at=work.now,
    )
