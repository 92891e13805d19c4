"""Pages and data are compressed on the way, but for those whose size could tell a secret (BREACH).

Who can make a browser open addresses of his choice and see how long the answers are learns what else is on a page, if
it repeats a guess from the address next to a secret. So:

- A page whose address carries words of its own is not compressed: it repeats them (searches of the desks, filters).
  The public pages are, since they hold no secret; `lang` is never repeated.
- A form that comes back with errors repeats what was typed. It is a 4xx and goes as it is, like every error.
- The token of a form is no such secret, though every page has it: what stays the same in it is worth nothing without
  the signature, and that changes with every second (Flask-WTF signs the session's value anew on each page).
- The session's cookie is SameSite=Lax: other sites' pictures, frames and scripts see nobody's pages.
"""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request
from flask_compress import Compress

KINDS: Final = [
    "text/html",
    "text/plain",
    "text/csv",
    "application/json",
    "application/problem+json",
    "application/geo+json",
    "application/atom+xml",
    "application/xml",
    "image/svg+xml",
]
WITHOUT_SECRETS: Final = frozenset({"public"})
NEVER_REPEATED: Final = frozenset({"lang"})

compress = Compress()


def register(app: Flask) -> None:
    """Call it before all that looks at answers: what is registered first is done last."""
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_MIMETYPES=KINDS,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,  # smaller than gzip's best, in a third of its time
        COMPRESS_STREAMS=False,
    )
    compress.init_app(app)
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    # A strong ETag of ours is the version of a ticket, which clients send back as If-Match: it must not get a suffix.
    # A weak one stands for the words, however they are packed (the public pages).
    tag = response.headers.get("ETag", "")
    if (tag and not tag.startswith("W/")) or _may_repeat_a_guess(response):
        return response
    packed: Response = compress.after_request(response)
    if tag:
        packed.headers["ETag"] = tag
    return packed


def _may_repeat_a_guess(response: Response) -> bool:
    if response.mimetype != "text/html" or request.blueprint in WITHOUT_SECRETS:
        return False
    return request.method not in ("GET", "HEAD") or not NEVER_REPEATED.issuperset(request.args)
