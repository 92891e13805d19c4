"""Full sample contexts of the month that runs: the board, the promises behind its numbers, the briefs."""

from __future__ import annotations

from typing import Any

from tests.unit.template_parts import AHEAD, LATE, LONG, MET, MET_LATE, NASTY, NOW, rate

SOME = {"count": 41, "url": "/items"}
NONE = {"count": 0, "url": None}


def a_row(number: int, due: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "number": f"2026101300{number:02}",
        "url": f"/tickets/{number}",
        "matter": LONG,
        "kind": "处理",
        "unit": "市政工程处",
        "due": due,
        "late": False,
        "state": "handling",
        "state_label": "处理中",
        "who": "冯市政",
        "step": "提交办理结果",
    } | more


ROWS = [
    a_row(1, LATE, late=True, matter=NASTY),
    a_row(2, AHEAD, url=None, who=""),
    a_row(3, MET, state="closed", state_label="办结归档", step=""),
    a_row(4, MET_LATE),
]


def a_number(label: str, count: dict[str, Any]) -> dict[str, Any]:
    return {"label": label, "measure": "件", **count}


def a_rate(label: str, kept: int, owed: int) -> dict[str, Any]:
    missing = SOME if kept < owed else NONE
    return {
        "label": label,
        "outlook": "若到月底什么都不做：97.30 %（1517/1558）；做完这 41 件，就是 100 %。",
        "on_time_outlook": "已有 17 件逾期，按时率最多还能到 98.90 %（1541/1558）。",
        "share": kept / owed if owed else 0.0,
        "main": rate(kept, owed),
        "best": rate(owed, owed),
        "missing": missing,
        "over": NONE,
        "offered": NONE,
        "gone": SOME,
    }


BOARD: dict[str, dict[str, Any]] = {
    "staff/board.html": {
        "month": "2026年10月",
        "top": "全市",
        "up_url": "/desk/board",
        "here": "/desk/board?unit=4",
        "last": "10月31日",
        "tickets": 41,
        "missing": SOME,
        "rates": [a_rate("处理率", 1517, 1558), a_rate("回复率", 9, 9), a_rate("办结率", 0, 0)],
        "kinds": ["处理率", "回复率", "办结率"],
        "days": [
            {"label": "已经逾期", "over": True, "off": False, "cells": [SOME, NONE, NONE], "all": SOME},
            {"label": "10月17日 周六", "over": False, "off": True, "cells": [NONE, NONE, NONE], "all": NONE},
        ],
        "units": [
            {
                "name": name,
                "url": url,
                "rates": [{"main": rate(7, 9), "missing": SOME}, {"main": rate(9, 9), "missing": NONE}] * 2,
                "all": SOME,
                "over": 1,
            }
            for name, url in (("市政工程处", "/desk/board?unit=4"), (NASTY, None))
        ],
        "items": ROWS,
        "by_day_url": "/desk/board/items",
        "by_unit_url": "/desk/board/items?by=unit",
    },
    "staff/board_items.html": {
        "title": "10月还没有完成的",
        "of": "市政工程处、处理",
        "back_url": "/desk/board",
        "filters": [
            {"name": "unit", "label": "单位", "type": "select", "options": [{"value": 4, "label": "市政工程处"}]},
        ],
        "values": {"unit": 4},
        "hidden": {"since": "2026-10-14"},
        "groups": [{"label": "10月14日 星期三（今天）到期", "items": ROWS}, {"label": NASTY, "items": ROWS[:1]}],
        "promises": 5,
        "tickets": 4,
        "next_url": "/next",
        "prev_url": "/prev",
    },
    "staff/briefs.html": {
        "tabs": [{"label": "全部", "url": "/desk/briefs", "current": True, "count": None}],
        "briefs": [
            {
                "url": "/desk/briefs/1",
                "title": "日报　10月12日",
                "unit": NASTY,
                "made_at": NOW,
                "read": read,
                "texted": read,
                "received": 12,
                "closed": 10,
                "late": 3,
                "missing": 41,
            }
            for read in (True, False)
        ],
        "choice_url": "/desk/me#briefs",
        "next_url": "/next",
        "prev_url": "/prev",
    },
    "staff/brief.html": {
        "title": "周报　10月5日至11日",
        "unit": NASTY,
        "made_at": NOW,
        "text": "【12319】周报（10月5日至11日）：收12件……",
        "past_label": "10月5日至11日",
        "past": [a_number("收到", SOME), a_number("办结", NONE)],
        "next": [a_number("本周到期（至10月18日周日）", SOME)],
        "orders": a_number("督办中的工单", NONE),
        "month": "10月",
        "missing": a_number("还差", SOME),
        "tickets": 41,
        "rates": [{"label": "处理率", "outlook": "已经全部完成。", "missing": a_number("", SOME)}],
        "is_there": True,
        "board_url": "/desk/board",
        "earlier_url": "/desk/briefs/1",
        "later_url": "/desk/briefs/3",
        "back_url": "/desk/briefs",
    },
}
