"""Photos: what they are is looked at, what they tell about their maker is gone, what is no photo is refused kindly."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from hotline.domain.errors import Invalid, NotFound, Said
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
        ("HEIF", "image/jpeg", "a.jpg"),
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


XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="31,14.08N"/></rdf:RDF></x:xmpmeta>"""


def located() -> Image.Exif:
    """What a telephone writes into a photo: camera, time and the place where it was taken."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0132] = "SecretCam", "2026:10:12 09:00:00"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (31.0, 14.0, 5.0), "E", (121.0, 28.0, 25.0)
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "HEIF", "PNG", "WEBP"])
def test_where_it_was_taken_is_gone_from_every_kind(tmp_path: Path, kind: str) -> None:
    """EXIF with a GPS position, XMP with another one, and the camera."""
    more = {"xmp": XMP} if kind != "PNG" else {"pnginfo": with_xmp()}
    data = photo((80, 40), kind, exif=located(), **more)
    with Image.open(io.BytesIO(data)) as before:
        assert before.getexif().get_ifd(0x8825)[2] == (31.0, 14.0, 5.0), "it was there"
        assert "xmp" in before.info or "XML:com.adobe.xmp" in before.info
    kept = attaching.keep(tmp_path, "IMG_1", data)
    raw = attaching.place_of(tmp_path, kept.digest).read_bytes()
    for told in (b"SecretCam", b"GPSLatitude", b"xmpmeta", b"Exif", b"eXIf", b"2026:10:12"):
        assert told not in raw
    again = reopened(tmp_path, kept)
    assert not again.getexif() and set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def with_xmp() -> PngInfo:
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    info.add_text("Author", "SecretCam")
    return info


def test_a_heic_photo_taken_upright_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    kept = attaching.keep(tmp_path, "IMG_1.HEIC", photo((80, 40), "HEIF", exif=exif.tobytes()))
    assert reopened(tmp_path, kept).size == (40, 80)
    assert (kept.name, kept.media_type) == ("IMG_1.jpg", "image/jpeg")


def test_a_hidden_passenger_does_not_travel_on(tmp_path: Path) -> None:
    """A file that is a photo and an archive, or a photo and a page, is only the photo afterwards."""
    for passenger in (zipped(b"secret"), b"<script>alert(1)</script>"):
        kept = attaching.keep(tmp_path, "a.jpg", photo() + passenger)
        raw = attaching.place_of(tmp_path, kept.digest).read_bytes()
        assert b"PK" not in raw and b"script" not in raw


def test_of_a_moving_picture_the_first_is_kept(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (32, 32), color) for color in ("red", "blue", "green")]
    for kind in ("GIF", "WEBP", "PNG", "HEIF"):
        out = io.BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:])
        again = reopened(tmp_path, attaching.keep(tmp_path, f"a.{kind}", out.getvalue()))
        assert getattr(again, "n_frames", 1) == 1
        red, _, blue = again.convert("RGB").getpixel((16, 16))  # type: ignore[misc]
        assert red > 200 and blue < 60, kind


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that promise a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def heic_that_claims(width: int, height: int) -> bytes:
    """A photo of another size than it says."""
    data = bytearray(photo((640, 480), "HEIF"))
    struct.pack_into(">II", data, data.index(b"ispe") + 8, width, height)
    return bytes(data)


def webp_that_claims(width: int, height: int) -> bytes:
    """A moving picture of that size, of which nothing is there."""
    head = b"\x02\0\0\0" + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    data = b"WEBPVP8X" + struct.pack("<I", len(head)) + head + b"ANIM" + struct.pack("<I", 6) + b"\0" * 6
    frame = b"\0" * 12 + b"\0" * 4 + photo((8, 8), "WEBP")[12:]
    data += b"ANMF" + struct.pack("<I", len(frame)) + frame
    return b"RIFF" + struct.pack("<I", len(data)) + data


def png_with_text(text: bytes) -> bytes:
    """A picture that carries a text which is small only while it is packed."""
    data = photo(kind="PNG")
    packed = b"Comment\0\0" + zlib.compress(text)
    chunk = struct.pack(">I", len(packed)) + b"zTXt" + packed + struct.pack(">I", zlib.crc32(b"zTXt" + packed))
    return data[:33] + chunk + data[33:]


def zipped(content: bytes) -> bytes:
    """An archive with one file in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "advice"),
    [
        ("empty.jpg", b"", "重新选择"),
        ("large.jpg", b"\xff\xd8" + b"0" * attaching.LARGEST, "10 MB"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "JPG"),
        ("page.jpg", b"<html><script>alert(1)</script></html>", "JPG"),
        ("cut.jpg", photo((400, 400))[:200], "JPG"),
        ("tricky.tiff", photo(kind="TIFF"), "JPG"),
        ("phone.heic", b"\0\0\0\x18ftypheic" + b"\0" * 50, "JPG"),
        ("phone.heic", photo(kind="HEIF")[:-200], "JPG"),
        ("archive.jpg", zipped(b"0" * 1000), "JPG"),
        ("bomb.jpg", zipped(b"0" * 50_000_000), "JPG"),
        ("film.jpg", b"\0\0\0\x18ftypmp42" + b"\0" * 50, "JPG"),
        ("report.jpg", b"%PDF-1.7\n", "JPG"),
        ("picture.avif", photo(kind="AVIF"), "JPG"),
        ("bomb.heic", heic_that_claims(30_000, 30_000), "尺寸过大"),
        ("bomb.heic", heic_that_claims(10, 10), "JPG"),
        ("bomb.gif", photo(kind="GIF")[:6] + struct.pack("<HH", 60_000, 60_000) + photo(kind="GIF")[10:], "尺寸过大"),
        ("bomb.webp", webp_that_claims(16_384, 16_384), "尺寸过大"),
        ("passes.jpg", photo() + b"\xff\xda" * 60, "JPG"),
        ("text.png", png_with_text(b"0" * 100_000_000), "JPG"),
        ("bomb.png", png_that_claims(30_000, 30_000), "尺寸过大"),
        ("bomb.png", png_that_claims(10_000, 9_500), "尺寸过大"),
        ("../../etc/passwd", b"root:x:0:0", "“passwd”"),
        ("a\u202egpj.exe\0", b"MZ", "“agpj.exe”"),
    ],
)
def test_what_is_no_photo_is_refused_with_what_to_do(tmp_path: Path, name: str, data: bytes, advice: str) -> None:
    assert advice in refused(tmp_path, name, data)


def test_thirty_photos_and_no_more(city: City) -> None:
    complaint_id = city.receive().complaint_id
    with city.work("citizen") as work:
        kept = attaching.keep(work.files, "a.jpg", photo())
        for _ in range(attaching.MOST_OF_A_COMPLAINT):
            attaching.attach(work, kept, complaint_id=complaint_id, by_citizen=True)
        with pytest.raises(Invalid, match="最多30张"):
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


def test_a_photo_of_a_result_belongs_to_its_round(city: City) -> None:
    ticket_id = city.receive().ticket_id
    with city.work("citizen") as work:
        kept = attaching.keep(work.files, "修好了.jpg", photo())
        assert attaching.attach(work, kept, ticket_id=ticket_id, by_citizen=False, round=2).round == 2
        assert attaching.attach(work, kept, ticket_id=ticket_id, by_citizen=False).round is None


def test_an_honest_photo_in_many_passes_is_kept(tmp_path: Path) -> None:
    assert attaching.keep(tmp_path, "a.jpg", photo((800, 600), progressive=True)).media_type == "image/jpeg"


def test_a_faulty_photo_can_be_told_in_another_language(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as fault:
        attaching.keep(tmp_path, "a.jpg", b"")
    said = fault.value.fields["photos"]
    assert isinstance(said, Said) and (said.template, said.fields) == (
        "“{name}”是空文件，请重新选择。",
        {"name": "a.jpg"},
    )
