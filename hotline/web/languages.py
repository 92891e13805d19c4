"""Chinese, and English beside it on the citizens' pages. The Chinese sentence is its own key in the catalogue.

Pages say `_("…")`; what the services say comes as `Said` (hotline/domain/errors.py) and is shown by `translated`. The
desks read Chinese, and so does every machine. How a sentence or a language is added stands in docs/languages.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import Flask, Response, g, has_app_context, has_request_context, request, session
from flask_babel import Babel, get_locale, get_translations
from markupsafe import Markup

from hotline.domain.errors import Said

CHINESE: Final = "zh"
LANGUAGES: Final = {CHINESE: "中文", "en": "English"}
#: The doors whose pages citizens read; officials read Chinese, and machines are answered in it.
FOR_CITIZENS: Final = frozenset({"citizen", "public"})
#: Where citizens and officials meet: a picture, an address that leads nowhere. Who has logged in is an official.
FOR_BOTH: Final = frozenset({"attachments", None})

_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def register(app: Flask) -> None:
    """`_()` in templates, the language of each request, and the switch `?lang=en`."""
    app.config["BABEL_DEFAULT_LOCALE"] = CHINESE
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=chosen)
    # Babel's own look the language up for every sentence, which a long list feels (docs/languages.md).
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda message: _catalogue().gettext(message),
        ngettext=lambda one, many, n: _catalogue().ngettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.globals["in_chinese"] = in_chinese
    app.before_request(_remember)
    app.after_request(_vary)
    app.context_processor(lambda: {"language": language(), "languages": LANGUAGES})


def language() -> str:
    """`zh` or `en`: what this page is written in."""
    return str(get_locale() or CHINESE)


def chosen() -> str:
    """What was chosen by hand, else what the browser asks for first; Chinese on every desk."""
    if not has_request_context() or not is_for_citizens():
        return CHINESE
    for by_hand in (request.args.get("lang"), session.get("language")):
        if by_hand in LANGUAGES:
            return str(by_hand)
    return _asked_for()


def gettext(message: str, **fields: object) -> str:
    """The sentence in the language of this page, with its %(fields)s filled in. Outside of a request it is Chinese."""
    words: str = _catalogue().gettext(message)
    return words % fields if fields else words


def ngettext(one: str, many: str, n: int, **fields: object) -> str:
    """The same for a count: `many` is the Chinese sentence, too. `%(num)s` is the count."""
    words: str = _catalogue().ngettext(one, many, n)
    return words % {"num": n, **fields}


def translated(sentence: str) -> str:
    """A sentence of the services in the language of this page; what stands in it is translated with it.

    A plain `str` is somebody's words, or is translated already: it stays as it is.
    """
    catalogue = _catalogue()
    if catalogue is _CHINESE or not isinstance(sentence, Said):
        return str(sentence)
    fields = {name: translated(said) if isinstance(said, Said) else said for name, said in sentence.fields.items()}
    template: str = catalogue.gettext(sentence.template)
    return template.format(**fields) if fields else template


def all_translated(sentences: Mapping[str, str]) -> dict[str, str]:
    """The faults of a form, by field."""
    return {name: translated(sentence) for name, sentence in sentences.items()}


def together(sentences: Iterable[str]) -> str:
    """Several sentences of the services, one after another."""
    return ("" if _catalogue() is _CHINESE else " ").join(map(translated, sentences))


def in_chinese(words: object) -> Markup:
    """For a tag around data: says that they are Chinese where the page is not, so that they are read out rightly."""
    is_foreign = _catalogue() is not _CHINESE and _HAN.search(str(words))
    return Markup(' lang="zh-CN"') if is_foreign else Markup("")


class _Chinese:
    """The catalogue of the language that the sentences are written in."""

    def gettext(self, message: str) -> str:
        return message

    def ngettext(self, one: str, many: str, n: int) -> str:
        return many


_CHINESE: Final = _Chinese()


def _catalogue() -> Any:
    """The words of this page, looked for once."""
    if not has_app_context():
        return _CHINESE
    try:
        return g.catalogue
    except AttributeError:
        g.catalogue = _CHINESE if language() == CHINESE else get_translations()
        return g.catalogue


def is_for_citizens() -> bool:
    door = request.blueprint
    return door in FOR_CITIZENS or (door in FOR_BOTH and "_user_id" not in session)


def _asked_for() -> str:
    """The first language of the browser's list that we have, whatever country it is of."""
    for tag, quality in request.accept_languages:
        if quality > 0 and (name := tag.lower().partition("-")[0]) in LANGUAGES:
            return name
    return CHINESE


def _remember() -> None:
    if (wanted := request.args.get("lang")) in LANGUAGES and is_for_citizens():
        session["language"] = wanted


def _vary(response: Response) -> Response:
    if request.blueprint in FOR_CITIZENS | FOR_BOTH and response.mimetype == "text/html":
        response.vary.update(("Accept-Language", "Cookie"))
    return response
