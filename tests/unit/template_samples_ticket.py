"""A full sample context for the ticket's pages and the texts at hand: what the views promise to hand over."""

from __future__ import annotations

from typing import Any

from hotline.web.mapping import MapSettings
from tests.unit.template_parts import AHEAD, COMPLAINT, LATE, LONG, MET, NASTY, STEPS, TICKETS, TODAY, a_ticket, hours
from tests.unit.template_samples_staff import ASSIGNMENT, promise

PHRASES = [{"value": 1, "label": NASTY, "text": NASTY}, {"value": 2, "label": "答复：已办结", "text": LONG}]
MERGER = {
    "name": "merger",
    "label": "并案",
    "url": "/desk/tickets/1/merger",
    "key": "m",
    "look": "预览将怎样告知每位诉求人",
    "foreseen": {
        "into": "202610130009",
        "matter": NASTY,
        "state": "处理中",
        "tellings": [
            {"complaint": "202610130001", "phone": "138****5678", "text": NASTY, "why_not": ""},
            {"complaint": "202610130002", "phone": "", "text": "", "why_not": "没有留下电话。"},
        ],
    },
    "fields": [{"name": "into", "label": "并入工单编号", "type": "text", "required": True},
               {"name": "reason", "label": "原因", "type": "textarea", "phrases": PHRASES}],
}  # fmt: skip
QUICK = {
    "name": "quick-text",
    "label": "新增一条",
    "url": "/desk/quick-texts",
    "open": True,
    "primary": True,
    "fields": [
        {"name": "name", "label": "名称", "required": True},
        {"name": "text", "label": "内容", "type": "textarea"},
    ],
    "typed": {"name": NASTY, "text": NASTY},
    "errors": {"text": "不认识“{诉求}”。"},
}
LINE = {"name": NASTY, "text": NASTY, "nouns": "答复诉求人", "url": "/q/1", "remove_url": "/q/1/removal"}


def a_line(kind: str, what: str, who: str, **more: Any) -> dict[str, Any]:
    """One line of the 时间线."""
    line = {"kind": kind, "at": hours(-4), "icon": None, "what": what, "who": who, "words": None, "mark": None}
    return line | {"photo_url": None} | more


TICKET: dict[str, dict[str, Any]] = {
    "staff/ticket.html": {
        "ticket": TICKETS[0]
        | {
            "confidential": True,
            "outcome": NASTY,
            "answer": LONG,
            "merged_into": "202610130009",
            "merged_url": "/t/9",
            "version": 3,
            "declined": NASTY,
            "channel": NASTY,
        },
        "alike": [
            a_ticket(8, "handling", "处理中", AHEAD)
            | {"how": "很可能是同一件事，相似度87%", "why": "相距 30 米", "joins": True, "received_at": hours(-48)}
        ],
        "merge_url": "/t/merger",
        "message": "工单已被他人处理，现为“督办中”。请查看变化后再操作。",
        "changes": [{"at": hours(-1), "actor": "系统", "text": "督办"}],
        "typed": [{"label": "原因", "value": NASTY}],
        "differences": [{"label": "紧急程度", "before": NASTY, "now": "紧急", "yours": NASTY, "same": False}],
        "photos": [
            {
                "round": 2,
                "pairs": [({"url": "/p/1", "alt": "前", "note": "照片1"}, {"url": "/p/2", "alt": NASTY, "note": ""})],
                "others": [],
            },
            {
                "round": 1,
                "pairs": [(None, {"url": "/p/3", "alt": "后", "note": "照片2，不公开"})],
                "others": [{"url": "/p/4", "alt": "现场", "note": "第 1 轮 照片3"}],
            },
        ],
        "map_settings": MapSettings(),
        "points": [{"latitude": 32.1, "longitude": 119.4, "title": NASTY}],
        "course": [
            {
                "round": 2,
                "current": True,
                "links": [
                    {"label": "受理", "at": hours(-9), "who": "周督办", "note": "重办", "state": "done"},
                    {"label": "交办", "at": hours(-8), "who": NASTY, "note": "处理中", "state": "now"},
                    {"label": "督办", "at": hours(-4), "who": "系统", "note": "", "state": "warn"},
                    {"label": "答复", "at": None, "who": "", "note": "", "state": ""},
                ],
            },
            {"round": 1, "current": False, "links": []},
        ],
        "refused": [{"label": "申请延期", "reason": "办理时限已过，不能再申请延期，请尽快办理并提交结果。"}],
        "presence": {"url": "/tickets/1/presence", "load_url": "/tickets/1", "every": 15, "since": 7},
        "print_url": "/tickets/1/sheet",
        "previous_url": "/tickets/0",
        "next_url": "/tickets/2",
        "requests": [
            {
                "label": "延期",
                "verdict": "待审批",
                "asked_at": hours(-6),
                "asked_by": "冯市政",
                "decided_at": None,
                "decided_by": None,
                "reason": NASTY,
                "opinion": "",
            }
        ],
        "reads_only": False,
        "back_url": "/tickets",
        "steps": [*STEPS, ASSIGNMENT, MERGER],
        "risks": [{"name": "威胁", "level": "urgent", "words": NASTY}],
        "review": [
            {"label": "雷同", "text": NASTY, "serious": True, "copied_from": "20261012000001", "url": "/tickets/1"}
        ],
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
            promise("处理", LATE, -5, original_due_at=hours(-29), note="已延期 1 次"),
            promise("办结", AHEAD, 51, owner="热线中心"),
            promise("签收", MET, -5),
            promise("处理", None, -20, note="已退回，不再计算"),
        ],
        "assignments": [
            {
                "unit": "市政工程处",
                "part_label": "主办",
                "since": hours(-38),
                "state_label": "处理中",
                "designated": True,
                "handler": "冯市政",
                "instruction": NASTY,
                "opinion": None,
            }
        ],
        "orders": [
            {
                "number": "DB2026-0031",
                "level": "yellow",
                "level_label": "黄牌",
                "issued_at": hours(-4),
                "by": "系统",
                "unit": "市政工程处",
                "ground": "超期",
                "copies": "分管副市长",
                "deduction": "2",
                "accepted": True,
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
                "unit": "市政工程处",
                "ground": "超期",
                "copies": "",
                "deduction": "0",
                "demand": "请抓紧办理。",
                "due": None,
                "explanation": None,
                "lifted_at": hours(-1),
            },
        ],
        "line": {
            "choices": [
                {"label": "全部", "url": "/tickets/1#line", "current": True},
                {"label": "备注", "url": "/tickets/1?line=notes#line", "current": False},
            ],
            "lines": [
                a_line(
                    "text",
                    "发出短信",
                    "诉求人　138****5678",
                    words=NASTY,
                    settled_at=hours(-1),
                    icon="message",
                    mark={"label": "已送达", "tone": "ok", "icon": "circle-check"},
                ),
                a_line("photo", "办理照片", "", photo_url="/p/1", alt=NASTY, icon="photo"),
                a_line("event", "交办", "王建国（派单员）", words=NASTY),
            ],
            "older_url": "/tickets/1?before=x#line",
            "newest_url": "/tickets/1#line",
            "empty": "还没有记录。",
        },
        "note": {
            "url": "/tickets/1/note",
            "hidden": {"from": "view=mine"},
            "typed": {"text": NASTY},
            "errors": {"text": "请填写备注内容。"},
            "phrases": PHRASES,
            "key": "j",
            "open": True,
        },
    },
    "staff/contact.html": {
        "contact": {"name": NASTY, "phone": "13800005678"},
        "complaint": "202610130001",
        "back_url": "/tickets/1",
        "fault": None,
        "reason": "",
        "reveal_url": "/reveal/1",
    },
    "staff/sheet.html": {
        "accepted_at": hours(-40),
        "orders": ["DB00000007 督办　10月14日09时　系统　超期：请三日内办结。"],
        "number": "202610130001",
        "ticket_url": "/tickets/1",
        "state_label": "处理中",
        "round": 2,
        "received_at": hours(-40),
        "channel": "电话",
        "source": "市民",
        "urgency": "一般",
        "confidential": True,
        "callers": ["张**　138****5678", NASTY],
        "matter": NASTY,
        "said": [{"number": "1", "text": LONG, "additions": [NASTY]}, {"number": "2", "text": NASTY, "additions": []}],
        "place": NASTY,
        "area": "东区",
        "category": "部件 · 公用设施 · 路灯",
        "standard": "灯具损坏",
        "unit": "市政工程处",
        "assists": "园林局",
        "promises": ["处理：10月14日18时前", "办结：10月20日18时前"],
        "instruction": NASTY,
        "assigned": "陈派单　10月12日9时",
        "handler": "冯市政",
        "outcome": NASTY,
        "submitted_at": hours(-2),
        "check": {"text": NASTY, "signed": "周督办　10月13日9时"},
        "answer": NASTY,
        "replied": "",
        "surveys": [NASTY],
        "accepted": "王受理　10月12日9时",
    },
    "staff/quick_texts.html": {
        "own": [LINE],
        "of_unit": [LINE],
        "from_above": [LINE],
        "keeps": True,
        "step": QUICK,
        "removed": {"name": NASTY, "url": "/q/1/restoration"},
    },
    "staff/quick_text.html": {"step": QUICK, "remove_url": "/q/1/removal", "back_url": "/q"},
}
