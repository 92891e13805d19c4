"""台账 as a person reads it: what an event carries, said in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from hotline.domain.reply_check import LABELS
from hotline.web.filters import stamp
from hotline.web.staff import words

Event = Mapping[str, Any]

SHORT = 24  # characters; shorter ones share a line
NOTHING: tuple[Any, ...] = (None, "", [], {})


def who(event: Event) -> str:
    """The name, with the unit where there is one."""
    return f"{event['actor']}（{event['unit']}）" if event["unit"] else str(event["actor"])


def note(step: str, data: Mapping[str, Any], zone: tzinfo, levels: Mapping[str, str]) -> str | None:
    """What is worth reading of an event, a line each; nothing of what only machines need."""
    coded = _CODED | ({"level": ("督办等级", levels)} if data.get("level") in levels else {})
    told = []
    for key, value in data.items():
        if value in NOTHING:
            continue
        if key == "channel" and step == "decline":
            told.append(f"法定渠道：{value}")
        elif key in coded:
            label, known = coded[key]
            told.append(f"{label}：{known.get(value, value)}")
        elif key in _WRITTEN:
            told.append(f"{_WRITTEN[key]}：{_said(value)}")
        elif key in _MOMENTS:
            told.append(f"{_MOMENTS[key]}：{_moment(str(value), zone)}")
        elif key in _VERDICTS:
            told.append(_VERDICTS[key][bool(value)])
    said = [each for each in told if each]
    return ("\n" if any(len(each) > SHORT for each in said) else "　").join(said) or None


_WRITTEN = {
    "unit": "主办单位",
    "assists": "协办单位",
    "instruction": "交办要求",
    "handler": "承办人",
    "reason": "原因",
    "outcome": "办理结果",
    "answer": "答复",
    "explanation": "书面说明",
    "first_opinion": "第一审核人意见",
    "opinion": "意见",
    "demand": "要求",
    "into": "并入工单",
    "from_number": "来自工单",
    "complaint": "诉求",
    "complaints": "诉求",
    "note": "通话记录",
    "score": "满意度（1至5分）",
    "comment": "诉求人意见",
    "edited": "公开文字有改动",
    "risks": "风险提示",
    "remarks": "核查提示",
    "leader": "批示领导",
    "words": "批示内容",
    "report": "反馈",
    "seed": "随机种子",
    "drawn": "抽取次序",
    "scope": "抽取范围",
    "finding": "抽查情况",
    "checked": "自查已做到",
    "unchecked": "自查没有勾选",
}
_MOMENTS = {"report_by": "反馈期限", "until": "挂账至", "due_before": "原到期", "due_at": "到期"}
_CODED: dict[str, tuple[str, Mapping[Any, str]]] = {
    "channel": ("渠道", words.CHANNELS),
    "source": ("来源", words.SOURCES),
    "urgency": ("紧急程度", words.URGENCIES),
    "ground": ("督办事由", words.GROUNDS),
    "kind": ("时限", words.KINDS),
}
_VERDICTS: dict[str, tuple[str, str]] = {
    "designated": ("", "指定承办，不得退回"),
    "solved": ("诉求人认为未解决", "诉求人认为已解决"),
    "passed": ("抽查不合格", "抽查合格"),
    "upheld": ("申诉不成立", "申诉成立"),
}


def _said(value: Any) -> str:
    return "、".join(LABELS.get(str(each), str(each)) for each in value) if isinstance(value, list) else str(value)


def _moment(text: str, zone: tzinfo) -> str:
    """A stored moment or day as the city writes it."""
    if len(text) == 10:
        day = date.fromisoformat(text)
        return f"{day.year}年{day.month}月{day.day}日"
    return stamp(datetime.fromisoformat(text), zone=zone)
