"""The worked example of the other indicators in docs/rates.md, put into the tables as it stands there and counted."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from hotline.domain.actors import ActorKind
from hotline.domain.indicators import INDICATORS, Basis
from hotline.domain.workflow import State
from hotline.models import Assignment, Complaint, Deadline, DeadlineKind, Ending, Event, Part, Pause, Survey, Ticket
from hotline.services.work import Work
from tests.city import City, at
from tests.indicators import indicators

DOCS = Path(__file__).resolve().parents[2] / "docs" / "rates.md"
ENDINGS = {"提交": Ending.SUBMITTED, "退回": Ending.RETURNED, "收回": Ending.WITHDRAWN, "转下级": Ending.TRANSFERRED}
CALLERS = {"甲": "+8619900000001", "乙": "+8619900000002", "丙": "+8619900000003"}
OWED, EXTENDED = 6, 1  # to be handled, in the example of the three rates


def test_the_handbooks_other_indicators(city: City) -> None:
    text = DOCS.read_text(encoding="utf-8").partition("### 算例")[2].partition("## 接口")[0]
    rows = re.findall(r"^\| (交办|挂账|重办|回访|诉求) (\w+) \|(.+)\|$", text, re.MULTILINE)
    told = [(sort, name, [cell.strip() for cell in cells.split("|")]) for sort, name, cells in rows]
    complaints = [(name, cells) for sort, name, cells in told if sort == "诉求"]
    tickets = {name: _receive(city, *cells[:3]) for name, cells in complaints}
    city.now = at("2026-12-01 09:00")
    with city.work() as work:
        for name, cells in complaints:
            _end(work, tickets, name, cells[3])
        _handle(work)
        for round_, (sort, _, cells) in enumerate(told, start=1):
            _write(work, tickets["c1"], round_, sort, cells)
    printed = dict(re.findall(r"^\| (\w+) \| ([\d.]+ (?:/ \d+ = [\d.]+ %|件)) \|$", text, re.MULTILINE))
    assert printed == {
        INDICATORS[key].name: share.text if "件" in share.text else f"{share.part} / {share.whole} = {share.text}"
        for key, share in indicators(city).scope.items()
        if INDICATORS[key].basis is Basis.CASES or key == "extension_rate"
    }


def _receive(city: City, time: str, caller: str, place: str) -> int:
    city.now = _moment(time)
    return city.receive(f"{place}路灯不亮", phone=CALLERS[caller]).ticket_id


def _end(work: Work, tickets: dict[str, int], name: str, how: str) -> None:
    ticket = work.session.get_one(Ticket, tickets[name])
    if how == "作废":
        ticket.state, ticket.ended_at = State.VOIDED, ticket.received_at
    elif how:
        complaint = work.session.scalars(sa.select(Complaint).where(Complaint.ticket_id == ticket.id)).one()
        ticket.merged_into_id = tickets[how.removeprefix("并入").strip()]
        ticket.state, ticket.ended_at, ticket.former_state = State.MERGED, ticket.received_at, "received"
        complaint.first_ticket_id, complaint.ticket_id = ticket.id, ticket.merged_into_id


def _handle(work: Work) -> None:
    work.session.execute(sa.delete(Deadline).where(Deadline.kind != DeadlineKind.HANDLE))
    owed = work.session.scalars(sa.select(Deadline).order_by(Deadline.id)).all()
    assert len(owed) == OWED
    for place, deadline in enumerate(owed):
        deadline.started_at = at("2026-10-12 18:00")
        deadline.due_at = deadline.original_due_at = at("2026-10-20 18:00")
        deadline.extensions = int(place < EXTENDED)


def _write(work: Work, ticket_id: int, round_: int, sort: str, cells: list[str]) -> None:
    begins, ends = _moment(cells[0]), _moment(cells[1]) if re.match(r"\d\d-", cells[1]) else None
    centre = work.rules.root
    if sort == "交办":
        turn = Assignment(ticket_id=ticket_id, round=round_, part=Part.LEAD, unit_id=centre.id, unit_path=centre.path)
        turn.assigned_at, turn.ended_at, turn.ending = begins, ends, ENDINGS.get(cells[2])
        work.session.add(turn)
    elif sort == "挂账":
        open_turn = work.session.scalars(sa.select(Assignment.id).where(Assignment.ended_at.is_(None))).one()
        pause = Pause(ticket_id=ticket_id, assignment_id=open_turn, round=round_, reason="等待", granted=True)
        assert ends is not None
        pause.asked_at = pause.from_at = begins
        pause.until = pause.resumed_at = ends
        work.session.add(pause)
    elif sort == "重办":
        event = Event(ticket_id=ticket_id, round=round_, version=round_, step="rework", to_state="accepted", data={})
        event.actor_kind, event.actor_name, event.happened_at, event.noticed_at = ActorKind.SYSTEM, "", begins, begins
        work.session.add(event)
    elif sort == "回访":
        complaint_id = work.session.scalars(sa.select(Complaint.id).where(Complaint.ticket_id == ticket_id)).one()
        survey = Survey(ticket_id=ticket_id, complaint_id=complaint_id, round=round_, answered_at=begins)
        survey.solved = {"是": True, "否": False}.get(cells[1])
        survey.score = None if cells[2] == "—" else int(cells[2])
        work.session.add(survey)


def _moment(text: str) -> datetime:
    """`10-31 24:00` as the handbook writes it."""
    day, clock = text.split()
    if clock == "24:00":
        return at(f"2026-{day} 00:00") + timedelta(days=1)
    return at(f"2026-{day} {clock}")
