"""登记: complaints a second by POST /api/v1/complaints, beside plain SQL and beside an empty route."""

from __future__ import annotations

import json

from bench import plain
from bench.driving import Request, drive, get, post
from bench.ground import Ground, settle
from bench.serving import EMPTY, served
from bench.table import Line

AGO = 50_000_000  # the numbers of those who complained before
PLACES = ("香溪路与大桥路口", "人民广场东门", "建设路小学门口", "滨河花园二期3号楼")
TROUBLES = ("路灯不亮三天了", "夜里施工噪声扰民", "下水道堵了污水外溢", "占道经营影响通行")


def complaints(token: str) -> Request:
    """Complaints that differ: each from a telephone of its own, in the words of four places and four troubles."""
    ready = [
        json.dumps(
            {"text": f"{place}{trouble}，请派人处理。", "place": place, "name": "王小明", "phone": "138########"},
            ensure_ascii=False,
        ).encode()
        for place in PLACES
        for trouble in TROUBLES
    ]
    requests = [
        post("/api/v1/complaints", body, media_type="application/json", Authorization=f"Bearer {token}")
        for body in ready
    ]

    def request(number: int) -> bytes:
        return requests[number % len(requests)].replace(b"########", b"%08d" % number, 1)

    return request


def measure(ground: Ground, *, quick: bool) -> list[Line]:
    """Server, load and database share the cores, as in every figure here."""
    seconds = 0.1 if quick else 10.0
    with served(ground.environ, EMPTY) as port:
        floor = drive(port, lambda _: get("/"), status=200, seconds=seconds)
    with ground.copy() as url:
        settle(url)
        limit = plain.five_trips(url, None if quick else 10)
    with ground.copy() as url, served({**ground.environ, "DATABASE_URL": url}) as port:
        drive(port, complaints(ground.token), status=201, seconds=seconds / 4, first=AGO)
        settle(url)  # a city that has complaints already, and whose database knows how many
        taken = drive(port, complaints(ground.token), status=201, seconds=seconds)
    share, p50, p99 = taken.rate / limit, taken.at(0.5), taken.at(0.99)
    return [
        Line(
            "登记诉求，8 个连接",
            f"{taken.rate:.0f} 件/秒",
            f"纯 SQL 五次往返 {limit:.0f} 次/秒",
            f"{share:.3f}",
            "≥ 0.10",
            None if quick else share >= 0.10,
        ),
        Line("", f"p50 {p50:.1f}，p99 {p99:.1f} 毫秒", "", "", "p99 ≤ 40 毫秒", None if quick else p99 <= 40),
        Line("", "", f"空 Flask 路由 {floor.rate:.0f} 次/秒", f"{taken.rate / floor.rate:.2f}"),
    ]
