"""Texts that come at the same moment: the carrier's retries are one, and what one person says twice is one matter."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.models import Addition, Complaint, Message
from tests.citizen import LAMP_TEXT, Telephone, make_app
from tests.city import City
from tests.races.hands import together


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def send(app: Flask, city: City, *texts: tuple[str, str], number: str = "+8613800005678") -> Counter[int]:
    """All at once, each by a connection of its own; the statuses of the answers."""
    statuses: Counter[int] = Counter()

    def one(body: str, sid: str) -> None:
        statuses[Telephone(app, city, number).text(body, sid=sid).status_code] += 1

    together(*[lambda body=body, sid=sid: one(body, sid) for body, sid in texts])
    return statuses


def test_retries_at_the_same_moment_are_one_text(city: City, app: Flask) -> None:
    assert send(app, city, *[(LAMP_TEXT, "SM1")] * 8) == {200: 8}
    assert len(city.rows(sa.select(Complaint))) == 1
    assert len(city.rows(sa.select(Message).where(Message.direction == "in"))) == 1
    assert len(city.rows(sa.select(Message).where(Message.direction == "out"))) == 1


def test_the_same_words_in_eight_texts_are_one_complaint(city: City, app: Flask) -> None:
    assert send(app, city, *[(LAMP_TEXT, f"SM{place}") for place in range(8)]) == {200: 8}
    (complaint,) = city.rows(sa.select(Complaint))
    assert complaint.repeats == 7
    purposes = Counter(city.rows(sa.select(Message.purpose).where(Message.direction == "out")))
    assert purposes == {"received": 1, "known": 1}


def test_a_long_story_in_several_texts_is_one_complaint_with_all_of_it(city: City, app: Flask) -> None:
    parts = [f"香溪路与大桥路口路灯不亮，第{place}段" for place in range(6)]
    assert send(app, city, *[(part, f"SM{place}") for place, part in enumerate(parts)]) == {200: 6}
    (complaint,) = city.rows(sa.select(Complaint))
    assert sorted([complaint.text, *city.rows(sa.select(Addition.text))]) == parts


def test_different_numbers_do_not_wait_for_each_other(city: City, app: Flask) -> None:
    numbers = [f"+86138000056{place:02}" for place in range(8)]
    together(*[lambda number=number: send(app, city, (LAMP_TEXT, f"SM{number}"), number=number) for number in numbers])
    assert len(city.rows(sa.select(Complaint))) == 8
