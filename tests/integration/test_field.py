"""现场办理: a crew's list and sheets, its photos by phase, what it is asked before it submits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.models import Attachment, Event, Phase, SentForm, Ticket
from hotline.services import assigning, attaching, checking, hand, handling, self_checking
from tests import desk
from tests.citizen import file, photo
from tests.city import PASSWORD, City
from tests.desk import Page, Person

RESULT = "已更换灯头两只，10月12日晚恢复照明。"
FOR_QUEUE = {"Accept": "application/json"}


@pytest.fixture
def app(city: City) -> Iterator[Flask]:
    yield desk.make_app(city)


def post(person: Person, number: str, noun: str, **fields: Any) -> Any:
    """As the device's queue sends it, with a token asked for beforehand."""
    token: Any = person.client.get("/desk/field/token", headers=FOR_QUEUE).json
    sent = {"csrf_token": token["csrf"], "key": str(uuid4())} | fields
    return person.client.post(
        f"/desk/field/{number}/{noun}", data=sent, headers=FOR_QUEUE, content_type="multipart/form-data"
    )


def version(city: City, number: str) -> int:
    return city.ticket(number).version


def test_the_list_shows_what_is_mine_or_my_units_the_earliest_promise_first(city: City, app: Flask) -> None:
    signed, new = city.handling(text="东门路灯不亮"), city.assigned(text="西门井盖缺失")
    hans = Person(app, "hans")
    mine = hans.open("/desk/field")
    assert mine.links(f"/desk/field/{signed}") and "东门路灯不亮" in mine.text
    assert "西门井盖缺失" not in mine.text, "not yet signed for by anybody"
    all_ = hans.open("/desk/field?of=unit")
    assert all_.text.index("西门井盖缺失") < all_.text.index("东门路灯不亮"), "to be signed for sooner than handled"
    assert {f"/desk/field/{signed}", f"/desk/field/{new}"} <= set(all_.links("/desk/field/"))
    assert re.findall(r'class="count">(\d+)', all_.html)[-2:] == ["1", "2"]


def test_it_is_read_in_a_fixed_number_of_queries(city: City, app: Flask) -> None:
    hans = Person(app, "hans")
    asked = []
    for _ in range(2):
        city.handling()
        with city.statements() as statements:
            hans.open("/desk/field?of=unit")
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_a_long_list_is_turned_page_by_page(city: City, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hotline.services.crews.PAGE", 2)
    numbers = [city.handling(text=f"第{place}盏路灯不亮") for place in "一二三四五"]
    hans, found = Person(app, "hans"), []
    page = hans.open("/desk/field?of=unit")
    while True:
        found += re.findall(r'<a href="/desk/field/(\d+)"', page.html)
        onward = page.links("after=")
        if not onward:
            break
        page = hans.open(onward[0])
    assert found == numbers
    back = hans.open(page.links("before=")[0])
    assert re.findall(r'<a href="/desk/field/(\d+)"', back.html) == numbers[2:4]
    for nonsense in ("x", "1", "9" * 18 + "-1"):
        assert hans.open(f"/desk/field?of=unit&after={nonsense}").status == 422


def test_signed_for_with_one_tap_and_submitted_with_photos_by_phase(city: City, app: Flask) -> None:
    number = city.assigned()
    hans = Person(app, "hans")
    sheet = hans.open(f"/desk/field/{number}")
    assert "签收后可以提交办理结果" in sheet.text and not sheet.offers("/submission#submit")
    assert hans.send(sheet.form(f"/{number}/signature")).status == 303
    sheet = hans.open(f"/desk/field/{number}")
    form = sheet.form(f"/{number}/submission")
    shots = {"photos_before": [file("前.jpg", photo((20, 10)))], "photos": [file("后.jpg", photo((21, 10)))]}
    sent = form.values | shots | {"outcome": "好"}
    short = Page(hans.client.post(form.action, data=sent, content_type="multipart/form-data"))
    assert short.status == 422 and "办理前 前.jpg" in short.text and "办理后 后.jpg" in short.text
    again = short.form(f"/{number}/submission")
    assert len(again.values["kept_photo"]) == 2
    assert hans.send(again, outcome=RESULT, checked=["site", "written"]).status == 303
    rows = city.rows(sa.select(Attachment).order_by(Attachment.id))
    assert [(row.name, row.phase) for row in rows] == [("前.jpg", Phase.BEFORE), ("后.jpg", Phase.AFTER)]
    assert city.ticket(number).outcome == RESULT


def test_what_was_left_unticked_is_told_to_the_person_who_checks(city: City, app: Flask) -> None:
    number = city.handling()
    hans = Person(app, "hans")
    assert post(hans, number, "submission", outcome=RESULT, version=version(city, number), checked="site").json == {
        "state": "taken",
        "said": "办理结果已提交，等待核查。",
        "at": city.now.isoformat(),
        "next": "/desk/field",
    }
    told = city.rows(sa.select(Event.data).where(Event.step == "submit"))[0]
    assert told["checked"] == ["已到现场处理，现场已恢复"]
    assert told["unchecked"][0] == "结果写明了做了什么、何时完成" and "附有办理后照片" in told["unchecked"]
    checker = Person(app, "sven").ticket(number)
    assert "承办单位自查" in checker.text and "附有办理后照片" in checker.text
    with city.work("hans") as work:
        assert self_checking.remarks(work, hand.find(work, number))


def test_who_ticks_all_is_not_remarked_on_and_machines_are_not_asked(city: City) -> None:
    number = city.handling()
    with city.work("hans") as work:
        ticket = hand.find(work, number)
        codes = [point.code for point in self_checking.questions(work, ticket)]
        handling.submit(work, number, RESULT, codes, tuple(Phase))
        work.session.flush()
        assert self_checking.remarks(work, ticket) == []
    other = city.submitted()
    with city.work("sven") as work:
        assert self_checking.remarks(work, hand.find(work, other)) == []


def test_photos_of_an_earlier_submission_in_the_round_count(city: City) -> None:
    number = city.handling()
    with city.work("hans") as work:
        ticket = handling.submit(work, number, RESULT, ["site"], [Phase.BEFORE])
        kept = attaching.keep(work.files, "前.jpg", photo((20, 10)))
        attaching.attach(
            work, type(kept)(kept.name, kept.media_type, kept.digest, kept.size, Phase.BEFORE),
            ticket_id=ticket.id, by_citizen=False, round=ticket.round,
        )  # fmt: skip
    with city.work("sven") as work:
        checking.send_back(work, number, "请补照片")
    with city.work("hans") as work:
        handling.submit(work, number, RESULT, ["site"], [Phase.AFTER])
    told = city.rows(sa.select(Event.data).where(Event.step == "submit").order_by(Event.id))[-1]
    assert not {"附有办理前照片", "附有办理后照片"} & set(told["unchecked"])


STRANGERS = ("paul", "carl")


@pytest.mark.parametrize("login", [*STRANGERS, "hugo", "olga", "lena"])
def test_what_is_not_theirs_is_not_there(city: City, app: Flask, login: str) -> None:
    """hugo's station sees what was handed down to it, not what its department keeps; other roles have no such page."""
    number = city.handling()
    person = Person(app, login)
    assert person.open(f"/desk/field/{number}").status == 404
    is_handler = login in (*STRANGERS, "hugo")
    assert person.open("/desk/field").status == (200 if is_handler else 404)
    if is_handler:
        assert number not in person.open("/desk/field?of=unit").html
        sent = post(person, number, "submission", outcome=RESULT, version=1)
        assert (sent.status_code, sent.json["state"]) == (404, "gone")
        assert city.rows(sa.select(SentForm)) == []
    assert city.ticket(number).state == "handling"


def test_handed_down_to_a_person_of_the_station_it_is_in_his_list(city: City, app: Flask) -> None:
    number = city.handling()
    hugo_id = city.actor("hugo").staff_id
    with city.work("hans") as work:
        handling.hand_down(work, number, hugo_id or 0)
    hugo = Person(app, "hugo")
    assert number in hugo.open("/desk/field").html
    assert hugo.open(f"/desk/field/{number}").status == 200


def test_a_confidential_matter_tells_the_crew_nothing_of_who_complained(city: City, app: Flask) -> None:
    number = city.assigned(text="我是张伟，电话13912345678，香溪路路灯不亮", name="张伟", confidential=True)
    hans = Person(app, "hans")
    for address in ("/desk/field?of=unit", f"/desk/field/{number}"):
        page = hans.open(address)
        assert "张伟" not in page.text and "13912345678" not in page.text


def test_the_sheet_says_why_nothing_can_be_submitted(city: City, app: Flask) -> None:
    number = city.accepted()
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"), assist_ids=[city.unit_id("parks")])
    with city.work("hans") as work:
        handling.sign(work, number)
    assert "协办单位尚未全部反馈" in Person(app, "hans").open(f"/desk/field/{number}").text


def test_the_place_opens_in_the_telephones_map(city: City, app: Flask) -> None:
    number = city.handling(latitude=33.12, longitude=110.78)
    page = Person(app, "hans").open(f"/desk/field/{number}")
    assert page.links("geo:") == ["geo:33.120000,110.780000?q=33.120000,110.780000"]


def test_late_ones_are_said_to_be_late(city: City, app: Flask) -> None:
    number = city.handling()
    city.turn(days=20)
    page = Person(app, "hans").open("/desk/field")
    assert number in page.html and "超" in page.text


def test_the_worker_is_for_the_field_only_and_pages_say_whose_they_are(city: City, app: Flask) -> None:
    hans = Person(app, "hans")
    worker = hans.client.get("/desk/field/worker.js")
    assert worker.headers["Service-Worker-Allowed"] == "/desk/field"
    assert worker.mimetype == "text/javascript"
    told = re.search(r"^self\.FIELD = (\{.*\});$", worker.text, re.MULTILINE)
    assert told
    parts = set(json.loads(told[1])["parts"])
    for address in ("/desk/field", f"/desk/field/{city.handling()}"):
        needed = set(re.findall(r'<(?:script[^>]* src|link rel="stylesheet" href)="([^"]+)"', hans.open(address).html))
        assert needed and needed <= parts, "else the page is not whole without a network"
    whose = hans.client.get("/desk/field").headers["X-Field-Whose"]
    token: Any = hans.client.get("/desk/field/token").json
    assert whose == token["whose"]
    assert whose != Person(app, "hugo").client.get("/desk/field").headers["X-Field-Whose"]


def ahead(page: Page) -> list[tuple[str, str]] | None:
    """The sheets that the list tells a device to fetch, with the state of each."""
    told = re.search(r"data-ahead='(.*?)'", page.html)
    return [(each["url"], each["version"]) for each in json.loads(told[1])] if told else None


def test_the_list_names_ones_own_first_sheets_to_be_fetched_before_they_are_opened(
    city: City, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotline.web.staff.field_sheet.AHEAD", 2)
    numbers = [city.handling() for _ in range(3)]
    hans = Person(app, "hans")
    assert ahead(hans.open("/desk/field")) == [
        (f"/desk/field/{number}", str(version(city, number))) for number in numbers[:2]
    ]
    assert ahead(hans.open("/desk/field?of=unit")) is None, "the units' other sheets are not everybody's to carry"
    for number in numbers:
        post(hans, number, "submission", outcome=RESULT, version=version(city, number))
    assert ahead(hans.open("/desk/field")) == [], "so what was kept goes"


def test_a_sheet_is_kept_while_there_is_something_to_do_with_its_small_photos_of_the_state_it_shows(
    city: City, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, hans = city.handling(), Person(app, "hans")
    with city.work("hans") as work:
        ticket = hand.find(work, number)
        for name, size in (("小.jpg", (10, 10)), ("大.jpg", (400, 400))):
            attaching.attach(work, attaching.keep(work.files, name, photo(size)), ticket_id=ticket.id, by_citizen=False)
    small, large = city.rows(sa.select(Attachment).order_by(Attachment.id))
    monkeypatch.setattr("hotline.web.staff.field_sheet.SMALL", small.size + large.size - 1)
    kept = hans.open(f"/desk/field/{number}").response.headers
    assert kept["X-Field-Version"] == str(version(city, number)) and "X-Field-Whose" in kept
    assert small.token in kept["X-Field-Pictures"] and large.token not in kept["X-Field-Pictures"]
    post(hans, number, "submission", outcome=RESULT, version=version(city, number))
    done = hans.open(f"/desk/field/{number}")
    assert done.status == 200 and "X-Field-Whose" not in done.response.headers


def test_a_device_that_has_kept_nothing_is_left_at_once(city: City, app: Flask) -> None:
    hans = Person(app, "hans")
    left = hans.client.post("/logout", data=hans.open("/desk/tickets").form("/logout").values)
    assert left.headers["Location"] == "/login" and "Clear-Site-Data" not in left.headers


@pytest.mark.parametrize("path", ["/desk/tickets", "/desk/field"])
def test_what_was_not_sent_is_asked_about_before_the_device_forgets(city: City, app: Flask, path: str) -> None:
    hans = Person(app, "hans")
    hans.open("/desk/field")
    left = hans.send(hans.open(path).form("/logout"))
    assert left.response.headers["Location"] == "/desk/field?leaving=yes"
    assert "Clear-Site-Data" not in left.response.headers
    asked = hans.open("/desk/field?leaving=yes")
    assert asked.status == 200 and "X-Field-Whose" not in asked.response.headers, "this page is not kept"
    plain = next(form for form in asked.forms if form.values.get("forget"))
    assert plain.values["forget"] == ["no"], "without scripts nothing is deleted"
    gone = hans.client.post("/logout", data=plain.values | {"forget": "yes"})
    assert gone.headers["Clear-Site-Data"] == '"storage"' and hans.client.get_cookie("field") is None
    assert hans.open("/desk/field").status == 302


def test_the_device_knows_who_is_there(city: City, app: Flask) -> None:
    hans = Person(app, "hans")
    whose = hans.client.get("/desk/field").headers["X-Field-Whose"]

    def known() -> str:
        cookie = hans.client.get_cookie("field")
        assert cookie is not None
        return cookie.value

    assert known() == whose
    token = hans.open("/desk/field?leaving=yes").form("/logout").values["csrf_token"]
    kept = hans.client.post("/logout", data={"csrf_token": token, "forget": "no"})
    assert "Clear-Site-Data" not in kept.headers and known() == "nobody"
    hans.send(hans.open("/login").forms[0], username="dora", password=PASSWORD)
    assert known() not in (whose, "nobody")
    left = hans.send(hans.open("/desk/tickets").form("/logout"))
    assert left.response.headers["Location"] == "/login", "who has no such page is not led there"


def test_whoever_must_log_in_again_is_led_there_and_back(app: Flask, city: City) -> None:
    answer = app.test_client().get("/desk/field/token", headers=FOR_QUEUE)
    assert answer.status_code == 302 and "/login" in answer.headers["Location"]


def test_nobody_signs_or_submits_by_other_names(city: City, app: Flask) -> None:
    number = city.handling()
    assert post(Person(app, "hans"), number, "closure").status_code == 404


def test_bytes_that_are_no_picture_are_told_and_nothing_is_taken(city: City, app: Flask) -> None:
    number = city.handling()
    bad = (BytesIO(b"text"), "坏.jpg")
    answer = post(
        Person(app, "hans"), number, "submission", outcome=RESULT, version=version(city, number), photos=[bad]
    )
    assert (answer.status_code, answer.json["state"]) == (422, "invalid") and "坏" in answer.json["said"]
    assert city.rows(sa.select(SentForm)) == [] and city.rows(sa.select(Ticket.outcome)) == [""]
