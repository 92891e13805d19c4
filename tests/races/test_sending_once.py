"""The same form eight times at once, from a device that heard no answer: one submission, and all are told so."""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa

from hotline.models import SentForm
from hotline.services import handling
from hotline.services.sending_once import has_arrived
from hotline.services.work import Work
from tests.city import City
from tests.races.hands import Deed, at_once, refused

RESULT = "已更换灯头两只，10月12日晚恢复照明。"


def sending(number: str, key: str, version: int) -> Deed:
    """Whether it had arrived before; else it is taken."""

    def deed(work: Work) -> bool:
        if has_arrived(work, key, number, RESULT):
            return True
        handling.submit(work, number, RESULT, [], version=version)
        return False

    return deed


def test_the_same_key_eight_times_at_once_is_one_submission(city: City) -> None:
    number, key = city.handling(), str(uuid4())
    found = at_once(city, [("hans", sending(number, key, city.ticket(number).version))] * 8)
    assert refused(found) == [] and sorted(found) == [False] + [True] * 7
    assert city.steps(number).count("submit") == 1
    assert city.rows(sa.select(SentForm.key)) == [key]


def test_eight_keys_at_once_are_one_submission_and_seven_that_are_told(city: City) -> None:
    number = city.handling()
    version = city.ticket(number).version
    found = at_once(city, [("hans", sending(number, str(uuid4()), version)) for _ in range(8)])
    assert len(refused(found)) == 7 and city.steps(number).count("submit") == 1
    assert len(city.rows(sa.select(SentForm))) == 1
