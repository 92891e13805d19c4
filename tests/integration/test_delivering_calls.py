"""待联系: whatever text does not arrive, somebody calls; and what waits for the morning still holds."""

from __future__ import annotations

from datetime import time

from flask import Flask

from hotline.carriers.base import Fate
from hotline.models import MessageState
from hotline.services import calling
from hotline.services.calling import Why
from tests.carrier import Script, Scripted, deliver, receipt, refuse, texts
from tests.citizen import LAMP_TEXT as LAMP
from tests.citizen import PHONE, Telephone
from tests.city import City, at
from tests.conversation import answer, answered, assign
from tests.desk import Person

QUIET = (time(22), time(7))
DEAD = refuse("30006", final=True)


def calls(city: City) -> list[tuple[Why, str]]:
    with city.work("olga") as work:
        return [(call.why, call.said) for call in calling.call_list(work)]


def send(city: City, script: Script | None = None, quiet: tuple[time, time] | None = None) -> list[str]:
    """What a carrier is handed for the citizen in a round of the outbox; its callbacks stay Twilio's."""
    carrier, callbacks = Scripted(script), city.office.carrier
    deliver(city, carrier, quiet)
    city.office.carrier = callbacks
    return [body for to, body, _ in carrier.handed if to == PHONE]


class TestATextThatDoesNotArrive:
    def test_is_to_be_told_once_for_a_complaint_without_its_key(self, city: City, phone: Telephone) -> None:
        phone.say("路灯坏了三天没人修")
        send(city, DEAD)
        ((why, words),) = calls(city)
        number = phone.complaints()[0].number
        assert why is Why.TEXT
        assert f"编号{number}，查询码（凭手机号在网上重取）" in words
        assert "请补充具体地点" in words

    def test_is_not_called_out_while_another_is_on_its_way_or_has_arrived(self, city: City, phone: Telephone) -> None:
        phone.say(LAMP)
        send(city, DEAD)
        assign(city, phone.complaints()[0].number)
        assert calls(city) == []
        send(city)
        (assigned,) = texts(city, "assigned")
        receipt(city, assigned, Fate.DELIVERED)
        assert calls(city) == []

    def test_is_not_called_out_while_it_is_tried_again(self, city: City, phone: Telephone) -> None:
        phone.say(LAMP)
        send(city, refuse("429", final=False))
        assert calls(city) == []

    def test_is_settled_by_a_call(self, city: City, app: Flask, phone: Telephone) -> None:
        phone.say(LAMP)
        number = phone.complaints()[0].number
        send(city, DEAD)
        olga = Person(app, "olga")
        page = olga.open("/desk/calls")
        assert "告知短信没有送达" in page.text and "凭手机号在网上重取" in page.text
        form = page.form(f"/desk/calls/{number}")
        assert olga.send(form, note="已告知编号").status == 303
        assert calls(city) == []
        assert olga.send(form, note="再点一次").status == 409
        assert "电话告知未送达的短信" in olga.ticket(number).text
        city.turn(minutes=1)
        assign(city, number)
        send(city, DEAD)
        assert [("查询码" in words, "办理" in words) for _, words in calls(city)] == [(False, True)], "only what is new"

    def test_gives_way_to_the_answer(self, city: City, phone: Telephone) -> None:
        phone.say(LAMP)
        number = phone.complaints()[0].number
        send(city, DEAD)
        assign(city, number)
        answer(city, number)
        send(city, DEAD)
        assert calls(city) == [(Why.ANSWER, "")]

    def test_of_a_danger_is_told_also_to_who_has_asked_for_silence(self, city: City, phone: Telephone) -> None:
        phone.say("退订")
        send(city)
        phone.say("建设路燃气泄漏，味道很大")
        send(city, refuse("21610", final=True))
        with city.work("olga") as work:
            (call,) = calling.call_list(work)
        assert call.opted_out and "110" in call.said

    def test_that_only_thanks_needs_no_call(self, city: City, phone: Telephone) -> None:
        phone.say(LAMP)
        send(city)
        phone.say("进度")
        send(city, DEAD)
        assert calls(city) == []


class TestAtNight:
    def test_who_writes_is_answered_at_once(self, city: City, phone: Telephone) -> None:
        phone.say(LAMP)
        answered(city, phone.complaints()[0].number)
        send(city)
        city.now = at("2026-10-13 23:30")
        phone.say("9")
        assert ["请您评价" in body for body in send(city, quiet=QUIET)] == [True]

    def test_of_what_waits_for_the_morning_only_what_still_holds_is_sent(self, city: City, phone: Telephone) -> None:
        phone.say(LAMP)
        send(city)
        city.now = at("2026-10-12 23:30")
        number = phone.complaints()[0].number
        assign(city, number)
        assert send(city, quiet=QUIET) == []
        assert {text.state for text in texts(city, "accepted") + texts(city, "assigned")} == {MessageState.QUEUED}
        city.turn(hours=1)
        answer(city, number)
        assert send(city, quiet=QUIET) == []
        city.now = at("2026-10-13 07:00")
        (body,) = send(city, quiet=QUIET)
        assert "您反映的路灯已修复" in body
        assert {text.state for text in texts(city, "accepted") + texts(city, "assigned")} == {MessageState.CANCELLED}
