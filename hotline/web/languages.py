"""Chinese, and English beside it on the citizens' pages. The Chinese sentence is its own key in the catalogue."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request, session
from flask_babel import Babel, get_locale, gettext

from hotline.domain.errors import Said

CHINESE: Final = "zh"
LANGUAGES: Final = {CHINESE: "中文", "en": "English"}
#: Only what citizens read is translated; officials read Chinese.
FOR_CITIZENS: Final = frozenset({"citizen", "public", None})


def register(app: Flask) -> None:
    """`_()` in templates, the language of each request, and the switch `?lang=en`."""
    app.config["BABEL_DEFAULT_LOCALE"] = CHINESE
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=chosen)
    app.before_request(_switch)
    app.after_request(_vary)
    app.context_processor(lambda: {"language": language(), "languages": LANGUAGES})


def language() -> str:
    """`zh` or `en`: what this page is written in."""
    return str(get_locale() or CHINESE)


def chosen() -> str:
    """What was chosen by hand, else what the browser asks for first; Chinese on every desk."""
    if request.blueprint not in FOR_CITIZENS:
        return CHINESE
    by_hand = session.get("language")
    if by_hand in LANGUAGES:
        return str(by_hand)
    return request.accept_languages.best_match(list(LANGUAGES), CHINESE) or CHINESE


def translated(sentence: str) -> str:
    """A sentence of the services in the language of this page."""
    if isinstance(sentence, Said):
        return gettext(sentence.template).format(**sentence.fields)
    return gettext(sentence) if sentence else ""


def _switch() -> None:
    if (wanted := request.args.get("lang")) in LANGUAGES:
        session["language"] = wanted


def _vary(response: Response) -> Response:
    if request.blueprint in FOR_CITIZENS and response.mimetype == "text/html":
        response.vary.update(("Accept-Language", "Cookie"))
    return response
