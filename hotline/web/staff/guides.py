"""岗位指南: the files of docs/guides, as parts of the page 帮助. What is read there and here is the same text.

The files are the project's own. Raw HTML in them stays text all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import abort, send_from_directory, url_for
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from hotline.domain.actors import Role

FOLDER: Final = Path(__file__).resolve().parents[3] / "docs" / "guides"
PICTURES: Final = FOLDER / "images"
FILES: Final[Mapping[Role, str]] = {
    Role.OPERATOR: "operator",
    Role.DISPATCHER: "dispatcher",
    Role.HANDLER: "department",
    Role.SUPERVISOR: "supervisor",
    Role.LEADER: "leader",
    Role.ADMINISTRATOR: "administrator",
}
_DEEPER: Final = {"h2": "h3", "h3": "h4"}  # the page has a heading above them
_PICTURE: Final = re.compile(r"[a-z-]+\.webp")


def guide(role: Role) -> Markup:
    """The guide of a role as HTML, without its title: the page says whose it is."""
    some = url_for("staff.guide_picture", name="a.webp")
    return _read(FILES[role], some.removesuffix("a.webp"))


def picture(name: str) -> Response:
    """GET /desk/help/pictures/<name>."""
    if not _PICTURE.fullmatch(name):
        abort(404)
    return send_from_directory(PICTURES, name, max_age=3600)


@cache
def _read(name: str, pictures: str) -> Markup:
    reader = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer)
    tokens = reader.parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    for token in tokens:
        token.tag = _DEEPER.get(token.tag, token.tag)
    return Markup(reader.renderer.render(_without_title(tokens), reader.options, {"pictures": pictures}))  # noqa: S704


def _without_title(tokens: list[Token]) -> list[Token]:
    return tokens[3:]  # heading_open, its words, heading_close


class _Renderer(RendererHTML):
    """Words in `…` are keys; pictures come from the desk, when somebody unfolds the guide."""

    def code_inline(self, tokens: Any, index: int, options: Any, env: Any) -> str:
        return " ".join(f"<kbd>{escape(key)}</kbd>" for key in tokens[index].content.split())

    def image(self, tokens: Any, index: int, options: Any, env: Any) -> str:
        token = tokens[index]
        token.attrSet("src", str(token.attrGet("src")).replace("images/", env["pictures"]))
        token.attrSet("loading", "lazy")
        return super().image(tokens, index, options, env)
