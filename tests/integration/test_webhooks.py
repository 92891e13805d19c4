"""对外通知: other systems are told each step, signed, again until they have it, and nothing of persons."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from redis import Redis

from hotline.bell import SilentBell
from hotline.carriers.outside import Answer, Outside
from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.models import DeliveryState, Event, Webhook, WebhookDelivery
from hotline.services import accepting, changing, replying, subscribing, telling
from hotline.services.telling import BACK_OFF, EACH, LEASE, TRIES, Outcome
from tests.city import City
from tests.desk import Person, make_app
from tests.listener import Listener, listening
from workers.outside import Teller
from workers.shift import Shift

DOCS = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.fixture
def listener(city: City) -> Iterator[Listener]:
    city.office.outside = Outside(trying_out=True)
    with listening() as listener:
        yield listener


@pytest.fixture
def teller(city: City) -> Teller:
    return Teller(Shift(city.office, Redis(), SilentBell(), None, clock=lambda: city.now))


def add(
    city: City, url: str, unit: str = "center", steps: tuple[str, ...] = (), name: str = "市政平台"
) -> tuple[int, str]:
    with city.work("adam") as work:
        webhook, secret = subscribing.add(work, city.office.outside, name, url, city.unit_id(unit), steps)
        return webhook.id, secret


def tell(teller: Teller) -> int:
    """Passes until nothing is left."""
    told = 0
    while dealt := teller.tell():
        told += dealt
    return told


def deliveries(city: City) -> list[WebhookDelivery]:
    return city.rows(sa.select(WebhookDelivery).order_by(WebhookDelivery.id))


class TestTelling:
    def test_each_step_is_told_signed_without_words_or_persons(
        self, city: City, listener: Listener, teller: Teller
    ) -> None:
        before = city.accepted()
        city.turn(minutes=1)
        _, secret = add(city, listener.url)
        number = city.assigned(name="王小明", phone="13800001234")
        assert before != number
        tell(teller)
        assert [each.told["data"]["step"] for each in listener.in_order] == city.steps(number)
        heard = listener.in_order[-1]
        assert heard.path == "/hook?city=1" and heard.is_signed_with(secret) and not heard.is_signed_with("whsec_AAAA")
        assert heard.headers["webhook-timestamp"] == str(int(city.now.timestamp()))
        assert heard.headers["content-type"] == "application/json; charset=utf-8"
        event = city.rows(sa.select(Event).order_by(Event.id.desc()))[0]
        assert heard.id == f"event-{event.id}"
        assert heard.told == {
            "type": "ticket.assign",
            "timestamp": city.now.isoformat(),
            "data": {
                "event": event.id,
                "ticket": number,
                "state": "assigned",
                "from_state": "accepted",
                "step": "assign",
                "round": 1,
                "version": event.version,
                "happened_at": city.now.isoformat(),
                "noticed_at": city.now.isoformat(),
                "unit": {"key": "lamps", "name": "市政处"},
                "url": f"http://hotline.test/desk/tickets/{number}",
            },
        }
        said = b"".join(each.body for each in listener.heard).decode()
        assert "路灯" not in said and "王小明" not in said and "1380000" not in said and "陈派单" not in said
        assert tell(teller) == 0 and len(listener.heard) == 3

    def test_of_a_confidential_matter_number_and_state(self, city: City, listener: Listener, teller: Teller) -> None:
        add(city, listener.url)
        number = city.accepted(confidential=True)
        tell(teller)
        assert {each.told["type"] for each in listener.heard} == {"ticket.changed"}
        assert set(listener.in_order[-1].told["data"]) == {"event", "ticket", "state", "happened_at", "noticed_at"}
        assert listener.heard[-1].told["data"]["ticket"] == number

    def test_only_the_subtree_only_the_steps_chosen_and_no_notes(
        self, city: City, listener: Listener, teller: Teller
    ) -> None:
        add(city, f"{listener.url}&who=parks", "parks", name="园林")
        add(city, f"{listener.url}&who=lamps", "lamps", ("sign", "submit"), name="市政")
        theirs = city.assigned("parks", text="公园里的树枝断了，挂在路上面")
        ours = city.submitted()
        with city.work("hans") as work:
            replying.note(work, ours, "下午再去看一次")
        tell(teller)
        told = {(each.path[-5:], each.told["data"]["ticket"], each.told["data"]["step"]) for each in listener.heard}
        assert told == {
            *(("parks", theirs, step) for step in ("receive", "accept", "assign") if step in telling.STEPS),
            ("lamps", ours, "sign"),
            ("lamps", ours, "submit"),
        }

    def test_what_the_unit_may_no_longer_see_is_not_told(self, city: City, listener: Listener, teller: Teller) -> None:
        add(city, listener.url, "lamps")
        number = city.assigned()
        with city.work() as work:
            telling.collect(work)
        with city.office.session() as session:
            session.execute(sa.text("UPDATE ticket SET named_unit_ids = ARRAY[:id]"), {"id": city.unit_id("lamps")})
        tell(teller)
        assert listener.heard == [] and {row.state for row in deliveries(city)} == {DeliveryState.FAILED}
        assert "已看不到" in deliveries(city)[0].failure and number

    def test_what_is_committed_late_is_not_passed_over(self, city: City, listener: Listener, teller: Teller) -> None:
        add(city, listener.url, steps=("accept",))
        early, late = city.receive().number, city.receive().number
        with city.work("olga") as slow:
            accepting.accept(slow, late)  # has its number, and is not visible yet
            slow.session.flush()
            with city.work("otto") as work:
                accepting.accept(work, early)
            assert tell(teller) > 0 and [each.told["data"]["ticket"] for each in listener.heard] == [early]
            events = city.rows(sa.select(Event.id).where(Event.step == "accept"))
            assert city.scalar(sa.select(Webhook.last_event_id)) < min(events), "somebody was writing"
        tell(teller)
        assert [each.told["data"]["ticket"] for each in listener.heard] == [early, late]
        tell(teller)
        assert city.scalar(sa.select(Webhook.last_event_id)) == city.scalar(sa.select(sa.func.max(Event.id)))

    def test_the_example_of_the_documentation_verifies(self, city: City, listener: Listener, teller: Teller) -> None:
        (example,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
        scope: dict[str, Any] = {}
        exec(example, scope)
        _, secret = add(city, listener.url)
        city.receive()
        city.accepted()
        tell(teller)
        heard, now = listener.heard[0], city.now.timestamp()
        assert scope["verify"](secret, heard.headers, heard.body, now) == heard.told
        for wrong, headers, body, moment in (
            ("whsec_" + "A" * 43 + "=", heard.headers, heard.body, now),
            (secret, heard.headers | {"webhook-id": "event-4711"}, heard.body, now),
            (secret, heard.headers, heard.body + b" ", now),
            (secret, heard.headers, heard.body, now + 301),
        ):
            with pytest.raises(ValueError, match=r"signature|old"):
                scope["verify"](wrong, headers, body, moment)


class TestFailing:
    def test_is_tried_again_after_growing_waits_with_the_same_id_and_given_up(
        self, city: City, listener: Listener, teller: Teller
    ) -> None:
        _, secret = add(city, listener.url, steps=("accept",))
        city.accepted()
        listener.answers = [500]
        waits = []
        for _ in range(TRIES):
            tell(teller)
            (row,) = deliveries(city)
            if row.next_try_at:
                waits.append(row.next_try_at - city.now)
                city.now = row.next_try_at - timedelta(seconds=1)
                assert tell(teller) == 0, "not before its time"
                city.now = row.next_try_at
        assert len(listener.heard) == TRIES == 10 and len(set(listener.ids)) == 1
        assert all(each.is_signed_with(secret) for each in listener.heard)
        assert len({each.headers["webhook-timestamp"] for each in listener.heard}) == TRIES
        assert all(wait <= waited <= wait * 1.2 for wait, waited in zip(BACK_OFF, waits, strict=True))
        assert (row.state, row.status, row.failure) == (DeliveryState.FAILED, 500, "对方答复 500")
        assert tell(teller) == 0
        assert "1 条对外通知没有送达" in Person(make_app(city), "adam").open("/desk/").text

    @pytest.mark.parametrize(
        ("answers", "headers", "state", "wait"),
        [
            ([410], {}, DeliveryState.FAILED, None),
            ([302], {"Location": "/elsewhere"}, DeliveryState.QUEUED, timedelta(seconds=5)),
            ([503], {"Retry-After": "600"}, DeliveryState.QUEUED, timedelta(seconds=600)),
            ([429], {"Retry-After": "999999"}, DeliveryState.QUEUED, timedelta(hours=24)),
            ([200], {}, DeliveryState.SENT, None),
        ],
    )
    def test_what_the_other_side_may_say(
        self,
        city: City,
        listener: Listener,
        teller: Teller,
        answers: list[int],
        headers: dict[str, str],
        state: DeliveryState,
        wait: timedelta | None,
    ) -> None:
        add(city, listener.url, steps=("accept",))
        city.accepted()
        listener.answers, listener.headers = answers, headers
        tell(teller)
        (row,) = deliveries(city)
        assert row.state is state and len(listener.heard) == 1, "nothing is followed elsewhere"
        assert (row.next_try_at is None) == (wait is None)
        if row.next_try_at and wait:
            assert wait <= row.next_try_at - city.now <= wait * 1.2

    def test_one_that_is_dead_holds_up_no_other(self, city: City, listener: Listener, teller: Teller) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            add(city, f"http://127.0.0.1:{taken.getsockname()[1]}/", steps=("accept",), name="没有人")
        add(city, listener.url, steps=("accept",))
        for _ in range(EACH + 1):
            city.accepted()
        tell(teller)
        assert len(listener.heard) == EACH + 1
        lost = [row for row in deliveries(city) if row.state is DeliveryState.QUEUED]
        assert len(lost) == EACH + 1 and {row.failure for row in lost} == {"连接不上"}

    def test_a_killed_sender_is_found_and_cannot_undo_what_was_done_since(
        self, city: City, listener: Listener, teller: Teller
    ) -> None:
        add(city, listener.url, steps=("accept",))
        city.accepted()
        with city.work() as work:
            telling.collect(work)
        with city.work() as work:
            (killed,) = telling.claim(work)
        assert tell(teller) == 0 and listener.heard == []
        city.now += LEASE
        tell(teller)
        assert listener.ids == [killed.message_id]
        with city.work() as work:
            telling.write_down(work, [Outcome(killed, Answer(None, "连接不上"))])
        assert [(row.state, row.tries) for row in deliveries(city)] == [(DeliveryState.SENT, 2)]

    def test_what_is_settled_is_forgotten_after_a_month_and_not_told_again(
        self, city: City, listener: Listener, teller: Teller
    ) -> None:
        add(city, listener.url)
        city.accepted()
        tell(teller)
        told = len(listener.heard)
        city.turn(days=31)
        with city.work() as work:
            assert telling.forget(work) == told
        assert tell(teller) == 0 and deliveries(city) == []


class TestTellingAgain:
    def test_one_and_all_since_a_moment_with_the_same_ids(self, city: City, listener: Listener, teller: Teller) -> None:
        webhook_id, _ = add(city, listener.url, steps=("accept", "assign"))
        city.accepted()
        city.turn(hours=1)
        since = city.now
        city.assigned()
        tell(teller)
        first = listener.ids
        assert len(first) == 3
        row = next(row for row in deliveries(city) if f"event-{row.event_id}" == first[0])
        with city.work("adam") as work:
            subscribing.repeat(work, webhook_id, row.id)
        tell(teller)
        assert listener.ids == sorted([*first, first[0]], key=first.index)
        with city.work("adam") as work:
            assert subscribing.repeat_since(work, webhook_id, since)[1] == 2
        with city.work("adam") as work:
            assert subscribing.repeat_since(work, webhook_id, since)[1] == 0, "they still wait"
        tell(teller)
        assert listener.ids == sorted([*first, *first], key=first.index)

    def test_what_happened_while_it_was_locked_only_when_asked(
        self, city: City, listener: Listener, teller: Teller
    ) -> None:
        webhook_id, _ = add(city, listener.url, steps=("accept",))
        with city.work("adam") as work:
            subscribing.switch(work, webhook_id, False)
        since, number = city.now, city.accepted()
        tell(teller)
        with city.work("adam") as work, pytest.raises(Refused, match="停用"):
            subscribing.repeat_since(work, webhook_id, since)
        with city.work("adam") as work:
            changing.undo(work, changing.browse(work)[0].id)
        tell(teller)
        assert listener.heard == []
        with city.work("adam") as work:
            subscribing.repeat_since(work, webhook_id, since)
        tell(teller)
        assert [each.told["data"]["ticket"] for each in listener.heard] == [number]

    def test_not_more_than_a_month_back(self, city: City, listener: Listener) -> None:
        webhook_id, _ = add(city, listener.url)
        with city.work("adam") as work, pytest.raises(Invalid):
            subscribing.repeat_since(work, webhook_id, city.now - timedelta(days=31))
        with city.work("adam") as work, pytest.raises(NotFound):
            subscribing.repeat(work, webhook_id, 4711)


class TestThePage:
    def test_added_tried_looked_at_told_again_and_locked(self, city: City, listener: Listener, teller: Teller) -> None:
        adam = Person(make_app(city), "adam")
        form = adam.open("/desk/webhooks").form("/desk/webhooks")
        bad = adam.send(form, name="市政平台", url="http://hooks.example.cn/", steps=["accept"])
        assert bad.status == 422 and "https://" in bad.text and "请选择本单位" in bad.text
        kept = bad.form("/desk/webhooks").values
        assert kept["url"] == ["http://hooks.example.cn/"] and kept["steps"] == ["accept"]
        added = adam.send(form, name="市政平台", url=listener.url, unit_id=str(city.unit_id("lamps")), steps=[])
        secret = added.html.partition('value="whsec_')[2].partition('"')[0]
        assert added.status == 200 and secret
        (address,) = set(added.links("/desk/webhooks/"))
        page = adam.open(address)
        assert secret not in page.html and "全部步骤" in page.text
        assert adam.send(page.form("/test")).status == 303
        city.assigned()
        tell(teller)
        assert any(each.told["type"] == "test" for each in listener.heard)
        page = adam.open(address)
        assert "交办" in page.text and "已送达" in page.text and "测试" in page.text
        heard = len(listener.heard)
        assert adam.send(next(form for form in page.forms if "/deliveries/" in form.action)).status == 303
        wrong = adam.send(next(form for form in page.forms if "since" in form.names), since="gestern")
        assert wrong.status == 422 and "请填写日期和时间" in wrong.text
        again = adam.send(next(form for form in page.forms if "since" in form.names), since="2026-10-12T08:00")
        assert again.status == 303
        tell(teller)
        assert len(listener.heard) > heard
        assert adam.send(adam.open(address).form("/lock")).status == 303
        assert "已停用" in adam.open(address).text
        log = adam.open("/desk/changes").html
        assert "市政平台" in log and secret not in log

    def test_another_subtrees_are_not_there_and_the_list_asks_as_much_for_many(
        self, city: City, listener: Listener
    ) -> None:
        with city.office.session() as session:
            session.execute(sa.text("UPDATE staff SET roles = '{administrator}' WHERE login = 'cora'"))
        webhook_id, _ = add(city, listener.url, "lamps")
        app = make_app(city)
        adam, cora = Person(app, "adam"), Person(app, "cora")
        page = cora.open("/desk/webhooks")
        assert (
            "市政平台" not in page.html.partition("<form")[0]
            and cora.open(f"/desk/webhooks/{webhook_id}").status == 404
        )
        token = page.form("/desk/webhooks").values["csrf_token"]
        for noun in ("lock", "unlock", "test", "replay", "deliveries/1/replay"):
            answer = cora.client.post(f"/desk/webhooks/{webhook_id}/{noun}", data={"csrf_token": token})
            assert answer.status_code in (404, 422), noun
        assert city.scalar(sa.select(Webhook.active)) is True and deliveries(city) == []
        adam.open("/desk/webhooks")
        with city.statements() as one:
            adam.open("/desk/webhooks")
        for place in range(5):
            add(city, listener.url, name=f"第{place}个")
        with city.statements() as many:
            adam.open("/desk/webhooks")
        assert len(many) == len(one)
