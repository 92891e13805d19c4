"""Sample contexts of the city's rules as administrators keep them: policy, calendar, categories, periods."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.unit.template_parts import NASTY, hours

DIFFERENCES = [{"label": "处理：一般", "before": "5个工作日", "after": ""}]
TABS = [{"label": "时限", "url": "/desk/rules/policy/draft", "current": True},
        {"label": "核对与发布", "url": "/desk/rules/policy/draft/review", "current": False}]  # fmt: skip
LIMIT = {"name": "handle.normal", "label": "一般", "type": "text", "required": True}
KINDS = {"name": "ladder.order.kinds", "label": "哪些时限超期", "type": "checkboxes", "inline": True,
         "options": [{"value": "handle", "label": "处理"}]}  # fmt: skip
DAY = {"name": "d-10-01", "number": 1, "month": 10, "weekday": "四", "usual": "工作日", "chosen": "h:国庆节",
       "kind": "holiday"}  # fmt: skip
MAKEUP = DAY | {"number": 2, "chosen": "work", "kind": "makeup"}
FORESEEN = {"moved": 12, "whole": False}
STEP = {"name": "add", "label": "新增", "url": "/desk/rules/categories", "fields": [LIMIT], "typed": {}, "errors": {}}

RULES: dict[str, dict[str, Any]] = {
    "staff/policy.html": {
        "versions": [
            {
                "name": NASTY,
                "effective_from": date(2026, 1, 1),
                "created_at": hours(-9),
                "state": state,
                "current": state == "现行",
                "url": "/desk/rules/policy/1",
            }
            for state in ("待生效", "现行", "已被替代")
        ],
        "version": {
            "name": NASTY,
            "state": "现行",
            "effective_from": date(2026, 1, 1),
            "standards": 519,
            "earlier": "默认政策",
            "differences": DIFFERENCES,
        },
        "kinds": ["受理", "处理"],
        "rows": [{"source": "市民", "urgency": "一般", "cells": ["2工作时", "5个工作日"]}],
        "types": [{"label": "咨询", "limit": "2个工作日"}],
        "groups": [{"title": "退单", "note": "", "fields": [("次数", "2")]}],
        "ladder": [
            {
                "name": "督办",
                "after": "超期1个工作日后",
                "kinds": "处理",
                "demand": NASTY,
                "explain": None,
                "copies": "",
                "deduction": "1",
            }
        ],
        "draft_url": "/desk/rules/policy/draft",
        "take_up_url": None,
        "begin_url": "/desk/rules/policy/1/draft",
        "remove_url": "/desk/rules/policy/1/removal",
        "standards_url": "/desk/rules/standards",
        "changes_url": "/desk/changes",
        "back_url": "/desk/rules",
    },
    "staff/policy_draft.html": {
        "part": "limits",
        "tabs": TABS,
        "groups": [
            {"title": "处理", "note": "自交办起。", "fields": [LIMIT, KINDS], "fold": False},
            {"title": "媒体", "note": "", "fields": [LIMIT | {"name": "media.handle"}], "fold": True},
        ],
        "values": {"handle.normal": NASTY, "ladder.order.kinds": ["handle"]},
        "errors": {"handle.normal": "请写数量和单位。"},
        "turn": 2,
        "by": NASTY,
        "stale": "刚刚改过。",
        "others": [{"label": "处理：一般", "mine": NASTY, "theirs": ""}],
        "action": "/desk/rules/policy/draft",
        "review_url": "/desk/rules/policy/draft/review",
        "back_url": "/desk/rules/policy",
    },
    "staff/policy_review.html": {
        "base": NASTY,
        "by": "何管理",
        "tabs": TABS,
        "turn": 2,
        "differences": DIFFERENCES,
        "standards": [NASTY],
        "months": [{"value": "2026-10", "label": "2026年10月"}],
        "month": "2026-10",
        "what_if": {
            "month": "2026年10月",
            "running": True,
            "seen": 1000,
            "total": 3000,
            "sentence": "按此政策，该月将多出 37 项超期（处理 21，回复 9，办结 7）。",
            "kinds": [{"label": "处理", "more": 21, "fewer": 0}],
            "units": [{"name": NASTY, "more": 37, "fewer": 0}],
            "lines": [
                {
                    "number": "202610130001",
                    "url": url,
                    "kind": "处理",
                    "unit": NASTY,
                    "was": hours(3),
                    "would": hours(1),
                    "at": at,
                    "late": at is None,
                }
                for url, at in (("/desk/tickets/202610130001", hours(2)), (None, None))
            ],
            "left_out": 35,
        },
        "values": {"name": NASTY, "effective_from": "2027-01-01"},
        "errors": {"name": "请写版本名称。"},
        "first_day": "2026-10-13",
        "urls": dict.fromkeys(("what_if", "publish", "discard", "self"), "/desk/rules/policy/draft/review"),
        "back_url": "/desk/rules/policy",
    },
    "staff/calendar.html": {
        "years": [
            {"year": 2026 + n, "provisional": bool(n), "notice": "", "holidays": 33, "makeup_days": 6, "url": "/desk"}
            for n in range(2)
        ],
        "hours": [{"label": "周一", "hours": "08:00-12:00、14:00-18:00"}],
        "recount": {"moved": 12, "done": False},
        "may": True,
        "hours_url": "/desk/rules/calendar/hours",
        "changes_url": "/desk/changes",
        "back_url": "/desk/rules",
    },
    "staff/calendar_year.html": {
        "year": 2027,
        "months": [
            {"name": "10月", "blank": 3, "days": [DAY, DAY | {"number": 2, "chosen": "work", "kind": "makeup"}]}
        ],
        "names": ["国庆节", NASTY],
        "notice": "国办发明电〔2026〕9号",
        "confirmed": True,
        "provisional": True,
        "seen": 3,
        "text": NASTY,
        "refusal": "刚刚改过。",
        "doubts": [NASTY],
        "was_read": True,
        "foreseen": FORESEEN,
        "differences": DIFFERENCES,
        "action": "/desk/rules/calendar/2027",
        "changes_url": "/desk/changes",
        "back_url": "/desk/rules/calendar",
    },
    "staff/office_hours.html": {
        "week": [LIMIT | {"name": "mon", "label": "周一"}],
        "seasons": [{"title": "季节一", "open": True, "span": [LIMIT], "week": [LIMIT | {"name": "1.mon"}]}],
        "values": {"mon": NASTY},
        "errors": {"mon": "周一：应为若干时段。"},
        "refusal": "刚刚改过。",
        "foreseen": FORESEEN,
        "seen": 3,
        "action": "/desk/rules/calendar/hours",
        "changes_url": "/desk/changes",
        "back_url": "/desk/rules/calendar",
    },
    "staff/categories.html": {
        "groups": [
            {
                "title": "部件 · 公用设施",
                "scheme": "GB/T 30428.2 2013",
                "rows": [
                    {"code": "B0101", "name": NASTY, "active": active, "unverified": not active, "url": "/desk"}
                    for active in (True, False)
                ],
            }
        ],
        "total": 2,
        "text": "井盖",
        "opened": True,
        "step": STEP,
        "import_url": "/desk/rules/categories/import",
        "standards_url": "/desk/rules/standards",
        "changes_url": "/desk/changes",
        "back_url": "/desk/rules",
    },
    "staff/category.html": {
        "category": {
            "name": NASTY,
            "code": "B0101",
            "kind": "部件",
            "scheme": "GB/T 30428.2 2013",
            "active": False,
            "unverified": True,
        },
        "fields": [LIMIT | {"name": "name", "label": "小类"}],
        "values": {"name": NASTY},
        "errors": {"name": "请填写小类名称。"},
        "refusal": "刚刚改过。",
        "seen": NASTY,
        "links": dict.fromkeys(("change", "lock", "unlock", "standards", "changes", "back"), "/desk/rules/categories"),
    },
    "staff/categories_import.html": {
        "values": {"scheme": NASTY},
        "errors": {"file": "请选择文件。"},
        "heads": ["code", "小类"],
        "action": "/desk/rules/categories/import",
        "template_url": "/desk/rules/categories/template.xlsx",
        "back_url": "/desk/rules/categories",
    },
    "staff/categories_preview.html": {
        "title": NASTY,
        "heads": ["code", "小类"],
        "lines": [
            {"place": 2, "values": ["B0101", NASTY], "fault": fault, "state": "新增"} for fault in ("重复。", None)
        ],
        "total": 300,
        "faults": 0,
        "counts": {"added": 1, "changed": 2, "same": 3},
        "missing": [NASTY],
        "packed": "packed",
        "confirm_url": "/desk/rules/categories/import/confirmation",
        "again_url": "/desk/rules/categories/import",
    },
    "staff/standards.html": {
        "groups": [
            {
                "title": "B0101 上水井盖",
                "rows": [
                    {
                        "number": 1,
                        "condition": NASTY,
                        "closing": "恢复",
                        "limit": "2紧急工作时",
                        "changed": True,
                        "url": "/desk/rules/standards",
                    }
                ],
            }
        ],
        "total": 519,
        "shown": 300,
        "of_draft": True,
        "tabs": TABS,
        "draft_url": None,
        "policy_url": "/desk/rules/policy",
        "filters": {"version": "draft", "category": "B0101", "q": NASTY},
        "step": STEP,
        "import_url": "/desk/rules/standards/import",
        "turn": 2,
        "file_error": "请选择文件。",
        "faults": [{"place": 3, "told": NASTY}],
        "refusal": "刚刚改过。",
        "download_url": "/desk/rules/standards.xlsx",
        "back_url": "/desk/rules/policy",
    },
    "staff/freeze_days.html": {
        "day": 3,
        "latest": 20,
        "first": "2026年8月",
        "last": None,
        "upcoming": {"month": "2026年8月", "at": hours(300)},
        "changed": {"by": NASTY, "at": hours(-9)},
        "soon": ["2026年8月", "2026年9月"],
        "sure": "2026-08 2026-09",
        "values": {"day": NASTY, "first": "2026-08"},
        "errors": {"day": "请填1至20的整数。"},
        "refusal": "刚刚改过。",
        "seen": "3 2026-08",
        "action": "/desk/rules/freezing",
        "changes_url": "/desk/changes",
        "back_url": "/desk/rules",
    },
    "staff/retention.html": {
        "classes": [
            {
                "name": "ordinary",
                "label": NASTY,
                "amount": "3",
                "unit": "years",
                "seen": "3 years",
                "now": "3年",
                "least": "1年",
                "ground": NASTY,
            }
        ],
        "units": [{"value": "years", "label": "年"}],
        "errors": {"ordinary": "不能短于1年。"},
        "refusal": "刚刚改过。",
        "foreseen": {"persons": 3, "calls": 1, "messages": 2, "briefs": 4},
        "notice": "2026-1",
        "notice_url": "/privacy",
        "action": "/desk/rules/retention",
        "changes_url": "/desk/changes",
        "back_url": "/desk/rules",
    },
}
