"""Who reads what: names, numbers and plates for those who deal with them, on every way out (design §7)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hotline.domain.actors import ActorKind
from hotline.domain.errors import NotAllowed
from hotline.models import Channel, Complaint, Message
from hotline.services import accepting, assigning, browsing, desk, disclosing, handling, receiving, viewing
from hotline.services.hand import find
from tests.citizen import Telephone, make_app
from tests.city import City

SAID = "我叫张伟，电话13912345678，皖H12345堵了香溪路的消防通道"
WRITER, NUMBER, PLATE = "张伟", "13912345678", "皖H12345"


def on_hand(city: City, **more: object) -> str:
    """With 市政处 in the lead and 园林局 to assist."""
    number = city.accepted(text=SAID, matter=SAID, name=WRITER, phone="+86" + NUMBER, **more)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"), assist_ids=[city.unit_id("parks")])
    with city.work("hans") as work:
        handling.sign(work, number)
    return number


def read(city: City, who: str, number: str) -> str:
    with city.work(who) as work:
        return str(viewing.ticket_dict(work, find(work, number)))


#: who · confidential · reads the writer's name and number · reads the plate
ROLES = [
    ("olga", False, True, True),
    ("dora", False, True, True),
    ("sven", False, True, True),
    ("lena", False, True, True),
    ("hans", False, True, True),
    ("hugo", False, None, None),
    ("paul", False, False, False),
    ("olga", True, True, True),
    ("hans", True, False, True),
    ("paul", True, False, False),
]


@pytest.mark.parametrize(("who", "confidential", "writer", "plate"), ROLES)
def test_on_the_page_of_the_ticket(
    city: City, who: str, confidential: bool, writer: bool | None, plate: bool | None
) -> None:
    number = on_hand(city, confidential=confidential)
    if writer is None:
        with pytest.raises(Exception, match="没有找到"):
            read(city, who, number)
        return
    page = read(city, who, number)
    assert (WRITER in page, NUMBER in page, PLATE in page) == (writer, writer, plate)


@pytest.mark.parametrize("who", ["olga", "dora", "sven", "lena", "hans", "paul"])
def test_in_lists_nobody_reads_it(city: City, who: str) -> None:
    number = on_hand(city)
    with city.work(who) as work:
        by_api = str(browsing.browse(work, browsing.Search()))
        assert number in by_api
        for secret in (WRITER, NUMBER, PLATE):
            assert secret not in by_api


@pytest.mark.parametrize(("who", "secret_matter", "found"), [
    ("dora", False, True), ("hans", False, True), ("dora", True, True), ("hans", True, False), ("paul", True, False),
])  # fmt: skip
def test_a_hit_tells_nothing_of_what_is_covered(city: City, who: str, secret_matter: bool, found: bool) -> None:
    on_hand(city, confidential=secret_matter)
    with city.work(who) as work:
        assert bool(browsing.browse(work, browsing.Search(desk.Search(text=NUMBER)))[0]) is found
        assert bool(desk.page(work, desk.Search(view=desk.View.ALL, text=NUMBER)).lines) is found


@pytest.mark.parametrize("confidential", [False, True])
def test_a_text_to_a_unit_lies_open_on_a_telephone(city: City, confidential: bool) -> None:
    on_hand(city, confidential=confidential)
    texts = [
        city.office.vault.open(row.body_sealed) for row in city.rows(sa.select(Message).where(Message.unit_id > 0))
    ]
    assert texts
    for secret in (WRITER, NUMBER, PLATE):
        assert not [text for text in texts if secret in text]


@pytest.mark.parametrize(
    ("who", "confidential", "may"),
    [("olga", False, True), ("hans", False, True), ("paul", False, False), ("olga", True, True), ("hans", True, False)],
)
def test_who_may_call_the_citizen(city: City, who: str, confidential: bool, may: bool) -> None:
    number = on_hand(city, confidential=confidential)
    with city.work(who) as work:
        assert viewing.complaints_of(work, find(work, number))[0]["has_contact"] is may
        if may:
            assert disclosing.disclose(work, number, number, "核实位置").phone.endswith(NUMBER)
        else:
            with pytest.raises(NotAllowed):
                disclosing.disclose(work, number, number, "核实位置")


@pytest.mark.parametrize(
    ("channel", "shown", "phone", "kept"),
    [
        (Channel.WEB, "2026-1", "+86" + NUMBER, "2026-1"),
        (Channel.WEB, "2025-9", "", "2025-9"),
        (Channel.PHONE, "", "+86" + NUMBER, "2026-1"),  # the first text tells
        (Channel.API, "", "", ""),
    ],
)
def test_the_version_of_the_notice_stands_with_the_complaint(
    city: City, channel: Channel, shown: str, phone: str, kept: str
) -> None:
    city.receive(channel=channel, notice_version=shown, phone=phone)
    assert city.rows(sa.select(Complaint.notice_version)) == [kept]


def test_history_that_is_played_in_was_told_nothing(city: City) -> None:
    with city.office.work(city.actor("olga"), city.now, texts=False) as work:
        receiving.receive(work, receiving.Intake(text="路灯不亮", channel=Channel.STAFF, phone="+86" + NUMBER))
    assert city.rows(sa.select(Complaint.notice_version)) == [""]


def test_who_complains_by_text_was_told(city: City) -> None:
    Telephone(make_app(city), city).say("香溪路与大桥路口，路灯不亮三天了")
    assert city.rows(sa.select(Complaint.notice_version)) == ["2026-1"]


def test_the_system_reads_everything(city: City) -> None:
    number = on_hand(city, confidential=True)
    with city.work() as work:
        assert work.actor.kind is ActorKind.SYSTEM
        assert NUMBER in str(viewing.ticket_dict(work, find(work, number)))
    with city.work("olga") as work:
        assert accepting.complaints_of(work, find(work, number))
