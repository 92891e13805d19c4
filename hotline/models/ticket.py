"""工单 and 诉求: the matter that the city works on, and what each person said about it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hotline.domain.workflow import State
from hotline.models.base import Base, Id, reference, words

#: Numbers are the day and this sequence's last six digits: no counter row for eight to queue at, none used twice.
TICKET_NUMBERS = sa.Sequence("ticket_number", metadata=Base.metadata)

#: What the public list is read from; whether one of these is shown is a longer question (services/publishing.py).
LOOKED_AT = "accepted_at IS NOT NULL AND NOT confidential"

#: Taken in by another centre than the city's.
OF_COUNTY = "centre_path LIKE '%/%/%'"


class Channel(StrEnum):
    WEB = "web"  # 网站
    SMS = "sms"  # 短信
    PHONE = "phone"  # 电话
    STAFF = "staff"  # 工作人员录入
    API = "api"  # 接口


class Source(StrEnum):
    CITIZEN = "citizen"  # 市民
    LEADER = "leader"  # 领导批示
    PETITION = "petition"  # 信访转办
    MEDIA = "media"  # 媒体监督
    OPINION = "opinion"  # 网络舆情
    INSPECTION = "inspection"  # 督查巡查


class Urgency(StrEnum):
    NORMAL = "normal"  # 一般
    URGENT = "urgent"  # 紧急


class RequestType(StrEnum):
    QUESTION = "question"  # 咨询
    HELP = "help"  # 求助
    COMPLAINT = "complaint"  # 投诉
    REPORT = "report"  # 举报
    SUGGESTION = "suggestion"  # 建议


class Phase(StrEnum):
    BEFORE = "before"  # 办理前
    AFTER = "after"  # 办理后


class Ticket(Base):
    """`unit` is who has it now, and so who owes what falls due: the centre before 交办 and after submission."""

    __tablename__ = "ticket"
    __table_args__ = (
        sa.Index("ix_ticket_open", "unit_path", sa.text("id DESC"), postgresql_where=sa.text("ended_at IS NULL"),
                 postgresql_ops={"unit_path": "text_pattern_ops"}),
        sa.Index("ix_ticket_state", "state", sa.text("id DESC")),
        sa.Index("ix_ticket_received_at", "received_at"),
        sa.Index("ix_ticket_ended_at", "ended_at",
                 postgresql_where=sa.text("ended_at IS NOT NULL AND erased_at IS NULL")),
        sa.Index("ix_ticket_paused_until", "paused_until", postgresql_where=sa.text("state = 'paused'")),
        # The public list: newest first by category and by area (services/showing.py).
        sa.Index("ix_ticket_public_category", "category_id", sa.text("id DESC"), postgresql_where=sa.text(LOOKED_AT)),
        sa.Index("ix_ticket_public_area", "area", sa.text("id DESC"), postgresql_where=sa.text(LOOKED_AT)),
        # The few with a mark, by its name (services/desk.py).
        sa.Index("ix_ticket_risks", "risks", postgresql_using="gin", postgresql_ops={"risks": "jsonb_path_ops"},
                 postgresql_where=sa.text("risks <> '[]'::jsonb")),
        # The desk's lists (services/desk): what is open by age; and the few that are hot, supervised, done again, or
        # taken in by a county.
        sa.Index("ix_ticket_running", "id", postgresql_where=sa.text("ended_at IS NULL")),
        sa.Index("ix_ticket_heat", "heat", "id", postgresql_where=sa.text("heat > 1")),
        sa.Index("ix_ticket_level", "level", "id", postgresql_where=sa.text("level > 0")),
        sa.Index("ix_ticket_round", "id", postgresql_where=sa.text("round > 1")),
        sa.Index("ix_ticket_county", "centre_path", postgresql_where=sa.text(OF_COUNTY),
                 postgresql_ops={"centre_path": "text_pattern_ops"}),
        sa.CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_into"),
    )  # fmt: skip
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[State] = mapped_column(words(State, "state"))
    version: Mapped[int] = mapped_column(server_default="1")
    round: Mapped[int] = mapped_column(sa.SmallInteger, server_default="1")
    matter: Mapped[str]  # one sentence
    place: Mapped[str] = mapped_column(server_default="")
    place_keys: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")  # its roads and communities
    area: Mapped[str] = mapped_column(server_default="")
    against: Mapped[str] = mapped_column(server_default="")  # 被反映对象, as it was called
    latitude: Mapped[float | None]  # degrees, WGS 84
    longitude: Mapped[float | None]
    channel: Mapped[Channel] = mapped_column(words(Channel, "channel"))
    source: Mapped[Source] = mapped_column(words(Source, "source"))
    urgency: Mapped[Urgency] = mapped_column(words(Urgency, "urgency"))
    urgency_reason: Mapped[str] = mapped_column(server_default="")
    request_type: Mapped[RequestType] = mapped_column(words(RequestType, "request_type"))
    risks: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")  # {"name", "level", "words"} and more
    category_id: Mapped[int | None] = reference("category", nullable=True)
    category_guessed: Mapped[bool] = mapped_column(server_default=sa.false())  # by the machine, nobody has looked yet
    case_standard_id: Mapped[int | None] = reference("case_standard", nullable=True)
    own_limit: Mapped[str | None]  # 自带时限 of an imported ticket, "5 working_days"
    confidential: Mapped[bool] = mapped_column(server_default=sa.false())
    named_unit_ids: Mapped[list[int]] = mapped_column(ARRAY(sa.BigInteger), server_default="{}")  # 被反映单位: 回避
    centre_id: Mapped[int] = reference("unit")
    centre_path: Mapped[str]
    unit_id: Mapped[int] = reference("unit")
    unit_path: Mapped[str]
    level: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")  # highest 督办 rank of the round
    heat: Mapped[int] = mapped_column(server_default="1")  # complaints on it
    urgings: Mapped[int] = mapped_column(server_default="0")  # 催办 by citizens
    hops: Mapped[int] = mapped_column(server_default="0")  # every turn of a lead unit
    direct: Mapped[bool] = mapped_column(server_default=sa.false())  # 直接答复
    outcome: Mapped[str] = mapped_column(server_default="")  # 办理结果
    answer: Mapped[str] = mapped_column(server_default="")  # 答复意见
    decline_reason: Mapped[str] = mapped_column(server_default="")
    decline_channel: Mapped[str] = mapped_column(server_default="")
    former_state: Mapped[str | None]  # before the merge
    merged_into_id: Mapped[int | None] = reference("ticket", index=True, nullable=True)
    policy_version_id: Mapped[int] = reference("policy_version")
    received_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # closed, declined, merged or voided
    erased_at: Mapped[datetime | None]  # all its persons were removed, also from what was written about it
    paused_until: Mapped[datetime | None]


class Complaint(Base):
    """诉求: what one person said, once, through one channel; the words are never edited. Its reply is owed to it."""

    __tablename__ = "complaint"
    __table_args__ = (
        sa.Index("ix_complaint_unreached", sa.text("id DESC"),
                 postgresql_where=sa.text("answered_at IS NOT NULL AND reached_at IS NULL AND wants_reply")),
        sa.Index("ix_complaint_citizen", "citizen_id", sa.text("id DESC")),
        sa.Index("ix_complaint_received_at", "received_at"),
    )  # fmt: skip
    id: Mapped[Id]
    ticket_id: Mapped[int] = reference("ticket", index=True)
    first_ticket_id: Mapped[int | None] = mapped_column(sa.BigInteger)  # where it was before a merge
    number: Mapped[str] = mapped_column(unique=True)
    key_hash: Mapped[str]  # SHA-256 of the key given to the citizen
    citizen_id: Mapped[int | None] = reference("citizen", nullable=True)
    name_sealed: Mapped[bytes | None]  # as the citizen wants to be called
    channel: Mapped[Channel] = mapped_column(words(Channel, "channel"))
    source: Mapped[Source] = mapped_column(words(Source, "source"))
    text: Mapped[str]
    place: Mapped[str] = mapped_column(server_default="")
    wants_reply: Mapped[bool] = mapped_column(server_default=sa.true())
    confidential: Mapped[bool] = mapped_column(server_default=sa.false())
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)
    notice_version: Mapped[str] = mapped_column(server_default="")  # of the privacy notice that was shown
    language: Mapped[str] = mapped_column(server_default="zh")  # in which the citizen read the pages
    repeats: Mapped[int] = mapped_column(server_default="0")  # the same words again from the same person
    received_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]  # by one of several who complain of the same
    erased_at: Mapped[datetime | None]  # the person was removed, the matter stays
    answered_at: Mapped[datetime | None]  # an answer was issued to it
    reached_at: Mapped[datetime | None]  # … and reached the citizen
    reached_by: Mapped[str | None]  # delivered, opened, call, published


class Addition(Base):
    """补充: further words of the citizen to a complaint."""

    __tablename__ = "addition"
    id: Mapped[Id]
    complaint_id: Mapped[int] = reference("complaint", index=True)
    channel: Mapped[Channel] = mapped_column(words(Channel, "channel"))
    text: Mapped[str]
    added_at: Mapped[datetime]


class Attachment(Base):
    """A file of a complaint or of a unit's result. The bytes lie in the data folder under their own digest."""

    __tablename__ = "attachment"
    __table_args__ = (
        sa.UniqueConstraint("complaint_id", "remote_url"),
        sa.Index("ix_attachment_wanted", "next_try_at", postgresql_where=sa.text("next_try_at IS NOT NULL")),
        sa.Index(
            "ix_attachment_erased", "added_at", postgresql_where=sa.text("failure = 'erased' AND digest IS NOT NULL")
        ),
        sa.Index("ix_attachment_digest", "digest", postgresql_where=sa.text("digest IS NOT NULL")),
    )
    id: Mapped[Id]
    token: Mapped[str] = mapped_column(unique=True)  # in its address: not guessable
    ticket_id: Mapped[int | None] = reference("ticket", index=True, nullable=True)
    complaint_id: Mapped[int | None] = reference("complaint", index=True, nullable=True)
    round: Mapped[int | None] = mapped_column(sa.SmallInteger)  # of the unit's result that it belongs to
    phase: Mapped[Phase | None] = mapped_column(words(Phase, "phase"))  # of a result
    withheld: Mapped[bool] = mapped_column(server_default=sa.false())  # of a result, not for citizens' eyes
    name: Mapped[str]
    media_type: Mapped[str | None]
    digest: Mapped[str | None]  # SHA-256; empty until fetched from the carrier
    size: Mapped[int | None]
    remote_url: Mapped[str | None]  # MMS picture still at the carrier
    tries: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")
    next_try_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    by_citizen: Mapped[bool] = mapped_column(server_default=sa.true())
    added_at: Mapped[datetime]
