"""短信: claimed, sent outside of a transaction, written down; receipts only go forward (design §8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from redis import Redis

from hotline.bell import SilentBell
from hotline.carriers.base import CarrierError, Sent
from hotline.domain.quiet import quiet_until
from hotline.domain.workflow import State
from hotline.models import Citizen, Complaint, DeadlineKind, Message, MessageState, Survey, Urgency
from hotline.services import calling, delivering, merging, replying, sweeping
from hotline.services.delivering import BACK_OFF, LEASE, TRIES
from tests.city import City, at
from workers import batches
from workers.shift import Shift

PHONE = "+8613812345678"
QUIET = (time(22), time(7))
Script = Callable[[str, str, str], Sent]


class Scripted:
    """A carrier that answers by a script, and remembers what it was handed."""

    name = "scripted"

    def __init__(self, script: Script | None = None, at_once: int = 1) -> None:
        self.script = script or (lambda to, body, token: Sent(f"SM{token}"))
        self.at_once = at_once
        self.handed: list[tuple[str, str, str]] = []

    def send(self, to: str, body: str, token: str) -> Sent:
        self.handed.append((to, body, token))
        return self.script(to, body, token)

    def fetch(self, url: str) -> tuple[bytes, str]:
        raise CarrierError("no_media", "", final=True)


def refuse(code: str, *, final: bool) -> Script:
    def script(to: str, body: str, token: str) -> Sent:
        raise CarrierError(code, "refused", final=final)

    return script


def deliver(city: City, carrier: Scripted | None = None, quiet: tuple[time, time] | None = None) -> int:
    """One round of the outbox at the city's time."""
    if carrier is not None:
        city.office.carrier = carrier
    shift = Shift(city.office, Redis(), SilentBell(), quiet, clock=lambda: city.now)
    total = 0
    while done := batches.deliver(shift):
        total += done
    return total


def texts(city: City, purpose: str) -> list[Message]:
    return city.rows(sa.select(Message).where(Message.purpose == purpose).order_by(Message.id))


def the_answer(city: City) -> Message:
    (message,) = texts(city, "answered")
    return message


def receipt(city: City, message: Message, status: str, code: str = "", sid: str = "") -> bool:
    with city.work() as work:
        return delivering.receipt(work, message.token, status, code, sid)


def complaint(city: City) -> Complaint:
    row: Complaint = city.rows(sa.select(Complaint))[0]
    return row


class TestSending:
    def test_what_is_queued_is_handed_over_once(self, city: City) -> None:
        city.receive(phone=PHONE)
        carrier = Scripted()
        assert deliver(city, carrier) == 1
        assert deliver(city, carrier) == 0
        ((to, body, token),) = carrier.handed
        assert to == PHONE
        assert body.startswith("【12319】诉求已收到")
        (message,) = texts(city, "received")
        assert (message.state, message.carrier_sid) == (MessageState.SENT, f"SM{token}")
        assert (message.sent_at, message.next_at, message.attempts) == (city.now, None, 1)

    def test_the_console_delivers_at_once(self, city: City) -> None:
        city.receive(phone=PHONE)
        assert deliver(city) == 1
        (message,) = texts(city, "received")
        assert (message.state, message.delivered_at) == (MessageState.DELIVERED, city.now)

    def test_several_at_the_same_time_where_the_carrier_is_far(self, city: City) -> None:
        for _ in range(40):
            city.receive(phone=PHONE)
        carrier = Scripted(at_once=8)
        assert deliver(city, carrier) == 40
        assert len({token for _, _, token in carrier.handed}) == 40

    def test_while_it_is_sent_nobody_else_has_it_and_no_transaction_is_open(self, city: City) -> None:
        city.receive(phone=PHONE)
        seen = []

        def script(to: str, body: str, token: str) -> Sent:
            with city.work() as work:
                seen.append(delivering.claim(work, None))
                open_ones = work.session.scalar(
                    sa.text("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'")
                )
                seen.append(open_ones)
            return Sent("SM1")

        deliver(city, Scripted(script))
        assert seen == [[], 0]


class TestFailing:
    def test_is_tried_again_after_longer_and_longer_waits_and_then_given_up(self, city: City) -> None:
        city.receive(phone=PHONE)
        carrier = Scripted(refuse("20429", final=False))
        waits = []
        for _ in range(TRIES):
            assert deliver(city, carrier) == 1
            (message,) = texts(city, "received")
            if message.next_at:
                waits.append(message.next_at - city.now)
                assert message.state is MessageState.QUEUED
                city.now = message.next_at - timedelta(seconds=1)
                assert deliver(city, carrier) == 0, "not before its time"
                city.now = message.next_at
        assert tuple(waits) == BACK_OFF
        assert (message.state, message.failed_at) == (MessageState.FAILED, city.now)
        assert message.error == "20429 refused"

    def test_for_good_is_not_tried_again(self, city: City) -> None:
        city.receive(phone=PHONE)
        deliver(city, Scripted(refuse("21211", final=True)))
        (message,) = texts(city, "received")
        assert (message.state, message.attempts, message.next_at) == (MessageState.FAILED, 1, None)

    def test_a_client_that_breaks_does_not_stop_the_others(self, city: City) -> None:
        city.receive(phone=PHONE)
        city.receive(phone="+8613899990000")

        def script(to: str, body: str, token: str) -> Sent:
            if to == PHONE:
                raise RuntimeError("broken")
            return Sent(f"SM{token}")

        deliver(city, Scripted(script))
        assert {row.state for row in texts(city, "received")} == {MessageState.QUEUED, MessageState.SENT}

    def test_a_text_that_no_key_opens_any_more_fails_alone(self, city: City) -> None:
        city.receive(phone=PHONE)
        city.receive(phone="+8613899990000")
        with city.office.session() as session:
            first = sa.select(sa.func.min(Message.id)).scalar_subquery()
            session.execute(sa.update(Message).where(Message.id == first).values(body_sealed=b"not ours"))
        deliver(city, Scripted())
        assert [row.state for row in texts(city, "received")] == [MessageState.FAILED, MessageState.SENT]


class TestASenderThatDied:
    def claimed(self, city: City) -> None:
        city.receive(phone=PHONE)
        with city.work() as work:
            assert len(delivering.claim(work, None)) == 1

    def test_is_found_when_its_lease_has_ended(self, city: City) -> None:
        self.claimed(city)
        city.turn(minutes=4)
        assert deliver(city, Scripted()) == 0
        city.now += LEASE - timedelta(minutes=4)
        assert deliver(city, Scripted()) == 1
        assert texts(city, "received")[0].attempts == 2

    def test_a_receipt_in_the_meantime_prevents_the_second_sending(self, city: City) -> None:
        self.claimed(city)
        assert receipt(city, texts(city, "received")[0], "sent", sid="SMx")
        city.now += LEASE
        assert deliver(city, Scripted()) == 0
        assert texts(city, "received")[0].state is MessageState.SENT

    def test_every_time_is_not_followed_for_ever(self, city: City) -> None:
        city.receive(phone=PHONE)
        for _ in range(TRIES):
            with city.work() as work:
                assert len(delivering.claim(work, None)) == 1
            city.now += LEASE
        carrier = Scripted()
        deliver(city, carrier)
        assert carrier.handed == []
        assert texts(city, "received")[0].state is MessageState.FAILED

    def test_that_comes_back_late_does_not_undo_what_the_next_one_did(self, city: City) -> None:
        city.receive(phone=PHONE)
        with city.work() as work:
            (old,) = delivering.claim(work, None)
        city.now += LEASE
        with city.work() as work:
            (new,) = delivering.claim(work, None)
        failed = delivering.Outcome(old, CarrierError("no_connection", "", final=False))
        with city.work() as work:
            delivering.write_down(work, [failed])
        assert texts(city, "received")[0].state is MessageState.SENDING
        with city.work() as work:
            delivering.write_down(work, [delivering.Outcome(new, Sent("SM2"))])
        with city.work() as work:
            delivering.write_down(work, [delivering.Outcome(old, Sent("SM1"))])
        assert texts(city, "received")[0].carrier_sid == "SM2"


class TestReceipts:
    @pytest.mark.parametrize(
        ("statuses", "end"),
        [
            (["queued", "accepted", "sending"], MessageState.QUEUED),
            (["sent"], MessageState.SENT),
            (["sent", "delivered"], MessageState.DELIVERED),
            (["delivered", "sent"], MessageState.DELIVERED),
            (["delivered", "failed"], MessageState.DELIVERED),
            (["undelivered", "delivered"], MessageState.FAILED),
            (["sent", "sent", "undelivered"], MessageState.FAILED),
            (["nonsense", ""], MessageState.QUEUED),
            (["READ"], MessageState.DELIVERED),
        ],
    )
    def test_only_go_forward(self, city: City, statuses: list[str], end: MessageState) -> None:
        city.receive(phone=PHONE)
        (message,) = texts(city, "received")
        for status in statuses:
            assert receipt(city, message, status)
        assert texts(city, "received")[0].state is end

    def test_may_come_before_the_sending_is_written_down(self, city: City) -> None:
        city.receive(phone=PHONE)

        def script(to: str, body: str, token: str) -> Sent:
            with city.work() as work:
                assert delivering.receipt(work, token, "delivered")
            return Sent("SM1")

        deliver(city, Scripted(script))
        (message,) = texts(city, "received")
        assert (message.state, message.carrier_sid, message.next_at) == (MessageState.DELIVERED, "SM1", None)

    def test_of_a_stranger_is_not_ours(self, city: City) -> None:
        with city.work() as work:
            assert not delivering.receipt(work, "no-such-token", "delivered")

    def test_keep_the_carriers_reason(self, city: City) -> None:
        city.receive(phone=PHONE)
        receipt(city, texts(city, "received")[0], "undelivered", "30005")
        assert texts(city, "received")[0].error == "30005"


class TestAnAnswer:
    def test_that_arrives_keeps_the_promise_to_reply_and_the_question_follows(self, city: City) -> None:
        number = city.replied(phone=PHONE)
        deliver(city, Scripted())
        assert city.ticket(number).state is State.REPLIED
        assert complaint(city).reached_at is None, "handed over is not arrived"
        city.turn(minutes=3)
        receipt(city, the_answer(city), "delivered")
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
            receipt(city, the_answer(city), "undelivered", "30003")
        (notice,) = texts(city, "centre_undelivered")
        assert notice.unit_id == city.unit_id("center")
        with city.work("olga") as work:
            (call,) = calling.call_list(work)
        assert (call.ticket_number, call.phone_masked) == (number, "138****5678")
        with city.work("olga") as work:
            replying.log_call(work, number, complaint(city).number, "已电话告知")
        with city.work("olga") as work:
            assert calling.call_list(work) == []

    def test_to_one_whom_the_carrier_has_unsubscribed_is_not_texted_again(self, city: City) -> None:
        city.replied(phone=PHONE)
        deliver(city, Scripted(refuse("21610", final=True)))
        assert city.rows(sa.select(Citizen))[0].opted_out_at == city.now

    def test_of_an_earlier_round_says_nothing_about_the_new_one(self, city: City) -> None:
        city.replied(phone=PHONE)
        deliver(city, Scripted())
        with city.office.session() as session:
            session.execute(sa.update(Complaint).values(answered_at=city.now + timedelta(hours=1)))
        receipt(city, the_answer(city), "delivered")
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
            first = calling.call_list(work, limit=2)
            rest = calling.call_list(work, before=first[-1].complaint_id)
            assert [len(first), len(rest)] == [2, 1]
            assert first[0].complaint_id > first[1].complaint_id > rest[0].complaint_id
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
