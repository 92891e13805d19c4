"""Sample contexts of the scores: the ranking, why a score is what it is, the schemes, and the points."""

from __future__ import annotations

from typing import Any

from tests.unit.template_parts import LONG, NASTY, NOW, hours

STATE = {
    "kind": "running",
    "until": NOW,
    "versions_url": "/v",
    "tabs": [{"label": "月报", "url": "/m", "current": False}],
}
SCHEME = {
    "name": "默认方案",
    "ground": NASTY,
    "counted": "应处理",
    "minimum": 10,
    "frozen": True,
    "url": "/desk/rules/scoring",
}
GRADES = (("达标", "ok", "circle-check"), ("需改进", "soon", "alert-triangle"), ("不达标", "over", "flag"))


def graded(place: int, score: str = "87.4") -> dict[str, Any]:
    grade, tone, icon = GRADES[place % 3]
    return {"score": score, "grade": grade, "tone": tone, "icon": icon}


def a_row(place: int, **more: Any) -> dict[str, Any]:
    change = ({"rank": 3, "up": 2}, {"rank": 1, "up": -1}, {"rank": 2, "up": 0}, {"rank": 2, "up": None}, None)[
        place % 5
    ]
    return {
        "rank": place + 1,
        "name": NASTY if place == 1 else f"市政工程处第{place + 1}分处",
        "url": "/desk/ranking/2026-10/7",
        **graded(place),
        "cases": 120 - place,
        "cases_url": None if place == 3 else "/owed",
        "apart": "",
        "best": place == 0,
        "worst": place == 4,
        "cards": [
            {"label": "黄牌", "count": "1", "url": "/cards"},
            {"label": "督办扣分", "count": "5 分", "url": "/taken"},
        ][: place % 3],
        "change": change,
    } | more


UNRANKED = a_row(2, rank=None, score="—", grade="", tone="", icon="", cases=3, apart="3 件，不足 10 件")
LINES = [
    {
        "name": "处理率",
        "points": "29.1",
        "full": "30",
        "lost": True,
        "told": "30 × 97/100 = 29.1",
        "parts": [{"name": "处理完成", "part": "97", "whole": "100", "part_url": "/kept", "whole_url": "/owed"}],
    },
    {
        "name": NASTY,
        "points": "—",
        "full": "",
        "lost": False,
        "told": LONG,
        "parts": [
            {"name": "黄牌", "part": "1", "whole": None, "part_url": "/cards", "whole_url": None},
            {"name": "督办扣分", "part": "5 分", "whole": "2 件", "part_url": None, "whole_url": "/taken"},
            {"name": "红牌", "part": "0", "whole": None, "part_url": None, "whole_url": None},
        ],
    },
]
POINT = {
    "name": NASTY,
    "kind": "农贸市场",
    "area": "云津区",
    "words": "中心菜场、农贸街",
    "unit": "市政工程处",
    "chief": "张建国",
    "office": "副局长",
    "active": True,
    "url": "/desk/points/1",
}
POINT_ROW = POINT | a_row(0) | {"name": NASTY, "tickets": 3}
FIELDS = [{"name": "name", "label": "点位", "type": "text", "hint": "地点的名称", "required": True}]
STEP = {"name": "add", "label": "新增点位", "url": "/add", "fields": FIELDS, "typed": {"name": NASTY}, "errors": {}}
AROUND = {"month": "2026年10月", "begun": True, "prev_url": "/p", "next_url": "/n"}

SCORING: dict[str, dict[str, Any]] = {
    "staff/ranking.html": AROUND
    | {
        "title": "市级部门",
        "state": STATE,
        "boards": [{"label": "市级部门", "url": "/b", "current": True, "count": None}] * 2,
        "scheme": SCHEME,
        "own": a_row(0, rank=None),
        "rows": [a_row(place) for place in range(5)],
        "apart": [UNRANKED],
        "best": [a_row(0)],
        "worst": [a_row(4)],
        "shown": 10,
    },
    "staff/score.html": AROUND
    | {
        "state": STATE,
        "unit": a_row(1),
        "board": "市级部门",
        "of": 12,
        "lines": LINES,
        "told": [LONG],
        "full": "100",
        "scheme": SCHEME,
        "before": a_row(0),
        "history": [{"month": "2026年9月", "url": "/h", "score": "90.1", "rank": rank} for rank in (1, None)],
        "back_url": "/desk/ranking/2026-10",
    },
    "staff/scoring.html": {
        "schemes": [
            {"name": name, "ground": NASTY, "url": "/s", "in_force": place == 0, "current": place == 1}
            for place, name in enumerate(("默认方案", "金华"))
        ],
        "in_force": "默认方案",
        "shown": {
            "key": "jinhua",
            "name": "金华",
            "version": "2026-1",
            "ground": NASTY,
            "full": "100",
            "minimum": 10,
            "terms": [{"name": "结案率", "points": "40", "told": LONG}],
            "grades": [
                {"name": name, "from": "90", "tone": tone, "icon": icon, "colour": "绿"} for name, tone, icon in GRADES
            ],
        },
        "seen": "default",
        "action": "/desk/rules/scoring",
        "previewed": True,
        "month": "2026年9月",
        "boards": [
            {
                "name": "市级部门",
                "rows": [{"name": NASTY, "now": graded(0) | {"rank": 1}, "then": graded(2) | {"rank": None}}],
            }
        ],
        "errors": {"form": "没有这个方案，请重新选择。"},
        "refusal": "别人刚刚改过。",
        "back_url": "/desk/rules",
        "changes_url": "/desk/changes",
    },
    "staff/points.html": {
        "points": [POINT, POINT | {"name": "滨河公园", "active": False, "url": None}],
        "closed": True,
        "closed_url": "/desk/points",
        "step": STEP,
        "import_url": "/desk/points/import",
        "file_error": "第2行：没有写单位。",
        "heads": "点位、点长、单位",
        "month_url": "/desk/points/2026-10",
        "empty_text": "还没有点位。",
    },
    "staff/point_edit.html": {
        "name": NASTY,
        "active": False,
        "step": STEP | {"errors": {"form": "已有同名的点位。"}},
        "close_url": "/c",
        "back_url": "/b",
    },
    "staff/points_month.html": AROUND
    | {
        "state": STATE,
        "scheme": "点位达标月评",
        "rows": [POINT_ROW, POINT_ROW | {"rank": None, "score": "—", "tickets": 0}],
        "best": [POINT_ROW],
        "worst": [POINT_ROW],
        "shown": 10,
        "register_url": "/desk/points",
        "empty_text": "还没有点位。",
    },
    "staff/point.html": {
        "month": "2026年10月",
        "state": STATE,
        "point": POINT,
        "row": POINT_ROW,
        "of": 12,
        "full": "100",
        "lines": LINES,
        "told": [LONG],
        "tickets": [
            {
                "number": "202610130001",
                "url": "/t",
                "matter": NASTY,
                "place": NASTY,
                "state": "handling",
                "state_label": "处理中",
                "received_at": hours(-9),
            }
        ],
        "total": 1,
        "next_url": "/n",
        "prev_url": None,
        "back_url": "/b",
    },
}
