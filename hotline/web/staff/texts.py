"""短信文字: every wording as it is written, filled with usual content, and what it costs in segments; and how the city
centre's administrators put one in other words."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hotline.domain.errors import Invalid
from hotline.domain.texts import segments
from hotline.domain.wordings import Wordings, Written
from hotline.services import rewording, scoping
from hotline.services.work import Work
from hotline.web.door import actor, office, work
from hotline.web.staff import rights

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
    "day": "10月13日",
    "received": "128",
    "closed": "117",
    "late": "3",
    "today": "41",
    "tomorrow": "36",
    "week": "160",
    "missing": "214",
    "orders": "5",
}
#: By the beginning of their names; the first that fits.
KINDS = (("unit_", "单位"), ("centre_", "热线中心"), ("", "市民"))


#: What the fields are called where one writes them.
FIELDS = {
    "number": "编号",
    "key": "查询码",
    "code": "验证码",
    "url": "查询页网址",
    "unit": "单位名称",
    "due": "时限",
    "until": "恢复日期",
    "state": "办理状态",
    "kind": "时限的种类",
    "level": "督办等级",
    "channel": "应找的部门和电话",
    "matter": "事项",
    "reason": "理由",
    "demand": "督办要求",
    "answer": "答复内容",
    "day": "所报的日期",
    "received": "收到件数",
    "closed": "办结件数",
    "late": "新逾期项数",
    "today": "今日到期项数",
    "tomorrow": "明日到期项数",
    "week": "本周到期项数",
    "missing": "本月还差项数",
    "orders": "督办中件数",
}
ONE, PART = 70, 67  # characters of a Chinese text: of a single one, of each of several

Answer = str | Response | tuple[str, int]


def show() -> str:
    """GET /desk/rules/texts: for everybody; to be changed by the city centre's administrators."""
    with work() as unit:
        rows = _rows(unit, rewording.own(unit))
    over = sum(row["segments"] > 1 for row in rows)
    return render_template("staff/texts.html", rows=rows, over=over, back_url=url_for("staff.rules"))


def edit(name: str) -> Answer:
    """GET /desk/rules/texts/<name>."""
    with work() as unit:
        _check(unit, name)
        return _page(unit, name)


def preview(name: str) -> Answer:
    """POST /desk/rules/texts/<name>/preview: what is written as it would be sent; nothing is kept."""
    with work() as unit:
        _check(unit, name)
        return _page(unit, name, request.form.get("text", ""))


def change(name: str) -> Answer:
    """POST /desk/rules/texts/<name>."""
    text, approved = request.form.get("text", ""), "approved" in request.form
    with work() as unit:
        _check(unit, name)
        try:
            changed = rewording.change(unit, name, text, approved=approved)
        except Invalid as error:
            return _page(unit, name, text, error.fields), 422
    label = _label(name)
    return _told(f"“{label}”已改，30 秒内各处生效。" if changed else f"“{label}”没有变化。")


def reset(name: str) -> Answer:
    """POST /desk/rules/texts/<name>/reset: back to the file's words."""
    with work() as unit:
        _check(unit, name)
        rewording.reset(unit, name)
    return _told(f"“{_label(name)}”已恢复为文件中的写法。")


def _check(work: Work, name: str) -> None:
    """Nobody else finds these pages, and there is none for what is no text."""
    rewording.check_role(work)
    if name not in work.rules.wordings.names:
        abort(404)


def _told(said: str) -> Response:
    office().forget_rules()
    flash(said, "success")
    return redirect(url_for("staff.texts"), 303)


def _page(work: Work, name: str, typed: str | None = None, errors: dict[str, str] | None = None) -> str:
    wordings, errors = work.rules.wordings, errors or {}
    text = "\n".join(wordings.templates(name).values()) if typed is None else typed
    forms = rewording.forms_in(text)
    needs, faults = wordings.needs(name), wordings.faults(name, forms)
    return render_template(
        "staff/text.html",
        name=name,
        label=_label(name),
        kind=_kind(name),
        value=text,
        edited=typed is not None,
        errors=errors,
        faults=[] if "text" in errors else faults,
        shown=[] if faults else [_costs(each) for each in _filled(work, name, forms)],
        warnings=[] if faults else _warnings(name, forms),
        fields=[
            {"name": field, "label": FIELDS[field], "held": field in needs.held, "usual": _usual(work)[field]}
            for field in FIELDS
            if field in needs.given
        ],
        signature=wordings.signature,
        of_file=list(wordings.base.templates(name).values()),
        is_own=name in rewording.own(work),
        templates=work.fills_templates,
        action=url_for("staff.change_text", name=name),
        preview_url=url_for("staff.preview_text", name=name),
        reset_url=url_for("staff.reset_text", name=name),
        back_url=url_for("staff.texts"),
    )


def _filled(work: Work, name: str, forms: list[str]) -> list[Written]:
    return Wordings(work.rules.wordings.signature, {name: forms}).each_form(name, **_usual(work))


def _costs(written: Written) -> dict[str, Any]:
    """What a form costs as it was filled, and what would make it cheaper."""
    length, cost = len(written.text), segments(written.text)
    advice = ""
    if cost > 1:
        over = length - (ONE if cost == 2 else PART * (cost - 1))
        advice = f"减少 {over} 字即为 {cost - 1} 条" if over > 0 else ""
    return {"text": written.text, "characters": length, "segments": cost, "advice": advice}


def _warnings(name: str, forms: list[str]) -> list[str]:
    """What a carrier or the law wants to read in a text, and does not find there."""
    found = []
    if name == "received" and not all("退订" in form for form in forms):
        found.append("这是市民收到的第一条短信，应写明怎样退订（如“回复‘退订’停发”），运营商审核时会查。")
    if name == "received" and not all("用于" in form for form in forms):
        found.append("第一条短信应告知号码的用途（个人信息保护法第18、35条）。")
    if name == "help" and not all("退订" in form for form in forms):
        found.append("帮助应写明可以回复“退订”。")
    return found


def _label(name: str) -> str:
    return rewording.LABELS.get(name, name)


def _kind(name: str) -> str:
    return next(kind for prefix, kind in KINDS if name.startswith(prefix))


def _usual(work: Work) -> dict[str, str]:
    return USUAL | {"url": f"{work.site}/q/{USUAL['number']}"}


def _rows(work: Work, own: frozenset[str]) -> list[dict[str, Any]]:
    wordings, usual = work.rules.wordings, _usual(work)
    may_edit = rights.may(actor(), "staff.edit_text") and scoping.is_root(actor())
    rows = []
    for name in wordings.names:
        sent = wordings.write(name, **usual)
        templates = wordings.templates(name)
        rows.append(
            {
                "label": _label(name),
                "kind": _kind(name),
                "text": sent.text,
                "characters": len(sent.text),
                "segments": segments(sent.text),
                "own": name in own,
                "url": url_for("staff.edit_text", name=name) if may_edit else None,
                "forms": [
                    _form(written, templates[written.form], written.form == sent.form)
                    for written in wordings.each_form(name, **usual)
                ],
            }
        )
    return rows


def _form(written: Written, template: str, chosen: bool) -> dict[str, Any]:
    return {
        "template": template,
        "characters": len(written.text),
        "segments": segments(written.text),
        "chosen": chosen,
    }
