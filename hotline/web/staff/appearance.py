"""How the desk looks on this device: light or dark, and whether single letters press buttons. Kept in cookies, so that
the server already writes the page in it: nothing flashes, and no script is needed."""

from __future__ import annotations

from typing import Final

from flask import current_app, request
from werkzeug.wrappers import Response

THEME: Final = "desk_theme"
KEYS: Final = "desk_keys"
THEMES: Final = {"auto": "跟随系统", "light": "浅色", "dark": "深色"}
SWITCH: Final = {"on": "启用", "off": "关闭"}
KEPT: Final = 365 * 24 * 3600  # seconds


def theme() -> str:
    """One of `THEMES`."""
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in THEMES else "auto"


def keys() -> bool:
    """Whether single letters are keys here; WCAG 2.1.4 wants that they can be switched off."""
    return request.cookies.get(KEYS) != "off"


def keep(response: Response, *, theme: str, keys: str) -> None:
    """Write down what was chosen, for a year; both are values of the tables above."""
    for name, value in ((THEME, theme), (KEYS, keys)):
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(name, value, max_age=KEPT, secure=secure, httponly=True, samesite="Lax")
