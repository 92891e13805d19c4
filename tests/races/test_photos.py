"""Photos for one complaint by every door at once: it has no more than it may have, and what was told is true."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.models import Addition, Attachment, Channel, Complaint
from hotline.services import attaching, citizens, conversing, repeating
from hotline.services.attaching import MOST, Kept, Taken
from hotline.services.listening import Heard
from hotline.services.receiving import Intake
from hotline.services.work import Work
from tests.citizen import photo
from tests.city import City
from tests.races.hands import Deed, at_once, done, refused

PHONE = "+8619900000001"
LAMP = Intake(text="香溪路与大桥路口路灯不亮三天了", channel=Channel.WEB, place="香溪路", phone=PHONE)


def shades(city: City, *shades: int) -> tuple[Kept, ...]:
    """A photo of each size, so that no two are the same."""
    return tuple(attaching.keep(city.office.files, f"{each}.jpg", photo((10 + each, 10))) for each in shades)


def by_form(photos: tuple[Kept, ...]) -> Deed:
    """The same words again, with these."""

    def deed(work: Work) -> Taken:
        return repeating.add_photos(work, repeating.receive(work, LAMP), photos)

    return deed


def by_text(photos: tuple[Kept, ...]) -> Deed:
    """The same words as a text message."""

    def deed(work: Work) -> None:
        assert conversing.hear(work, Heard(f"SM{photos[0].digest[:32]}", PHONE, LAMP.text, pictures=photos))

    return deed


def by_status_page(number: str, photos: tuple[Kept, ...]) -> Deed:
    """On the page of the complaint, with its key."""

    def deed(work: Work) -> None:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        ticket = citizens.ticket_of(work, complaint)
        citizens.add(work, complaint, ticket, "补充照片", Channel.WEB)
        for each in photos:
            attaching.attach(work, each, complaint_id=complaint.id, by_citizen=True)

    return deed


def count(city: City) -> int:
    return len(city.rows(sa.select(Attachment)))


def test_the_same_form_with_the_same_photos_eight_times_at_once_adds_them_once(city: City) -> None:
    city.receive(LAMP.text, place=LAMP.place, phone=PHONE)
    taken = at_once(city, [("citizen", by_form(shades(city, 1, 2)))] * 8)
    assert sorted(each.added for each in taken) == [0] * 7 + [2]
    assert (count(city), city.rows(sa.select(Complaint.repeats))) == (2, [8])
    assert city.rows(sa.select(Addition.text)) == ["再次反映时附照片2张。"]


def test_eight_forms_with_photos_of_their_own_stay_within_the_limit(city: City) -> None:
    city.receive(LAMP.text, place=LAMP.place, phone=PHONE)
    deeds = [by_form(shades(city, 2 * each, 2 * each + 1)) for each in range(8)]
    taken = at_once(city, [("citizen", deed) for deed in deeds])
    assert (sum(each.added for each in taken), sum(each.left for each in taken)) == (MOST, 16 - MOST)
    assert count(city) == MOST


def test_every_door_at_once_stays_within_the_limit(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    number = city.receive(LAMP.text, place=LAMP.place, phone=PHONE).number
    deeds = [
        by_form(shades(city, 1, 2, 3)),
        by_text(shades(city, 4, 5, 6)),
        by_status_page(number, shades(city, 7, 8, 9)),
        by_status_page(number, shades(city, 10, 11, 12)),
    ]
    monkeypatch.setattr(attaching, "MOST_OF_A_COMPLAINT", MOST)
    results = at_once(city, [("citizen", deed) for deed in deeds])
    assert all(isinstance(each, Invalid) and "最多6张" in each.fields["photos"] for each in refused(results))
    assert len(done(results)) >= 2 and count(city) == MOST
