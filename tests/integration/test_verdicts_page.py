"""回访评价: the figures of a month, and the lists behind them."""

from __future__ import annotations

import re

import sqlalchemy as sa

from hotline.domain.rates import Month
from hotline.models import Complaint, Survey
from hotline.services import verdicts
from hotline.services.paging import FIRST
from hotline.services.verdicts import Which
from tests.city import ZONE, City
from tests.desk import Person, make_app


def test_figures_of_verdicts_by_unit_open_their_lists(city: City) -> None:
    said = ((True, 5), (True, 2), (False, 1), (None, 3), (True, None))
    with city.work() as work:
        for unit in ("lamps", "lamps-east", "parks"):
            for place, (solved, score) in enumerate(said[: 5 if unit == "lamps" else 2]):
                ticket = city.ticket(city.assigned(unit, text=f"{unit}第{place}处路灯不亮，请修复"))
                complaint_id = city.scalar(sa.select(Complaint.id).where(Complaint.ticket_id == ticket.id))
                work.session.add(
                    Survey(
                        ticket_id=ticket.id, complaint_id=complaint_id, round=ticket.round, answered_at=city.now,
                        solved=solved, score=score, by="call",
                    )
                )  # fmt: skip
    month = Month.parse("2026-10", ZONE)
    with city.work("sven") as work:
        figures = {each.unit: each for each in verdicts.by_unit(work, month)}
        assert set(figures) == {"市政处", "市政处东站", "园林局"}
        for each in figures.values():
            for which in (Which.SOLVED, Which.SAID, Which.CONTENT, Which.SCORED):
                found = verdicts.listed(work, month, FIRST, which=which, unit_id=each.unit_id)
                assert len(found) == getattr(each, which.value), (each.unit, which)
                assert {verdict.unit for verdict in found} == {each.unit}
    lamps = figures["市政处"]
    assert (lamps.solved, lamps.said, lamps.content, lamps.scored) == (3, 4, 2, 4)
    sven = Person(make_app(city), "sven")
    page = sven.open("/desk/supervision/verdicts?month=2026-10")
    opened = sven.open(next(each for each in page.links(f"unit={lamps.unit_id}") if "show=said" in each))
    assert "市政处：说明是否解决" in opened.text and opened.html.count('class="words"') == 0
    assert len(re.findall(r"诉求 \d", opened.text)) == 4
    unknown = sven.open("/desk/supervision/verdicts?unit=799999")
    assert unknown.status == 200 and "所选单位：未解决或不满意" in unknown.text
