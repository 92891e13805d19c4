"""考核的网页: the leader's screen and the month's pages as whole pages of HTML, beside plain SQL over the rows."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import datetime

from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy.orm import Session

from bench.ground import CENTRE, PASSWORD
from bench.plain import middle
from bench.table import Line
from hotline.bell import SilentBell
from hotline.domain.actors import Role
from hotline.domain.rates import Month
from hotline.office import Office
from hotline.services import seeding
from hotline.web.app import create_app
from workers import counts
from workers.shift import Shift

LEADER = "lena"
COCKPIT = "/desk/cockpit"
AIM = 1.0  # seconds, of the leader's screen
FEW = 3  # times, of which no goal is judged


def measure(
    office: Office, where: str, now: datetime, month: Month, beside: tuple[str, float], times: int
) -> Iterator[Line]:
    """The leader's screen and the month's page. `beside`: what plain SQL needs, in words and in seconds."""
    reader = _reader(office, now)
    page = f"/desk/reports/{month}"

    def line(what: str, taken: float, goal: str = "", met: bool | None = None) -> Line:
        return Line(f"{where}{what}", f"{1000 * taken:.0f} 毫秒", beside[0], f"{beside[1] / taken:.2f}", goal, met)

    taken = middle(lambda: _opened(reader, COCKPIT), times)
    yield line("领导驾驶舱，整页", taken, f"< {1000 * AIM:.0f} 毫秒", taken < AIM if times > FEW else None)
    _opened(reader, page)  # asks for the count where the month is large
    begin = time.perf_counter()
    counted = counts.count_all(Shift(office, Redis(), SilentBell(), None, lambda: now))  # this Redis is never called
    if counted:
        yield line("月报页各项数字，后台统计一次", time.perf_counter() - begin)
    yield line("月报页，整页", middle(lambda: _opened(reader, page), times))


def _reader(office: Office, now: datetime) -> FlaskClient:
    """A leader of the centre, logged in."""
    with Session(office.engine) as session:
        person = {"login": LEADER, "name": "钟领导", "unit": CENTRE["key"], "roles": [Role.LEADER.value]}
        seeding.store_staff(session, [person | {"password": PASSWORD}], now)
        session.commit()
    reader = create_app(office, secret_key=PASSWORD, clock=lambda: now).test_client()
    shown = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', reader.get("/login").text)
    assert shown
    form = {"username": LEADER, "password": PASSWORD, "csrf_token": shown[1]}
    entered = reader.post("/login", data=form)
    if entered.status_code != 302:
        raise RuntimeError(f"登录失败：{entered.status_code}")
    return reader


def _opened(reader: FlaskClient, address: str) -> None:
    shown = reader.get(address)
    if shown.status_code != 200:
        raise RuntimeError(f"{address}：{shown.status_code}")
