"""A full sample context for the pages of calls: transcripts, the form beside them, and a call taken down by hand."""

from __future__ import annotations

from typing import Any

from tests.unit.template_parts import AHEAD, LONG, NASTY, a_ticket, hours

CATEGORIES = {
    "title": "推荐类别",
    "hint": "按数字键选择",
    "take": "take",
    "why": "为什么？",
    "told": "已填好：路灯不亮。",
    "choices": [{"value": 3, "label": "路灯不亮", "chosen": True, "also": None, "reasons": ["写到了“路灯”。", LONG]}],
    "none": None,
    "avoided": [],
    "link": None,
}
SAME = [
    a_ticket(8, "handling", "处理中", AHEAD)
    | {
        "how": "可能是同一件事，相似度55%",
        "why": "相距 30 米，同为路灯，2 天前",
        "told": "来电人将收到：您反映的事项已有人反映。",
        "joins": True,
        "received_at": hours(-48),
    }
]
OWN = [
    {"complaint": "20261013000017", "url": "/t", "matter": NASTY, "place": LONG, "state": "handling",
     "state_label": "处理中", "unit": "市政工程处", "received_at": hours(-48), "due": AHEAD, "open": True,
     "urges": True, "adds": True, "urged_until": None},
    {"complaint": "20261013000016", "url": "/t", "matter": LONG, "place": "", "state": "accepted",
     "state_label": "待交办", "unit": None, "received_at": hours(-50), "due": None, "open": True, "urges": False,
     "adds": True, "urged_until": hours(20)},
    {"complaint": "20261013000015", "url": "/t", "matter": LONG, "place": "", "state": "closed",
     "state_label": "办结归档", "unit": "市政工程处", "received_at": hours(-500), "due": None, "open": False,
     "urges": False, "adds": False, "urged_until": None},
]  # fmt: skip

CALLS: dict[str, dict[str, Any]] = {
    "staff/drafts.html": {
        "views": [
            {"label": "待确认", "url": "/drafts", "current": True},
            {"label": "已转工单", "url": "/drafts?state=confirmed", "current": False},
        ],
        "open": True,
        "broken_total": 2,
        "broken": [
            {"name": "rec-7.json", "why": "JSON 格式有误（第 3 行）", "at": hours(-3), "again_url": "/drafts/again"},
        ],
        "drafts": [
            {
                "place": "香溪路与大桥路口",
                "came_by": "收取目录",
                "settled": None,
                "settled_at": None,
                "complaint": None,
                "complaint_url": None,
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
                "place": "",
                "came_by": "热线来电",
                "settled": "王受理",
                "settled_at": hours(-1),
                "complaint": "20261013000017",
                "complaint_url": "/t",
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
        "new_url": "/calls/new",
        "typed": {"pasted": NASTY, "caller": NASTY},
        "errors": {"transcript": "请选择一个文件"},
    },
    "staff/draft.html": {
        "draft": {
            "number": "TH0001",
            "received_at": hours(-1),
            "caller": "138****5678",
            "came_by": "收取目录",
            "recording": "REC-0017",
            "open": True,
            "question": True,
            "settled": "待确认",
            "complaint": None,
            "complaint_url": None,
            "answer": "",
        },
        "other": "李受理",
        "questions": ["请问从什么时候开始不亮？"],
        "warnings": ["没有读到坐席说的话，通话可能不完整。"],
        "told": [{"label": "坐席承诺", "value": NASTY, "line": 7}],
        "risks": [
            {"name": "生命危险", "why": "“漏电”", "line": 5},
            {"name": "第三次反映", "why": "同一来电人", "line": None},
        ],
        "suggested": {
            "title": "推荐类别",
            "hint": "按数字键选择",
            "take": "take",
            "why": "为什么？",
            "told": "已填好：路灯不亮。",
            "choices": [
                {"value": 3, "label": "路灯不亮", "chosen": True, "also": None, "reasons": ["写到了“路灯”。", LONG]}
            ],
            "none": None,
            "avoided": [],
            "link": None,
        },
        "answer_typed": {"answer": NASTY},
        "answer_errors": {"answer": "请写明答复了什么，4000字以内。"},
        "reason_typed": {},
        "reason_errors": {},
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
            | {
                "how": "可能是同一件事，相似度55%",
                "why": "相距 30 米，同为路灯，2 天前",
                "joins": True,
                "received_at": hours(-48),
            }
        ],
        "join_url": "/drafts/1/join",
        "confirm_url": "/drafts/1/confirmation",
        "answer_url": "/drafts/1/answer",
        "discard_url": "/drafts/1/discard",
    },
    "staff/new_call.html": {
        "first": [{"name": "phone", "label": "电话", "type": "tel"}, {"name": "name", "label": "姓名"}],
        "fields": [
            {"name": "text", "label": "什么事", "type": "textarea", "required": True},
            {"name": "category_id", "label": "类别", "type": "select", "options": [{"value": 3, "label": "路灯不亮"}]},
        ],
        "values": {"text": NASTY, "phone": "13800005678", "answer": NASTY, "decline_reason": NASTY},
        "errors": {"text": "请写下诉求内容。", "decline_channel": "请写明法定渠道。"},
        "once": "x1",
        "fresh": False,
        "cleared": True,
        "draft": "/calls/new#1",
        "caller": {"fault": None, "total": 12, "open": 2, "matters": OWN},
        "duplicates": SAME,
        "risks": [{"name": "生命危险", "why": "“漏电”"}],
        "suggested": CATEGORIES,
        "preview": NASTY,
        "receive_url": "/calls/new",
        "caller_url": "/calls/caller",
        "beside_url": "/calls/beside",
        "back_url": "/drafts",
    },
    "staff/call_taken.html": {
        "number": "20261013000017",
        "key": "7KQ4M2XDAA",
        "ticket": {
            "declined": {"reason": "属于用电纠纷", "channel": "供电公司（95598）"},
            "number": "20261013000017",
            "url": "/t",
            "matter": NASTY,
            "state": "accepted",
            "state_label": "待交办",
        },
        "done": "/calls/new#1",
        "next_url": "/calls/new",
    },
    "console/call.html": {
        "phone": "13800005678",
        "hotline": "12319",
        "state": "talking",
        "has_draft": False,
        "turns": [{"by_machine": True, "text": "请讲。"}, {"by_machine": False, "text": NASTY}],
        "number": 3,
        "to_say": ["对的", NASTY],
        "draft_url": None,
        "sms_url": "/console/sms",
        "values": {"text": "路灯不亮"},
        "errors": {"text": "一次最多说500字"},
    },
}
