"""A full sample context for each public page, and for the desk where they are reviewed."""

from __future__ import annotations

from typing import Any

from hotline.web.mapping import MapSettings
from tests.unit.template_parts import CHAIN, NASTY, NOW, hours

MAP = {"map_settings": MapSettings(tiles="/tiles/{z}/{x}/{y}.png", attribution=NASTY)}


def matter(number: int, **more: Any) -> dict[str, Any]:
    """One line of the public list."""
    return {
        "number": f"2026101200000{number}",
        "url": f"/public/{number}",
        "matter": NASTY,
        "place": NASTY,
        "group": "道路设施",
        "category": "路灯不亮",
        "area": "城中区",
        "state": "办理中",
        "done": False,
        "received_at": hours(-40),
        "due_at": hours(50),
        "late": False,
        "heat": 3,
    } | more


POINTS = [
    {"latitude": 30.512, "longitude": 117.057, "title": NASTY, "href": "/public/1", "note": NASTY, "status": "wait"}
]


def rates(month: str, running: bool, owed: int) -> dict[str, Any]:
    """One month's column."""
    rate = {"name": "处理率", "definition": "到期应处理的。", "owed": owed, "kept": owed}
    return {
        "month": month,
        "until": NOW,
        "running": running,
        "rates": [rate | {"share_text": "100.00 %" if owed else "—"}],
    }


def frozen_rates(owed: int) -> list[dict[str, Any]]:
    rate = rates("2026-09", running=False, owed=owed)["rates"][0]
    return [rate | {"missing": 0, "on_time": owed, "on_time_text": "100.00 %"}] * 3


def version(number: int, **more: Any) -> dict[str, Any]:
    return {
        "number": number, "frozen_at": hours(-300), "checksum": "ab12cd34" * 8, "previous_checksum": "",
        "reason": "", "current": False, "url": f"/public/rates/2026-09?version={number}",
    } | more  # fmt: skip


CORRECTED = version(2, reason=NASTY, current=True)
SELECT = {"type": "select", "blank": "全部", "options": [{"value": NASTY, "label": NASTY}]}

PUBLIC: dict[str, dict[str, Any]] = {
    "public/off.html": {},
    "public/tickets.html": {
        "rates": [rates("2026-10", running=True, owed=0), rates("2026-09", running=False, owed=12)],
        "rates_csv_url": "/public/rates.csv",
        "rates_json_url": "/public/rates.json",
        "months_url": "/public/rates",
        "filters": [
            {"name": "q", "label": "事项、地点或编号", "type": "search"},
            {"name": "group", "label": "类别", **SELECT},
            {"name": "since", "label": "收到日期不早于", "type": "date"},
        ],
        "values": {"q": NASTY, "group": NASTY, "since": "2026-10-01"},
        "narrowed": True,
        "sifted": True,
        "heading": NASTY,
        "conditions": ["办理中", "收到日期不早于2026年10月1日"],
        "found": {"number": 37, "or_more": False},
        "first_page": True,
        "backwards": False,
        "looked_to": None,
        "tickets": [
            matter(1),
            matter(2, due_at=hours(-3), late=True, heat=1),
            matter(3, due_at=None, done=True, state="已办结", place="", category="", area=""),
        ],
        "points": POINTS,
        "extent": ((30.5, 117.0), (30.6, 117.1)),
        "outside": 1,
        "next_url": "/public?after=3",
        "prev_url": "/public?before=1",
        "all_url": "/public",
        "feed_url": "/public/feed.atom",
        "feed_heading": NASTY,
        **MAP,
    },
    "public/months.html": {
        "rates": [rates("2026-10", running=True, owed=0), rates("2026-09", running=False, owed=12)],
        "rates_csv_url": "/public/rates.csv",
        "rates_json_url": "/public/rates.json",
        "months_url": "/public/rates",
        "months": [
            {"month": "2026-09", "url": "/public/rates/2026-09", "version": 2, "frozen_at": hours(-300),
             "rates": frozen_rates(12)},
        ],
    },
    "public/month.html": {
        "month": "2026-09",
        "newest": True,
        "version": CORRECTED,
        "versions": [CORRECTED, version(1)],
        "rates": frozen_rates(0),
        "units": [{"name": NASTY, "rates": frozen_rates(12)}],
        "csv_url": "/public/rates/2026-09.csv",
        "json_url": "/public/rates/2026-09.json",
        "months_url": "/public/rates",
        "newest_url": "/public/rates/2026-09",
    },
    "public/ticket.html": {
        "ticket": matter(1),
        "round": 2,
        "unit": NASTY,
        "chain": CHAIN,
        "answer": NASTY,
        "answered_at": hours(-2),
        "photos": ["/public/1/photos/a", "/public/1/photos/b"],
        "points": POINTS,
        "same_url": "/complaints/new?of=1",
        "list_url": "/public",
        "feed_url": "/public/feed.atom",
        "feed_heading": NASTY,
        **MAP,
    },
    "staff/public.html": {
        "views": [
            {"label": "待审核", "url": "/desk/public?view=waiting", "current": True},
            {"label": "公开中", "url": "/desk/public?view=shown", "current": False},
        ],
        "told": "受理后先在这里审核。",
        "tickets": [
            {"number": "20261012000001", "url": "/p/1", "matter": NASTY, "place": NASTY, "received_at": hours(-4),
             "reviewer": "王受理", "reviewed_at": hours(-1)},
            {"number": "20261012000002", "url": "/p/2", "matter": NASTY, "place": "", "received_at": hours(-4),
             "reviewer": "", "reviewed_at": None},
        ],
        "next_url": "/desk/public?after=3",
        "prev_url": "/desk/public?before=1",
        "empty_text": "没有待审核的工单。",
        "public_url": "/public",
    },
    "staff/publication.html": {
        "number": "20261012000001",
        "status": "公开中",
        "withheld": "",
        "shown": True,
        "reviewed_at": hours(-1),
        "reviewer": "王受理",
        "texts": [
            {"name": "matter", "label": "事项", "parts": [("我是", False), (NASTY, True)], "covered": True,
             "value": NASTY, "now": NASTY, "rows": 2},
            {"name": "place", "label": "位置", "parts": [("香溪路", False)], "covered": False, "value": "", "now": "",
             "rows": 2},
        ],
        "photos": ["/files/a"],
        "seen": "0123456789abcdef",
        "action": "/desk/public/1",
        "errors": {"place": "请填写公开的位置；不宜公开的，请选择“不公开”。"},
        "hide": {"errors": {"reason": "请写明不公开的原因。"}, "reason": NASTY},
        "ticket_url": "/desk/tickets/1",
        "list_url": "/desk/public",
        "public_url": "/public/1",
    },
}  # fmt: skip
