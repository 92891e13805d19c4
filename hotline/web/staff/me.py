"""我的设置: what a person chooses for himself on this device, and whether and where he wants the 简报."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from hotline.domain.errors import Invalid
from hotline.services.month import brief_reading
from hotline.services.month.brief_reading import Choice
from hotline.web.door import actor, work
from hotline.web.staff import appearance, rights

#: What else is the own account's, and has pages of its own.
ACCOUNT = (
    ("staff.own_password", "lock", "修改密码"),
    ("staff.own_second_factor", "device-mobile", "第二重验证"),
)


#: Whether the morning's briefs are wanted.
WANTED = {"yes": "要", "no": "不要"}


def show() -> str:
    """GET /desk/me."""
    return _page(_chosen(), {}, _briefs_chosen(), {})


def save() -> Response | tuple[str, int]:
    """POST /desk/me: light or dark, keys or none."""
    theme, keys = request.form.get("theme", ""), request.form.get("keys", "")
    errors = {}
    if theme not in appearance.THEMES:
        errors["theme"] = "请选择一种外观。"
    if keys not in appearance.SWITCH:
        errors["keys"] = "请选择启用或关闭。"
    if errors:
        return _page({"theme": theme, "keys": keys}, errors, _briefs_chosen(), {}), 422
    response = redirect(url_for("staff.me", _anchor="main"), 303)
    appearance.keep(response, theme=theme, keys=keys)
    flash("已保存，在这台设备的这个浏览器上生效。", "success")
    return response


def save_briefs() -> Response | tuple[str, int]:
    """POST /desk/me/briefs."""
    wanted, phone = request.form.get("briefs", ""), request.form.get("phone", "")
    try:
        if wanted not in WANTED:
            raise Invalid({"briefs": "请选择要或不要。"})
        with work() as unit:
            brief_reading.choose(unit, wanted == "yes", phone)
    except Invalid as fault:
        return _page(_chosen(), {}, {"briefs": wanted, "phone": phone}, fault.fields), 422
    flash("简报的设置已保存。", "success")
    return redirect(url_for("staff.me", _anchor="main"), 303)


def _chosen() -> dict[str, str]:
    return {"theme": appearance.theme(), "keys": "on" if appearance.keys() else "off"}


def _briefs_chosen() -> dict[str, str]:
    """Nothing for who reads no tickets: there is no brief for him."""
    if not rights.may(actor(), "staff.save_briefs"):
        return {}
    with work() as unit:
        chosen: Choice = brief_reading.choice(unit)
    return {"briefs": "yes" if chosen.wanted else "no", "phone": chosen.phone}


def _page(
    values: dict[str, str], errors: dict[str, str], brief_values: dict[str, str], brief_errors: dict[str, str]
) -> str:
    fields = [
        _choice("theme", "外观", appearance.THEMES, "深色适合夜班。打印总是白底黑字。"),
        _choice(
            "keys", "单键快捷键", appearance.SWITCH, "关闭后，单个字母不再触发操作；Ctrl+K 和 Alt 组合键照常可用。"
        ),
    ]
    return render_template(
        "staff/me.html",
        fields=fields,
        values=values,
        errors=errors,
        login=current_user.login,
        save_url=url_for("staff.save_me"),
        keys_url=url_for("staff.help", _anchor="keys"),
        account=[{"url": url_for(endpoint), "icon": icon, "label": label} for endpoint, icon, label in ACCOUNT],
        brief_fields=_brief_fields() if brief_values else [],
        brief_values=brief_values,
        brief_errors=brief_errors,
        briefs_url=url_for("staff.save_briefs"),
    )


def _brief_fields() -> list[dict[str, Any]]:
    return [
        _choice("briefs", "日报和周报", WANTED, "工作日早上生成，只有本单位和下属单位的数字，在“简报”里看。"),
        {
            "name": "phone",
            "label": "同时发短信到",
            "type": "tel",
            "maxlength": 40,
            "hint": "手机号码，只用来发简报，加密保存；不填就不发短信。",
        },
    ]


def _choice(name: str, label: str, options: dict[str, str], hint: str) -> dict[str, Any]:
    listed = [{"value": value, "label": text} for value, text in options.items()]
    return {"name": name, "label": label, "type": "radio", "required": True, "hint": hint, "options": listed}
