"""工作台: the first page of a unit's inbox as HTML, beside an empty route."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode

from bench import filling
from bench.driving import drive, get
from bench.ground import HANDLER, PASSWORD, Ground, settle
from bench.serving import EMPTY, served
from bench.table import Line
from hotline.services.desk import PAGE

TICKETS = 100_000
SHOWN = re.compile(r"/desk/tickets/M\d+")


def measure(ground: Ground, *, quick: bool) -> list[Line]:
    """A city's month stands in the database; one unit in eight looks at what it has to do."""
    tickets, seconds = (1000, 0.1) if quick else (TICKETS, 8.0)
    with served(ground.environ, EMPTY) as port:
        floor = drive(port, lambda _: get("/"), status=200, seconds=seconds)
    with ground.copy() as url:
        filling.fill_month(url, tickets, datetime.now(UTC) - timedelta(days=20))
        settle(url)
        with served({**ground.environ, "DATABASE_URL": url}) as port:
            cookie = log_in(port)
            waiting = _waiting(port, cookie)
            taken = drive(port, lambda _: get("/desk/tickets", Cookie=cookie), status=200, seconds=seconds)
    return [
        Line(
            f"单位收件箱第一页（{waiting} 件，每页 {PAGE}），8 个连接",
            f"{taken.rate:.0f} 页/秒，p50 {taken.at(0.5):.1f}，p99 {taken.at(0.99):.1f} 毫秒",
            f"空 Flask 路由 {floor.rate:.0f} 次/秒",
            f"{taken.rate / floor.rate:.3f}",
        )
    ]


def log_in(port: int, login: str = HANDLER) -> str:
    """The cookie of a person's session; of one who handles, where nobody is named."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/login")
    shown = connection.getresponse()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown.read().decode())
    cookie = shown.headers["Set-Cookie"].partition(";")[0]
    assert found
    form = urlencode({"username": login, "password": PASSWORD, "csrf_token": found[1]})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login", form, headers)
    entered = connection.getresponse()
    entered.read()
    connection.close()
    if entered.status != 302:
        raise RuntimeError(f"登录失败：{entered.status}")
    return "; ".join(each.partition(";")[0] for each in entered.headers.get_all("Set-Cookie", ()))


def _waiting(port: int, cookie: str) -> int:
    """How many tickets the page shows; a page that shows none would measure nothing."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/desk/tickets", headers={"Cookie": cookie})
    page = connection.getresponse().read().decode()
    connection.close()
    shown = len(set(SHOWN.findall(page)))
    if not shown:
        raise RuntimeError("收件箱是空的")
    return shown
