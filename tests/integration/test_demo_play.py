"""The demo: a month of complaints, played through the services with the clock turned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from config.calendars import CHINA, read_mapping
from config.categories import load_categories
from config.categories.words import load_vocabulary
from config.notices import load_privacy
from config.policy import load_case_standards, load_policy
from config.replies import load_manners
from config.risks import load_risks
from config.scoring import load_schemes
from config.wordings import load_wordings
from demo import cast, centre, lately, logins, play, today
from demo.company import Company
from demo.script import CITY_TIME
from hotline.bell import SilentBell
from hotline.carriers.console import ConsoleCarrier
from hotline.domain.actors import SYSTEM
from hotline.domain.workflow import State
from hotline.models import (
    Attachment,
    CameBy,
    Change,
    Channel,
    Complaint,
    Draft,
    DraftState,
    Event,
    HotMatter,
    Instruction,
    Message,
    MessageState,
    Publication,
    SampleCheck,
    Source,
    Staff,
    Supervision,
    Ticket,
    Unit,
)
from hotline.office import Office, connect
from hotline.services import amending, collecting, dispatching, matching, reviewing, seeding
from hotline.services.month import reporting
from hotline.services.vault import Vault
from migrations import upgrade
from tests.city import KEY

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=CITY_TIME)
QUIET = (time(22), time(7))


def an_office(url: str, files: Path) -> Office:
    """An empty one, as `./run demo` prepares it: tables and rules, no units."""
    engine = connect(url)
    upgrade(engine)
    office = Office(
        engine,
        Vault([KEY]),
        load_wordings(),
        SilentBell(),
        ConsoleCarrier(trying_out=True),
        files,
        "http://demo.test",
        load_privacy(),
        vocabulary=load_vocabulary(),
        risks=load_risks(),
        manners=load_manners(),
        schemes=load_schemes(),
    )
    with office.session() as session:
        seeding.seed_rules(
            session,
            policy=load_policy(),
            calendar=read_mapping(CHINA),
            categories=load_categories(),
            standards=load_case_standards(),
            now=NOW,
        )
    return office


@pytest.fixture
def office(empty_database_url: str, tmp_path: Path) -> Iterator[Office]:
    made = an_office(empty_database_url, tmp_path)
    yield made
    made.engine.dispose()


def values(office: Office, query: sa.Select[Any]) -> set[object]:
    with office.session() as session:
        return set(session.scalars(query))


def count(office: Office, query: sa.Select[Any]) -> int:
    with office.session() as session:
        return session.scalar(query) or 0


def test_every_person_of_the_demo_can_log_in(office: Office) -> None:
    shown = logins.all_of_them()
    assert len(shown) == len(cast.city().staff) >= 12
    assert all(each["password"] and each["name"] and each["role"] and each["unit"] for each in shown)
    assert all(each["username"] in logins.table() for each in shown)


def test_the_whole_of_it_shows_every_state_and_order(office: Office) -> None:
    told: list[str] = []
    refused = play.play(office, NOW, quiet=QUIET, progress=told.append)
    assert told
    assert play.has_tickets(office)
    steps = count(office, sa.select(sa.func.count()).select_from(Event))
    assert sum(refused.values()) < steps / 50, "few steps come too late, or the plots do not fit the rules"
    assert values(office, sa.select(Ticket.channel)) == set(Channel) - {Channel.API}
    assert values(office, sa.select(Draft.state)) >= {DraftState.CONFIRMED}
    assert count(office, sa.select(sa.func.count()).where(Ticket.received_at > NOW)) == 0
    assert count(office, sa.select(sa.func.count()).where(Event.happened_at > NOW)) == 0
    assert count(office, sa.select(sa.func.count()).select_from(Complaint)) >= 600
    assert values(office, sa.select(Ticket.state)) == set(State)
    assert values(office, sa.select(Ticket.source)) == set(Source)
    assert values(office, sa.select(Supervision.level)) == {"remind", "order", "yellow", "red", "exposure"}
    assert values(office, sa.select(Event.step)) >= {
        *("transfer", "assist", "return", "grant_extension", "refuse_extension", "grant_pause", "send_back"),
        *("explain", "accept_explanation", "appeal", "review_appeal", "rework", "withdraw", "joined", "answer"),
    }
    forgotten = sa.and_(Ticket.state == State.RECEIVED, Ticket.received_at < NOW - timedelta(days=1))
    assert count(office, sa.select(sa.func.count()).where(forgotten)) == 0
    by_citizen = sa.select(Attachment.by_citizen).where(Attachment.digest.is_not(None)).distinct()
    assert values(office, by_citizen) == {True, False}, "photos of the trouble, and of it mended"
    assert values(office, sa.select(Publication.shown)) == {True, False}
    assert values(office, sa.select(Complaint.language)) == {"zh", "en"}
    by_web = Complaint.channel == Channel.WEB
    assert "" not in values(office, sa.select(Complaint.notice_version).where(by_web)), "each was shown a notice"
    assert None not in values(office, sa.select(Ticket.latitude).where(Ticket.channel == Channel.WEB))
    unsent = (MessageState.FAILED, MessageState.SENDING)
    assert count(office, sa.select(sa.func.count()).where(Message.state.in_(unsent))) == 0
    for month in ("2026-10", "2026-11"):
        with office.work(SYSTEM, NOW) as work:
            rates = reporting.monthly(work, month).as_dict()["rates"]
        assert [rate["kind"] for rate in rates] == ["handle", "reply", "close"]
        assert all(rate["owed"] > rate["kept"] > 0 and rate["missing"] > 0 for rate in rates), month
    _something_is_left_to_do(office)
    _the_centre_has_looked_and_changed(office)


def _the_centre_has_looked_and_changed(office: Office) -> None:
    """抽查 with some found wanting and done again, 领导批示 reported and open, and what administrators change."""
    assert values(office, sa.select(SampleCheck.passed)) == {True, False, None}
    again = sa.select(SampleCheck.id).join(Ticket, Ticket.id == SampleCheck.ticket_id)
    assert values(office, again.where(SampleCheck.passed.is_(False), Ticket.round > SampleCheck.round))
    reported = values(office, sa.select(Instruction.reported_at))
    assert None in reported
    assert len(reported) > 1
    assert count(office, sa.select(sa.func.count()).select_from(Instruction)) == len(centre.centre().instruction)
    assert values(office, sa.select(Change.subject)) >= {"unit", "staff", "wording"}
    assert count(office, sa.select(sa.func.count()).where(Change.undoes_id.is_not(None))) == 1
    assert {unit.name for unit in centre.centre().head} <= values(office, sa.select(Unit.head_name))
    newcomers = {person.login for person in centre.centre().invited}
    assert values(office, sa.select(Staff.login).where(Staff.last_login_at.is_(None))) == newcomers
    with office.work(Company(office, cast.city()).person("admin"), NOW) as work:
        draft = amending.draft(work)
        assert draft is not None
        assert draft.policy != work.rules.policy_at(NOW)[1]


def _something_is_left_to_do(office: Office) -> None:
    """Calls for the operator, two of them about what others have said; 热点; results that do not answer; for the
    dispatcher what came back, what is in dispute, and what units ask for."""
    waiting = sa.select(Draft).where(Draft.state == DraftState.OPEN)
    by_themselves = set(CameBy) - {CameBy.DESK}  # what is taken down at the desk waits for nobody
    assert values(office, waiting.with_only_columns(Draft.came_by)) == by_themselves
    with office.work(Company(office, cast.city()).operator(NOW), NOW) as work:
        drafts = list(work.session.scalars(waiting))
        assert len(drafts) >= len(today.today().call) + len(today.today().live)
        assert any(draft.urgent for draft in drafts)
        same = [matching.same(work, draft, 1) for draft in drafts]
        assert sum(best[0].likely and best[0].can_join for best in same if best) >= 2
        assert [each.reason for each in collecting.set_aside(work)] != []
        results = work.session.scalars(sa.select(Ticket).where(Ticket.state == State.SUBMITTED))
        remarks = {each.remark.code for ticket in results for each in reviewing.review(work, ticket, ticket.outcome)}
    assert remarks >= {"copied", "brush_off"}
    with office.work(Company(office, cast.city()).dispatcher("center"), NOW) as work:
        counted = dispatching.counts(work)
    assert all(counted[tab] for tab in dispatching.Tab), counted
    hot = values(office, sa.select(HotMatter.place))
    assert [
        group.place for group in lately.groups() if not any(group.place.startswith(str(each)) for each in hot)
    ] == []
    assert None not in values(office, sa.select(HotMatter.latitude))
    assert count(office, sa.select(sa.func.count()).where(Ticket.risks != [], Ticket.ended_at.is_(None))) >= 3
