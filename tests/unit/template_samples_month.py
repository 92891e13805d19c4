"""Sample contexts of the month's pages: the report, the lists behind its figures, its versions."""

from __future__ import annotations

from typing import Any

from tests.unit.template_parts import LATE, LONG, MET, MET_LATE, NASTY, NOW, PAUSED, TICKETS, hours, rate

TABS = [
    {"label": "月报", "url": "/r/2026-09", "current": True},
    {"label": "版本", "url": "/r/2026-09/versions", "current": False},
]
RUNNING = {"kind": "running", "until": NOW, "versions_url": "/v", "tabs": TABS}
OVER = RUNNING | {"kind": "over", "when": "将于11月3日冻结"}
SEALED = {
    "version": 1,
    "newest": False,
    "newest_version": 2,
    "checksum": "9f2c1ab04477deadbeef" * 3 + "abcd",
    "at": NOW,
    "by": NASTY,
    "reason": LONG,
    "policies": "默认政策 2026",
    "calendar": "第3版（f7b9cda4）",
    "items": 541,
    "cases": 612,
    "url": "/r/2026-09?version=1",
}
FROZEN = RUNNING | SEALED | {"kind": "frozen"}
HAND = {"who": "市政工程处承办人", "what": "提交办理结果", "chance": "已逾期，补不回按时，但可以办结"}
CHANGES = [
    {"label": label, "month": month, "then": then, "points": points, "better": better, "title": f"{month} {then}"}
    for label, month, then, points, better in (
        ("环比", "2026年8月", "97.10 %", "+1.20", True),
        ("同比", "2025年9月", "—", "", None),
    )
]
WORSE = [CHANGES[0] | {"points": "-0.30", "better": False}, CHANGES[1] | {"then": "98.00 %", "points": "±0.00"}]
LACKING = [{"label": "未办结", "count": 2, "url": "/m"}]


def a_line(name: str, depth: int = 0, **more: Any) -> dict[str, Any]:
    whole = {"handle": rate(300, 301), "on_time": rate(290, 301), "reply": rate(310, 310), "close": rate(0, 0)}
    return {"name": name, "depth": depth, "url": "/u", "missing": [], **whole, **more}


def an_item(due: dict[str, Any] | None, outcome: str, label: str, note: str | None, **more: Any) -> dict[str, Any]:
    return {
        "number": "202610130001",
        "url": "/t",
        "matter": NASTY,
        "unit": "市政工程处",
        "kind_label": "办结",
        "due": due,
        "original_due_at": hours(-30),
        "outcome": outcome,
        "outcome_label": label,
        "note": note,
        "reasons": "",
        "hand": None,
        **more,
    }


FILTERS: dict[str, Any] = {
    "filters": [
        {"name": "figure", "label": "数字", "type": "select", "blank": None,
         "options": [{"value": "owed", "label": "应完成"}, {"value": "missing", "label": "未完成"}]},
        {"name": "where", "label": "区域", "type": "text", "attrs": {"maxlength": "40"}},
    ],
    "values": {"figure": "missing", "where": NASTY},
    "hidden": {"since": "2026-09-01", "until": "2026-09-07"},
}  # fmt: skip

MONTH: dict[str, dict[str, Any]] = {
    "reports/month.html": {
        "month": "2026年9月",
        "scope": "全市",
        "state": FROZEN,
        "changed": 3,
        "changes_url": "/changes",
        "prev_url": "/reports/2026-08",
        "next_url": None,
        "export_url": "/x",
        "version": 2,
        "url": "/reports/2026-09",
        "counted_at": NOW,
        "waiting": True,
        "up_url": "/reports/2026-09",
        "missing": [{"label": "未办结", "count": 3, "url": "/m"}, {"label": "未答复", "count": 1, "url": "/m"}],
        "missing_tickets": [
            ticket | {"unit": "市政工程处", "kind_label": "办结", "reasons": "退回", "hand": hand, "note": "未办"}
            for ticket, hand in zip(TICKETS, (HAND, HAND | {"who": "", "what": ""}, None), strict=False)
        ],
        "rates": [
            {
                "kind": kind,
                "label": label,
                "definition": "到期应兑现的承诺中，截至月末已兑现的。",
                "main": rate(kept, owed),
                "missing": owed - kept,
                "missing_url": "/m",
                "share": kept / owed if owed else 0.0,
                "changes": CHANGES,
                "variants": [
                    {"label": "不含当场答复", "figure": rate(kept, owed), "changes": WORSE},
                    {"label": "按时率", "figure": rate(kept and kept - 2, owed), "changes": CHANGES},
                ],
                "more": [{"label": "延期", "count": 2, "url": "/x"}],
            }
            for kind, label, kept, owed in (
                ("handle", "处理率", 540, 541),
                ("reply", "回复率", 612, 612),
                ("close", "办结率", 0, 0),
            )
        ],
        "indicators": [
            {"key": "paused", "name": "挂账", "formula": "挂账 = 仍在挂账的次数", "source": "设计", "counted": True,
             "figure": rate(3, 4) | {"percent": "3 件"}, "way": "低为好", "changes": WORSE},
            {"key": "solved_rate", "name": "解决率", "formula": "解决率 = 已解决 ÷ 回答的", "source": NASTY,
             "counted": False, "figure": rate(0, 0), "way": "高为好", "changes": CHANGES},
        ],
        "others": ["2026年8月", "2025年9月"],
        "times": [{"label": "处理", "median": "3.1 小时", "p90": "4.0 天", "count": 540, "url": "/k"}],
        "units": [a_line("市城管局", missing=LACKING), a_line("市政工程处", 1), a_line(NASTY, 2)],
        "more_units": {"count": 12, "url": "/all"},
        "categories": [a_line(f"公用设施 · 路灯{number}", url=None) for number in range(21)],
        "areas": [a_line("东城", url=None)],
        "channels": [],
        "sources": [],
        "days": [
            {"label": f"{day}日 周一", "received": day, "received_url": "/d", "height": 30.0 * day,
             "rates": [rate(2, 3), rate(1, 1), rate(0, 0)],
             "bars": [{"owed": 60.0, "kept": 40.0}, {"owed": 1.0, "kept": 1.0}, {"owed": 0.0, "kept": 0.0}]}
            for day in (0, 1, 2)
        ],
        "weeks": [
            {"label": "1至7日", "received": 3, "received_url": "/w", "height": 100.0,
             "rates": [rate(2, 3), rate(1, 1), rate(0, 0)], "bars": []},
        ],
        "before": [rate(2, 3), rate(0, 1), rate(0, 0)],
        "ages": [{"name": "90天以上", "counts": [{"count": 0, "url": "/a"}, {"count": 3, "url": "/a"}]}],
        "hot": [
            {"category": "路灯", "area": NASTY, "received": 9, "received_url": "/h", "repeated": 4, "repeated_url": "/"}
        ],
    },
    "reports/items.html": {
        "title": "2026年9月 全市 办结率：应办结",
        "definition": "到期应兑现的承诺。",
        "back_url": "/r",
        "state": OVER,
        **FILTERS,
        "chips": [{"label": "9月1日至9月7日到期", "url": "/c"}],
        "export_url": "/export",
        "asked": {"kind": "close", "figure": "owed", "area": NASTY},
        "total": 541,
        "next_url": "/n",
        "prev_url": None,
        "items": [
            an_item(LATE, "missing", "未完成", "尚未办结", reasons="交办逾期、退回2次", hand=HAND),
            an_item(LATE, "missing", "未完成", "尚未办结", url=None, hand=HAND | {"who": "", "what": ""}),
            an_item(MET_LATE, "late", "逾期完成", None, reasons="核查退回1次"),
            an_item(MET, "kept", "按时完成", "当场答复"),
            an_item(PAUSED, "exempt", "免于考核", "申诉成立"),
            an_item(None, "exempt", "不计入", "已并案"),
        ],
    },
    "reports/cases.html": {
        "title": "2026年9月 全市 被退回的交办",
        "formula": "退单率 = 被退回的交办 ÷ 本月交办",
        "reasoned": True,
        "when": "交办时间",
        "back_url": "/r",
        "state": RUNNING | {"kind": "ahead"},
        **FILTERS,
        "days": "9月1日",
        "export_url": "/export",
        "asked": {"indicator": "return_rate", "side": "part", "area": NASTY},
        "total": 2,
        "next_url": None,
        "prev_url": "/p",
        "items": [
            {"number": "202610130001", "url": url, "matter": NASTY, "unit": "市政工程处", "at": NOW, "label": label,
             "good": good, "score": "2分", "reason": LONG}
            for url, label, good in (("/t", "被退回", False), (None, "未被退回", True))
        ],
    },
    "reports/versions.html": {
        "title": "2026年9月 月报版本",
        "back_url": "/r",
        "here_url": "/v",
        "state": FROZEN,
        "counting": NOW,
        "versions": [
            SEALED | {"version": 2, "newest": True, "compare_url": "/v/2"},
            SEALED | {"reason": "", "compare_url": None},
        ],
        "changed": 3,
        "changes_url": "/changes",
        "freeze_url": "/freezing",
        "restate_url": "/restatement",
        "day": 3,
        "day_url": "/desk/rules/freezing",
    },
    "reports/comparison.html": {
        "title": "2026年9月 第1版与第2版",
        "back_url": "/v",
        "reason": NASTY,
        "by": "周督办",
        "at": NOW,
        "figures": [{"unit": "合计", "label": "处理 · 未完成", "before": 3, "after": 2}],
        "items": [
            {"number": "202610130001", "url": url, "kind": "处理", "how": "有变化", "why": "冻结后确认已兑现"}
            for url in ("/t", None)
        ],
        "total": 1200,
    },
    "reports/changes.html": {
        "title": "2026年9月 冻结后的变化",
        "back_url": "/v",
        "version": 1,
        "at": NOW,
        "total": 2,
        "items": [
            {"number": "202610130001", "url": url, "matter": NASTY, "unit": "市政工程处", "kind": "处理",
             "then": "未完成", "now": "按时完成"}
            for url in ("/t", None)
        ],
        "next_url": "/n",
        "prev_url": None,
    },
    "reports/restatement.html": {
        "title": "2026年9月 更正",
        "back_url": "/v",
        "url": "/restatement",
        "version": 1,
        "at": NOW,
        "rates": [
            {"label": "处理率", "then": "99.82 %（540/541）", "now": "100.00 %（541/541）", "same": same}
            for same in (True, False)
        ],
        "changed": 3,
        "changes_url": "/changes",
        "reason": NASTY,
        "errors": {"reason": "请写明更正的原因（5至500字）。"},
        "longest": 500,
    },
}  # fmt: skip
