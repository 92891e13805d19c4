"""确认来电草稿: an operator's yes makes a complaint of a draft, joined to the same matter where there is one.

A draft is settled once: confirmed, answered on the spot, or discarded; of two operators the second is told so.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import sqlalchemy as sa

from hotline.domain.errors import Invalid, Refused
from hotline.domain.texts import clean
from hotline.models import Channel, Draft, DraftState, Staff, Unit
from hotline.services import merging, receiving
from hotline.services.transcribing import STATE_LABELS, Confirmed, check_role, find, visible
from hotline.services.work import Work

LONGEST_ANSWER = 4000
HELD = timedelta(minutes=10)  # how long nobody else is led to a draft that somebody looks at


def confirm(work: Work, draft_id: int, fields: Confirmed) -> receiving.Receipt:
    """确认: the complaint arrived when the call came in, so its time to accept runs from there.

    Raises Refused for a draft that is settled already, Invalid for an empty or overlong text.
    """
    draft = _take(work, draft_id)
    unit = work.session.get_one(Unit, draft.centre_id)
    receipt = receiving.receive(
        work,
        receiving.Intake(
            channel=Channel.PHONE,
            received_at=draft.called_at,
            centre=(unit.id, unit.path),
            idempotency_key=f"draft:{draft.id}",
            **asdict(fields),
        ),
    )
    draft.complaint_id = receipt.complaint_id
    _settle(work, draft, DraftState.CONFIRMED)
    return receipt


def join(work: Work, draft_id: int, fields: Confirmed, into: str) -> receiving.Receipt:
    """确认并案: the same, and at once one more complaint of the matter that the city works on already.

    The caller has a number and a reply of his own. Raises Invalid, Refused as `confirm` and `merging.merge` do: then
    nothing is done.
    """
    receipt = confirm(work, draft_id, fields)
    merging.merge(work, receipt.number, into)
    return receipt


def answer(work: Work, draft_id: int, text: str) -> Draft:
    """当场答复: the call was a question and was answered; it is no ticket. Raises Refused, Invalid."""
    return _close(work, draft_id, DraftState.ANSWERED, text, {"answer": "请写明答复了什么，4000字以内。"})


def discard(work: Work, draft_id: int, reason: str) -> Draft:
    """作废: nothing was said, a wrong number, a nuisance. Raises Refused, Invalid."""
    return _close(
        work, draft_id, DraftState.DISCARDED, reason, {"reason": "请写明作废原因，例如：无声来电、误拨、骚扰电话。"}
    )


def _close(work: Work, draft_id: int, state: DraftState, text: str, fault: dict[str, str]) -> Draft:
    text = clean(text).strip()
    if not 2 <= len(text) <= LONGEST_ANSWER:
        raise Invalid(fault)
    draft = _take(work, draft_id)
    draft.answer = text
    _settle(work, draft, state)
    return draft


def _take(work: Work, draft_id: int) -> Draft:
    """The draft, locked and still open."""
    draft = find(work, draft_id, lock=True)
    check_role(work)
    if draft.state is not DraftState.OPEN:
        raise Refused(
            f"这份来电草稿{STATE_LABELS[draft.state]}（{draft.settled_by}），不能再次处理。", code="draft_settled"
        )
    return draft


def _settle(work: Work, draft: Draft, state: DraftState) -> None:
    draft.state, draft.settled_at = state, work.now
    draft.settled_by_id, draft.settled_by = work.actor.staff_id, work.actor.name


def next_open(work: Work, besides: int) -> Draft | None:
    """The open draft to look at next: what speaks of a danger, then who called first. It is taken by the actor, so
    that two operators are never led to the same one."""
    draft = work.session.scalar(
        sa.select(Draft)
        .where(Draft.state == DraftState.OPEN, Draft.id != besides, visible(work), ~_held_by_others(work))
        .order_by(Draft.urgent.desc(), Draft.called_at, Draft.id)
        .limit(1)
        .with_for_update(of=Draft, skip_locked=True)
    )
    if draft is not None:
        draft.taken_by_id, draft.taken_at = work.actor.staff_id, work.now
    return draft


def look(work: Work, draft_id: int) -> tuple[Draft, str]:
    """The draft, taken by the actor unless somebody else looks at it: then that person's name. Raises NotFound."""
    draft = find(work, draft_id)
    if draft.state is not DraftState.OPEN or work.actor.staff_id is None:
        return draft, ""
    holder = sa.select(Staff.name).join(Draft, Draft.taken_by_id == Staff.id)
    other = work.session.scalar(holder.where(Draft.id == draft.id, _held_by_others(work)))
    if other is None:
        draft.taken_by_id, draft.taken_at = work.actor.staff_id, work.now
    return draft, other or ""


def _held_by_others(work: Work) -> sa.ColumnElement[bool]:
    since = Draft.taken_at > work.now - HELD
    return sa.func.coalesce(sa.and_(since, Draft.taken_by_id != work.actor.staff_id), sa.false())
