"""我的设置: what a person chooses for himself on this device."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from hotline.web.staff import appearance

#: What else is the own account's, and has pages of its own.
ACCOUNT = (
    ("staff.own_password", "lock", "修改密码"),
    ("staff.own_second_factor", "device-mobile", "第二重验证"),
)


def show() -> str:
    """GET /desk/me."""
    return _page({"theme": appearance.theme(), "keys": "on" if appearance.keys() else "off"}, {})


def save() -> Response | tuple[str, int]:
    """POST /desk/me: light or dark, keys or none."""
    theme, keys = request.form.get("theme", ""), request.form.get("keys", "")
    errors = {}
    if theme not in appearance.THEMES:
        errors["theme"] = "请选择一种外观。"
    if keys not in appearance.SWITCH:
        errors["keys"] = "请选择启用或关闭。"
    if errors:
        return _page({"theme": theme, "keys": keys}, errors), 422
    response = redirect(url_for("staff.me", _anchor="main"), 303)
    appearance.keep(response, theme=theme, keys=keys)
    flash("已保存，在这台设备的这个浏览器上生效。", "success")
    return response


def _page(values: dict[str, str], errors: dict[str, str]) -> str:
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
    )


def _choice(name: str, label: str, options: dict[str, str], hint: str) -> dict[str, Any]:
    listed = [{"value": value, "label": text} for value, text in options.items()]
    return {"name": name, "label": label, "type": "radio", "required": True, "hint": hint, "options": listed}
