"""来电草稿: a call's transcript becomes a draft (design §6), which an operator then confirms (`confirming.py`).

What was sent is kept as it was sent, sealed like all that citizens say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from hotline.domain import redaction
from hotline.domain.actors import Role
from hotline.domain.drafting import QUESTIONS, DraftParts, draw_out
from hotline.domain.errors import Invalid, NotAllowed, NotFound
from hotline.domain.known import Known
from hotline.domain.retelling import as_turns, words_of_matter
from hotline.domain.risks import why_urgent
from hotline.domain.texts import as_dialled, clean, mask_phone
from hotline.domain.turns import OPERATOR, Turn
from hotline.models import CameBy, Complaint, Draft, DraftState, RequestType, Unit, Urgency
from hotline.services import paging, receiving, risking
from hotline.services.clients import centre_above
from hotline.services.covering import in_passing, mask_name
from hotline.services.paging import FIRST, Place, Stretch
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.transcripts import beside, read_transcript
from hotline.services.work import Work

AHEAD = timedelta(minutes=5)  # how far the clock of a recording system may be ahead of ours
BEFORE_ALL = 2**52  # more than any id
LONGEST_AGO = timedelta(days=366)
TAKERS = frozenset({Role.OPERATOR})  # who takes calls
REQUEST_TYPES = {
    "咨询": RequestType.QUESTION,
    "求助": RequestType.HELP,
    "投诉": RequestType.COMPLAINT,
    "举报": RequestType.REPORT,
    "建议": RequestType.SUGGESTION,
}
STATE_LABELS = {
    DraftState.OPEN: "待确认",
    DraftState.CONFIRMED: "已转工单",
    DraftState.ANSWERED: "已当场答复",
    DraftState.DISCARDED: "已作废",
}


@dataclass(frozen=True)
class Call:
    """What is known of a call besides its words. `caller` is the number that called, as the exchange writes it."""

    called_at: datetime | None = None
    recording: str = ""
    caller: str = ""
    content_type: str | None = None
    filename: str | None = None
    idempotency_key: str | None = None
    came_by: CameBy = CameBy.API


@dataclass(frozen=True)
class Confirmed:
    """The fields as the operator has corrected them. `phone` is E.164 or empty."""

    text: str
    matter: str = ""
    place: str = ""
    area: str = ""
    against: str = ""
    name: str = ""
    phone: str = ""
    category_id: int | None = None
    urgency: Urgency = Urgency.NORMAL
    request_type: RequestType = RequestType.COMPLAINT
    wants_reply: bool = True
    confidential: bool = False


def send(work: Work, data: bytes, call: Call) -> tuple[Draft, bool]:
    """A draft of the transcript, and whether the same one had been sent before (the same idempotency key).

    Raises TranscriptError for bytes that are none, Invalid for a time or number that cannot be, NotAllowed.
    """
    if Role.SYSTEM not in work.actor.roles:  # live calls and the folder have no sender
        check_role(work)
    key = _key(call.idempotency_key)
    if (known := _known(work, key)) is not None:
        return known, True
    called_at = _checked_time(work, call.called_at)
    caller = _checked_number(call.caller)
    transcript = read_transcript(data, call.content_type, call.filename)
    parts = draw_out(transcript.turns, called_at, work.rules.zone)
    content = {"turns": [asdict(turn) for turn in transcript.turns], "parts": parts.as_dict(), "caller": caller}
    values = {
        "state": DraftState.OPEN,
        "centre_id": _centre_of(work),
        "idempotency_key": key,
        "came_by": call.came_by,
        "filename": beside.shown(call.filename or "").strip()[:200],
        "recording": clean(call.recording).strip()[:500],
        "format": transcript.format,
        "encoding": transcript.encoding,
        "source_sealed": work.vault.seal_bytes(data),
        "content_sealed": work.vault.seal(json.dumps(content, ensure_ascii=False)),
        "warnings": [{"text": warning} for warning in transcript.warnings],
        "urgent": _is_urgent(work, transcript.turns, parts),
        "called_at": called_at,
        "received_at": work.now,
        "sent_by": work.actor.name,
    }
    statement = insert(Draft).values(**values).on_conflict_do_nothing(index_elements=[Draft.idempotency_key])
    draft = work.session.scalar(statement.returning(Draft))
    if draft is None:  # somebody sent the same at the same moment
        known = _known(work, key)
        assert known is not None
        return known, True
    return draft, False


def _centre_of(work: Work) -> int:
    """The sender's centre; what no person and no client sends is the city's."""
    return centre_above(work.session, work.actor.unit_path)[0] if work.actor.unit_path else work.rules.root.id


def amend(work: Work, draft: Draft, data: bytes) -> None:
    """The last words of a live call may come after its end: a draft that is still open is drawn out anew."""
    if draft.state is not DraftState.OPEN or draft.erased_at is not None:
        return
    transcript = read_transcript(data, "application/json")
    parts = draw_out(transcript.turns, draft.called_at, work.rules.zone)
    told = {"turns": [asdict(turn) for turn in transcript.turns], "parts": parts.as_dict()}
    draft.source_sealed = work.vault.seal_bytes(data)
    draft.content_sealed = work.vault.seal(json.dumps(read_content(work, draft) | told, ensure_ascii=False))
    draft.urgent = _is_urgent(work, transcript.turns, parts)
    draft.warnings = [{"text": warning} for warning in transcript.warnings]


def _is_urgent(work: Work, turns: Sequence[Turn], parts: DraftParts) -> bool:
    """By the dangers that hold everywhere, or by the city's own rules."""
    told = "\n".join(turn.text for turn in turns if turn.speaker != OPERATOR)
    return parts.urgency is not None or bool(why_urgent(risking.of_words(work, told)))


def _key(told: str | None) -> str | None:
    """The key as it is kept: recording systems make theirs of the number that called."""
    return None if told is None else hashlib.sha256(told.encode()).hexdigest()


def _known(work: Work, idempotency_key: str | None) -> Draft | None:
    if idempotency_key is None:
        return None
    return work.session.scalar(sa.select(Draft).where(Draft.idempotency_key == idempotency_key))


def _checked_time(work: Work, called_at: datetime | None) -> datetime:
    if called_at is None:
        return work.now
    if not work.now - LONGEST_AGO <= called_at <= work.now + AHEAD:
        raise Invalid({"called_at": "来电时间不能在将来，也不能早于一年前，请核对时间和时区。"})
    return min(called_at, work.now)


def _checked_number(caller: str) -> str:
    """E.164; a number that is withheld or cut short by the exchange is left out rather than refused."""
    try:
        return normalise_phone(caller) if caller.strip() else ""
    except PhoneError:
        return ""


def find(work: Work, draft_id: int, *, lock: bool = False) -> Draft:
    """The draft, if it is there and of a centre that the actor oversees. Raises NotFound otherwise."""
    query = sa.select(Draft).where(Draft.id == draft_id, visible(work))
    if lock:
        query = query.with_for_update(of=Draft).execution_options(populate_existing=True)
    draft = work.session.scalar(query)
    if draft is None:
        raise NotFound("没有找到这份来电草稿。")
    return draft


def browse(
    work: Work, *, state: DraftState | None = DraftState.OPEN, place: Place[int] = FIRST, limit: int = 50
) -> Stretch[Draft, int]:
    """A page of the drafts that the actor may see, newest first; before all the open ones that speak of a danger."""
    query = sa.select(Draft).where(visible(work))
    if state is not None:
        query = query.where(Draft.state == state)
    first = sa.and_(Draft.urgent, Draft.state == DraftState.OPEN)
    rank = Draft.id + sa.case((first, sa.cast(BEFORE_ALL, sa.BigInteger)), else_=0)
    rows = work.session.scalars(paging.newest_first(query, rank, place, limit)).all()
    return paging.cut(rows, place, limit, _rank)


def _rank(draft: Draft) -> int:
    return draft.id + (BEFORE_ALL if draft.urgent and draft.state is DraftState.OPEN else 0)


def visible(work: Work) -> sa.ColumnElement[bool]:
    """The condition on `Draft`. A call is for who takes calls, and for nobody else: it tells who it was that called."""
    if not work.actor.is_any(TAKERS) or not work.actor.unit_path:
        return sa.false()
    return Draft.centre_id.in_(sa.select(Unit.id).where(Unit.path.startswith(work.actor.unit_path)))


def draft_dict(work: Work, draft: Draft) -> dict[str, Any]:
    """The draft with its turns, its parts (each with line, confidence and the words said), and what is still to ask."""
    content = read_content(work, draft)
    summary = _summary(draft, content, _numbers(work, [draft]))
    shown = _as_shown(draft, content)
    parts = dict(shown["parts"])
    questions, words = parts.pop("questions"), parts.pop("category_words")
    fields = proposed(work, draft)
    return {
        **summary,
        "recording": draft.recording,
        "format": draft.format,
        "encoding": draft.encoding,
        "parts": parts,
        "category_words": words,
        "questions": [each for each in questions if not (fields.phone and each == QUESTIONS["phone"])],
        "turns": shown["turns"],
        "proposed": asdict(fields),
        "answer": draft.answer,
    }


def summaries(work: Work, drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    """The lines of a list of drafts; who called is masked."""
    numbers = _numbers(work, drafts)
    return [_summary(draft, read_content(work, draft), numbers) for draft in drafts]


def _numbers(work: Work, drafts: Sequence[Draft]) -> dict[int, str]:
    """The numbers of the complaints that were made of these drafts, by id."""
    ids = [draft.complaint_id for draft in drafts if draft.complaint_id is not None]
    if not ids:
        return {}
    rows = work.session.scalars(sa.select(Complaint).where(Complaint.id.in_(ids)))
    return {row.id: row.number for row in rows}


def _summary(draft: Draft, content: Mapping[str, Any], numbers: Mapping[int, str]) -> dict[str, Any]:
    parts, turns = content["parts"], content["turns"]
    cover = partial(in_passing, known=_caller(content))
    return {
        "id": draft.id,
        "state": draft.state.value,
        "state_label": STATE_LABELS[draft.state],
        "called_at": draft.called_at,
        "received_at": draft.received_at,
        "gist": cover(_value(parts, "matter") or (turns[0]["text"][:60] if turns else "")),
        "caller": mask_phone(as_dialled(content["caller"]))
        if content["caller"]
        else mask_name(_value(parts, "name") or ""),
        "place": cover(_value(parts, "place") or ""),
        "came_by": draft.came_by.value,
        "lines": len(turns),
        "urgent": draft.urgent,
        "question": _value(parts, "request_type") == "咨询",
        "warnings": [warning["text"] for warning in draft.warnings],
        "complaint": numbers.get(draft.complaint_id or 0),
        "settled_at": draft.settled_at,
        "settled_by": draft.settled_by,
    }


def read_content(work: Work, draft: Draft) -> dict[str, Any]:
    """The turns and the drawn-out parts, opened; none of a call whose time is over."""
    if draft.erased_at is not None:
        return {"caller": "", "turns": [], "parts": {"questions": [], "category_words": []}}
    content: dict[str, Any] = json.loads(work.vault.open(draft.content_sealed))
    return content


def _as_shown(draft: Draft, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Once a draft is settled nobody needs to know from it who called: on the ticket's page that is opened one at a
    time, for a reason that is written down (design §7)."""
    if draft.state is DraftState.OPEN:
        return content
    known = _caller(content)
    turns = content["turns"]
    texts = redaction.for_unit_by_line([turn["text"] for turn in turns], known)
    return {
        "caller": "",
        "turns": [turn | {"text": text} for turn, text in zip(turns, texts, strict=True)],
        "parts": {name: _covered(part, known) for name, part in content["parts"].items()},
    }


def _caller(content: Mapping[str, Any]) -> Known:
    """By what the caller goes."""
    return Known([_value(content["parts"], "name") or ""], [*_told_numbers(content)])


def _covered(part: Any, known: Known) -> Any:
    if not isinstance(part, Mapping):
        return part
    return {name: redaction.for_unit(value, known) if isinstance(value, str) else value for name, value in part.items()}


def source_of(work: Work, draft: Draft) -> bytes:
    """What was sent, byte for byte."""
    return b"" if draft.erased_at is not None else work.vault.open_bytes(draft.source_sealed)


def proposed(work: Work, draft: Draft) -> Confirmed:
    """The form as it is filled in for the operator: what was drawn out, and the caller's own words as the text."""
    content = _as_shown(draft, read_content(work, draft))
    parts = content["parts"]
    return Confirmed(
        text=_words_of_caller(content),
        matter=_value(parts, "matter") or "",
        place=_value(parts, "place") or "",
        name=_value(parts, "name") or "",
        phone=_number(content),
        urgency=Urgency.URGENT if draft.urgent else Urgency.NORMAL,
        request_type=REQUEST_TYPES.get(_value(parts, "request_type") or "", RequestType.COMPLAINT),
        wants_reply=_value(parts, "wants_reply") is not False,
        confidential=_value(parts, "confidential") is True,
        area=_value(parts, "area") or "",
        against=_value(parts, "against") or "",
    )


def _words_of_caller(content: Mapping[str, Any]) -> str:
    """What the caller said of the matter, as those read it who work on it; who called stands in fields of its own."""
    name = _value(content["parts"], "name") or ""
    text = words_of_matter(as_turns(content["turns"]), name, _told_numbers(content))
    return text if len(text) <= receiving.LONGEST else text[: receiving.LONGEST - 1] + "…"


def _told_numbers(content: Mapping[str, Any]) -> list[str]:
    """The number that was told, without its extension, and the one that called."""
    told = (_value(content["parts"], "phone") or "").partition("转")[0]
    return [each for each in (told, as_dialled(content["caller"])) if each]


def _number(content: Mapping[str, Any]) -> str:
    """The number to call back: as told, without its extension, else the one that called, unless the caller minds."""
    told = _value(content["parts"], "phone")
    if not told and _value(content["parts"], "same_number") is False:
        return ""
    try:
        return normalise_phone(told.partition("转")[0]) if told else str(content["caller"])
    except PhoneError:
        return str(content["caller"])


def _value(parts: Mapping[str, Any], name: str) -> Any:
    part = parts.get(name)
    return part["value"] if part else None


def check_role(work: Work) -> None:
    """Raises NotAllowed for who takes no calls."""
    if not work.actor.is_any(TAKERS):
        raise NotAllowed("来电草稿由受理员处理，您没有这项权限。")
