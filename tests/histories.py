"""Months of believable and unbelievable work, played through the services: a seed gives the same history again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

import sqlalchemy as sa

from hotline.domain.errors import HotlineError
from hotline.domain.workflow import OPEN, State
from hotline.models import Category, Channel, Complaint, Source, Ticket
from hotline.services import (
    accepting,
    appealing,
    assigning,
    checking,
    closing,
    extending,
    handling,
    merging,
    pausing,
    replying,
    returning,
    reworking,
)
from hotline.services.work import Work
from tests.city import PEOPLE, City

Move = Callable[[Work, str], object]

AREAS = ("", "东城", "西城")
UNITS = ("lamps", "lamps-east", "parks", "county-roads")
_STATION = sa.text("SELECT id FROM unit WHERE key = 'lamps-east'")
HANDLERS = ("hans", "hugo", "paul", "carl")


def play(city: City, seed: int, *, tickets: int = 30, days: int = 75) -> list[str]:
    """Live through the days; returns the steps that were taken, in order. Steps that the rules refuse do not count."""
    random = Random(seed)
    taken: list[str] = []
    born = sorted(random.uniform(0, days * 0.7) for _ in range(tickets))
    end = city.now + timedelta(days=days)
    start = city.now
    stage = Stage(city, random)
    while city.now < end:
        while born and city.now >= start + timedelta(days=born[0]):
            born.pop(0)
            arrive(city, random)
            taken.append("receive")
        for number in list(stage.look()):
            if random.random() < 0.5:
                taken += stage.step(number)
        city.turn(hours=random.choice((3, 9, 20, 31)), minutes=random.randrange(60))
    return taken


def arrive(city: City, random: Random) -> None:
    """One more complaint, by any channel, of any source."""
    categories = city.rows(sa.select(Category.id).order_by(Category.id).limit(3))
    receipt = city.receive(
        text=f"香溪路{random.randrange(1000)}号门前路灯不亮",
        channel=random.choice(list(Channel)),
        source=random.choice((Source.CITIZEN, Source.CITIZEN, Source.LEADER)),
        area=random.choice(AREAS),
        wants_reply=random.random() < 0.85,
        category_id=random.choice([None, *categories]),
    )
    assert receipt.key


class Stage:
    """How the tickets stand, looked at anew after each step that was taken: nobody else moves them."""

    def __init__(self, city: City, random: Random) -> None:
        self.city = city
        self.random = random
        self.units = {key: city.unit_id(key) for key in UNITS}
        self.actors = {who: city.actor(who) for who in PEOPLE}
        self.open: dict[str, tuple[State, int]] = {}  # by number: the state, and whose it is

    def look(self) -> dict[str, tuple[State, int]]:
        """Those with which something may still happen, the oldest first."""
        may_move = sa.or_(Ticket.state.in_(OPEN), Ticket.state.in_((State.CLOSED, State.MERGED, State.DECLINED)))
        query = sa.select(Ticket.number, Ticket.state, Ticket.unit_id).where(may_move).order_by(Ticket.id)
        with self.city.office.session() as session:
            self.open = {row.number: (row.state, row.unit_id) for row in session.execute(query)}
        return self.open

    def step(self, number: str) -> list[str]:
        """One of the steps that the state offers; none if the rules refuse it."""
        state, unit_id = self.open.get(number, (None, 0))
        offered = MOVES.get(state, ()) if state is not None else ()
        if not offered:
            return []
        name, who, weight, move = self.random.choice(offered)
        if self.random.random() > weight:
            return []
        actor = who or HANDLERS[self._place_of(unit_id)]
        try:
            with self.city.work(self.actors.get(actor, actor)) as work:
                if name == "assign":
                    assigning.assign(work, number, self.units[self.random.choice(UNITS)])
                elif name in ("merge", "join"):
                    merging.merge(work, number, self.random.choice(list(self.open)))
                else:
                    move(work, number)
        except HotlineError:
            return []
        self.look()
        return [name]

    def _place_of(self, unit_id: int) -> int:
        return next((place for place, key in enumerate(UNITS) if self.units[key] == unit_id), 0)


def _call_everybody(work: Work, number: str) -> None:
    rows = sa.select(Complaint.number).join(Ticket, Ticket.id == Complaint.ticket_id).where(Ticket.number == number)
    for complaint in work.session.scalars(rows.order_by(Complaint.id)).all():
        replying.log_call(work, number, complaint, "已电话告知")


def _nothing(work: Work, number: str) -> None:
    """Its arguments are drawn where it is taken."""


#: State → (name, who; None is the lead unit, how likely, the step).
MOVES: dict[State, tuple[tuple[str, str | None, float, Move], ...]] = {
    State.RECEIVED: (
        ("accept", "olga", 0.5, accepting.accept),
        ("accept", "olga", 0.5, accepting.accept),
        ("decline", "olga", 0.1, lambda w, n: accepting.decline(w, n, "不属本市受理范围", "省热线，电话12345")),
        ("void", "olga", 0.1, lambda w, n: accepting.void(w, n, "测试来件")),
        ("withdraw", "citizen", 0.1, accepting.withdraw),
        ("merge", "olga", 0.3, _nothing),
    ),
    State.ACCEPTED: (
        ("assign", "dora", 0.7, _nothing),
        ("assign", "dora", 0.7, _nothing),
        ("answer", "olga", 0.4, lambda w, n: replying.answer(w, n, "您好，路灯维修电话为0320-0002101。")),
        ("merge", "dora", 0.3, _nothing),
        ("decline", "dora", 0.1, lambda w, n: accepting.decline(w, n, "不属本市受理范围", "省热线，电话12345")),
    ),
    State.ASSIGNED: (
        ("sign", None, 0.8, handling.sign),
        ("sign", None, 0.8, handling.sign),
        ("return", None, 0.3, lambda w, n: returning.give_back_to_centre(w, n, "不属本单位职责")),
        ("recall", "dora", 0.2, lambda w, n: assigning.recall(w, n, "派错了单位")),
    ),
    State.HANDLING: (
        ("submit", None, 0.4, lambda w, n: handling.submit(w, n, "已更换灯头，恢复照明。")),
        ("submit", None, 0.4, lambda w, n: handling.submit(w, n, "已更换灯头，恢复照明。")),
        ("extend", None, 0.7, lambda w, n: extending.request(w, n, "等待配件到货")),
        ("grant", "sven", 0.9, lambda w, n: extending.decide(w, n, True, "同意")),
        ("grant", "sven", 0.9, lambda w, n: extending.decide(w, n, True, "同意")),
        ("pause", None, 0.3, lambda w, n: pausing.request(w, n, "等待开挖许可", w.now.date() + timedelta(days=15))),
        ("suspend", "sven", 0.9, lambda w, n: pausing.decide(w, n, True, "同意")),
        ("transfer", None, 0.2, lambda w, n: handling.transfer(w, n, w.session.scalar(_STATION) or 0, "请东站处理")),
        ("return", None, 0.1, lambda w, n: returning.give_back_to_centre(w, n, "不属本单位职责")),
        ("withdraw", "citizen", 0.03, accepting.withdraw),
    ),
    State.PAUSED: (("resume", "sven", 0.1, pausing.resume),),
    State.SUBMITTED: (
        ("approve", "sven", 0.6, checking.approve),
        ("approve", "sven", 0.6, checking.approve),
        ("send_back", "sven", 0.4, lambda w, n: checking.send_back(w, n, "现场仍未修复")),
    ),
    State.RESOLVED: (("reply", "olga", 0.6, lambda w, n: replying.reply(w, n, "路灯已修复，感谢监督。")),),
    State.REPLIED: (
        ("close", "olga", 0.5, closing.close),
        ("call", "olga", 0.5, _call_everybody),
        ("rework", "sven", 0.1, lambda w, n: reworking.rework(w, n, "现场仍未修复")),
    ),
    State.CLOSED: (
        ("rework", "sven", 0.04, lambda w, n: reworking.rework(w, n, "又不亮了")),
        ("appeal", None, 0.6, lambda w, n: appealing.appeal(w, n, "当日暴雨预警停止作业")),
        ("appeal", "hans", 0.3, lambda w, n: appealing.appeal(w, n, "当日暴雨预警停止作业")),
        ("review", "sven", 0.5, lambda w, n: appealing.review(w, n, True, "属实")),
        ("review", "sara", 0.5, lambda w, n: appealing.review(w, n, True, "属实")),
    ),
    State.MERGED: (("unmerge", "sven", 0.05, lambda w, n: merging.unmerge(w, n, "并非同一事项")),),
}
