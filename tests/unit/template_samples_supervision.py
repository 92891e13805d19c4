"""A full sample context for the supervisor's pages: what is late, cards, checks, explanations, appeals, samples,
instructions, verdicts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.unit.template_parts import LATE, LONG, MET_LATE, NASTY, NOW, PHOTO, TODAY, TYPED, a_ticket, hours

TABS = [
    {"label": "督办台", "url": "/desk/supervision", "current": True, "count": None},
    {"label": "督办单", "url": "/desk/supervision/cards", "current": False, "count": 3},
]
SOME = {"count": 12, "url": "/items"}
NONE = {"count": 0, "url": None}


def a_unit(name: str, url: str | None, count: dict[str, Any]) -> dict[str, Any]:
    numbers = ("over", "soon", "open", "orders", "yellow", "red", "exposed", "owed", "late")
    return {"name": name, "url": url, "deduction": "5.5", "days": [count, NONE] * 7} | dict.fromkeys(numbers, count)


def bar(label: str, share: float, count: int) -> dict[str, Any]:
    return {"label": label, "share": share, "count": count, "url": "/items" if count else None}


def waiting(current: bool) -> dict[str, Any]:
    return {
        "number": "20261013000001",
        "url": "/one",
        "matter": NASTY,
        "unit": "市政工程处",
        "since": hours(-3),
        "due": TODAY,
        "current": current,
    }


def a_step(name: str, label: str, key: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "url": f"/one/{name}",
        "hidden": {"version": 3, "then": "20261013000002"},
        "fields": [{"name": "opinion", "label": "意见", "type": "textarea", "rows": 3}],
        "typed": {"opinion": NASTY},
        "errors": {},
        "primary": False,
        "danger": False,
        "key": key,
    } | more


DECISIONS: dict[str, Any] = {
    "tabs": TABS,
    "waiting": [waiting(True), waiting(False)],
    "left": "2",
    "steps": [
        a_step("yes", "通过", "a", primary=True),
        a_step("no", "退回", "b", danger=True, errors={"opinion": "请写明原因。"}),
    ],
    "skip_url": "/two",
    "message": "工单已被他人处理。",
    "changes": [{"actor": "周督办", "text": "现为“待答复”"}],
    "typed": TYPED,
}
HEAD = {k: v for k, v in waiting(True).items() if k != "current"}
COMPLAINTS = [
    {
        "number": "SQ1",
        "received_at": hours(-50),
        "text": LONG + NASTY,
        "place": "香溪路与大桥路口",
        "additions": [{"text": NASTY, "added_at": hours(-20)}],
        "photos": [PHOTO],
    }
]
ORDER = {
    "number": "DB00000012",
    "level": "yellow",
    "level_label": "黄牌",
    "unit": "市政工程处",
    "ground": "领导批示",
    "demand": NASTY,
    "issued_at": hours(-40),
    "due": MET_LATE,
    "explanation": NASTY,
}
CARD = ORDER | {
    "ticket": "20261013000001",
    "url": "/t",
    "matter": NASTY,
    "issued_by": "系统",
    "deduction": "5",
    "accepted": False,
    "lifted_at": None,
}
LINES = [a_ticket(1, "supervised", "督办中", LATE, level="yellow", level_label="黄牌", kind="处理", limit="5个工作日")]
LINES += [a_ticket(2, "assigned", "待签收", TODAY, matter=NASTY, urgency="urgent", kind="签收", limit="4工作时")]
SAMPLE = {
    "url": "/samples/1",
    "number": "20261013000001",
    "ticket_url": "/t",
    "matter": NASTY,
    "unit": "市政工程处",
    "state": "closed",
    "state_label": "办结归档",
    "seed": "7f3a",
    "drawn_at": hours(-5),
    "drawn_by": "周督办",
    "passed": None,
    "finding": "",
    "checked_at": None,
    "checked_by": None,
    "reworked": False,
}
FAILED = SAMPLE | {"passed": False, "finding": NASTY, "checked_at": hours(-1), "checked_by": "吴督办", "reworked": True}
INSTRUCTION = {
    "url": "/instructions/1",
    "number": "20261013000001",
    "ticket_url": "/t",
    "matter": NASTY,
    "state": "handling",
    "state_label": "处理中",
    "unit": "市政工程处",
    "leader": "副市长张某某",
    "text": NASTY,
    "given_at": hours(-60),
    "entered_by": "周督办",
    "due": LATE,
    "late": True,
    "report": "",
    "reported_at": None,
    "reported_by": None,
}
REPORTED = INSTRUCTION | {
    "due": MET_LATE,
    "late": False,
    "report": NASTY,
    "reported_at": hours(-1),
    "reported_by": "周督办",
}
VERDICT = {
    "complaint": "SQ1",
    "number": "20261013000001",
    "url": "/t",
    "matter": NASTY,
    "unit": "市政工程处",
    "answered_at": hours(-2),
    "by": "短信",
    "solved": "未解决",
    "score": "不满意",
    "bad": True,
    "comment": NASTY,
    "reworked": False,
    "rework_url": "/t#step-rework",
}
TO_DRAW = a_step("draw", "抽取", "d", fields=[{"name": "number", "label": "抽取件数", "type": "number"}], typed={})

SUPERVISION: dict[str, dict[str, Any]] = {
    "staff/supervision.html": {
        "tabs": TABS,
        "top": "市城管服务中心",
        "up_url": None,
        "todo": [
            {"text": "2 小时内到期、还没有签收的有 7 件", "label": "催办", "url": "/items?chosen=yes"},
            {"text": "书面说明待审核 2 份", "label": "审核", "url": "/explanations"},
        ],
        "over": SOME,
        "soon": SOME,
        "until": NOW + timedelta(hours=24),
        "month": "2026-10",
        "hours": [bar("10:00 前", 50, 6), bar("明天 09:20 前", 8.3, 1)],
        "days": [bar("10月13日 今天", 100, 12), bar("10月14日 明天", 0, 0)],
        "kinds": [{"label": "处理", "over": SOME, "soon": NONE, "ahead": SOME}],
        "day_heads": [{"day": f"10/{day}", "weekday": "周一"} for day in range(13, 27)],
        "units": [a_unit("市政工程处", "/desk/supervision?unit=4", SOME), a_unit(NASTY, None, NONE)],
    },
    "staff/expected.html": {
        "here": "/desk/supervision/items",
        "tabs": TABS,
        "title": "已超期的时限",
        "items": LINES,
        "total": 2,
        "chosen": True,
        "all_url": None,
        "next_url": "/items?after=1",
        "prev_url": None,
        "bulk_url": "/desk/bulk",
        "ground": "overdue",
    },
    "staff/held.html": {
        "tabs": TABS,
        "title": "市政工程处在办的工单",
        "tickets": [line | {"received_at": hours(-30)} for line in LINES],
        "next_url": None,
        "prev_url": "/held?before=1",
    },
    "staff/cards.html": {
        "here": "/desk/supervision/cards",
        "tabs": TABS,
        "title": "2026年10月黄牌、红牌",
        "scope": "市城管服务中心",
        "filters": [{"name": "month", "label": "月份", "type": "select", "options": [], "blank": "不限"}],
        "values": {"month": ""},
        "cards": [
            CARD,
            CARD | {"number": "DB00000013", "due": None, "explanation": "", "lifted_at": hours(-1)},
            CARD | {"number": "DB00000014", "accepted": True},
        ],
        "total": 3,
        "next_url": None,
        "prev_url": None,
        "bulk_url": "/desk/bulk",
        "empty_text": "没有督办单。",
    },
    "staff/verdicts.html": {
        "units": [
            {
                "name": "路灯所",
                "solved": {
                    "text": "83.33 %",
                    "part": {"count": 5, "url": "/verdicts?show=solved&unit=3"},
                    "whole": {"count": 6, "url": "/verdicts?show=said&unit=3"},
                },
                "content": None,
            }
        ],
        "tabs": TABS,
        "parts": TABS,
        "month": "2026年10月",
        "earlier_url": "/verdicts?month=2026-09",
        "later_url": None,
        "figures": [
            {"label": "已答复", "count": 12, "url": "/verdicts?show=5"},
            {"label": "认为未解决", "count": 1, "url": "/verdicts?show=5"},
        ],
        "verdicts": [VERDICT, VERDICT | {"solved": "已解决", "score": "满意", "bad": False, "reworked": True}],
        "next_url": "/verdicts?after=1",
        "prev_url": None,
    },
    "staff/checks.html": DECISIONS
    | {
        "one": HEAD
        | {
            "place": "香溪路",
            "outcome": NASTY,
            "submitted_at": hours(-3),
            "round": 2,
            "complaints": COMPLAINTS,
            "before": [PHOTO],
            "after": [PHOTO, PHOTO],
            "review": [
                {
                    "label": "与其他工单雷同",
                    "text": NASTY,
                    "serious": True,
                    "copied_from": "2026101300009",
                    "url": "/t",
                },
                {"label": "承办单位自查", "text": NASTY, "serious": False, "copied_from": None, "url": None},
            ],
        }
    },
    "staff/explanations.html": DECISIONS | {"one": HEAD | {"place": "香溪路", "orders": [ORDER]}},
    "staff/appeals.html": DECISIONS
    | {
        "parts": TABS,
        "one": HEAD
        | {
            "due": None,
            "asked_by": "冯市政",
            "asked_at": hours(-9),
            "reason": NASTY,
            "outcome": LONG,
            "closed_at": hours(-30),
            "first": "周督办",
            "reviewed_at": hours(-4),
            "late": [
                {"label": "处理", "over": "2 小时", "due_at": hours(-30), "met_at": hours(-28), "extensions": 1},
            ],
            "photos": [PHOTO],
        },
    },
    "staff/appeals_decided.html": {
        "tabs": TABS,
        "parts": TABS,
        "appeals": [
            {
                "number": "20261013000001",
                "url": "/t",
                "matter": NASTY,
                "unit": "市政工程处",
                "asked_at": hours(-60),
                "reason": NASTY,
                "upheld": upheld,
                "reviewers": ["周督办", "吴督办"],
                "decided_at": hours(-2),
                "opinion": NASTY,
            }
            for upheld in (True, False)
        ],
        "next_url": None,
        "prev_url": None,
    },
    "staff/samples.html": {
        "tabs": TABS,
        "parts": TABS,
        "of": "市政工程处",
        "samples": [SAMPLE, FAILED, SAMPLE | {"passed": True}],
        "figures": [{"unit": NASTY, "drawn": SOME, "checked": NONE, "open": SOME, "failed": SOME}],
        "draw": TO_DRAW,
        "next_url": None,
        "prev_url": None,
    },
    "staff/sample.html": {
        "tabs": TABS,
        "back_url": "/samples",
        "sample": FAILED,
        "scope": f"2026-10-01至2026-10-31办结，{NASTY}，可抽8件，抽取3件",
        "place": "香溪路",
        "outcome": NASTY,
        "photos": [PHOTO],
        "complaints": COMPLAINTS,
        "step": a_step("finding", "登记抽查结果", "f"),
        "message": "这件抽查已经登记过结果。",
        "typed": TYPED,
    },
    "staff/instructions.html": {
        "tabs": TABS,
        "parts": TABS,
        "instructions": [INSTRUCTION, REPORTED],
        "entry": a_step("entry", "登记批示", "e"),
        "next_url": None,
        "prev_url": None,
        "empty_text": "没有待反馈的领导批示。",
    },
    "staff/instruction.html": {
        "tabs": TABS,
        "back_url": "/instructions",
        "instruction": INSTRUCTION,
        "about": {"matter": NASTY, "place": "香溪路", "received_at": hours(-70), "outcome": LONG, "answer": NASTY},
        "step": a_step("report", "反馈", "r"),
        "supervise_url": "/t#step-supervision",
        "message": None,
        "typed": [],
    },
}
