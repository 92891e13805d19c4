"""风险提示: found in what is said through every door, raised before acceptance, shown at the desk and nowhere else."""

from __future__ import annotations

import sqlalchemy as sa

from hotline.domain.risks import UNSAID
from hotline.models import Channel, DeadlineKind, Event, Ticket, Urgency
from hotline.services import (
    accepting,
    assigning,
    checking,
    citizens,
    handling,
    joining,
    merging,
    receiving,
    repeating,
    replying,
    reworking,
    risking,
)
from hotline.services.accepting import Classification
from hotline.services.receiving import Intake
from tests.api import Machine
from tests.citizen import LAMP, PHONE, Browser, Telephone
from tests.city import City
from tests.desk import Person, make_app

LAMP_DARK = "香溪路与大桥路口路灯不亮三天了"
SUICIDE = "香溪路3号楼有人要跳楼"
MEDIA = f"{LAMP_DARK}，再不修就找记者曝光"


def names(city: City, number: str) -> dict[str, str]:
    return {each["name"]: each["level"] for each in city.ticket(number).risks}


def notes(city: City, number: str) -> list[list[str]]:
    """What the history says of risks, oldest first."""
    told = city.rows(sa.select(Event.data).join(Ticket).where(Ticket.number == number).order_by(Event.id))
    return [data["risks"] for data in told if data.get("risks")]


def test_whatever_the_channel_it_is_found_at_intake(city: City) -> None:
    for channel in Channel:
        number = city.receive("工头扬言要报复，我要找记者", channel=channel).number
        ticket = city.ticket(number)
        assert names(city, number) == {"威胁": "urgent", "媒体关注": "attention"}
        assert (ticket.urgency, ticket.urgency_reason) == (Urgency.URGENT, "威胁：“扬言…报复”")
        assert notes(city, number) == [["威胁", "媒体关注"]]


def test_the_promise_to_accept_is_that_of_an_urgent_matter(city: City) -> None:
    limits = [
        city.deadlines(city.receive(text).number, DeadlineKind.ACCEPT)[0].limit_text for text in (LAMP_DARK, SUICIDE)
    ]
    assert limits[0] != limits[1]


def test_what_only_asks_for_attention_changes_no_promise(city: City) -> None:
    number = city.receive(MEDIA).number
    assert (city.ticket(number).urgency, city.ticket(number).urgency_reason) == (Urgency.NORMAL, "")
    assert names(city, number) == {"媒体关注": "attention"}


def test_what_is_denied_is_no_risk(city: City) -> None:
    number = city.receive(f"{LAMP_DARK}，没有人受伤，我也不会曝光你们").number
    assert (names(city, number), notes(city, number)) == ({}, [])


def test_the_door_and_the_citizen_only_add_their_opinion(city: City, browser: Browser) -> None:
    """The citizen says that it is not urgent; the danger is, and both are written down."""
    calm, _ = browser.complain(text="大桥路口电线掉下来了在冒火花", urgency="calm", phone="13800000001")
    plain, _ = browser.complain(text=LAMP, urgency="calm", phone="13800000002")
    upset, _ = browser.complain(text="平湖街垃圾没人清", place="平湖街", urgency="urgent", phone="13800000003")
    reasons = [(city.ticket(each).urgency, city.ticket(each).urgency_reason) for each in (calm, plain, upset)]
    assert reasons == [
        (Urgency.URGENT, "电线掉落或漏电：“电线…掉”；市民认为不急"),
        (Urgency.NORMAL, ""),
        (Urgency.URGENT, "市民认为有危险，很急"),
    ]


def test_further_words_raise_until_it_is_accepted_and_are_marked_afterwards(city: City, phone: Telephone) -> None:
    phone.say(f"{LAMP_DARK}")
    (complaint,) = phone.complaints()
    phone.say("路灯杆现在漏电了")
    assert city.ticket(complaint.number).urgency is Urgency.URGENT
    with city.work("olga") as work:
        seen = city.ticket(complaint.number).version
        accepting.accept(work, complaint.number, Classification(urgency=Urgency.NORMAL), version=seen)
    with city.work("citizen") as work:
        found = citizens.find_complaint(work, complaint.number)
        assert found is not None
        citizens.add(work, found, citizens.ticket_of(work, found), "物业扬言要报复我", Channel.WEB)
    ticket = city.ticket(complaint.number)
    assert ticket.urgency is Urgency.NORMAL, "a person has decided; a mark raises nothing after that"
    assert names(city, complaint.number)["威胁"] == "urgent"
    assert notes(city, complaint.number)[-1] == ["威胁"]


def test_a_new_round_is_urgent_if_it_is_dangerous_now(city: City) -> None:
    number = city.replied()
    with city.work("citizen") as work:
        reworking.rework(work, number, "没修好，灯杆还在漏电")
    assert (city.ticket(number).urgency, names(city, number)) == (
        Urgency.URGENT,
        {"电线掉落或漏电": "urgent", "漏电": "urgent"},
    )


def test_the_third_time_is_told_whether_repeated_or_worked_on_again(city: City) -> None:
    """The same words, and a new round: each is once more."""
    number = city.receive(LAMP_DARK, phone=PHONE).number
    intake = Intake(text=LAMP_DARK, channel=Channel.WEB, phone=PHONE)
    for expected in ({}, {"多次反映": "attention"}):
        with city.work("citizen") as work:
            repeating.receive(work, intake)
        assert names(city, number) == expected
    other = city.replied(text="平湖街井盖松动响")
    for expected in ({}, {"多次反映": "attention"}):
        with city.work("sven") as work:
            reworking.rework(work, other, "复查还没有解决")
        assert names(city, other) == expected
        if not expected:
            _answer_again(city, other)


def _answer_again(city: City, number: str) -> None:
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    with city.work("hans") as work:
        handling.sign(work, number)
        handling.submit(work, number, "已重新加固井盖。")
    with city.work("sven") as work:
        checking.approve(work, number, "同一处再次加固，结果属实。")
    with city.work("olga") as work:
        replying.reply(work, number, "平湖街井盖已重新加固，请放心。")


def test_the_third_complaint_of_a_person_about_a_place_is_told_at_intake(city: City) -> None:
    words = (LAMP_DARK, "香溪路路灯又坏了两盏", "香溪路路灯白天亮晚上不亮", "平湖街垃圾没人清")
    first, second, third, elsewhere = (city.receive(text, phone=PHONE).number for text in words)
    marks = [names(city, number) for number in (first, second, third, elsewhere)]
    assert marks == [{}, {}, {"多次反映": "attention"}, {}]
    assert city.ticket(third).risks[0]["words"] == "第3次反映"
    assert notes(city, third) == [["多次反映"]]
    stranger = city.receive("香溪路路灯不亮", phone="+8613800009999").number
    assert names(city, stranger) == {}


def test_who_joins_brings_what_he_tells(city: City) -> None:
    number = city.receive(LAMP_DARK).number
    other = city.receive(f"{LAMP_DARK}，路灯杆漏电，孩子被电到").number
    with city.work("olga") as work:
        merging.merge(work, other, number)
    assert city.ticket(number).urgency is Urgency.URGENT
    assert names(city, number).keys() == {"电线掉落或漏电", "漏电", "有人受伤或被困"}


def test_five_who_complain_of_the_same_are_told(city: City) -> None:
    number = city.accepted(text=LAMP_DARK)
    for each in range(4):
        assert names(city, number) == {}
        with city.work("citizen") as work:
            intake = Intake(text=f"{LAMP_DARK}，我家门口也黑", channel=Channel.WEB, phone=f"+861380000100{each}")
            assert joining.join(work, intake, number).joined
    assert city.ticket(number).risks == [{"name": "多人反映", "level": "attention", "words": "5人反映", "count": 5}]


def test_history_that_is_played_in_has_its_own_urgency(city: City) -> None:
    with city.work("citizen") as work:
        receipt = receiving.receive(work.at(city.now), Intake(text=SUICIDE, channel=Channel.PHONE))
    assert city.ticket(receipt.number).urgency is Urgency.NORMAL
    assert names(city, receipt.number) == {"轻生": "urgent"}


def test_the_desk_sees_it_with_the_reason_and_lists_name_nothing_sensitive(city: City) -> None:
    app = make_app(city)
    sensitive, media = city.receive(SUICIDE).number, city.receive(MEDIA).number
    city.receive("平湖街口垃圾没人清")
    olga = Person(app, "olga")
    page = olga.ticket(sensitive).text
    assert "风险提示 轻生（跳楼） · 提升为紧急" in page and "生命危险：“跳楼”" in page
    listed = olga.open("/desk/tickets?view=all")
    table = listed.html[listed.html.index("<tbody") :]
    assert UNSAID in table and "媒体关注" in table and "轻生" not in table
    by_name = {
        name: [
            number for number in (sensitive, media) if number in olga.open(f"/desk/tickets?view=all&risk={name}").html
        ]
        for name in ("any", "媒体关注", UNSAID, "轻生", "没有这个")
    }
    assert by_name == {"any": [sensitive, media], "媒体关注": [media], UNSAID: [sensitive], "轻生": [], "没有这个": []}


def test_who_only_helps_learns_no_sensitive_name(city: City) -> None:
    number = city.accepted(text=SUICIDE)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"), assist_ids=[city.unit_id("parks")])
    app = make_app(city)
    helper, lead = Person(app, "paul").ticket(number).text, Person(app, "hans").ticket(number).text
    assert "轻生" in lead
    assert UNSAID in helper and "轻生" not in helper and "生命危险" not in helper


def test_the_api_tells_it_and_its_list_names_nothing_sensitive(city: City, centre: Machine) -> None:
    number = city.receive(SUICIDE).number
    assert centre.get(f"/tickets/{number}").json["risks"] == [{"name": "轻生", "level": "urgent", "words": "跳楼"}]
    (line,) = centre.get("/tickets").json["tickets"]
    assert line["risks"] == [{"name": UNSAID, "level": "urgent", "words": ""}]


def test_no_citizen_reads_of_it(city: City, browser: Browser) -> None:
    """Neither on the pages of the citizen's own matter nor on those for everybody, nor in a text."""
    number, key = browser.complain(text=MEDIA, place="香溪路与大桥路口")
    with city.work("olga") as work:
        accepting.accept(work, number)
    status = browser.text_of(f"/q/{number}?key={key}")
    for page in (status, browser.text_of("/public"), browser.text_of(f"/public/{number}")):
        assert "媒体关注" not in page and "风险" not in page


def test_when_the_person_is_forgotten_so_is_what_was_sensitive(city: City) -> None:
    number = city.receive(SUICIDE + "，我要找记者").number
    with city.office.session() as session:
        ticket = session.scalars(sa.select(Ticket).where(Ticket.number == number)).one()
        risking.forget(ticket, "（已按规定删除）")
    ticket = city.ticket(number)
    assert names(city, number) == {"媒体关注": "attention"}
    assert ticket.urgency_reason == "（已按规定删除）"
