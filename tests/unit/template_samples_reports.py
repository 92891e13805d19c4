"""Sample contexts of the month, of what it counts, and of the pages to be read: units, people, rules."""

from __future__ import annotations

from typing import Any

from tests.unit.template_parts import (
    AHEAD,
    LONG,
    NASTY,
    NOW,
    a_ticket,
    hours,
)
from tests.unit.template_samples_public import MAP

HOT = {
    "url": "/hot/1",
    "place": NASTY,
    "category": "夜间施工噪声",
    "words": ["半夜", "打桩"],
    "this_week": 12,
    "usual": "2.5",
    "open": 3,
    "more": 9,
    "tickets": [a_ticket(8, "handling", "处理中", AHEAD) | {"received_at": hours(-48)}],
}
HOT_POINT = {
    "latitude": 31.86,
    "longitude": 117.28,
    "title": NASTY,
    "href": "/hot/1",
    "note": "本周12件，平时每周2.5件",
    "status": "over",
}

REPORTS: dict[str, dict[str, Any]] = {
    "staff/learning.html": {
        "fewest": 200,
        "lines": [
            {
                "kind": "类别建议",
                "trained_at": NOW,
                "tickets": 4810,
                "held_back": 1203,
                "shares": ["78.1%", "93.4%", "61.0%", "80.2%"],
                "in_use": in_use,
                "verdict": LONG,
            }
            for in_use in (True, False)
        ],
    },
    "staff/rules.html": {
        "places": [{"label": "时限政策", "state": "现行", "url": "/desk/rules/policy"}] * 2,
        "policy": {
            "version": "默认政策 2026",
            "effective_from": NOW.date(),
            "stored_at": NOW,
            "checksum": "8fb72b1c71fd00",
            "standards": 519,
        },
        "later": [{"version": "2027", "effective_from": NOW.date()}],
        "ladder": [
            {"name": "催办", "after": "到期时", "demand": NASTY, "explain": None, "copies": ""},
            {"name": "黄牌", "after": "超期3个工作日后", "demand": LONG, "explain": "2个工作日", "copies": "市长"},
        ],
        "calendar": {"stored_at": NOW, "checksum": "f7b9cda4a01d00", "zone": "Asia/Shanghai"},
        "years": [{"year": 2026, "provisional": False}, {"year": 2027, "provisional": True}],
        "schemes": [{"name": "热线自编诉求类别", "version": "1", "count": 91}],
        "texts_url": "/desk/rules/texts",
    },
    "staff/texts.html": {
        "over": 1,
        "back_url": "/desk/rules",
        "rows": [
            {
                "label": "答复",
                "kind": "市民",
                "text": LONG,
                "characters": 90,
                "segments": 2,
                "own": True,
                "url": "/desk/rules/texts/answered",
                "forms": [
                    {"template": NASTY, "characters": 95, "segments": 2, "chosen": False},
                    {"template": "{answer}", "characters": 90, "segments": 2, "chosen": True},
                ],
            },
            {
                "label": NASTY,
                "kind": "市民",
                "text": NASTY,
                "characters": 20,
                "segments": 1,
                "own": False,
                "url": None,
                "forms": [],
            },
        ],
    },
    "staff/hot.html": MAP | {"counted_at": hours(-1), "groups": [HOT], "points": [HOT_POINT]},
    "staff/hot_matter.html": MAP
    | {
        "group": HOT,
        "points": [HOT_POINT],
        "merge_url": "/hot/1/merger",
        "supervise_url": "/hot/1/supervision",
        "seen": {"seen": "20261012000001~3"},
        "message": "没有可以并入的工单。",
        "supervise_errors": {"demand": "请写明督办要求。"},
        "demand": NASTY,
        "back_url": "/hot",
    },
}
