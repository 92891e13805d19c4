"""Sample contexts of the pages where texts are put in other words, and where other systems are told."""

from __future__ import annotations

from typing import Any

from tests.unit.template_parts import LONG, NASTY, NOW, hours
from tests.unit.template_samples_administration import FIELDS, TYPED

WEBHOOK = {
    "name": NASTY,
    "unit": "市政处",
    "address": "https://" + "very-long-name." * 8 + "example.gov.cn/hook",
    "steps": "交办、办结",
    "active": True,
    "queued": 3,
    "failed": 2,
    "created_at": NOW,
    "url": "/desk/webhooks/1",
}
DELIVERY = {
    "what": "交办",
    "number": "20261012000001",
    "again": False,
    "state": "sent",
    "said": "已送达",
    "failure": "",
    "tries": 1,
    "queued_at": NOW,
    "sent_at": NOW,
    "next_try_at": None,
    "url": "/desk/webhooks/1/deliveries/1/replay",
}

TELLING: dict[str, dict[str, Any]] = {
    "staff/text.html": {
        "name": "received",
        "label": "收到诉求",
        "edited": True,
        "kind": "市民",
        "value": NASTY,
        "errors": {"text": "缺少“{number}”。", "approved": "请先报备。"},
        "faults": [NASTY],
        "shown": [
            {"text": LONG, "characters": 90, "segments": 2, "advice": "减少 20 字即为 1 条"},
            {"text": NASTY, "characters": 9, "segments": 1, "advice": ""},
        ],
        "warnings": [NASTY],
        "fields": [{"name": "number", "label": "编号", "held": True, "usual": "20261012000001"}],
        "signature": "【12319】",
        "of_file": [LONG, NASTY],
        "is_own": True,
        "templates": True,
        "action": "/a",
        "preview_url": "/a/preview",
        "reset_url": "/a/reset",
        "back_url": "/desk/rules/texts",
    },
    "staff/webhooks.html": {
        "webhooks": [
            WEBHOOK,
            {**WEBHOOK, "failed": 0},
            {**WEBHOOK, "failed": 0, "queued": 0},
            {**WEBHOOK, "active": False},
        ],
        "fields": FIELDS,
        "values": TYPED,
        "errors": {},
        "action": "/desk/webhooks",
    },
    "staff/webhook.html": {
        "webhook": WEBHOOK,
        "deliveries": [
            DELIVERY,
            {**DELIVERY, "state": "failed", "said": "未送达", "failure": NASTY, "again": True},
            {**DELIVERY, "what": "测试", "number": None, "state": "queued", "said": "等待发送", "sent_at": None,
             "failure": "对方答复 500", "next_try_at": hours(1), "url": None},
        ],
        "values": {},
        "errors": {"since": "请填写日期和时间。"},
        "switch_url": "/s",
        "test_url": "/t",
        "replay_url": "/r",
        "back_url": "/desk/webhooks",
    },
}  # fmt: skip
