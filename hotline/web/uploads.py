"""Photos that come with a form: kept at once, so that a form with an error elsewhere need not send them again.

What the form carries back is a signed note of a picture in the folder; nobody can claim a picture that is not theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, replace

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from hotline.domain.errors import Invalid, say
from hotline.models import Phase, labels
from hotline.services.attaching import LARGEST, MOST, Kept, keep, place_of, touch
from hotline.web.door import office
from hotline.web.languages import together

MEGABYTES = LARGEST // 1024 // 1024
_NOTE_LASTS = 24 * 3600  # seconds


def received(field: str = "photos", notes: Iterable[str] = (), most: int = MOST) -> tuple[list[Kept], str]:
    """The usable photos of this request, those kept before first, and a sentence on those that are not."""
    return received_in({field: None}, notes, most)


def received_in(
    fields: Mapping[str, Phase | None], notes: Iterable[str] = (), most: int = MOST
) -> tuple[list[Kept], str]:
    """The same for several fields, each with what its photos show; `most` in all."""
    kept = [picture for note in notes if (picture := _read_note(note)) is not None]
    faults: list[str] = []
    sent = [(file, phase) for field, phase in fields.items() for file in request.files.getlist(field) if file.filename]
    for file, phase in sent:
        if len(kept) >= most:
            faults.append(say("照片最多{most}张，多出的没有收下。", most=most))
            break
        try:
            picture = keep(office().files, file.filename or "", file.stream.read(LARGEST + 1))
        except Invalid as fault:
            faults += fault.fields.values()
        else:
            picture = replace(picture, phase=phase)
            if picture not in kept:
                kept.append(picture)
    return kept[:most], together(faults)


def notes_of(pictures: Sequence[Kept]) -> list[dict[str, str]]:
    """For a form that comes back: what it carries, and what it shows."""
    return [{"token": _notes().dumps(astuple(picture)), "name": _named(picture)} for picture in pictures]


def _named(picture: Kept) -> str:
    return f"{labels.PHASES[picture.phase]} {picture.name}" if picture.phase else picture.name


def _read_note(note: str) -> Kept | None:
    """The picture of a note of ours, if it is not too old; it stays as long as a form carries it."""
    try:
        name, media_type, digest, size, phase = _notes().loads(note, max_age=_NOTE_LASTS)
        picture = Kept(name, media_type, digest, size, Phase(phase) if phase else None)
    except (BadData, TypeError, ValueError):  # also one that an older version of the hotline signed
        return None
    return picture if touch(place_of(office().files, picture.digest)) else None


def _notes() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept-photo")
