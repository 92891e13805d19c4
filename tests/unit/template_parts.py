"""What the sample contexts of the pages are made of: times, tickets, steps, rates, and text that must be escaped.

User text carries markup, a formula, an emoji and a right-to-left override, so that escaping is always under test.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 10, 13, 1, 0, tzinfo=UTC)  # 09:00 in the city
NASTY = "<script>alert('x')</script>=1+1 😀\u202e路灯 & \"不亮\""
LONG = (
    "香溪路与大桥路口东南角公交站旁边连续三盏路灯已经半个多月不亮，"
    "晚上接孩子放学看不清台阶，前天有位老人摔倒了，希望尽快派人来修。"
)


def hours(amount: float) -> datetime:
    return NOW + timedelta(hours=amount)


AHEAD = {"due_at": hours(51), "warn_at": hours(30), "why_url": "/t/why"}
TODAY = {"due_at": hours(9), "why_url": "/t/why"}
LATE = {"due_at": hours(-5), "over": "5 工作时", "why_url": "/t/why"}
PAUSED = {"due_at": hours(-5), "paused": True, "paused_until": hours(480)}
MET = {"due_at": hours(-5), "met_at": hours(-8)}
MET_LATE = {"due_at": hours(-30), "met_at": hours(-28)}
PHOTO = {"url": "/photo/1", "alt": "现场照片1"}

EVERYWHERE: dict[str, Any] = {
    "now": NOW,
    "urls": {"home": "/", "complain": "/complain", "lookup": "/lookup", "login": "/login", "logout": "/logout"},
}
DESK: dict[str, Any] = {
    "nav": [
        {
            "label": "工作",
            "entries": [
                {"label": "今日", "url": "/desk/", "current": False, "key": "j", "number": "", "count": ""},
                {"label": "工单", "url": "/tickets", "current": True, "key": "g", "number": "mine", "count": "999+"},
            ],
        },
        {
            "label": "受理",
            "entries": [
                {"label": "来电草稿", "url": "/drafts", "current": False, "key": "l", "number": "drafts", "count": "3"},
                {"label": "短信台", "url": "/console", "current": False, "key": "", "number": "", "count": ""},
            ],
        },
    ],
    "user": {"name": "王建国", "role": "派单员", "unit": "市城市管理服务热线中心"},
    "look": {"theme": "dark", "letters": False},
    "frame": {
        "home_url": "/desk/",
        "find_url": "/desk/find",
        "live_url": "/desk/live",
        "me_url": "/desk/me",
        "help_url": "/desk/help",
        "new_url": "/desk/calls/new",
    },
}


def rate(kept: int, owed: int) -> dict[str, Any]:
    percent = f"{100 * kept / owed:.2f} %" if owed else "—"
    return {"percent": percent, "kept": kept, "owed": owed, "kept_url": "/kept", "owed_url": "/owed"}


def a_ticket(number: int, state: str, label: str, due: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    return {
        "number": f"2026101300{number:02}",
        "url": f"/tickets/{number}",
        "matter": LONG[: 18 + 5 * number],
        "place": "香溪路与大桥路口",
        "state": state,
        "state_label": label,
        "unit": "市政工程处",
        "due": due,
        "level": None,
        "level_label": "",
        "urgency": "normal",
        "urgency_label": "一般",
        "source": "citizen",
        "source_label": "市民",
        "heat": 1,
        "risks": [{"name": "媒体关注", "level": "attention"}],
    } | more


TICKETS = [
    a_ticket(1, "supervised", "督办中", LATE, level="yellow", level_label="黄牌", heat=4),
    a_ticket(
        2, "handling", "处理中", TODAY, urgency="urgent", urgency_label="紧急", level="remind", level_label="催办"
    ),
    a_ticket(3, "accepted", "待交办", AHEAD, unit=None, source="leader", source_label="领导批示", matter=NASTY),
    a_ticket(4, "paused", "挂账", PAUSED, unit="市园林绿化管理中心第二养护队"),
    a_ticket(5, "closed", "办结归档", MET),
    a_ticket(6, "declined", "不予受理", None),
]
UNITS = [
    {"value": 4, "label": "市政工程处", "group": "市城管局", "hint": "近三月同类 38 件由其承办"},
    {"value": 5, "label": "环卫处", "group": "市城管局"},
]
STEPS = [
    {
        "name": "assign",
        "label": "交办",
        "url": "/tickets/1/assignment",
        "primary": True,
        "hidden": {"version": 7},
        "preview": "您反映的路灯问题已交市政工程处办理，10月15日12时前答复您。",
        "fields": [
            {"name": "unit", "label": "主办单位", "type": "select", "options": UNITS, "required": True},
            {"name": "assist", "label": "协办单位", "type": "checkboxes", "options": UNITS},
            {"name": "opinion", "label": "交办意见", "type": "textarea", "rows": 3},
        ],
        "typed": {"unit": 4, "assist": ["5"], "opinion": NASTY},
        "errors": {"unit": "请选择主办单位，例如：市政工程处"},
    },
    {
        "name": "answer",
        "label": "直接答复",
        "url": "/tickets/1/answer",
        "fields": [
            {"name": "text", "label": "答复内容", "type": "textarea", "required": True, "hint": "市民会原样看到。"}
        ],
    },
    {
        "name": "decline",
        "label": "不予受理",
        "url": "/tickets/1/declination",
        "danger": True,
        "fields": [{"name": "reason", "label": "原因", "required": True}, {"name": "channel", "label": "应当向谁反映"}],
    },
]
COMPLAINT = {
    "number": "SQ2026101300017",
    "text": LONG + "\n" + NASTY,
    "place": "香溪路与大桥路口",
    "arrived_at": hours(-40),
    "photos": [PHOTO, PHOTO],
}
CHAIN = [
    {"label": "受理", "at": hours(-39), "state": "done", "note": "分类：路灯"},
    {"label": "交办", "at": hours(-38), "state": "done", "note": "市政工程处"},
    {"label": "督办", "at": hours(-5), "state": "warn", "note": "办理超时，已督办"},
    {"label": "答复", "at": None, "state": "now", "note": None},
]
TYPED = [{"label": "办理结果", "value": NASTY + "\n第二行"}]
ERROR = {"typed": TYPED, "back_url": "/back", "message": "上一次延期申请尚未审批。"}
