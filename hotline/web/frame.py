"""The frame of the citizens' pages: the same page in another language, and the doors at its foot."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from flask import Flask, Response, current_app, request, url_for

from hotline.domain.publicity import Publicity
from hotline.web import languages
from hotline.web.door import office

#: The name of each language as HTML wants it.
TAGS: Final = {languages.CHINESE: "zh-CN", "en": "en"}


class InLanguage(NamedTuple):
    """A link to this page in another language; `name` is the language's own."""

    tag: str
    name: str
    url: str


def register(app: Flask) -> None:
    """`tag`, `in_other_languages` and `foot_links` in every template; the styles announced before the page."""
    app.context_processor(_frame)
    app.after_request(_announce_styles)


def _frame() -> dict[str, Any]:
    return {
        "tag": TAGS[languages.language()],
        "in_other_languages": _in_other_languages(),
        "foot_links": {"privacy": _privacy(), "public": _public()},
    }


def _announce_styles(response: Response) -> Response:
    """The head of an answer says which styles it needs: they are on their way while the page itself still comes."""
    if response.mimetype == "text/html" and request.blueprint in languages.FOR_CITIZENS:
        response.headers["Link"] = f"<{url_for('static', filename='hotline.css')}>; rel=preload; as=style"
    return response


def _in_other_languages() -> list[InLanguage]:
    """Nothing on the desks, which read Chinese."""
    if not languages.is_for_citizens():
        return []
    # One slash: with two it would be the address of another host.
    here = f"{request.script_root}/{quote(request.path.lstrip('/'))}"
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return [
        InLanguage(TAGS[code], name, f"{here}?{urlencode([*kept, ('lang', code)])}")
        for code, name in languages.LANGUAGES.items()
        if code != languages.language()
    ]


def _privacy() -> str | None:
    return _url("citizen.privacy")


def _public() -> str | None:
    """None where the city has switched its public page off."""
    return None if office().publicity is Publicity.OFF else _url("public.tickets")


def _url(endpoint: str) -> str | None:
    return url_for(endpoint) if endpoint in current_app.view_functions else None
