"""短信: claimed, sent outside of a transaction, written down; receipts only go forward (design §8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from hotline.carriers.base import CarrierError, Fate, Receipt, Sent
from hotline.models import Message, MessageState
from hotline.services import delivering
from hotline.services.delivering import BACK_OFF, LEASE, TRIES
from tests.carrier import PHONE, Scripted, deliver, receipt, refuse, texts
from tests.city import City


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
        assert receipt(city, texts(city, "received")[0], Fate.SENT, sid="SMx")
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
        ("fates", "end"),
        [
            ([None, None], MessageState.QUEUED),
            ([Fate.SENT], MessageState.SENT),
            ([Fate.SENT, Fate.DELIVERED], MessageState.DELIVERED),
            ([Fate.DELIVERED, Fate.SENT], MessageState.DELIVERED),
            ([Fate.DELIVERED, Fate.FAILED], MessageState.DELIVERED),
            ([Fate.FAILED, Fate.DELIVERED], MessageState.FAILED),
            ([Fate.SENT, Fate.SENT, Fate.FAILED], MessageState.FAILED),
        ],
    )
    def test_only_go_forward(self, city: City, fates: list[Fate | None], end: MessageState) -> None:
        city.receive(phone=PHONE)
        (message,) = texts(city, "received")
        for fate in fates:
            assert receipt(city, message, fate)
        assert texts(city, "received")[0].state is end

    def test_may_name_the_text_by_the_carriers_id(self, city: City) -> None:
        city.receive(phone=PHONE)
        deliver(city, Scripted(lambda to, body, token: Sent("BIZ-1")))
        with city.work() as work:
            assert delivering.receipt(work, Receipt(Fate.DELIVERED, sid="BIZ-1"))
            assert not delivering.receipt(work, Receipt(Fate.DELIVERED, sid="BIZ-2"))
        assert texts(city, "received")[0].state is MessageState.DELIVERED

    def test_may_come_before_the_sending_is_written_down(self, city: City) -> None:
        city.receive(phone=PHONE)

        def script(to: str, body: str, token: str) -> Sent:
            with city.work() as work:
                assert delivering.receipt(work, Receipt(Fate.DELIVERED, token))
            return Sent("SM1")

        deliver(city, Scripted(script))
        (message,) = texts(city, "received")
        assert (message.state, message.carrier_sid, message.next_at) == (MessageState.DELIVERED, "SM1", None)

    def test_of_a_stranger_is_not_ours(self, city: City) -> None:
        with city.work() as work:
            assert not delivering.receipt(work, Receipt(Fate.DELIVERED, "no-such-token"))

    def test_keep_the_carriers_reason(self, city: City) -> None:
        city.receive(phone=PHONE)
        receipt(city, texts(city, "received")[0], Fate.FAILED, "30005")
        assert texts(city, "received")[0].error == "30005"
