"""公开审核: staff look at what strangers read of a ticket, put it in better words, release it or keep it back.

No step of the chain: neither state nor clock moves. The event says who decided what and why; the words stand in
`Publication`, where they can be taken back, and not in the history, where they could not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import Role
from hotline.domain.errors import Invalid, NotAllowed, NotFound, Refused
from hotline.domain.known import Known
from hotline.domain.publicity import Publicity
from hotline.domain.redaction import Kind, for_everybody
from hotline.domain.texts import clean
from hotline.domain.workflow import State
from hotline.models import Publication, Staff, Ticket
from hotline.services import hand, paging, persons, publishing, scoping
from hotline.services.paging import FIRST, Place, Stretch
from hotline.services.work import Work

ROLES = frozenset({Role.OPERATOR, Role.SUPERVISOR})
PAGE = 30
LONGEST = 4000
TOO_LONG = f"请控制在{LONGEST}字以内。"
MOVED = "这件刚刚由他人审核，或工单有了变化。请核对最新内容后再提交，您填写的内容还在。"

RELEASED, HIDDEN, UNDONE = "publish", "unpublish", "unscreen"  # the events' names


class View(StrEnum):
    """The lists of the review desk."""

    WAITING = "waiting"  # 待审核: nobody has looked, or not at the answer that stands now
    SHOWN = "shown"  # 公开中
    HIDDEN = "hidden"  # 已隐藏


@dataclass(frozen=True)
class Line:
    """A ticket of the list with the words as they are shown, and whoever looked at it last."""

    ticket: Ticket
    matter: str
    place: str
    reviewed: Publication | None
    reviewer: str


@dataclass(frozen=True)
class Words:
    """One text: as it was written, as everybody reads it now. `parts` is the original, each with whether covered."""

    name: str  # matter, place, answer
    original: str
    shown: str
    parts: Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Sheet:
    """What a reviewer decides on. `withheld` says why strangers never see it, empty where they may."""

    ticket: Ticket
    reviewed: Publication | None
    reviewer: str
    words: Sequence[Words]
    withheld: str
    is_shown: bool
    seen: str


@dataclass(frozen=True)
class Decision:
    """The reviewed words. `seen` tells which state of the matter the reviewer had before the eyes."""

    matter: str
    place: str
    answer: str
    seen: str


def queue(work: Work, view: View, place: Place[int] = FIRST) -> Stretch[Line, int]:
    """A page of the list, newest first, of the tickets in the actor's subtree.

    Raises NotAllowed.
    """
    _check_role(work)
    listed = _of(work, view)
    query = (
        sa.select(Ticket, Publication, Staff.name)
        .outerjoin(Publication, Publication.ticket_id == Ticket.id)
        .outerjoin(Staff, Staff.id == Publication.reviewed_by_id)
        .where(
            Ticket.accepted_at.is_not(None),
            Ticket.state != State.RECEIVED,
            Ticket.centre_path.startswith(work.actor.unit_path),
            scoping.visible(work.actor),
            listed,
            # Every word of a ticket is read for this: asked last, and only of what is on the list.
            sa.case((listed, publishing.never_withheld(work)), else_=sa.false()),
        )
    )
    rows = work.session.execute(paging.newest_first(query, Ticket.id, place, PAGE)).all()
    known = persons.on_public(work, [(ticket, reviewed) for ticket, reviewed, _ in rows])
    lines = [_line(ticket, reviewed, known[ticket.id], name or "") for ticket, reviewed, name in rows]
    return paging.cut(lines, place, PAGE, lambda line: line.ticket.id)


def _line(ticket: Ticket, reviewed: Publication | None, known: Known, reviewer: str) -> Line:
    matter = publishing.public_matter(ticket, reviewed, known)
    return Line(ticket, matter, publishing.public_place(ticket, reviewed, known), reviewed, reviewer)


def _of(work: Work, view: View) -> sa.ColumnElement[bool]:
    if view is View.WAITING:
        stale = sa.and_(Publication.shown, Ticket.replied_at > Publication.reviewed_at)
        return sa.or_(Publication.id.is_(None), stale)
    if view is View.HIDDEN:
        return sa.not_(Publication.shown)
    return publishing.strangers_may_see(work)


def sheet(work: Work, number: str) -> Sheet:
    """Original and public words side by side. Raises NotAllowed, and NotFound outside of the actor's subtree."""
    return _sheet(work, _take(work, number))


def release(work: Work, number: str, decision: Decision) -> Ticket:
    """公开 in these words, or 修改 of what is public already. Raises Invalid, Refused, NotAllowed, NotFound."""
    ticket = _take(work, number, lock=True)
    before = _sheet(work, ticket)
    _check(before, decision.seen)
    if before.withheld:
        raise Refused(f"按规则不能公开：{before.withheld}。", code="withheld")
    texts = {name: clean(getattr(decision, name)) for name in ("matter", "place", "answer")}
    faults = {name: TOO_LONG for name, text in texts.items() if len(text) > LONGEST}
    originals = {words.name: words.original for words in before.words}
    for name, what in (("matter", "事项"), ("place", "位置"), ("answer", "答复")):
        if originals.get(name) and not texts[name]:
            faults[name] = f"请填写公开的{what}；不宜公开的，请选择“不公开”。"
    if faults:
        raise Invalid(faults)
    kept = {name: text if originals.get(name) else "" for name, text in texts.items()}
    _write(work, ticket, before.reviewed, shown=True, **kept)
    changed = [_NAMES[words.name] for words in before.words if words.shown != texts[words.name]]
    hand.log(work, ticket, RELEASED, edited=changed)
    return ticket


def hide(work: Work, number: str, reason: str, seen: str) -> Ticket:
    """不公开, with the reason. Raises Invalid, Refused, NotAllowed, NotFound."""
    reason = clean(reason)
    if not reason:
        raise Invalid({"reason": "请写明不公开的原因，例如：涉及当事人住址。"})
    if len(reason) > LONGEST:
        raise Invalid({"reason": TOO_LONG})
    ticket = _take(work, number, lock=True)
    before = _sheet(work, ticket)
    _check(before, seen)
    _write(work, ticket, before.reviewed, shown=False)
    hand.log(work, ticket, HIDDEN, reason=reason)
    return ticket


def undo(work: Work, number: str, seen: str) -> Ticket:
    """撤销审核: as if nobody had looked. Raises Refused without a review, NotAllowed, NotFound."""
    ticket = _take(work, number, lock=True)
    before = _sheet(work, ticket)
    _check(before, seen)
    if before.reviewed is None:
        raise Refused("这件还没有审核过。", code="not_reviewed")
    work.session.delete(before.reviewed)
    hand.log(work, ticket, UNDONE)
    return ticket


_NAMES = {"matter": "事项", "place": "位置", "answer": "答复"}


def may(work: Work, ticket: Ticket) -> bool:
    """Whether the actor decides on this ticket's publication: an operator or supervisor of its centre, or above it."""
    return (
        work.publicity is not Publicity.OFF
        and work.actor.is_any(ROLES)
        and work.actor.oversees(ticket.centre_path)
        and ticket.accepted_at is not None
    )


def _check_role(work: Work) -> None:
    if not work.actor.is_any(ROLES):
        raise NotAllowed("公开审核由受理员、督办员进行。")


def _take(work: Work, number: str, *, lock: bool = False) -> Ticket:
    _check_role(work)
    ticket = hand.find(work, number, lock=lock)
    if not may(work, ticket):
        raise NotFound("没有找到这件工单，请核对编号。")
    return ticket


def _sheet(work: Work, ticket: Ticket) -> Sheet:
    row = work.session.execute(
        sa.select(Publication, Staff.name)
        .join(Staff, Staff.id == Publication.reviewed_by_id)
        .where(Publication.ticket_id == ticket.id)
    ).one_or_none()
    reviewed, reviewer = row if row is not None else (None, "")
    answer = ticket.answer if ticket.state in publishing.ANSWERED else ""
    known = persons.of_ticket(work, ticket, reviewed)
    stands = reviewed is not None and publishing.is_current(ticket, reviewed)
    words = [
        _words("matter", ticket.matter, publishing.public_matter(ticket, reviewed, known), known),
        _words("place", ticket.place, publishing.public_place(ticket, reviewed, known), known),
        _words("answer", answer, publishing.worded(reviewed if stands else None, "answer", answer, known), known),
    ]
    withheld = publishing.why_withheld(work, ticket)
    shown = reviewed.shown if reviewed is not None else work.publicity is Publicity.REDACTED
    seen = _seen(ticket, answer, reviewed)
    return Sheet(
        ticket, reviewed, reviewer, [each for each in words if each.original], withheld, shown and not withheld, seen
    )


def _words(name: str, original: str, shown: str, known: Known) -> Words:
    return Words(name, original, shown, covered(original, for_everybody(original, known)))


def covered(original: str, redacted: str) -> list[tuple[str, bool]]:
    """The original in parts, each with whether the machine has covered it: what stands between the covers is left."""
    parts: list[tuple[str, bool]] = []
    at = 0
    for left in _COVER.split(redacted):
        start = original.find(left, at) if left else at
        if start < 0:  # somebody wrote a cover himself: rather too much is marked than too little
            break
        parts += [(original[at:start], True), (left, False)]
        at = start + len(left)
    parts.append((original[at:], True))
    return [(text, hidden) for text, hidden in parts if text]


_COVER = re.compile("|".join(re.escape(f"[{kind}已隐去]") for kind in Kind))


def _seen(ticket: Ticket, answer: str, reviewed: Publication | None) -> str:
    """Changes with the words and with every review, not with what the ticket does meanwhile."""
    moment = reviewed.reviewed_at.isoformat() if reviewed is not None else ""
    return hashlib.sha256("\0".join((ticket.matter, ticket.place, answer, moment)).encode()).hexdigest()[:16]


def _check(before: Sheet, seen: str) -> None:
    if seen != before.seen:
        raise Refused(MOVED, code="moved")


def _write(work: Work, ticket: Ticket, reviewed: Publication | None, **values: Any) -> None:
    row = reviewed or Publication(ticket_id=ticket.id)
    for name, value in {"matter": "", "place": "", "answer": "", **values}.items():
        setattr(row, name, value)
    row.reviewed_at = work.now
    if work.actor.staff_id is not None:  # only people come here: a machine reviews nothing
        row.reviewed_by_id = work.actor.staff_id
    work.session.add(row)
