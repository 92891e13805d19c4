"""短信文字: every wording as it is written, filled with usual content, and what it costs in segments."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for

from hotline.domain.texts import segments
from hotline.domain.wordings import Written
from hotline.services.work import Work
from hotline.web.door import work

#: What usually fills them. A real address and number; the lengths are what a city meets every day.
USUAL = {
    "number": "20261014000123",
    "key": "K7M2QXR4TB",
    "code": "493027",
    "unit": "云锦区城市管理局",
    "due": "10月14日18时",
    "until": "10月31日",
    "state": "已办理，正在核查",
    "kind": "处理时限",
    "level": "黄牌警告",
    "channel": "劳动监察部门，电话12333",
    "matter": "香溪路与大桥路口路灯不亮三天",
    "reason": "配件需定制，预计三天到货",
    "demand": "请立即办理，并按要求反馈。",
    "answer": "香溪路路灯已更换灯头两只，今晚恢复照明，感谢监督。",
}
#: By the beginning of their names; the first that fits.
KINDS = (("unit_", "单位"), ("centre_", "热线中心"), ("", "市民"))


def show() -> str:
    """GET /desk/rules/texts: for everybody; the file itself is the administrator's."""
    with work() as unit:
        rows = _rows(unit)
    over = sum(row["segments"] > 1 for row in rows)
    return render_template("staff/texts.html", rows=rows, over=over, back_url=url_for("staff.rules"))


def _rows(work: Work) -> list[dict[str, Any]]:
    wordings = work.rules.wordings
    usual = USUAL | {"url": f"{work.site}/q/{USUAL['number']}"}
    rows = []
    for name in wordings.names:
        sent = wordings.write(name, **usual)
        templates = wordings.templates(name)
        rows.append(
            {
                "name": name,
                "kind": next(kind for prefix, kind in KINDS if name.startswith(prefix)),
                "text": sent.text,
                "characters": len(sent.text),
                "segments": segments(sent.text),
                "forms": [
                    _form(written, templates[written.form], written.form == sent.form)
                    for written in wordings.each_form(name, **usual)
                ],
            }
        )
    return rows


def _form(written: Written, template: str, chosen: bool) -> dict[str, Any]:
    return {
        "name": written.form,
        "template": template,
        "characters": len(written.text),
        "segments": segments(written.text),
        "chosen": chosen,
    }
