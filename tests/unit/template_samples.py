"""A full sample context for every page: what the views promise to hand over, with the awkward cases in it."""

from __future__ import annotations

from typing import Any

from hotline.web.styleguide import samples
from tests.unit.template_parts import (
    AHEAD,
    CHAIN,
    COMPLAINT,
    DESK,
    ERROR,
    EVERYWHERE,
    NASTY,
    NOW,
    TYPED,
    hours,
)
from tests.unit.template_samples_reports import REPORTS
from tests.unit.template_samples_staff import STAFF

ALL_BUT_STAFF: dict[str, dict[str, Any]] = {
    "api/docs.html": {
        "title": "12319 热线接口",
        "openapi_url": "/api/v1/openapi.json",
        "parts": [
            {
                "label": "诉求",
                "operations": [
                    {
                        "method": "POST",
                        "path": "/api/v1/complaints",
                        "summary": "提交诉求",
                        "description": NASTY,
                        "bodies": [{"type": "application/json", "schema": "Intake"}],
                        "answers": {"201": "Receipt"},
                        "parameters": [
                            {
                                "name": "Idempotency-Key",
                                "in": "header",
                                "required": False,
                                "type": "string",
                                "description": "同一次提交只受理一次",
                            }
                        ],
                    }
                ],
            }
        ],
        "schemas": {
            "Intake": [
                {
                    "name": "text",
                    "type": "string",
                    "schema": None,
                    "required": True,
                    "title": "诉求内容",
                    "description": NASTY,
                    "words": ["a", "b"],
                }
            ]
        },
    },
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
    "styleguide.html": {"samples": samples(NOW)},
}
CONTEXTS = ALL_BUT_STAFF | STAFF | REPORTS


def context(page: str) -> dict[str, Any]:
    """The full context of a page, as its view and the context processors give it."""
    desk = DESK if page.startswith(("staff/", "reports/", "console/", "styleguide")) else {}
    return EVERYWHERE | desk | CONTEXTS[page]
