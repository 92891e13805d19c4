"""Sample contexts of the pages about people's data."""

from __future__ import annotations

from typing import Any

from config.notices import load_privacy
from tests.unit.template_parts import NASTY, hours

_PRIVACY = load_privacy()
_NOTICE = next(iter(_PRIVACY.notices))

PRIVACY: dict[str, dict[str, Any]] = {
    "citizen/privacy.html": {
        "notice": _NOTICE,
        "in_force": _NOTICE,
        "centre": "澜川市城市管理服务中心",
        "sections": _NOTICE.sections(),
        "periods": [(each.label(), each.period.label()) for each in _PRIVACY.retention.of_citizens],
        "url": "/privacy",
        "versions": [(_NOTICE, "/privacy/2026-1"), (_NOTICE, "/privacy/2025-1")],
    },
    "citizen/own_data.html": {
        "number": "SQ1",
        "data": {
            "number": "SQ1",
            "received_at": hours(-20),
            "name": NASTY,
            "phone": "+8613812345678",
            "takes_texts": False,
            "confidential": True,
            "notice_version": "2026-1",
            "text": NASTY,
            "place": NASTY,
            "position": [30.51, 117.05],
            "additions": [{"at": hours(-10), "text": NASTY}],
            "call": [{"speaker": "citizen", "text": NASTY}],
            "surveys": [{"answered_at": hours(-1), "solved": False, "score": 2, "comment": NASTY}],
            "messages": [{"at": hours(-20), "direction": "in", "state": "received", "text": NASTY}],
            "kept": {"what": "其他诉求", "period": "3年", "until": hours(24000)},
        },
        "phone": "13812345678",
        "last_day": hours(24000),
        "channel": "网站",
        "states": {"received": "收到"},
        "openings": [{"at": hours(-5), "unit": "市政处", "roles": ["承办人"], "reason": NASTY}],
        "photos": [{"url": "/files/1", "name": "a.jpg", "at": hours(-20)}],
        "open_still": False,
        "status_url": "/q/SQ1",
        "file_url": "/q/SQ1/data.json",
        "correction_url": "/q/SQ1/data/correction",
        "erasure_url": "/q/SQ1/data/erasure",
        "notice_url": "/privacy/2026-1",
        "values": {"name": "王", "phone": "1380"},
        "errors": {"phone": "手机号码应为 11 位，您填写了 4 位。", "sure": "请先勾选“我明白”。"},
    },
    "staff/away.html": {"address": NASTY, "target": "http://a.example/", "host": "a.example"},
    "citizen/erased.html": {"number": "SQ1"},
}
