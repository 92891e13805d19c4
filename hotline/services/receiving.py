"""受理之前: a complaint arrives by any channel and becomes a ticket with all its promises, in one statement.

Python and round trips bound intake, not the database (docs/performance.md): so the rows are written at one go.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hotline.domain.clues import clues_of
from hotline.domain.errors import Invalid, Refused, say
from hotline.domain.limits import Limit
from hotline.domain.marks import marks_of
from hotline.domain.places import place_keys
from hotline.domain.policy import Policy
from hotline.domain.risks import Risk, merged, why_urgent
from hotline.domain.texts import as_dialled, clean, mask_phone, summary
from hotline.models import Category, Channel, Complaint, Deadline, DeadlineKind, RequestType, Source, Ticket, Urgency
from hotline.services import risking
from hotline.services.hand import signature
from hotline.services.messaging import DELIVER, new_token, page_of, sealed
from hotline.services.promising import draw
from hotline.services.vault import hash_key, new_key
from hotline.services.work import Work

NO_SUCH_CATEGORY = "所选类别不存在，请重新选择。"
LONGEST = 10_000  # characters of one complaint; longer texts are refused at the door, with what was typed kept


@dataclass(frozen=True)
class Intake:
    """What one person says, once. `phone` is E.164 or empty; texts are cleaned here.

    `urgency` is what the door or the person thinks; what the words tell of only raises it (`risking`).
    """

    text: str
    channel: Channel
    received_at: datetime | None = None  # when it arrived, if that is before now
    source: Source = Source.CITIZEN
    place: str = ""
    area: str = ""
    name: str = ""
    phone: str = ""
    wants_reply: bool = True
    confidential: bool = False
    matter: str = ""
    urgency: Urgency = Urgency.NORMAL
    urgency_reason: str = ""
    request_type: RequestType = RequestType.COMPLAINT
    category_id: int | None = None
    category_guessed: bool = False  # nobody has chosen it: the machine took the likeliest
    against: str = ""  # 被反映对象
    own_limit: str | None = None
    idempotency_key: str | None = None
    number: str | None = None  # of an older system
    key: str | None = None  # where the door can make the same key again for a repeated sending
    message_id: int | None = None  # the text that it came as, which then stands in its file
    centre: tuple[int, str] | None = None  # id and path of the county centre that takes it in
    latitude: float | None = None  # degrees, WGS 84
    longitude: float | None = None
    notice_version: str = ""  # of the privacy notice that the citizen was shown; a first text tells of the one in force
    language: str = "zh"


@dataclass(frozen=True)
class Receipt:
    """What the citizen keeps. `key` is empty when the same intake had been received before.

    `known`: it is an earlier complaint of the same person about the same, given another time; a door that has not
    proved who is asking shows neither its number nor how it stands, which were texted to the telephone.
    `joined`: it is one of several complaints on somebody else's ticket. `called_before`: the telephone had complained.
    """

    ticket_id: int
    complaint_id: int
    number: str
    key: str
    accept_due_at: datetime
    repeated: bool = False
    known: bool = False
    joined: bool = False
    called_before: bool = False


def receive(work: Work, intake: Intake) -> Receipt:
    """Make a ticket of what was said, and mark what was brought up often (多次反映). Raises what `take_in` raises."""
    receipt = take_in(work, intake)
    heed_caller(work, receipt)
    return receipt


def heed_caller(work: Work, receipt: Receipt) -> None:
    """Count how often the same telephone has complained of this. It only adds a mark, for which nobody waits."""
    if receipt.called_before:
        risking.recount(work, work.session.get_one(Ticket, receipt.ticket_id, with_for_update={"key_share": True}))


def take_in(work: Work, intake: Intake) -> Receipt:
    """Make a ticket of what was said, in one statement. The same idempotency key gives the same ticket, however often
    it is sent.

    Raises Invalid for an empty or overlong text, Refused if the number of an older system is taken already.
    """
    text = _checked(intake.text)
    _check_category(work, intake.category_id)
    received_at = intake.received_at or work.now
    policy_id, policy = work.rules.policy_at(received_at)
    found = risking.of_words(work, text, intake.place)
    intake = _weighed(work, intake, found)
    promises = _promises(work, policy, intake, received_at)
    key = intake.key or new_key()
    said = {
        **_what_was_said(intake, text, found),
        **_who(work, intake),
        "notice_told": work.notice_version,
        "promises": _as_json(promises),
        "key_hash": hash_key(key),
        "policy_id": policy_id,
        "received_at": received_at,
        "now": work.now,
        "message_id": intake.message_id,
        "draws": intake.number is None,
    }
    while True:
        number = intake.number or _next_number(work, received_at)
        first_text = _first_text(work, intake, number, key)
        row = work.session.execute(INTAKE, said | first_text | {"number": number}).one()
        if row.next_serial is not None:
            work.serials.append(row.next_serial)
        if row.complaint_id is not None:
            if row.texted:
                work.ring(DELIVER)
            due_at = promises[0]["due_at"]
            return Receipt(row.ticket_id, row.complaint_id, number, key, due_at, called_before=row.called_before)
        if (before := known(work, intake)) is not None:
            return before
        if intake.number:
            raise Refused(f"编号{number}已经存在。", code="number_taken")
        # The number came with an import from an older system that counts as we do: take the next one.


def _checked(text: str) -> str:
    cleaned = clean(text).strip()
    if not cleaned:
        raise Invalid({"text": say("请写下您要反映的问题，例如：香溪路与大桥路口路灯不亮。")})
    if len(cleaned) > LONGEST:
        too_long = say("内容过长（{length}字），请精简到{longest}字以内。", length=len(cleaned), longest=LONGEST)
        raise Invalid({"text": too_long})
    return cleaned


def _check_category(work: Work, category_id: int | None) -> None:
    if category_id is None or category_id in work.rules.known_category_ids:
        return
    if work.session.get(Category, category_id) is None:  # it may have been added since the rules were read
        raise Invalid({"category_id": NO_SUCH_CATEGORY})


def _weighed(work: Work, intake: Intake, found: Sequence[Risk]) -> Intake:
    """Urgent, if that is what was found, with the reason before what the person thinks of it. A ticket whose history is
    played in has its urgency from there."""
    why = why_urgent(found) if work.closes else ""
    if not why:
        return intake if intake.urgency is Urgency.URGENT else replace(intake, urgency_reason="")
    reason = "；".join(part for part in (why, intake.urgency_reason) if part)
    return replace(intake, urgency=Urgency.URGENT, urgency_reason=reason)


def _promises(work: Work, policy: Policy, intake: Intake, received_at: datetime) -> list[dict[str, Any]]:
    """All that this complaint can come to owe, each with its latest start (design §4: a drawer owes everything)."""
    calendar = work.rules.calendar

    def of(kind: DeadlineKind, start: datetime) -> dict[str, Any]:
        return draw(calendar, policy, kind, start, _limit(policy, intake, kind))

    accept = of(DeadlineKind.ACCEPT, received_at)
    accepted = accept["due_at"]
    dispatch = of(DeadlineKind.DISPATCH, accepted)
    promises = [
        accept,
        dispatch,
        of(DeadlineKind.HANDLE, dispatch["due_at"]),
        of(DeadlineKind.CLOSE, accepted),
    ]
    if intake.wants_reply:
        promises.append(of(DeadlineKind.REPLY, accepted))
    return promises


def _limit(policy: Policy, intake: Intake, kind: DeadlineKind) -> Limit:
    return policy.limit(
        kind.value,
        source=intake.source.value,
        urgency=intake.urgency.value,
        request_type=intake.request_type.value,
        own_limit=Limit.parse(intake.own_limit) if intake.own_limit else None,
    )


def _next_number(work: Work, received_at: datetime) -> str:
    """The city day and six digits of a sequence: nobody waits for anybody, and a gap loses nothing.

    Each intake brings the serial of one to come, which spares that one a question.
    """
    try:
        serial = work.serials.popleft()
    except IndexError:
        serial = work.session.execute(_NEXT).scalar_one()
    return f"{received_at.astimezone(work.rules.zone):%Y%m%d}{serial % 1_000_000:06d}"


_NEXT = sa.text("SELECT nextval('ticket_number')")


def _what_was_said(intake: Intake, text: str, found: Sequence[Risk]) -> dict[str, Any]:
    names = place_keys(intake.place, text)
    return {
        "text": text,
        "matter": clean(intake.matter).strip() or summary(text, 60),
        "place": clean(intake.place).strip(),
        "place_keys": names,
        "clues": clues_of(names, intake.latitude, intake.longitude, marks_of(f"{intake.place}\n{text}")),
        "notice_version": intake.notice_version,
        "language": intake.language,
        "area": clean(intake.area).strip(),
        "latitude": intake.latitude,
        "longitude": intake.longitude,
        "channel": intake.channel.value,
        "source": intake.source.value,
        "urgency": intake.urgency.value,
        "urgency_reason": intake.urgency_reason,
        "request_type": intake.request_type.value,
        "category_id": intake.category_id,
        "category_guessed": intake.category_guessed,
        "against": clean(intake.against).strip(),
        "risks": json.dumps(merged((), found)[0]),
        "own_limit": intake.own_limit,
        "confidential": intake.confidential,
        "wants_reply": intake.wants_reply,
        "idempotency_key": intake.idempotency_key,
        "data": json.dumps(
            {"channel": intake.channel.value, "source": intake.source.value, "risks": risking.told(found)}
        ),
    }


def _who(work: Work, intake: Intake) -> dict[str, Any]:
    centre_id, centre_path = intake.centre or (work.rules.root.id, work.rules.root.path)
    signed = signature(work.actor)
    phone, name = intake.phone, clean(intake.name).strip()
    return {
        "centre_id": centre_id,
        "centre_path": centre_path,
        "actor_kind": signed["actor_kind"].value,
        "actor_id": signed["actor_id"],
        "actor_name": signed["actor_name"],
        "actor_unit_id": signed["unit_id"],
        "has_citizen": bool(phone or name),
        "phone_sealed": work.vault.seal(phone) if phone else None,
        "phone_print": work.vault.fingerprint(phone) if phone else None,
        "phone_masked": mask_phone(as_dialled(phone)) if phone else None,
        "name_sealed": work.vault.seal(name) if name else None,
    }


def _first_text(work: Work, intake: Intake, number: str, key: str) -> dict[str, Any]:
    """已收到, with number, key and address, to everybody who left a number and has not asked for silence (退订)."""
    if not work.texts or not intake.phone:
        return {"tell": False, "token": None, "body_sealed": None, "fields_sealed": None, "segments": 0}
    written = work.rules.wordings.write("received", number=number, key=key, url=page_of(work, number))
    return {"tell": True, "token": new_token(), **sealed(work, written)}


def _as_json(promises: list[dict[str, Any]]) -> str:
    """The promises as one parameter: arrays by column take psycopg five times as long."""
    return json.dumps(promises, default=str)


def known(work: Work, intake: Intake) -> Receipt | None:
    """What an earlier sending of the same intake has made. Its key was given then and is stored only as a hash."""
    if intake.idempotency_key is None:
        return None
    complaint = work.session.scalar(sa.select(Complaint).where(Complaint.idempotency_key == intake.idempotency_key))
    return receipt_of(work, complaint) if complaint is not None else None


def receipt_of(work: Work, complaint: Complaint) -> Receipt:
    """The receipt of a complaint that has been taken in before."""
    accept_due_at = work.session.execute(
        sa.select(Deadline.due_at)
        .where(Deadline.ticket_id == complaint.ticket_id, Deadline.kind == DeadlineKind.ACCEPT)
        .order_by(Deadline.id)
        .limit(1)
    ).scalar_one()
    return Receipt(
        complaint.ticket_id,
        complaint.id,
        complaint.number,
        "",
        accept_due_at,
        repeated=True,
        joined=complaint.first_ticket_id is not None,
    )


#: Ticket, complaint, citizen, promises, event and first text. ON CONFLICT DO NOTHING (key or number taken) makes a
#: simultaneous retry wait for the first one and then add nothing: every other part selects from the complaint.
INTAKE = sa.text("""
WITH ids AS (
    SELECT nextval('ticket_id_seq') AS ticket_id
), caller AS (
    INSERT INTO citizen (phone_sealed, phone_print, phone_masked, created_at)
    SELECT :phone_sealed, :phone_print, :phone_masked, :now WHERE :has_citizen
    ON CONFLICT (phone_print) DO UPDATE SET phone_sealed = excluded.phone_sealed,
        phone_masked = excluded.phone_masked, erased_at = NULL
    RETURNING id, opted_out_at, xmax <> 0 AS is_known
), said AS (
    INSERT INTO complaint (ticket_id, number, key_hash, citizen_id, name_sealed, channel, source, text, place,
                           wants_reply, confidential, idempotency_key, notice_version, language, received_at)
    SELECT ids.ticket_id, :number, :key_hash, (SELECT id FROM caller), :name_sealed, :channel, :source, :text, :place,
           :wants_reply, :confidential, :idempotency_key,
           coalesce(nullif(:notice_version, ''),
                    CASE WHEN :tell AND (SELECT opted_out_at FROM caller) IS NULL THEN :notice_told END, ''),
           :language, :received_at
    FROM ids
    ON CONFLICT DO NOTHING
    RETURNING id, ticket_id
), made AS (
    INSERT INTO ticket (id, number, state, matter, place, place_keys, area, latitude, longitude, channel, source,
                        urgency, urgency_reason, request_type, category_id, category_guessed, against, risks, own_limit,
                        confidential, centre_id, centre_path, unit_id, unit_path, policy_version_id, received_at)
    SELECT said.ticket_id, :number, 'received', :matter, :place, CAST(:place_keys AS text[]), :area, :latitude,
           :longitude, :channel, :source,
           :urgency, :urgency_reason, :request_type, :category_id, :category_guessed, :against,
           CAST(:risks AS jsonb),
           :own_limit, :confidential, :centre_id, :centre_path, :centre_id, :centre_path, :policy_id, :received_at
    FROM said
), found_by AS (
    INSERT INTO clue (key, ticket_id) SELECT key, said.ticket_id FROM said, unnest(CAST(:clues AS text[])) AS key
), owed AS (
    INSERT INTO deadline (ticket_id, complaint_id, kind, round, unit_id, unit_path, limit_text, started_at, due_at,
                          original_due_at, next_at, rank)
    SELECT said.ticket_id, CASE WHEN p.kind = 'reply' THEN said.id END, p.kind, 1, :centre_id, :centre_path,
           p.limit_text, p.started_at, p.due_at, p.due_at, p.next_at, p.rank
    FROM said, json_populate_recordset(NULL::deadline, CAST(:promises AS json)) AS p
), told AS (
    INSERT INTO event (ticket_id, version, round, step, to_state, actor_kind, actor_id, actor_name, unit_id, data,
                       happened_at, noticed_at)
    SELECT said.ticket_id, 1, 1, 'receive', 'received', :actor_kind, :actor_id, :actor_name, :actor_unit_id,
           CAST(:data AS jsonb), :received_at, :now
    FROM said
), filed AS (
    UPDATE message SET ticket_id = said.ticket_id, complaint_id = said.id FROM said WHERE message.id = :message_id
), texted AS (
    INSERT INTO message (token, direction, state, purpose, ticket_id, complaint_id, phone_sealed, phone_print,
                         phone_masked, body_sealed, fields_sealed, segments, created_at, next_at)
    SELECT :token, 'out', 'queued', 'received', said.ticket_id, said.id, :phone_sealed, :phone_print, :phone_masked,
           :body_sealed, :fields_sealed, :segments, :now, :now
    FROM said LEFT JOIN caller ON true
    WHERE :tell AND caller.opted_out_at IS NULL
    RETURNING 1
)
SELECT (SELECT ticket_id FROM said) AS ticket_id, (SELECT id FROM said) AS complaint_id,
       EXISTS (SELECT 1 FROM texted) AS texted, coalesce((SELECT is_known FROM caller), false) AS called_before,
       CASE WHEN :draws THEN nextval('ticket_number') END AS next_serial
""").columns(  # told beforehand, what comes need not be found out each time
    sa.column("ticket_id", sa.BigInteger),
    sa.column("complaint_id", sa.BigInteger),
    sa.column("texted", sa.Boolean),
    sa.column("called_before", sa.Boolean),
    sa.column("next_serial", sa.BigInteger),
)
