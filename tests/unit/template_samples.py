"""A full sample context for every page: what the views promise to hand over, with the awkward cases in it.

User text carries markup, a formula, an emoji and a right-to-left override, so that escaping is always under test.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hotline.web.styleguide import samples

NOW = datetime(2026, 10, 13, 1, 0, tzinfo=UTC)  # 09:00 in the city
NASTY = "<script>alert('x')</script>=1+1 😀\u202e路灯 & \"不亮\""
LONG = "香溪路与大桥路口东南角公交站旁边连续三盏路灯已经半个多月不亮，晚上接孩子放学看不清台阶，前天有位老人摔倒了，希望尽快派人来修。"


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
        {"label": "工单", "url": "/tickets", "current": True, "count": None},
        {"label": "来电草稿", "url": "/drafts", "current": False, "count": 3},
        {"label": "待联系", "url": "/calls", "current": False, "count": 12},
        {"label": "月报", "url": "/reports", "current": False, "count": None},
        {"label": "短信台", "url": "/console", "current": False, "count": None},
    ],
    "user": {"name": "王建国", "role": "派单员", "unit": "市城市管理服务热线中心"},
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

CONTEXTS: dict[str, dict[str, Any]] = {
    "errors/400.html": ERROR,
    "errors/403.html": ERROR,
    "errors/404.html": {},
    "errors/409.html": ERROR | {"changes": [{"at": hours(-1), "actor": "李敏（派单员）", "text": "交办给市政工程处"}]},
    "errors/413.html": {"photo_limit": 6, "photo_megabytes": 10, "typed": TYPED},
    "errors/429.html": {"retry_after": 40, "typed": []},
    "errors/500.html": {"reference": "A7F3-22", "typed": TYPED},
    "citizen/home.html": {},
    "citizen/complain.html": {
        "values": {
            "text": NASTY,
            "place": "",
            "name": "张",
            "phone": "1380",
            "identity": "confidential",
            "wants_reply": "yes",
        },
        "errors": {"place": "请写明大致位置，例如：香溪路与大桥路口", "phone": "请写11位手机号码，或选择匿名"},
        "form_key": "k1",
        "photo_limit": 6,
        "photo_megabytes": 10,
        "kept_photos": [{"token": "p1", "name": "IMG_1.jpg"}],
    },
    "citizen/received.html": {
        "number": "SQ2026101300017",
        "key": "7KQ4-M2XD",
        "status_url": "/s/1",
        "phone_masked": "138****5678",
        "wants_reply": False,
        "promises": [
            {"label": "受理，告诉您由谁办理", "due_at": hours(2)},
            {"label": "办结", "due_at": hours(75)},
            {"label": "答复您", "due_at": hours(87)},
        ],
    },
    "citizen/lookup.html": {"values": {"number": "SQ1"}, "errors": {"form": "编号或查询码不对，请对照短信再输入一次"}},
    "citizen/status.html": {
        "complaint": COMPLAINT,
        "headline": "已交市政工程处办理，10月15日12时前答复您。",
        "due": AHEAD,
        "unit": "市政工程处",
        "chain": CHAIN,
        "answer": {"text": "已更换灯具三盏，恢复照明。\n" + NASTY, "unit": "市政工程处", "at": hours(-2)},
        "said": [{"at": hours(-20), "who": "您的补充", "text": NASTY}],
        "survey": {"url": "/s/1/survey", "typed": {"solved": "no"}, "errors": {"satisfaction": "请选择满意程度"}},
        "add": {"url": "/s/1/additions", "typed": {}, "errors": {}},
        "urge": {"url": "/s/1/urging"},
        "unsolved": {"url": "/s/1/rework", "until": hours(100), "typed": {}, "errors": {}},
        "withdraw": {"url": "/s/1/withdrawal", "typed": {}, "errors": {}},
    },
    "staff/login.html": {
        "values": {"username": "wang"},
        "errors": {"form": "用户名或密码不对，请再输入一次"},
        "next_url": "/tickets",
        "demo_logins": [
            {"username": "paidan1", "password": "demo-2026", "name": "王建国", "role": "派单员", "unit": "热线中心"}
        ],
    },
    "staff/tickets.html": {
        "title": "全部工单",
        "tickets": TICKETS,
        "total": 128,
        "next_url": "/tickets?after=6",
        "prev_url": None,
        "views": [
            {"label": "待我办理", "url": "/t", "count": 14, "current": True},
            {"label": "将到期", "url": "/t", "count": 3, "current": False},
            {"label": "已超期", "url": "/t", "count": 1, "current": False},
            {"label": "全部", "url": "/t", "count": None, "current": False},
        ],
        "filters": [
            {"name": "q", "label": "编号、事项、位置", "type": "search"},
            {
                "name": "state",
                "label": "状态",
                "type": "select",
                "blank": "全部",
                "options": [{"value": "handling", "label": "处理中"}],
            },
            {"name": "unit", "label": "承办单位", "type": "select", "blank": "全部", "options": UNITS},
        ],
        "values": {"state": "handling"},
        "empty_text": "还没有待签收的工单。新工单会在这里出现，并发短信给值班人员。",
        "new_url": "/drafts/new",
    },
    "staff/ticket.html": {
        "ticket": TICKETS[0] | {"confidential": True},
        "back_url": "/tickets",
        "steps": STEPS,
        "facts": [
            {"label": "类别", "value": "部件 / 公用设施 / 路灯"},
            {"label": "位置", "value": "香溪路与大桥路口"},
            {"label": "轮次", "value": "第 1 轮"},
        ],
        "complaints": [
            COMPLAINT
            | {
                "channel_label": "网站",
                "source_label": "市民",
                "caller": "张**",
                "phone": "138****5678",
                "confidential": True,
                "reply_due": AHEAD,
                "wants_reply": True,
                "reveal_url": "/reveal/1",
            },
            COMPLAINT
            | {
                "number": "SQ2026101300021",
                "text": "同样的问题",
                "channel_label": "短信",
                "source_label": "市民",
                "caller": None,
                "phone": None,
                "confidential": False,
                "photos": [],
                "reply_due": None,
                "wants_reply": False,
                "reveal_url": None,
            },
        ],
        "deadlines": [
            {"label": "处理", "owner": "市政工程处", "due": LATE, "original_due_at": hours(-29), "note": "延期 1/2"},
            {"label": "办结", "owner": "热线中心", "due": AHEAD, "original_due_at": hours(51), "note": None},
            {"label": "签收", "owner": "市政工程处", "due": MET, "original_due_at": None, "note": None},
        ],
        "assignments": [{"unit": "市政工程处", "part_label": "主办", "since": hours(-38), "state_label": "处理中"}],
        "orders": [
            {
                "number": "DB2026-0031",
                "level": "yellow",
                "level_label": "黄牌",
                "issued_at": hours(-4),
                "by": "系统",
                "demand": "请立即办理，并书面说明超期原因。",
                "due": TODAY,
                "explanation": NASTY,
                "lifted_at": None,
            },
            {
                "number": "DB2026-0030",
                "level": "remind",
                "level_label": "催办",
                "issued_at": hours(-8),
                "by": "系统",
                "demand": "请抓紧办理。",
                "due": None,
                "explanation": None,
                "lifted_at": hours(-1),
            },
        ],
        "history": [
            {"at": hours(-4), "actor": "系统", "what": "督办", "note": "黄牌"},
            {"at": hours(-38), "actor": "王建国（派单员）", "what": "交办", "note": NASTY},
            {"at": hours(-39), "actor": "李敏（受理员）", "what": "受理", "note": None},
        ],
        "notes": [{"at": hours(-2), "author": "李敏", "text": "已电话催促。"}],
        "note_url": "/tickets/1/note",
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
        "days": [
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
        ],
        "pauses": [{"from_at": hours(-60), "to_at": None, "reason": "等待配件"}],
        "warnings": ["2027年日历为暂定，公布后时限会重新计算。"],
        "extensions": [
            {"granted_at": hours(-20), "by": "王建国", "from_due_at": hours(3), "to_due_at": hours(51), "reason": NASTY}
        ],
    },
    "staff/drafts.html": {
        "drafts": [
            {
                "number": "TH0001",
                "url": "/drafts/1",
                "gist": LONG,
                "received_at": hours(-1),
                "lines": 24,
                "caller": "138****5678",
                "urgent": True,
                "question": False,
            },
            {
                "number": "TH0002",
                "url": "/drafts/2",
                "gist": NASTY,
                "received_at": hours(-2),
                "lines": 6,
                "caller": None,
                "urgent": False,
                "question": True,
            },
        ],
        "total": 2,
        "next_url": None,
        "prev_url": None,
        "upload_url": "/drafts",
        "errors": {"transcript": "请选择一个文件"},
    },
    "staff/draft.html": {
        "draft": {"number": "TH0001", "received_at": hours(-1), "caller": "138****5678", "version": 3},
        "back_url": "/drafts",
        "lines": [
            {
                "no": n,
                "at": f"00:{n * 4:02}",
                "speaker": ("agent", "citizen", "")[n % 3],
                "text": NASTY if n == 4 else LONG[:40],
                "used": n in (2, 5),
            }
            for n in range(1, 13)
        ],
        "fields": [
            {"name": "text", "label": "什么事", "type": "textarea", "required": True, "lines": [2, 5]},
            {"name": "place", "label": "位置", "required": True, "lines": [5]},
            {
                "name": "urgency",
                "label": "紧急程度",
                "type": "radio",
                "inline": True,
                "options": [{"value": "normal", "label": "一般"}, {"value": "urgent", "label": "紧急"}],
            },
            {"name": "phone", "label": "电话", "type": "tel", "lines": [8]},
            {"name": "confidential", "label": "要求保密", "type": "checkbox"},
        ],
        "values": {"text": LONG, "place": "", "urgency": "normal", "phone": "13800005678"},
        "errors": {"place": "请写明大致位置"},
        "duplicates": [
            a_ticket(8, "handling", "处理中", AHEAD)
            | {"why": "相距 30 米，同为路灯，2 天前", "join_url": "/drafts/1/merger"}
        ],
        "confirm_url": "/drafts/1/confirmation",
        "answer_url": "/drafts/1/answer",
        "discard_url": "/drafts/1/discard",
    },
    "staff/calls.html": {
        "calls": [
            {
                "number": "SQ2026101300017",
                "url": "/t",
                "matter": LONG[:20],
                "caller": "张**",
                "phone": "138****5678",
                "answer": NASTY,
                "why": "短信两次未送达",
                "tries": 1,
                "last_try_at": hours(-3),
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
    "reports/month.html": {
        "month": "2026年9月",
        "scope": "全市",
        "prev_url": "/reports/2026-08",
        "next_url": None,
        "csv_url": "/x.csv",
        "until": NOW,
        "frozen": {"at": NOW, "checksum": "9f2c1ab04477deadbeef"},
        "missing": [
            {"label": "未办结", "count": 3, "url": "/m", "note": "其中 1 件已超期 12 天"},
            {"label": "未答复", "count": 1, "url": "/m", "note": None},
        ],
        "missing_tickets": [t | {"kind_label": "办结"} for t in TICKETS[:2]],
        "missing_url": "/m",
        "rates": [
            {
                "kind": kind,
                "label": label,
                "definition": "到期应兑现的承诺中，截至月末已兑现的。",
                "main": rate(kept, owed),
                "missing": owed - kept,
                "missing_url": "/m",
                "share": kept / owed if owed else 0.0,
                "without_direct": rate(kept, owed),
                "on_time": rate(kept and kept - 2, owed),
                "original": rate(kept and kept - 3, owed),
            }
            for kind, label, kept, owed in (
                ("handle", "处理率", 540, 541),
                ("reply", "回复率", 612, 612),
                ("close", "办结率", 0, 0),
            )
        ],
        "units": [
            {
                "name": "市城管局",
                "depth": 0,
                "url": "/u",
                "handle": rate(300, 301),
                "reply": rate(310, 310),
                "close": rate(299, 301),
            },
            {"name": "市政工程处", "depth": 1, "url": "/u", "handle": rate(54, 55), "reply": rate(0, 0), "close": None},
        ],
        "categories": [
            {
                "name": "路灯",
                "depth": 0,
                "url": None,
                "handle": rate(80, 80),
                "reply": rate(80, 80),
                "close": rate(79, 80),
            }
        ],
        "counts": [
            {"label": "收到诉求", "value": 1204, "url": "/c"},
            {"label": "延期率", "value": "2.10 %", "url": None},
        ],
    },
    "reports/items.html": {
        "title": "2026年9月 全市 办结率：应办结",
        "definition": "到期应兑现的承诺。",
        "back_url": "/r",
        "csv_url": "/x.csv",
        "figure": rate(540, 541),
        "total": 541,
        "next_url": "/n",
        "prev_url": None,
        "items": [
            {
                "number": "202610130001",
                "url": "/t",
                "matter": NASTY,
                "unit": "市政工程处",
                "kind_label": "办结",
                "due": due,
                "original_due_at": hours(-30),
                "outcome": outcome,
                "outcome_label": label,
                "note": note,
            }
            for due, outcome, label, note in (
                (LATE, "missing", "未兑现", None),
                (MET_LATE, "late", "超期兑现", None),
                (MET, "kept", "按时", "当场答复"),
                (PAUSED, "exempt", "申诉成立", None),
            )
        ],
    },
    "console/sms.html": {
        "phone": "13800005678",
        "hotline": "12319",
        "values": {"text": "路灯不亮"},
        "errors": {"text": "请写短信内容"},
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
    "styleguide.html": {"samples": samples(NOW)},
}


def context(page: str) -> dict[str, Any]:
    """The full context of a page, as its view and the context processors give it."""
    desk = DESK if page.startswith(("staff/", "reports/", "console/", "styleguide")) else {}
    return EVERYWHERE | desk | CONTEXTS[page]
