"""到期删除: when the class's time is over nothing tells who it was, and every rate is what it was."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.domain.actors import SYSTEM
from hotline.models import (
    Attachment,
    Base,
    Channel,
    Citizen,
    Complaint,
    Draft,
    DraftState,
    Message,
    MessageState,
    RequestType,
    Source,
    Ticket,
)
from hotline.services import (
    accepting,
    attaching,
    checking,
    citizens,
    closing,
    erasing,
    handling,
    merging,
    messaging,
    replying,
    shredding,
    surveying,
)
from hotline.services.month import exporting, reporting
from tests.citizen import photo
from tests.city import City

PHONE, NAME = "+8613912345678", "张伟"
SAID = "我叫张伟，电话13912345678，住3号楼2单元501室，门前路灯不亮"


def person(**more: Any) -> dict[str, Any]:
    return {"text": SAID, "name": NAME, "phone": PHONE, "place": "阳光小区3号楼2单元501室"} | more


def pass_(city: City) -> int:
    with city.work(SYSTEM) as work:
        return erasing.erase_due(work)


def pass_all(city: City) -> None:
    while pass_(city):
        pass


def closed(city: City, **more: object) -> str:
    """A complaint that has gone the whole way, with all that people leave on the way."""
    number = city.handling(**person(**more))
    with city.work("citizen") as work:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        ticket = citizens.ticket_of(work, complaint)
        citizens.add(work, complaint, ticket, "我是张伟，微信号：zhangwei_88，东边还有两盏", Channel.WEB)
        attaching.store(work, complaint_id=complaint.id, name="张伟家门口.jpg", data=photo(), by_citizen=True)
    with city.work("hans") as work:
        handling.submit(work, number, "已电话联系张伟先生13912345678，更换灯头两只。")
    with city.work("sven") as work:
        checking.approve(work, number, "结果属实。")
    with city.work("olga") as work:
        replying.reply(work, number, "张伟先生您好：您反映的路灯已修复。联系电话0320-0002101。")
        replying.log_call(work, number, number, "已告知张伟先生13912345678")
    with city.work("olga") as work:
        surveying.log(work, number, number, solved=True, score=4, comment="张伟说来得慢，13912345678")
    with city.work("sven") as work:
        if city.ticket(number).ended_at is None:
            closing.close(work, number)
    return number


def everything(city: City) -> str:
    """All that the database holds, opened where it is sealed."""
    told: list[str] = []
    with city.office.session() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(sa.select(table)).mappings():
                for column, value in row.items():
                    sealed = isinstance(value, bytes) and value and column.endswith("sealed")
                    told.append(city.office.vault.open_bytes(value).decode() if sealed else str(value))
    return "\n".join(told)


def test_after_its_time_nothing_tells_who_it_was(city: City) -> None:
    number = closed(city)
    city.turn(days=3 * 365)
    assert pass_(city) == 0, "three years are not over"
    city.turn(days=2)
    pass_all(city)
    left, fingerprint = everything(city), city.office.vault.fingerprint(PHONE)
    for secret in ("张伟", "13912345678", "139****5678", "zhangwei_88", "2单元501", fingerprint):
        assert secret not in left, [line for line in left.splitlines() if secret in line]
    ticket = city.ticket(number)
    assert ticket.erased_at == city.now
    assert "更换灯头两只" in ticket.outcome, "what the city did stays"
    assert city.steps(number).count("person_erased") == 1
    assert pass_(city) == 0, "twice does nothing"


#: What stands in the name's field: of any people, in any form.
NAMES = [
    "付建国", "阿依古丽", "买买提·艾力", "John Smith", "老付", "张 伟", "欧阳娜娜", "张伟先生",
    "褚时健", "張偉", "卓玛措", "Ö. Żółć",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_name_in_its_field_goes_whatever_its_form(city: City, name: str) -> None:
    squeezed = name.replace(" ", "")
    number = city.handling(text="香溪路路灯不亮", name=name, phone=PHONE, place=f"香溪路{name}门口")
    with city.work("hans") as work:
        handling.submit(work, number, f"已联系{name}，{squeezed}同意，更换灯头。")
    with city.work("sven") as work:
        checking.approve(work, number, "结果属实。")
    with city.work("olga") as work:
        replying.reply(work, number, f"{name}您好：已修复。")
        replying.log_call(work, number, number, f"已告知{squeezed}")
    with city.work("olga") as work:
        surveying.log(work, number, number, solved=True, score=4, comment="")
    with city.work("sven") as work:
        if city.ticket(number).ended_at is None:
            closing.close(work, number)
    city.turn(days=3 * 366)
    pass_all(city)
    left = everything(city)
    assert [line for line in left.splitlines() if name in line or squeezed in line] == []
    assert "更换灯头" in city.ticket(number).outcome


def test_one_common_character_is_no_name_and_goes_with_its_title(city: City) -> None:
    number = closed(city, text="王府井路口路灯不亮", name="王", place="王府井路口")
    with city.work("olga") as work:
        ticket = work.session.scalars(sa.select(Ticket).where(Ticket.number == number)).one()
        ticket.outcome = "已告知王女士，王府井路口已修复。"
    city.turn(days=3 * 366)
    pass_all(city)
    assert city.ticket(number).outcome == "已告知[姓名已隐去]，王府井路口已修复。"


def loose_texts(city: City) -> int:
    query = sa.select(Message.phone_print).where(Message.complaint_id.is_(None), Message.phone_print.is_not(None))
    return len(city.rows(query))


@pytest.mark.parametrize(("another", "left"), [(False, 0), (True, 2)])
def test_who_asks_is_forgotten_with_all_texts_unless_another_matter_is_left(
    city: City, another: bool, left: int
) -> None:
    number = closed(city)
    if another:
        city.receive(**person())
    with city.work() as work:
        messaging.write(work, "help", work.rules.wordings.write("help"), caller=PHONE)
        messaging.write(work, "help", work.rules.wordings.write("help"), caller=PHONE)
        messaging.write(work, "help", work.rules.wordings.write("help"), caller="+8613912340000")
    before = loose_texts(city)
    with city.work("citizen") as work:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        erasing.erase_on_request(work, complaint, citizens.ticket_of(work, complaint))
    assert (before, loose_texts(city)) == (3, left + 1)
    assert ("139****5678" in everything(city)) is another


def test_the_history_is_still_append_only(city: City) -> None:
    number = city.accepted()
    for change in ("UPDATE event SET step = 'x'", "DELETE FROM event", "UPDATE event SET data = '{}'"):
        with pytest.raises(sa.exc.IntegrityError, match="append-only"), city.work() as work:
            work.session.execute(sa.text(change))
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), city.work() as work:
        work.session.execute(sa.text("SET LOCAL hotline.erasing = 'on'"))
        work.session.execute(sa.text("UPDATE event SET step = 'x'"))
    with city.work() as work:
        work.session.execute(sa.text("SET LOCAL hotline.erasing = 'on'"))
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), city.work() as work:
        work.session.execute(sa.text("UPDATE event SET data = '{}'"))
    assert city.steps(number) == ["receive", "accept"]


@pytest.mark.parametrize(
    ("more", "days"),
    [
        ({}, 1097),
        ({"confidential": True}, 366),
        ({"request_type": RequestType.REPORT}, 366),
        ({"source": Source.PETITION}, 3654),
        ({"source": Source.PETITION, "confidential": True}, 3654),
    ],
)
def test_each_class_has_its_time(city: City, more: dict[str, Any], days: int) -> None:
    number = city.receive(**person(**more)).number
    with city.work("olga") as work:
        accepting.decline(work, number, "属供电公司职责", "95598")
    city.turn(days=days - 1)
    assert pass_(city) == 0
    city.turn(days=1)
    assert pass_(city) == 1


def test_what_is_open_is_never_erased(city: City) -> None:
    city.handling(**person())
    city.turn(days=20 * 365)
    assert pass_(city) == 0


def test_a_number_stays_while_another_complaint_needs_it(city: City) -> None:
    old = city.receive(**person()).number
    with city.work("olga") as work:
        accepting.decline(work, old, "属供电公司职责", "95598")
    city.turn(days=3 * 365 + 2)
    new = city.receive(**person(text="大桥路下水道堵塞")).number
    pass_all(city)
    complaint = city.rows(sa.select(Complaint).where(Complaint.number == new))[0]
    citizen = city.rows(sa.select(Citizen).where(Citizen.id == complaint.citizen_id))[0]
    assert city.office.vault.open(citizen.phone_sealed) == PHONE
    assert citizen.erased_at is None


def test_of_who_wants_no_texts_the_fingerprint_stays_and_is_respected(city: City) -> None:
    number = city.receive(**person()).number
    with city.office.session() as session:
        session.execute(sa.update(Citizen).values(opted_out_at=city.now))
    with city.work("olga") as work:
        accepting.decline(work, number, "属供电公司职责", "95598")
    city.turn(days=3 * 365 + 2)
    pass_all(city)
    (citizen,) = city.rows(sa.select(Citizen))
    assert (citizen.phone_sealed, citizen.phone_masked) == (None, None)
    assert citizen.phone_print == city.office.vault.fingerprint(PHONE)
    city.receive(**person(text="大桥路下水道堵塞"))
    (citizen,) = city.rows(sa.select(Citizen))
    assert city.office.vault.open(citizen.phone_sealed) == PHONE, "a new complaint gives the number anew"
    assert citizen.opted_out_at is not None
    assert city.rows(sa.select(Message).where(Message.state == MessageState.QUEUED)) == []


def test_of_two_on_one_ticket_each_goes_in_its_time(city: City) -> None:
    first = city.accepted(**person(source=Source.PETITION))
    him = {"text": "我叫李四光，路灯不亮", "name": "李四光", "phone": "+8613912340000"}
    second = city.accepted(**person(**him))
    with city.work("dora") as work:
        merging.merge(work, second, first)
    with city.work("olga") as work:
        accepting.decline(work, first, "属供电公司职责", "95598")
    city.turn(days=1097)
    pass_all(city)
    left = everything(city)
    assert "李四光" not in left
    assert "张伟" in left
    city.turn(days=7 * 366)
    pass_all(city)
    assert "张伟" not in everything(city)
    assert city.scalar(sa.select(sa.func.count()).where(Ticket.erased_at.is_(None))) == 0, "the merged copy, too"


def test_photos_go_from_the_disk_unless_somebody_else_has_sent_the_same(city: City) -> None:
    one = closed(city)
    two = city.receive(**person(phone="+8613912340000")).number
    with city.work("citizen") as work:
        complaint = citizens.find_complaint(work, two)
        assert complaint is not None
        attaching.store(work, complaint_id=complaint.id, name="b.jpg", data=photo(), by_citizen=True)
    files = [path for path in city.office.files.rglob("*") if path.is_file()]
    assert len(files) == 1
    city.turn(days=3 * 365 + 2)
    pass_all(city)
    with city.work() as work:
        assert shredding.shred(work) == 1
    assert files[0].exists(), f"{two} still shows it, {one} does not"
    with city.work("olga") as work:
        accepting.decline(work, two, "属供电公司职责", "95598")
    city.turn(days=3 * 365 + 2)
    pass_all(city)
    os.utime(files[0], (city.now.timestamp(),) * 2)  # as if it had just been sent again
    with city.work() as work:
        assert shredding.shred(work) == 0
    os.utime(files[0], (0, 0))
    with city.work() as work:
        assert shredding.shred(work) == 1
    assert not files[0].exists()
    assert city.rows(sa.select(Attachment.digest)) == [None, None]


def test_a_pass_that_is_killed_has_done_nothing_and_is_done_again(city: City) -> None:
    closed(city)
    city.turn(days=3 * 365 + 2)
    with pytest.raises(KeyboardInterrupt), city.work() as work:
        erasing.erase_due(work)
        raise KeyboardInterrupt
    assert "张伟" in everything(city)
    pass_all(city)
    assert "张伟" not in everything(city)


def test_calls_and_texts_that_belong_to_nothing_go_after_half_a_year(city: City) -> None:
    vault = city.office.vault
    with city.office.session() as session:
        session.add(
            Draft(
                state=DraftState.ANSWERED, centre_id=city.unit_id("center"), format="dialogue", encoding="utf-8",
                source_sealed=vault.seal(SAID), content_sealed=vault.seal("{}"), warnings=[{"text": SAID}],
                called_at=city.now, received_at=city.now, sent_by="接口", answer="已告知张伟先生", settled_at=city.now,
            )
        )  # fmt: skip
    with city.work() as work:
        messaging.write(work, "help", work.rules.wordings.write("help"), caller=PHONE)
    city.turn(days=180)
    with city.work() as work:
        assert (erasing.erase_calls(work), erasing.erase_messages(work)) == (0, 0)
    city.turn(days=10)
    with city.work() as work:
        assert (erasing.erase_calls(work), erasing.erase_messages(work)) == (1, 1)
        assert (erasing.erase_calls(work), erasing.erase_messages(work)) == (0, 0)
    assert "张伟" not in everything(city)
    assert vault.fingerprint(PHONE) not in everything(city)


def figures_of(city: City) -> object:
    """All that the month says, and the list of every promise behind it."""
    with city.work("lena", now=city.now) as work:
        return reporting.monthly(work, "2026-10"), list(exporting.deadlines(work, "2026-10"))


@given(marks=st.lists(st.tuples(st.booleans(), st.sampled_from(["", "secret", "leader"])), min_size=1, max_size=4))
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_figures_are_the_same_before_and_after(city: City, marks: list[tuple[bool, str]]) -> None:
    for ended, kind in marks:
        more = {"confidential": kind == "secret", "source": Source.LEADER if kind == "leader" else Source.CITIZEN}
        if ended:
            closed(city, **more)
        else:
            city.handling(**person(**more))
    city.turn(days=12 * 365)
    before = figures_of(city)
    pass_all(city)
    assert figures_of(city) == before
    city.now -= timedelta(days=12 * 365)
