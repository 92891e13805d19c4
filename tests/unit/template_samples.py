"""A full sample context for every page: what the views promise to hand over, with the awkward cases in it."""

from __future__ import annotations

from typing import Any

from hotline.web.mapping import MapSettings
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
    PHOTO,
    TYPED,
    hours,
)
from tests.unit.template_samples_administration import ADMINISTRATION
from tests.unit.template_samples_board import BOARD
from tests.unit.template_samples_calls import CALLS
from tests.unit.template_samples_cockpit import COCKPIT
from tests.unit.template_samples_dispatching import DISPATCHING
from tests.unit.template_samples_frame import FRAME
from tests.unit.template_samples_lists import LISTS
from tests.unit.template_samples_month import MONTH
from tests.unit.template_samples_ours import OURS
from tests.unit.template_samples_papers import PAPERS
from tests.unit.template_samples_privacy import PRIVACY
from tests.unit.template_samples_public import PUBLIC
from tests.unit.template_samples_reports import REPORTS
from tests.unit.template_samples_rules import RULES
from tests.unit.template_samples_scoring import SCORING
from tests.unit.template_samples_staff import STAFF
from tests.unit.template_samples_supervision import SUPERVISION
from tests.unit.template_samples_telling import TELLING
from tests.unit.template_samples_ticket import TICKET

OFFERS = [
    {
        "token": "t1",
        "in_words": True,
        "matter": NASTY,
        "place": "香溪路与大桥路口",
        "state": "办理中",
        "received_at": hours(-30),
        "heat": 3,
        "metres": 40,
    },
    {
        "token": "t2",
        "in_words": False,
        "matter": "路灯不亮",
        "place": "",
        "state": "",
        "received_at": hours(-3),
        "heat": 1,
        "metres": None,
    },
]

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
            "latitude": "31.491200",
            "longitude": "120.311900",
            "category": "12",
            "category_by_hand": "yes",
            "urgency": "calm",
            "name": "张",
            "phone": "1380",
            "identity": "confidential",
            "wants_reply": "yes",
        },
        "errors": {"place": "请写明大致位置，例如：香溪路与大桥路口", "phone": "请写11位手机号码，或选择匿名"},
        "form_key": "k1",
        "trap": "website",
        "photo_limit": 6,
        "photo_megabytes": 10,
        "kept_photos": [{"token": "p1", "name": "IMG_1.jpg"}],
        "categories": [
            {"value": 11, "label": "道路破损", "group": "市政设施"},
            {"value": 12, "label": "路灯", "group": "市政设施"},
            {"value": 20, "label": "噪声", "group": "环境保护"},
        ],
        "told": {
            "danger": "燃气泄漏",
            "suggestions": [{"category_id": 12, "parent": "市政设施", "name": "路灯", "because": "您写到了“路灯”。"}],
            "offers": OFFERS,
            "chosen": "t1",
        },
        "outlook": {"accept_by": hours(2), "reply_by": hours(87), "close_by": hours(200)},
        "hints_url": "/complaints/hints",
        "map_settings": MapSettings("https://tiles.test/{z}/{x}/{y}.png", "审图号", "gcj02", (31.49, 120.31)),
    },
    "citizen/same.html": {
        "offers": OFFERS,
        "carried": [("form_key", "k1"), ("text", NASTY), ("kept_photo", "p1")],
        "photo_count": 1,
    },
    "citizen/known.html": {
        "phone_masked": "138****5678",
        "photos": {"added": 2, "known": 1, "left": 3},
        "photo_limit": 6,
    },
    "citizen/received.html": {
        "number": "SQ2026101300017",
        "key": "7KQ4-M2XD",
        "status_url": "/s/1",
        "link": "/q/1#7KQ4",
        "qr": "data:image/svg+xml,%3Csvg/%3E",
        "phone_masked": "138****5678",
        "texted": True,
        "wants_reply": False,
        "others": 3,
        "urgent": True,
        "promises": [
            {"label": "受理，告诉您由谁办理", "due_at": hours(2)},
            {"label": "办结", "due_at": hours(75)},
            {"label": "答复您", "due_at": hours(87)},
        ],
    },
    "citizen/lookup.html": {
        "values": {"number": "SQ1"},
        "errors": {"form": "编号或查询码不对，请对照短信再输入一次"},
        "lost_url": "/q/lost?number=SQ1",
        "carried": {"form": "add", "typed": {"text": NASTY}, "kept_photos": ["p1"]},
        "outdated": "这件反映的查询码已经换过，请输入新的查询码。",
    },
    "citizen/lost.html": {
        "values": {"number": "SQ1", "phone": "1380"},
        "errors": {"phone": "手机号码应为 11 位，您填写了 4 位。"},
        "url": "/q/lost",
    },
    "citizen/code.html": {
        "number": "SQ1",
        "errors": {"code": "请填写短信里的六位验证码。"},
        "minutes": 10,
        "url": "/q/lost/code",
        "again_url": "/q/lost?number=SQ1",
    },
    "citizen/status.html": {
        "complaint": COMPLAINT,
        "headline": "已交市政工程处办理，10月15日12时前答复您。",
        "due": AHEAD,
        "overtaken": {"due_at": hours(20), "reply": True},
        "why": {
            "started_at": hours(-20),
            "limit": "5 个工作日",
            "first_day": "10月13日",
            "from_at": None,
            "free": ["10月17日至10月18日"],
            "pauses": [{"from_at": hours(-10), "until": hours(-2)}],
            "extensions": 1,
            "provisional": True,
            "due_at": hours(51),
        },
        "unit": "市政工程处",
        "others": 2,
        "chain": CHAIN,
        "answer": {
            "text": "已更换灯具三盏，恢复照明。\n" + NASTY,
            "unit": "市政工程处",
            "at": hours(-2),
            "photos": [PHOTO],
        },
        "said": [{"at": hours(-20), "who": "您的补充", "text": NASTY, "photos": [PHOTO]}],
        "new_key": "7KQ4M2XDAA",
        "link": "http://12319.test/q/SQ1#7KQ4M2XDAA",
        "link_has_key": True,
        "qr": "data:image/svg+xml,%3Csvg/%3E",
        "photo_limit": 6,
        "data_url": "/s/1/data",
        "leave_url": "/s/1/leaving",
        "again": "已过重办的时间。问题仍在或又出现的，请重新反映。",
        "survey": {
            "url": "/s/1/survey",
            "reopens": False,
            "typed": {"solved": "no"},
            "errors": {"satisfaction": "请选择满意程度"},
        },
        "add": {"url": "/s/1/additions", "answered": True, "typed": {}, "errors": {}},
        "urge": {"url": "/s/1/urging", "again_at": None, "errors": {}},
        "unsolved": {"url": "/s/1/rework", "until": hours(100), "typed": {}, "errors": {}},
        "withdraw": {"url": "/s/1/withdrawal", "typed": {}, "errors": {}},
    },
    "styleguide.html": {"samples": samples(NOW)},
}
CONTEXTS = (
    ALL_BUT_STAFF
    | ADMINISTRATION
    | BOARD
    | FRAME
    | LISTS
    | CALLS
    | COCKPIT
    | DISPATCHING
    | MONTH
    | PAPERS
    | OURS
    | PRIVACY
    | PUBLIC
    | STAFF
    | SUPERVISION
    | TELLING
    | TICKET
    | REPORTS
    | SCORING
    | RULES
)


def context(page: str) -> dict[str, Any]:
    """The full context of a page, as its view and the context processors give it."""
    desk = DESK if page.startswith(("staff/", "reports/", "console/", "styleguide")) else {}
    return EVERYWHERE | desk | CONTEXTS[page]
