"""Forms in another encoding than ours: old Chinese clients and scripts send GB18030, some Java ones CESU-8.

Browsers send what our pages declare, UTF-8; for them nothing is different here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.formparser import FormDataParser, MultiPartParser

_BYTE_BY_BYTE = "latin-1"  # every byte is a character of it, so nothing is lost before the encoding is known
_CANDIDATES = (("utf-8", "strict"), ("utf-8", "surrogatepass"), ("gb18030", "strict"), ("utf-8", "replace"))


class _RawParts(MultiPartParser):
    def get_part_charset(self, headers: Headers) -> str:
        return _BYTE_BY_BYTE


class AnyEncodingParser(FormDataParser):
    """Reads a form as UTF-8 if it is that, as GB18030 if it can be; what is neither keeps all that can be read."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        """The fields and files of a form."""
        if mimetype == "application/x-www-form-urlencoded":
            body = stream.read().decode(_BYTE_BY_BYTE)
            pairs = parse_qsl(body, keep_blank_values=True, encoding=_BYTE_BY_BYTE)
            return stream, self.cls(_read(pairs)), self.cls()
        boundary = (options or {}).get("boundary", "")
        if mimetype == "multipart/form-data" and boundary.isascii() and boundary:
            parser = _RawParts(
                stream_factory=self.stream_factory,
                max_form_memory_size=self.max_form_memory_size,
                max_form_parts=self.max_form_parts,
                cls=self.cls,
            )
            try:
                form, files = parser.parse(stream, boundary.encode(), content_length)
            except ValueError:  # cut off on the way
                return stream, self.cls(), self.cls()
            return stream, self.cls(_read(form.items(multi=True))), files
        return super().parse(stream, mimetype, content_length, options)


class AnyEncodingRequest(Request):
    """The request of an app whose forms may come in any of the encodings above."""

    form_data_parser_class = AnyEncodingParser


def _read(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """One encoding for the whole form: a single field is often too short to tell."""
    raw = [(name.encode(_BYTE_BY_BYTE, "replace"), value.encode(_BYTE_BY_BYTE)) for name, value in pairs]
    everything = b"\n".join(part for pair in raw for part in pair)
    encoding, errors = next(each for each in _CANDIDATES if _fits(everything, *each))
    return [(name.decode(encoding, errors), value.decode(encoding, errors)) for name, value in raw]


def _fits(data: bytes, encoding: str, errors: str) -> bool:
    try:
        data.decode(encoding, errors)
    except UnicodeDecodeError:
        return False
    return True
