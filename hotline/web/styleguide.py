"""Samples for the page /styleguide, which shows every shared part of the pages in one place (development only)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hotline.domain.ladder import LEVELS
from hotline.domain.workflow import STATE_LABELS

_LEVEL_LABELS = ("催办", "督办", "黄牌", "红牌", "通报")


def samples(now: datetime) -> dict[str, Any]:
    """The context variable `samples` of styleguide.html. `now` is aware UTC; every time on the page hangs on it."""
    return {
        "colours": _colours(),
        "dues": _dues(now),
        "states": [{"code": state, "label": label} for state, label in STATE_LABELS.items()],
        "levels": [{"code": level, "label": label} for level, label in zip(LEVELS, _LEVEL_LABELS, strict=True)],
        "chain": _chain(now),
        "fields": _fields(),
        "typed": {"matter": "香溪路路灯不亮", "reason": "", "urgency": "urgent"},
        "errors": {"place": "请写明大致位置，例如：香溪路与大桥路口", "reason": "请写明原因，例如：需要停水施工"},
        "steps": [
            {
                "name": "submit",
                "label": "提交办理结果",
                "url": "#step-submit",
                "primary": True,
                "preview": "您反映的路灯问题已处理：更换灯具三盏，已恢复照明。",
                "fields": [{"name": "result", "label": "办理结果", "type": "textarea", "required": True}],
            },
            {"name": "return", "label": "退回", "url": "#step-return", "danger": True, "fields": []},
        ],
        "waits": _waits(),
        "rates": [
            {"percent": "98.18 %", "kept": 54, "owed": 55, "kept_url": "#kept", "owed_url": "#owed"},
            {"percent": "—", "kept": 0, "owed": 0, "kept_url": "#kept", "owed_url": "#owed"},
        ],
    }


def _colours() -> list[dict[str, str]]:
    return [
        {"tone": "", "icon": "minus", "label": "一般"},
        {"tone": "wait", "icon": "clock", "label": "办理中"},
        {"tone": "ok", "icon": "circle-check", "label": "正常"},
        {"tone": "soon", "icon": "hourglass", "label": "将到期"},
        {"tone": "over", "icon": "alarm", "label": "已超期"},
        {"tone": "order", "icon": "flag", "label": "督办"},
    ]


def _dues(now: datetime) -> list[dict[str, Any]]:
    late = now - timedelta(hours=5)
    return [
        {"due_at": now + timedelta(days=2, hours=3)},
        {"due_at": now + timedelta(hours=5)},
        {"due_at": late},
        {"due_at": late, "over": "3 工作时"},
        {"due_at": now, "paused": True, "paused_until": now + timedelta(days=20)},
        {"due_at": late, "met_at": late - timedelta(hours=1)},
        {"due_at": late, "met_at": now},
    ]


def _waits() -> list[dict[str, Any]]:
    looks = (("待签收", "wait", "send", 3), ("将到期", "soon", "hourglass", 12), ("已超期", "over", "alarm", 1000),
             ("督办中", "order", "flag", 1), ("待回访", "wait", "phone", 0))  # fmt: skip
    return [
        {"key": f"sample-{tone}-{count}", "label": label, "tone": tone, "icon": icon, "count": count, "url": "#main",
         "shown": str(count) if count < 1000 else "999+"}
        for label, tone, icon, count in looks
    ]  # fmt: skip


def _chain(now: datetime) -> list[dict[str, Any]]:
    return [
        {"label": "受理", "at": now - timedelta(days=4), "state": "done", "note": None},
        {"label": "交办", "at": now - timedelta(days=4), "state": "done", "note": "市政工程处"},
        {"label": "督办", "at": now - timedelta(hours=5), "state": "warn", "note": "办理超时"},
        {"label": "答复", "at": None, "state": "todo", "note": None},
    ]


def _fields() -> list[dict[str, Any]]:
    urgency = [{"value": "normal", "label": "一般"}, {"value": "urgent", "label": "紧急", "hint": "危及人身安全"}]
    units = [
        {"value": 1, "label": "市政工程处", "group": "市城管局"},
        {"value": 2, "label": "环卫处", "group": "市城管局"},
        {"value": 3, "label": "交警支队", "group": "市公安局"},
    ]
    return [
        {"name": "matter", "label": "事项", "required": True, "hint": "一句话写明什么问题。", "lines": [3, 5]},
        {"name": "place", "label": "位置", "required": True},
        {"name": "unit", "label": "主办单位", "type": "select", "options": units, "required": True},
        {"name": "assist", "label": "协办单位", "type": "checkboxes", "options": units[:2], "inline": True},
        {"name": "urgency", "label": "紧急程度", "type": "radio", "options": urgency, "required": True},
        {"name": "until", "label": "恢复日期", "type": "date"},
        {"name": "reason", "label": "原因", "type": "textarea", "required": True},
        {"name": "evidence", "label": "现场照片", "type": "file", "multiple": True},
        {"name": "designated", "label": "指定承办，不得退回", "type": "checkbox"},
    ]
