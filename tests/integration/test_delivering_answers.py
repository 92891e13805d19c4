"""What becomes of an answer by text: it arrives, or somebody has to call; and nobody is woken at night for it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from hotline.carriers.base import Fate
from hotline.carriers.console import NOT_SENT, ConsoleCarrier
from hotline.domain.quiet import quiet_until
from hotline.domain.workflow import State
from hotline.models import Citizen, Complaint, DeadlineKind, MessageState, Survey, Urgency
from hotline.services import calling, delivering, merging, replying, sweeping
from hotline.services.delivering import LEASE
from hotline.services.paging import Place
from tests.carrier import PHONE, TRIAL_PHONE, Scripted, complaint, deliver, receipt, refuse, texts, the_answer
from tests.city import City, at

QUIET = (time(22), time(7))


class TestAnAnswer:
    def test_that_arrives_keeps_the_promise_to_reply_and_the_question_follows(self, city: City) -> None:
        number = city.replied(phone=PHONE)
        deliver(city, Scripted())
        assert city.ticket(number).state is State.REPLIED
        assert complaint(city).reached_at is None, "handed over is not arrived"
        city.turn(minutes=3)
        receipt(city, the_answer(city), Fate.DELIVERED)
        assert (complaint(city).reached_at, complaint(city).reached_by) == (city.now, "delivered")
        assert city.deadlines(number, DeadlineKind.REPLY)[0].met_at == city.now
        with city.work() as work:
            assert sweeping.ask_surveys(work) == 1
        assert len(texts(city, "survey")) == 1

    def test_through_the_console_is_answered_asked_and_closed_after_two_tries(self, city: City) -> None:
        number = city.replied(phone=PHONE)
        for _ in range(6):
            deliver(city)
            with city.work() as work:
                sweeping.ask_surveys(work)
            city.turn(days=1)
        assert len(texts(city, "survey")) == 1
        assert len(texts(city, "survey_again")) == 1
        assert city.ticket(number).state is State.CLOSED

    def test_no_question_before_the_answer_has_arrived(self, city: City) -> None:
        city.replied(phone=PHONE)
        with city.work() as work:
            sweeping.ask_surveys(work)
        survey: Survey = city.rows(sa.select(Survey))[0]
        assert (survey.tries, texts(city, "survey")) == (0, [])

    def test_whom_no_answer_reaches_is_not_asked_for_ever(self, city: City) -> None:
        city.replied(phone=PHONE)
        deliver(city, Scripted(refuse("21211", final=True)))
        for _ in range(6):
            with city.work() as work:
                sweeping.ask_surveys(work)
            city.turn(days=1)
        survey: Survey = city.rows(sa.select(Survey))[0]
        assert survey.expired_at is not None
        assert texts(city, "survey") == []

    def test_that_fails_for_good_is_called_out_once(self, city: City) -> None:
        number = city.replied(phone=PHONE)
        deliver(city, Scripted())
        for _ in range(2):
            receipt(city, the_answer(city), Fate.FAILED, "30003")
        (notice,) = texts(city, "centre_undelivered")
        assert notice.unit_id == city.unit_id("center")
        with city.work("olga") as work:
            (call,) = calling.call_list(work)
        assert (call.ticket_number, call.phone_masked) == (number, "138****5678")
        with city.work("olga") as work:
            replying.log_call(work, number, complaint(city).number, "已电话告知")
        with city.work("olga") as work:
            assert calling.call_list(work) == []

    def test_where_no_carrier_is_connected_is_told_on_the_telephone(self, city: City) -> None:
        number = city.replied(phone=PHONE)
        city.office.carrier = ConsoleCarrier()
        deliver(city)
        assert (the_answer(city).state, the_answer(city).error) == (MessageState.FAILED, f"no_carrier {NOT_SENT}")
        city.turn(days=2)
        assert deliver(city) == 0, "for good: to try again is of no use"
        (reply,) = city.deadlines(number, DeadlineKind.REPLY)
        assert complaint(city).reached_at is None and reply.met_at is None, "nobody has been told"
        with city.work("olga") as work:
            assert [call.ticket_number for call in calling.call_list(work)] == [number]
            replying.log_call(work, number, complaint(city).number, "已电话告知")
        (reply,) = city.deadlines(number, DeadlineKind.REPLY)
        assert reply.met_at == complaint(city).reached_at == city.now

    def test_to_a_trial_number_arrives_also_where_no_carrier_is_connected(self, city: City) -> None:
        number = city.replied(phone=TRIAL_PHONE)
        city.office.carrier = ConsoleCarrier()
        deliver(city)
        assert complaint(city).reached_by == "delivered"
        assert city.deadlines(number, DeadlineKind.REPLY)[0].met_at == city.now

    def test_to_one_whom_the_carrier_has_unsubscribed_is_not_texted_again(self, city: City) -> None:
        city.replied(phone=PHONE)
        deliver(city, Scripted(refuse("21610", final=True)))
        assert city.rows(sa.select(Citizen))[0].opted_out_at == city.now

    def test_of_an_earlier_round_says_nothing_about_the_new_one(self, city: City) -> None:
        city.replied(phone=PHONE)
        deliver(city, Scripted())
        with city.office.session() as session:
            session.execute(sa.update(Complaint).values(answered_at=city.now + timedelta(hours=1)))
        receipt(city, the_answer(city), Fate.DELIVERED)
        assert complaint(city).reached_at is None

    def test_arrives_after_the_complaint_was_moved_to_another_ticket(self, city: City) -> None:
        into = city.accepted()
        moved = city.receive(phone=PHONE)
        with city.work("olga") as work:
            merging.merge(work, moved.number, into)
        with city.work() as work:
            ticket, row = delivering._hold(work, moved.complaint_id)
            assert (ticket.number, row.id) == (into, moved.complaint_id)

    def test_whose_ticket_is_poisoned_is_not_sent_twice(self, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
        city.replied(phone=PHONE)
        monkeypatch.setattr(delivering, "_follow", lambda *_: 1 / 0)
        deliver(city)
        city.now += LEASE
        assert deliver(city) == 0
        assert the_answer(city).state is MessageState.DELIVERED


class TestTheCallList:
    def test_shows_who_takes_no_texts(self, city: City) -> None:
        city.resolved(phone=PHONE)
        with city.office.session() as session:
            session.execute(sa.update(Citizen).values(opted_out_at=city.now))
        with city.work("olga") as work:
            replying.reply(work, city.rows(sa.select(Complaint.number))[0], "您反映的路灯已修复，感谢监督。")
            (call,) = calling.call_list(work)
            assert call.opted_out

    def test_shows_texts_of_which_nothing_was_heard_for_a_day(self, city: City) -> None:
        city.replied(phone=PHONE)
        deliver(city, Scripted())
        city.turn(hours=23)
        with city.work("olga") as work:
            assert calling.call_list(work) == []
        city.turn(hours=2)
        with city.work("olga") as work:
            assert len(calling.call_list(work)) == 1

    def test_has_pages_and_shows_each_centre_its_own(self, city: City) -> None:
        for _ in range(3):
            city.replied(phone=PHONE)
        deliver(city, Scripted(refuse("21211", final=True)))
        with city.work("olga") as work:
            first = calling.call_list(work, size=2)
            rest = calling.call_list(work, Place(first.after), size=2)
            assert [len(first), len(rest)] == [2, 1]
            assert first[0].complaint_id > first[1].complaint_id > rest[0].complaint_id
            back = calling.call_list(work, Place(before=rest.before), size=2)
            assert (back, back.before, back.after) == (first, None, first.after)
            assert (first.before, rest.after) == (None, None)
        with city.work("cora") as work:
            assert calling.call_list(work) == []


class TestQuietHours:
    @pytest.mark.parametrize(
        ("moment", "quiet", "until"),
        [
            ("2026-10-12 21:59", QUIET, None),
            ("2026-10-12 22:00", QUIET, "2026-10-13 07:00"),
            ("2026-10-12 23:30", QUIET, "2026-10-13 07:00"),
            ("2026-10-13 00:30", QUIET, "2026-10-13 07:00"),
            ("2026-10-13 06:59", QUIET, "2026-10-13 07:00"),
            ("2026-10-13 07:00", QUIET, None),
            ("2026-10-13 13:00", (time(12), time(14)), "2026-10-13 14:00"),
            ("2026-10-13 23:00", None, None),
        ],
    )
    def test_end(self, moment: str, quiet: tuple[time, time] | None, until: str | None) -> None:
        found = quiet_until(at(moment), quiet, ZoneInfo("Asia/Shanghai"))
        assert found == (at(until) if until else None)

    def night(self, city: City) -> datetime:
        city.now = at("2026-10-12 23:00")
        return city.now

    def test_hold_an_answer_until_the_morning(self, city: City) -> None:
        number = city.resolved(phone=PHONE)
        deliver(city, Scripted(), QUIET)
        self.night(city)
        with city.work("olga") as work:
            replying.reply(work, number, "您反映的路灯已修复，感谢监督。")
        assert deliver(city, Scripted(), QUIET) == 0
        assert the_answer(city).next_at == at("2026-10-13 07:00")
        city.now = at("2026-10-13 07:00")
        assert deliver(city, Scripted(), QUIET) == 1

    def test_do_not_hold_urgent_matters(self, city: City) -> None:
        number = city.resolved(phone=PHONE, urgency=Urgency.URGENT)
        self.night(city)
        with city.work("olga") as work:
            replying.reply(work, number, "您反映的塌陷已围挡，感谢监督。")
        deliver(city, Scripted(), QUIET)
        assert the_answer(city).state is MessageState.SENT

    def test_do_not_hold_the_answer_to_who_has_just_written(self, city: City) -> None:
        self.night(city)
        city.receive(phone=PHONE)
        assert deliver(city, Scripted(), QUIET) == 1

    def test_do_not_hold_notices_to_units(self, city: City) -> None:
        self.night(city)
        city.assigned()
        deliver(city, Scripted(), QUIET)
        assert texts(city, "unit_assigned")[0].state is MessageState.SENT
