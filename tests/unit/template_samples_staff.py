"""A full sample context for every staff page: what the views promise to hand over, with the awkward cases in it."""

from __future__ import annotations

from typing import Any

from tests.unit.template_parts import (
    AHEAD,
    LONG,
    NASTY,
    TODAY,
    UNITS,
    hours,
)

DAYS = [
    {
        "date": "10月9日 星期五",
        "kind": "zero",
        "label": "收到当日不计",
        "hours": "",
        "counted": "",
        "total": "",
    },
    {
        "date": "10月10日 星期六",
        "kind": "makeup",
        "label": "调休上班",
        "hours": "08:00–12:00、14:00–18:00",
        "counted": "1 工作日",
        "total": "1 工作日",
    },
    {"date": "10月11日 星期日", "kind": "off", "label": "休息", "hours": "", "counted": "", "total": ""},
    {
        "date": "10月12日 星期一",
        "kind": "counted",
        "label": "工作日",
        "hours": "08:00–12:00、14:00–18:00",
        "counted": "1 工作日",
        "total": "2 工作日",
    },
]


def promise(label: str, due: dict[str, Any] | None, due_in: float, **more: Any) -> dict[str, Any]:
    """One line of the ticket's 时限."""
    line = {
        "label": label,
        "owner": "市政工程处",
        "due": due,
        "due_at": hours(due_in),
        "original_due_at": hours(due_in),
    }
    return line | {"note": None, "why_url": "/why"} | more


ASSIGNMENT = {
    "name": "assignment",
    "label": "交办",
    "url": "/desk/tickets/1/assignment",
    "takes": True,
    "fields": [
        {
            "name": "unit_id",
            "label": "主办单位",
            "type": "select",
            "required": True,
            "options": UNITS,
            "suggested": {
                "title": "推荐主办单位",
                "hint": "按键盘上的数字或点击。",
                "take": "take",
                "why": "为什么？",
                "told": f"已填好：{NASTY}。",
                "choices": [
                    {"value": 1, "label": NASTY, "chosen": True, "also": "时限：3个工作日", "reasons": [NASTY, LONG]},
                    {"value": 2, "label": "园林局", "chosen": False, "also": None, "reasons": ["派单目录"]},
                ],
                "none": None,
                "avoided": [NASTY],
                "link": {"url": "/desk/dispatch", "label": "录入派单目录"},
            },
        }
    ],
}
DISPATCH_LINE = {
    "name": "add",
    "label": "新增一条",
    "url": "/desk/dispatch",
    "fields": [
        {"name": "area", "label": "区域", "type": "text", "hint": "例如：云津区。"},
        {"name": "lead_id", "label": "主办单位", "type": "select", "required": True, "options": UNITS},
    ],
    "typed": {"area": NASTY},
    "errors": {},
}

STAFF: dict[str, dict[str, Any]] = {
    "staff/login.html": {
        "action": "/login",
        "values": {"username": "wang"},
        "errors": {"form": "用户名或密码不对，请再输入一次"},
        "next_url": "/tickets",
        "demo_logins": [
            {"username": "paidan1", "password": "demo-2026", "name": "王建国", "role": "派单员", "unit": "热线中心"}
        ],
    },
    "staff/dispatch.html": {
        "lines": [
            {
                "category": "路灯 B0137",
                "words": NASTY,
                "area": "云津区",
                "lead": "市政工程处",
                "assists": "园林局",
                "limit": "3个工作日",
                "note": NASTY,
                "url": "/desk/dispatch/1",
            },
            {
                "category": None,
                "words": "夜市+油烟",
                "area": "",
                "lead": "综合执法大队",
                "assists": "",
                "limit": None,
                "note": "",
                "url": "/desk/dispatch/2",
            },
        ],
        "total": 501,
        "empty": False,
        "judged": {"dispatched": 120, "first": 84, "among": 111},
        "filters": [{"name": "unit", "label": "主办或协办单位", "type": "select", "blank": "全部", "options": UNITS}],
        "values": {"unit": "1"},
        "step": DISPATCH_LINE,
        "download_url": "/desk/dispatch.toml",
    },
    "staff/dispatch_line.html": {
        "step": DISPATCH_LINE | {"errors": {"area": "请填写区域。"}},
        "remove_url": "/desk/dispatch/1/removal",
        "back_url": "/desk/dispatch",
    },
    "staff/why.html": {
        "ticket": {"number": "202610130001", "url": "/tickets/1"},
        "limit_text": "3 工作日",
        "deadline": {
            "label": "处理",
            "owner": "市政工程处",
            "started_at": hours(-90),
            "due_at": hours(51),
            "original_due_at": hours(3),
            "met_at": None,
            "due": AHEAD,
        },
        "policy": {"name": "市城市管理案件处置标准", "version": "2026-01-01", "rule": "路灯：灯具损坏"},
        "stages": [
            {"label": "原时限", "due_at": hours(3), "days": DAYS},
            {"label": "第 1 次延期", "due_at": hours(51), "days": DAYS},
        ],
        "pauses": [{"from_at": hours(-60), "to_at": None, "reason": "等待配件"}],
        "warnings": ["2027年日历为暂定，公布后时限会重新计算。"],
        "extensions": [
            {"granted_at": hours(-20), "by": "王建国", "from_due_at": hours(3), "to_due_at": hours(51), "reason": NASTY}
        ],
    },
    "staff/calls.html": {
        "which": "answers",
        "tabs": [
            {"label": "待联系", "count": 1, "url": "/calls", "current": True},
            {"label": "待回访", "count": "1000+", "url": "/calls?list=surveys", "current": False},
        ],
        "following_url": "/calls/next",
        "calls": [
            {
                "number": "SQ2026101300017",
                "url": "/t",
                "matter": LONG[:20],
                "caller": "张**",
                "phone": "138****5678",
                "answer": NASTY,
                "why": "短信两次未送达",
                "reveal_url": "/c/17/contact",
                "call_url": "/c/17",
                "by_other": "李受理",
                "before": "已打1次，上次关机",
                "again_at": AHEAD["due_at"],
                "due": TODAY,
                "step": {
                    "name": "call-17",
                    "label": "登记电话答复",
                    "url": "/c/17",
                    "fields": [
                        {
                            "name": "outcome",
                            "label": "结果",
                            "type": "radio",
                            "required": True,
                            "options": [
                                {"value": "told", "label": "已告知本人"},
                                {"value": "missed", "label": "无人接听"},
                            ],
                        }
                    ],
                },
            }
        ],
        "total": 1,
        "next_url": None,
        "prev_url": None,
    },
    "console/sms.html": {
        "call_url": "/console/call",
        "words": [("催办", "转告办理单位，每天一次。")],
        "next_step": {"says": "热线在问地点：", "replies": ["老粮站斜对面", NASTY]},
        "phone": "13800005678",
        "hotline": "12319",
        "values": {"text": "路灯不亮"},
        "errors": {"text": "请写短信内容"},
        "any_phone": True,
        "phones": [{"number": "13800005678", "url": "/console?phone=1", "current": True, "label": "张先生"}],
        "messages": [
            {
                "at": hours(-1),
                "direction": "in",
                "text": NASTY,
                "status_label": "收到",
                "segments": 1,
                "media": [{"url": "/m/1", "name": "照片1"}],
            },
            {
                "at": hours(-1),
                "direction": "out",
                "text": "已收到，编号 SQ2026101300017。请问在哪里？",
                "status_label": "已送达",
                "segments": 2,
                "media": [],
            },
        ],
    },
}
