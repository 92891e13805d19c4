"""Static files: each is packed once, and its address carries a fingerprint of its content, so that a browser asks for
it once a year. They are answered before the application: no session, no cookie, and so nothing that varies by person.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import brotli
from flask import Flask, has_request_context, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

YEAR: Final = 365 * 24 * 3600
FINGERPRINT: Final = 12  # hexadecimal digits: enough to tell two versions of one file apart
WORTH_IT: Final = 0.9  # what packing makes little smaller (pictures) goes as it is
#: Scripts that one page needs together, under one name: each request of its own costs a slow telephone 400 ms.
BUNDLES: Final = {
    "form.js": ("complain.js", "position.js", "shrink.js", "photos.js", "send.js"),
    "status.js": ("key.js", "shrink.js", "photo_field.js"),
    "result.js": ("shrink.js", "photo_field.js"),
    "desk.js": ("keys.js", "palette.js", "live.js"),
}
SPRITE: Final = "vendor/tabler-icons-3.51.0/sprite.svg"
PACKERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "br": lambda content: bytes(brotli.compress(content)),
    "gzip": lambda content: gzip.compress(content, mtime=0),
}


def register(app: Flask) -> None:
    """Serve the static folder; `url_for("static", …)` gives addresses with fingerprints, `svg` an icon."""
    assert app.static_folder
    assert app.static_url_path
    files = StaticFiles(app.wsgi_app, Path(app.static_folder), app.static_url_path)
    app.wsgi_app = files  # type: ignore[method-assign]
    app.url_defaults(files.add_fingerprint)
    app.jinja_env.globals["svg"] = svg


def svg(name: str) -> Markup:
    """One icon from the sprite, always beside a word, so screen readers skip it. A list shows hundreds: each is written
    once for each folder that the hotline is mounted in."""
    return _svg(name, request.script_root if has_request_context() else "")


@lru_cache(maxsize=1000)
def _svg(name: str, mounted: str) -> Markup:
    sprite = url_for("static", filename=SPRITE)
    use = Markup('<use href="{}#{}"></use>').format(sprite, name)
    return Markup('<svg class="icon" aria-hidden="true" focusable="false">{}</svg>').format(use)


class StaticFiles:
    """The files of a folder, read when the application starts; what is not among them is left to the application."""

    def __init__(self, app: WSGIApplication, folder: Path, address: str) -> None:
        """`address`: where they are, without a slash at its end."""
        self.app, self.prefix = app, address + "/"
        paths = [path for path in folder.rglob("*") if path.is_file()]
        self.contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        for name, parts in BUNDLES.items():
            self.contents[name] = b"\n".join(self.contents[part] for part in parts)
        self.fingerprints = {
            name: hashlib.sha256(content).hexdigest()[:FINGERPRINT] for name, content in self.contents.items()
        }

    def add_fingerprint(self, endpoint: str, values: dict[str, Any]) -> None:
        """For `Flask.url_defaults`."""
        if endpoint == "static" and (fingerprint := self.fingerprints.get(values["filename"])):
            values.setdefault("v", fingerprint)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer for a file of ours; ask the application for everything else."""
        path = environ.get("PATH_INFO", "")
        name = path.removeprefix(self.prefix)
        if name == path or name not in self.contents or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.app(environ, start_response)
        return self._answer(Request(environ), name)(environ, start_response)

    def _answer(self, request: Request, name: str) -> Response:
        encoding, body = packed(self.contents[name], request)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        response = Response(body, mimetype=kind)
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.vary.add("Accept-Encoding")
        fingerprint = self.fingerprints[name]
        response.set_etag(f"{fingerprint}-{encoding}")
        if request.args.get("v") == fingerprint:
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        else:  # an address without one may get another content tomorrow
            response.headers["Cache-Control"] = "no-cache"
        response.make_conditional(request)
        return response


def packed(content: bytes, request: Request) -> tuple[str, bytes]:
    """The best encoding that the browser takes and the content in it; an empty name for none."""
    for encoding in PACKERS:
        if request.accept_encodings.quality(encoding) > 0 and (small := _small(content, encoding)) is not None:
            return encoding, small
    return "", content


@cache
def _small(content: bytes, encoding: str) -> bytes | None:
    small = PACKERS[encoding](content)
    return small if len(small) < WORTH_IT * len(content) else None
