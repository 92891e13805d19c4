"""Photos that come with a form: kept at once, so that a form with an error elsewhere need not send them again.

What the form carries back is a signed note of a picture in the folder; nobody can claim a picture that is not theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from hotline.domain.errors import Invalid, say
from hotline.services.attaching import LARGEST, MOST, Kept, keep, place_of, touch
from hotline.web.door import office
from hotline.web.languages import together

MEGABYTES = LARGEST // 1024 // 1024
_NOTE_LASTS = 24 * 3600  # seconds


def received(field: str = "photos", notes: Iterable[str] = (), most: int = MOST) -> tuple[list[Kept], str]:
    """The usable photos of this request, those kept before first, and a sentence on those that are not."""
    kept = [picture for note in notes if (picture := _read_note(note)) is not None]
    faults: list[str] = []
    for file in request.files.getlist(field):
        if not file.filename:
            continue
        if len(kept) >= most:
            faults.append(say("照片最多{most}张，多出的没有收下。", most=most))
            break
        try:
            picture = keep(office().files, file.filename, file.stream.read(LARGEST + 1))
        except Invalid as fault:
            faults += fault.fields.values()
        else:
            if picture not in kept:
                kept.append(picture)
    return kept[:most], together(faults)


def notes_of(pictures: Sequence[Kept]) -> list[dict[str, str]]:
    """For a form that comes back: what it carries, and what it shows."""
    return [{"token": _notes().dumps(astuple(picture)), "name": picture.name} for picture in pictures]


def _read_note(note: str) -> Kept | None:
    """The picture of a note of ours, if it is not too old; it stays as long as a form carries it."""
    try:
        picture = Kept(*_notes().loads(note, max_age=_NOTE_LASTS))
    except BadData:
        return None
    return picture if touch(place_of(office().files, picture.digest)) else None


def _notes() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept-photo")
