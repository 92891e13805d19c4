"""Pictures of a complaint or of a unit's result: looked at, made anew without what they tell about their maker, kept.

The type is what the bytes are, not what their name says. Every picture is decoded and encoded again, so that no
position, no camera and no hidden passenger survives (design §7). The bytes lie in the data folder under their digest.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

import sqlalchemy as sa
from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from hotline.domain.errors import Invalid, NotFound, Said, say
from hotline.domain.texts import clean
from hotline.models import Attachment, Phase
from hotline.services.work import Work

MOST = 6  # pictures sent at once, and of a complaint by whoever has not proved whose it is
MOST_OF_A_COMPLAINT = 30  # with what is added later: the hole as it was, as it is after the first repair …
MOST_OF_A_TICKET = 30  # of one ticket's results, all rounds together
LARGEST = 10 * 1024 * 1024  # bytes, as they arrive
MOST_PIXELS = 52_000_000  # a telephone's 50-megapixel mode; more is a bomb or a scan
MOST_PIXELS_WHOLE = 26_000_000  # of kinds that no camera makes, and that are decoded whole: a long screenshot
LONGEST_SIDE = 2560  # pixels kept: a house number in the background can still be read
SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png"}

MOST_SCANS = 50  # of one JPEG; cameras write one, browsers ten. Each is a pass over all pixels: more is a bomb

HALF_WRITTEN = ".new-"  # how files begin that are not whole yet

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")
_LOSSLESS = ("PNG", "GIF")  # drawings and screenshots stay sharp, and clear where they are
register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
_CAMERAS = ("JPEG", "HEIF")
_one_at_a_time = threading.Lock()  # a large picture takes up to 400 MB while it is decoded; eight at once would not fit


@dataclass(frozen=True)
class Kept:
    """A picture that lies in the folder, and belongs to nothing yet. `phase`: what it shows of a unit's result."""

    name: str
    media_type: str
    digest: str
    size: int
    phase: Phase | None = None


@dataclass(frozen=True)
class Taken:
    """What became of pictures that somebody gave to a complaint of his: how many are new to it, it had already, and
    did not fit."""

    added: int = 0
    known: int = 0
    left: int = 0


def keep(files: Path, name: str, data: bytes) -> Kept:
    """Check a picture, make it anew and write it down. Outside of any transaction: it takes a while.

    Raises Invalid on `photos`, with what to do about it, for anything that is not a picture of a usual kind and size.
    """
    shown = _shown(name)
    if not data:
        raise _no(say("“{name}”是空文件，请重新选择。", name=shown))
    if len(data) > LARGEST:
        most = LARGEST // 1024 // 1024
        raise _no(say("“{name}”超过{most} MB，请压缩后再上传，或改为截图上传。", name=shown, most=most))
    with _one_at_a_time:
        encoded, media_type = _made_anew(shown, data)
    digest = hashlib.sha256(encoded).hexdigest()
    _write(place_of(files, digest), encoded)
    return Kept(_renamed(shown, media_type), media_type, digest, len(encoded))


def attach(
    work: Work,
    kept: Kept,
    *,
    complaint_id: int | None = None,
    ticket_id: int | None = None,
    by_citizen: bool,
    round: int | None = None,
) -> Attachment:
    """A picture of this complaint, or of this ticket: then of the unit's result in that round.

    Raises Invalid when there are as many as may be.
    """
    _check_count(work, complaint_id, ticket_id)
    attachment = Attachment(
        token=secrets.token_urlsafe(18),
        complaint_id=complaint_id,
        ticket_id=ticket_id,
        round=round,
        phase=kept.phase,
        name=kept.name,
        by_citizen=by_citizen,
        added_at=work.now,
    )
    fill(attachment, kept)
    work.session.add(attachment)
    work.session.flush()
    return attachment


def attach_new(work: Work, pictures: Iterable[Kept], complaint_id: int, *, most: int) -> Taken:
    """A citizen's pictures that the complaint does not have yet, as far as they fit; the same ones again add nothing.

    `most`: how many the complaint may have with them; `MOST` for who has not proved to be that citizen. Its ticket must
    be locked, as by everybody who writes to one of its complaints: two at once stay within the limit.
    """
    given = {picture.digest: picture for picture in pictures}
    if not given:
        return Taken()
    has = set(work.session.scalars(sa.select(Attachment.digest).where(Attachment.complaint_id == complaint_id)))
    room = max(most - _count(work, complaint_id, None), 0)
    new = [picture for digest, picture in given.items() if digest not in has]
    for picture in new[:room]:
        attach(work, picture, complaint_id=complaint_id, by_citizen=True)
    return Taken(added=min(len(new), room), known=len(given) - len(new), left=max(len(new) - room, 0))


def store(
    work: Work,
    *,
    complaint_id: int | None = None,
    ticket_id: int | None = None,
    name: str,
    data: bytes,
    by_citizen: bool,
) -> Attachment:
    """Keep and attach in one, for who has only one picture. Raises Invalid."""
    kept = keep(work.files, name, data)
    return attach(work, kept, complaint_id=complaint_id, ticket_id=ticket_id, by_citizen=by_citizen)


def fill(attachment: Attachment, kept: Kept) -> None:
    """The bytes of a picture that was still at the carrier are here now."""
    attachment.media_type, attachment.digest, attachment.size = kept.media_type, kept.digest, kept.size
    attachment.next_try_at = attachment.failure = None


def remote(work: Work, complaint_id: int, url: str, name: str) -> Attachment | None:
    """A picture that came with a text and is fetched by the workers. None when there are as many as may be."""
    try:
        _check_count(work, complaint_id, None)
    except Invalid:
        return None
    attachment = Attachment(
        token=secrets.token_urlsafe(18),
        complaint_id=complaint_id,
        name=_shown(name),
        remote_url=url,
        next_try_at=work.now,
        by_citizen=True,
        added_at=work.now,
    )
    work.session.add(attachment)
    work.session.flush()
    work.ring("fetch")
    return attachment


def remote_new(work: Work, urls: Iterable[str], complaint_id: int) -> Taken:
    """The pictures of one text, by their addresses at the carrier: what they show is not known before they are fetched.

    As for `attach_new`, the ticket must be locked.
    """
    given = list(enumerate(urls, 1))
    if not given:
        return Taken()
    has = set(work.session.scalars(sa.select(Attachment.remote_url).where(Attachment.complaint_id == complaint_id)))
    new = [(place, url) for place, url in given if url not in has]
    taken = [remote(work, complaint_id, url, f"短信照片{place}") for place, url in new]
    return Taken(len(taken) - taken.count(None), len(given) - len(new), taken.count(None))


def find(work: Work, token: str) -> Attachment:
    """The picture of that address, if its bytes are here. Whose it is the door must ask. Raises NotFound."""
    attachment = work.session.scalar(sa.select(Attachment).where(Attachment.token == token))
    if attachment is None or attachment.digest is None or not place_of(work.files, attachment.digest).is_file():
        raise NotFound(say("没有找到这个附件。"))
    return attachment


def place_of(files: Path, digest: str) -> Path:
    """Where the bytes of that digest lie."""
    return files / digest[:2] / digest[2:]


def touch(path: Path) -> bool:
    """Somebody sends this picture just now, or carries it in a form: it is not to be taken away. False: it is gone."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return path.exists()  # it may have been taken away between being found and being touched


def take_away(path: Path, before: datetime) -> bool:
    """Remove a file that nobody has touched since then. Whoever sends it at this moment either touches it in time, and
    it is put back, or finds it gone and writes it anew."""
    aside = path.with_name(f"{HALF_WRITTEN}{secrets.token_hex(8)}")
    try:
        if path.stat().st_mtime >= before.timestamp():
            return False
        path.rename(aside)
    except FileNotFoundError:
        return True
    if aside.stat().st_mtime >= before.timestamp():
        aside.rename(path)
        return False
    aside.unlink()
    return True


def _check_count(work: Work, complaint_id: int | None, ticket_id: int | None) -> None:
    count = _count(work, complaint_id, ticket_id)
    most = MOST_OF_A_COMPLAINT if complaint_id is not None else MOST_OF_A_TICKET
    if count >= most:
        raise Invalid({"photos": say("照片最多{most}张，已有{count}张，请减少后再提交。", most=most, count=count)})


def _count(work: Work, complaint_id: int | None, ticket_id: int | None) -> int:
    of = Attachment.complaint_id == complaint_id if complaint_id is not None else Attachment.ticket_id == ticket_id
    return work.session.scalar(sa.select(sa.func.count()).select_from(Attachment).where(of)) or 0


def _no(sentence: Said) -> Invalid:
    return Invalid({"photos": sentence})


def _shown(name: str) -> str:
    """The file's name without folders and tricks, short enough to be shown."""
    last = clean(name).replace("\\", "/").rpartition("/")[2].replace("\n", " ").strip(" .")
    stem, dot, suffix = last.rpartition(".")
    return (f"{stem[:40]}{dot}{suffix[:8]}" if dot else last[:48]) or "照片"


def _renamed(name: str, media_type: str) -> str:
    stem = name.rpartition(".")[0] or name
    return stem + SUFFIXES[media_type]


def _made_anew(name: str, data: bytes) -> tuple[bytes, str]:
    """The picture upright, at most `LONGEST_SIDE` long, and nothing but its pixels; of a moving one the first."""
    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > MOST_SCANS:
        raise _unreadable(name)
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            _check_pixels(name, image)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded no larger than needed
            photo = image.format not in _LOSSLESS
            upright = _upright(image, "RGB" if photo or not _is_clear(image) else "RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(name) from None
    except Invalid:
        raise
    except Exception as error:  # decoders meet hostile bytes here, and fail in more ways than they document
        raise _unreadable(name) from error
    upright.info.clear()  # comments and profiles would be written again
    out = BytesIO()
    if photo:
        upright.save(out, "JPEG", quality=85, optimize=True)
        return out.getvalue(), "image/jpeg"
    upright.save(out, "PNG", optimize=True)
    return out.getvalue(), "image/png"


def _upright(image: Image.Image, mode: str) -> Image.Image:
    """Made small before it is turned: each copy of all pixels may be 200 MB. What is drawn by numbers of colours cannot
    be made small without them."""
    if image.mode not in ("L", "LA", "RGB", "RGBA"):
        image = image.convert(mode)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return ImageOps.exif_transpose(image).convert(mode)


def _check_pixels(name: str, image: Image.Image) -> None:
    most = MOST_PIXELS if image.format in _CAMERAS else MOST_PIXELS_WHOLE
    if image.width * image.height > most:
        raise _too_many_pixels(name)


def _too_many_pixels(name: str) -> Invalid:
    return _no(say("“{name}”尺寸过大，请缩小后再上传，或改为截图上传。", name=name))


def _unreadable(name: str) -> Invalid:
    return _no(say("“{name}”不是能打开的照片，请上传 JPG、PNG、WebP、HEIC 或 GIF 格式的照片。", name=name))


def _is_clear(image: Image.Image) -> bool:
    return "A" in image.getbands() or "transparency" in image.info


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing, also when the power fails; the same picture twice is one file."""
    if touch(path):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=HALF_WRITTEN)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
