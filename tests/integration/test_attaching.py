"""Photos: what they are is looked at, what they tell about their maker is gone, what is no photo is refused kindly."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from hotline.domain.errors import Invalid, NotFound
from hotline.services import attaching
from tests.citizen import photo
from tests.city import City


def refused(tmp_path: Path, name: str, data: bytes) -> str:
    with pytest.raises(Invalid) as fault:
        attaching.keep(tmp_path, name, data)
    assert not list(tmp_path.rglob("*.*")), "nothing is left of what was refused"
    return fault.value.fields["photos"]


def reopened(tmp_path: Path, kept: attaching.Kept) -> Image.Image:
    return Image.open(io.BytesIO(attaching.place_of(tmp_path, kept.digest).read_bytes()))


def with_position() -> bytes:
    """A photo taken upside down, with the place where it was taken, a comment and a camera."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "SecretCam"
    exif.get_ifd(0x8825)[2] = (31.0, 14.0, 5.0)  # latitude
    return photo((80, 40), exif=exif, comment=b"written by Zhang San")


def test_position_camera_and_comment_are_gone_and_the_photo_stands_upright(tmp_path: Path) -> None:
    kept = attaching.keep(tmp_path, "IMG_1.jpg", with_position())
    again = reopened(tmp_path, kept)
    assert again.size == (40, 80)
    assert not again.getexif() and "comment" not in again.info
    raw = attaching.place_of(tmp_path, kept.digest).read_bytes()
    assert b"SecretCam" not in raw and b"Zhang San" not in raw
    assert (kept.name, kept.media_type, kept.size) == ("IMG_1.jpg", "image/jpeg", len(raw))


@pytest.mark.parametrize(
    ("kind", "media_type", "name"),
    [
        ("JPEG", "image/jpeg", "a.jpg"),
        ("PNG", "image/png", "a.png"),
        ("WEBP", "image/jpeg", "a.jpg"),
        ("GIF", "image/png", "a.png"),
    ],
)
def test_the_type_is_what_the_bytes_are(tmp_path: Path, kind: str, media_type: str, name: str) -> None:
    kept = attaching.keep(tmp_path, "a.exe", photo(kind=kind))
    assert (kept.media_type, kept.name) == (media_type, name)


def test_the_same_photo_twice_is_one_file(tmp_path: Path) -> None:
    first, second = (attaching.keep(tmp_path, name, photo()) for name in ("a.jpg", "b.jpg"))
    assert first.digest == second.digest
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_large_photo_is_made_smaller_and_transparency_stays(tmp_path: Path) -> None:
    assert max(reopened(tmp_path, attaching.keep(tmp_path, "a", photo((6000, 3000)))).size) == attaching.LONGEST_SIDE
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (1, 2, 3, 0)).save(out, "PNG")
    assert reopened(tmp_path, attaching.keep(tmp_path, "b", out.getvalue())).mode == "RGBA"


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that promise a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("name", "data", "advice"),
    [
        ("empty.jpg", b"", "重新选择"),
        ("large.jpg", b"\xff\xd8" + b"0" * attaching.LARGEST, "10 MB"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "JPG"),
        ("page.jpg", b"<html><script>alert(1)</script></html>", "JPG"),
        ("cut.jpg", photo((400, 400))[:200], "JPG"),
        ("tricky.tiff", photo(kind="TIFF"), "JPG"),
        ("phone.heic", b"\0\0\0\x18ftypheic" + b"\0" * 50, "HEIC"),
        ("bomb.png", png_that_claims(30_000, 30_000), "尺寸过大"),
        ("bomb.png", png_that_claims(10_000, 9_500), "尺寸过大"),
        ("../../etc/passwd", b"root:x:0:0", "“passwd”"),
        ("a\u202egpj.exe\0", b"MZ", "“agpj.exe”"),
    ],
)
def test_what_is_no_photo_is_refused_with_what_to_do(tmp_path: Path, name: str, data: bytes, advice: str) -> None:
    assert advice in refused(tmp_path, name, data)


def test_six_photos_and_no_more(city: City) -> None:
    complaint_id = city.receive().complaint_id
    with city.work("citizen") as work:
        kept = attaching.keep(work.files, "a.jpg", photo())
        for _ in range(attaching.MOST):
            attaching.attach(work, kept, complaint_id=complaint_id, by_citizen=True)
        with pytest.raises(Invalid, match="最多6张"):
            attaching.attach(work, kept, complaint_id=complaint_id, by_citizen=True)
        assert attaching.remote(work, complaint_id, "https://api.twilio.com/m/1", "a") is None


def test_a_picture_at_the_carrier_cannot_be_opened_before_it_was_fetched(city: City) -> None:
    complaint_id = city.receive().complaint_id
    with city.work("citizen") as work:
        row = attaching.remote(work, complaint_id, "https://api.twilio.com/m/1", "短信照片1")
        assert row is not None and "fetch" in work.bells
        with pytest.raises(NotFound):
            attaching.find(work, row.token)
        attaching.fill(row, attaching.keep(work.files, "短信照片1", photo()))
        assert attaching.find(work, row.token).next_try_at is None


def test_stored_in_one_go(city: City) -> None:
    ticket_id = city.receive().ticket_id
    with city.work("citizen") as work:
        row = attaching.store(work, ticket_id=ticket_id, name="修好了.png", data=photo(kind="PNG"), by_citizen=False)
        assert (row.name, row.media_type, row.ticket_id) == ("修好了.png", "image/png", ticket_id)
