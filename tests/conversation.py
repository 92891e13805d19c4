"""What the staff do between two texts of a citizen."""

from __future__ import annotations

import sqlalchemy as sa

from hotline.models import Complaint, Survey
from hotline.services import accepting, assigning, checking, handling, replying, surveying
from tests.city import City


def assign(city: City, number: str) -> None:
    """Accepted, and given to 市政处."""
    with city.work("olga") as work:
        accepting.accept(work, number)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))


def answer(city: City, number: str) -> None:
    """… repaired, checked and answered."""
    with city.work("hans") as work:
        handling.sign(work, number)
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头两只，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, "您反映的路灯已修复，感谢监督。")


def answered(city: City, number: str, *, ask: bool = True) -> None:
    """All of it; the answer has arrived, and the question whether it is solved is asked."""
    assign(city, number)
    answer(city, number)
    with city.work() as work:
        complaint = work.session.scalars(sa.select(Complaint).where(Complaint.number == number)).one()
        complaint.reached_at, complaint.reached_by = city.now, "delivered"
        if ask:
            surveying.ask(work, work.session.scalars(sa.select(Survey)).one())
