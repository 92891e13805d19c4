"""A full sample context for the leader's screen."""

from __future__ import annotations

from typing import Any

from tests.unit.template_parts import NASTY, NOW, hours, rate

NONE = {"count": 0, "url": None}


def number(count: int, **more: Any) -> dict[str, Any]:
    return {"count": count, "url": "/items" if count else None, **more}


def a_rate(label: str, kept: int, owed: int) -> dict[str, Any]:
    return rate(kept, owed) | {
        "label": label,
        "share": f"{100 * kept / owed:.2f}" if owed else None,
        "missing": owed - kept,
        "missing_url": "/items",
        "unfinished": "未处理",
    }


def rates(kept: int, owed: int) -> list[dict[str, Any]]:
    return [a_rate(label, kept, owed) for label in ("处理率", "回复率", "办结率")]


def a_unit(name: str, look: tuple[str, str, str], kept: int, owed: int, **more: Any) -> dict[str, Any]:
    tone, icon, word = look
    return {
        "name": name, "url": "/desk/reports/2026-10?unit=3", "tone": tone, "icon": icon, "word": word,
        "rates": rates(kept, owed), "carried_over": False, "waits_for_check": False, "late": NONE, "orders": NONE,
    } | more  # fmt: skip


def month(label: str, of: list[Any], **more: Any) -> dict[str, Any]:
    return {"label": label, "url": "/desk/reports/2026-09" if of[0] else None, "running": False, "rates": of} | more


COCKPIT: dict[str, dict[str, Any]] = {
    "staff/cockpit.html": {
        "wall": False,
        "renews": 60,
        "on_wall": 10,
        "other_url": "/desk/cockpit?wall=1",
        "scope": "全市",
        "month": "10月",
        "month_url": "/desk/reports/2026-10",
        "until": NOW,
        "missing": 3,
        "to_do": number(41),
        "rates": [each | {"end": a_rate("", 540, 560)} for each in rates(540, 541)],
        "units": [
            a_unit(NASTY, ("over", "alarm", "未达标"), 80, 81, carried_over=True, waits_for_check=True),
            a_unit("园林局", ("soon", "hourglass", "需盯紧"), 80, 80, late=number(2), orders=number(1)),
            a_unit("市城管服务中心（本级）", ("ok", "circle-check", "达标"), 0, 0, url=None),
        ],
        "trend": [
            month("8月", [None, None, None]),
            month("9月", rates(99, 100)),
            month("10月", rates(540, 541), running=True),
        ],
        "today": [
            number(12, label="今天收到", icon="inbox", tone=""),
            number(0, label="已超期", icon="alarm", tone="over"),
        ],
        "days": [number(3, label="10/13", weekday="周二"), number(0, label="10/14", weekday="周三")],
        "arrivals": {
            "days": [{"label": "10/12", "weekday": "周一"}, {"label": "10/13", "weekday": "周二"}],
            "whole": [number(8), NONE],
            "all": number(8),
            "areas": [{"name": NASTY, "cells": [number(5), NONE], "all": number(5)}],
        },
        "cards": [number(1, label="本月黄牌"), number(0, label="本月红牌")],
        "orders": [
            {"level": "yellow", "level_label": "黄牌", "unit": "市政工程处", "matter": NASTY, "url": "/t",
             "issued_at": hours(-5)},
        ],
        "orders_url": "/desk/supervision/cards?standing=open",
        "hot": [{"url": "/hot/1", "place": NASTY, "category": "夜间施工噪声", "this_week": 12, "usual": "2.5"}],
        "answered": number(9),
        "answers": [a_rate("满意率", 8, 9), a_rate("解决率", 0, 0)],
        "scores": [number(8, label="非常满意", share=100), number(1, label="不满意", share=12.5)],
    },
}  # fmt: skip
