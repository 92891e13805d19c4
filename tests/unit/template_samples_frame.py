"""Sample contexts of the pages that belong to the frame of the desk: start page, search, help, own settings."""

from __future__ import annotations

from typing import Any

from tests.unit.template_parts import AHEAD, LATE, NASTY, TICKETS

NUMBER = {
    "key": "sign",
    "label": "待签收",
    "count": 3,
    "shown": "3",
    "url": "/desk/tickets?state=assigned",
    "tone": "wait",
    "icon": "send",
}
FOUND = {
    "number": "202610130001",
    "url": "/desk/tickets/202610130001",
    "matter": NASTY,
    "state": "handling",
    "state_label": "处理中",
    "unit": NASTY,
}

FRAME: dict[str, dict[str, Any]] = {
    "staff/home.html": {
        "parts": [
            {
                "label": "承办人",
                "numbers": [NUMBER, NUMBER | {"key": "over", "count": 0, "shown": "0", "tone": "over"}],
            },
            {"label": "督办员", "numbers": [NUMBER | {"key": "check", "count": 1000, "shown": "999+"}]},
        ],
        "tickets": TICKETS,
        "list_title": "先到期的",
        "list_url": "/desk/tickets",
        "empty_text": "没有待签收、待办理的工单。",
        "also": [{"url": "/desk/reports", "label": "本月考核", "text": "处理率、办结率、回复率。"}],
        "cares": [{"icon": "building", "label": "2 个单位没有承办人", "text": NASTY, "url": "/desk/units"}],
    },
    "staff/find.html": {
        "text": NASTY,
        "tickets": [FOUND],
        "places": [{"label": "来电草稿", "url": "/desk/drafts"}],
        "list_url": "/desk/tickets?q=x",
    },
    "staff/help.html": {
        "roles": [
            {"code": "operator", "label": "受理员", "mine": True, "guide": "一天算好"},
            {"code": "leader", "label": "领导", "mine": False, "guide": "一天算好"},
        ],
        "states": [{"code": "received", "label": "待受理", "text": "等受理。"}],
        "promises": [{"label": "受理", "text": "从诉求到达起。"}],
        "dues": [{"due": AHEAD, "text": "还早。"}, {"due": LATE, "text": "到期未办。"}],
        "keys_on": False,
    },
    "staff/error.html": {"status": 404, "title": "没有找到这一页", "message": NASTY},
    "staff/me.html": {
        "login": "wang",
        "fields": [
            {
                "name": "theme",
                "label": "外观",
                "type": "radio",
                "required": True,
                "options": [{"value": "auto", "label": "跟随系统"}, {"value": "dark", "label": "深色"}],
            }
        ],
        "values": {"theme": "auto"},
        "errors": {"theme": "请选择一种外观。"},
        "save_url": "/desk/me",
        "keys_url": "/desk/help#keys",
        "account": [{"url": "/desk/me/password", "icon": "lock", "label": "修改密码"}],
        "brief_fields": [
            {
                "name": "briefs",
                "label": "日报和周报",
                "type": "radio",
                "options": [{"value": "yes", "label": "要"}, {"value": "no", "label": "不要"}],
            },
            {"name": "phone", "label": "同时发短信到", "type": "tel"},
        ],
        "brief_values": {"briefs": "yes", "phone": NASTY},
        "brief_errors": {"phone": "请填写手机号码。"},
        "briefs_url": "/desk/me/briefs",
    },
}
