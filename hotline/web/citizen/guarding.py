"""Whether a form is one that we gave out, filled in by a person: no picture puzzle, and never a silent no.

A form carries a signed key: the moment it was shown and a random part that makes it one complaint however often it is
sent. Who is told to press once more has lost nothing; a programme that reads and obeys is welcome to.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, request
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadData, URLSafeSerializer
from wtforms import ValidationError

from hotline.web.languages import gettext as _

TRAP = "website"  # a field that nobody sees, and so nobody fills in
FASTEST = timedelta(seconds=3)  # nobody reads, writes and sends a form in less


@dataclass(frozen=True)
class FormKey:
    """`chance` tells two forms apart, `shown_at` is when this one was given out."""

    chance: str
    shown_at: datetime

    @classmethod
    def new(cls, now: datetime) -> FormKey:
        """For a form that is shown now."""
        return cls(secrets.token_urlsafe(12), now)

    @classmethod
    def read(cls, note: str, now: datetime) -> FormKey | None:
        """The key that a form has brought back; None if it is none of ours."""
        try:
            chance, shown_at = _signer("form").loads(note)
            return cls(str(chance), datetime.fromtimestamp(shown_at, now.tzinfo))
        except (BadData, TypeError, ValueError):
            return None

    @property
    def note(self) -> str:
        """As the form carries it."""
        return str(_signer("form").dumps([self.chance, int(self.shown_at.timestamp())]))

    def asked_again(self) -> FormKey:
        """The same form after somebody was told to press once more: the next time counts."""
        return FormKey(self.chance, self.shown_at - FASTEST)


def token_for(form: FormKey, number: str) -> str:
    """What a form says to join the ticket of that number: only this form, only a ticket that it was offered."""
    return str(_signer("same").dumps([form.chance, number]))


def number_of(form: FormKey, token: str) -> str | None:
    """The ticket that was offered to this form with that token."""
    try:
        chance, number = _signer("same").loads(token)
    except (BadData, TypeError, ValueError):
        return None
    return str(number) if chance == form.chance else None


def stranger() -> str:
    """Why this browser's form cannot be told from a forged one, and what to do; empty if it can."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
            return _("页面停留时间过长，请再点一次“提交反映”，您填写的内容都在。")
        return _(
            "浏览器没有带回本站的 Cookie，请再点一次“提交反映”，您填写的内容都在。"
            "如果仍然这样，请在浏览器设置中允许本站使用 Cookie，或拨打12319反映。"
        )
    return ""


def robot(form: FormKey, typed: Mapping[str, str], now: datetime) -> str:
    """What looks like a programme, and what to do; empty for what looks like a person."""
    if typed.get(TRAP):
        return _("“网址”一栏只用来识别自动程序，已替您清空，请再点一次“提交反映”，您填写的内容都在。")
    if now - form.shown_at < FASTEST:
        return _("提交得太快，请核对一遍，再点一次“提交反映”，您填写的内容都在。")
    return ""


def _signer(salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=f"complaint-{salt}")
