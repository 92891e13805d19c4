"""登记来电: what an operator makes of a call while it lasts: a complaint that waits, is accepted or declined at once,
is one more of a matter that is there already, or a question that was answered on the spot."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotFound
from hotline.domain.texts import as_dialled, clean
from hotline.domain.workflow import State
from hotline.models import CameBy, Complaint, Draft, DraftState, Ticket
from hotline.services import accepting, callers, confirming, merging, receiving, repeating, sending_once, transcribing
from hotline.services.hand import find
from hotline.services.receiving import Intake, Receipt
from hotline.services.work import Work


@dataclass(frozen=True)
class Declining:
    """不予受理: why, and who can help."""

    reason: str
    channel: str


def register(work: Work, intake: Intake) -> Receipt:
    """登记: it is received and waits to be accepted. The same form sent again makes nothing new.

    Raises Invalid, and Refused (`other_words`) where a form of the same name was sent before with other words: those
    would be lost.
    """
    receipt = receiving.receive(work, intake)
    if receipt.repeated:
        _refuse_other_words(work, receipt, intake)
    return receipt


def accept(work: Work, intake: Intake) -> Receipt:
    """登记并受理, in one breath."""
    receipt = register(work, intake)
    if not receipt.repeated:
        accepting.accept(work, receipt.number)
    return receipt


def decline(work: Work, intake: Intake, why: Declining) -> Receipt:
    """登记，不予受理: the caller is told why and who can help, and is answered in writing too. Raises Invalid without
    either."""
    receipt = register(work, intake)
    if not receipt.repeated:
        accepting.decline(work, receipt.number, why.reason, why.channel)
    return receipt


def join(work: Work, intake: Intake, into: str) -> Receipt:
    """同一件事: one more complaint of the matter on that ticket, with a number and an answer of its own.

    Whoever complains of it already adds his words to what he said first (`known`). Raises Invalid for a ticket that is
    not there, Refused for one that has ended or that a named unit must not read.
    """
    if intake.phone:
        repeating.one_after_the_other(work, work.vault.fingerprint(intake.phone))
    target = _target(work, into)
    if (own := callers.own_on(work, intake.phone, target)) is not None:
        if receiving.known(work, intake) is None:
            callers.add(work, intake.phone, own.number, intake.text)
        return replace(receiving.receipt_of(work, own), known=True)
    receipt = register(work, intake)
    if not receipt.repeated:
        merging.merge(work, receipt.number, into)
    return receipt


def answer(work: Work, words: str, text: str, phone: str, once: str) -> Draft:
    """咨询，当场答复: a record of the call, no ticket. `phone` is E.164 or empty. Raises Invalid for either text."""
    said = " ".join(clean(words).split())
    if not said:
        raise Invalid({"text": "请写下来电人问了什么。"})
    told = clean(text).strip()
    if not 2 <= len(told) <= confirming.LONGEST_ANSWER:
        raise Invalid({"answer": f"请写明答复了什么，{confirming.LONGEST_ANSWER}字以内。"})
    call = transcribing.Call(
        caller=as_dialled(phone) if phone else "",
        content_type="text/plain",
        idempotency_key=once,
        came_by=CameBy.DESK,
    )
    draft, again = transcribing.send(work, f"市民：{said}\n坐席：{' '.join(told.split())}".encode(), call)
    if again and draft.state is DraftState.ANSWERED:
        return draft
    return confirming.answer(work, draft.id, told)


def told_on_joining(work: Work, number: str, state: State) -> str:
    """What whoever joins a matter in that state is told: its answer, if there is one already."""
    if state is State.REPLIED:
        return "该件已有答复，来电人将随即收到同样的答复，并参加回访。"
    return f"来电人将收到：{work.rules.wordings.render('joined', number='（本次编号）')}"


def _target(work: Work, into: str) -> Ticket:
    try:
        return find(work, into)
    except NotFound:
        raise Invalid({"form": "没有找到要并入的工单，请核对编号。"}) from None


def _refuse_other_words(work: Work, receipt: Receipt, intake: Intake) -> None:
    before = work.session.scalar(sa.select(Complaint.text).where(Complaint.id == receipt.complaint_id))
    if before is not None and not repeating.same_words(before, intake.text):
        raise sending_once.other_words(
            f"这张表刚才已登记为诉求{receipt.number}，内容与现在不同。如是另一件诉求，请再提交一次。"
        )
