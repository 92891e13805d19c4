"""时限政策: a copy is changed field by field, measured on a month that was, put in force on a day, taken back."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from io import BytesIO
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.actors import SYSTEM
from hotline.domain.errors import NotFound, Refused
from hotline.domain.policy_fields import values_of
from hotline.models import (
    CaseStandard,
    Category,
    Change,
    Deadline,
    DeadlineKind,
    PolicyVersion,
    Source,
    Staff,
    Ticket,
    Urgency,
)
from hotline.services import (
    accepting,
    amending,
    assigning,
    checking,
    extending,
    foreseeing,
    handling,
    pausing,
    replying,
)
from tests.city import City, at
from tests.desk import Page, Person, make_app

STRICTER = {
    "accept.normal": "30 工作分钟",
    "handle.normal": "2 个工作日",
    "handle.urgent": "48 紧急工作时",
    "handle.types.question": "1 个工作日",
    "sources.media.normal.handle": "1 个工作日",
    "paces.office.reply": "6 工作时",
    "survey.wait": "12 紧急工作时",
    "survey.limit": "2 个自然日",
    "paces.working.close": "5 个工作日",
}


class Matter(NamedTuple):
    """One matter of the month, as it went: hours from one step to the next."""

    urgency: Urgency = Urgency.NORMAL
    source: Source = Source.CITIZEN
    standard: bool = False
    accept: float = 0.25
    dispatch: float = 0.25
    submit: float = 24
    extended: bool = False
    paused: bool = False


MONTH = (
    Matter(),
    Matter(accept=1),
    Matter(submit=96),
    Matter(submit=96, extended=True),
    Matter(submit=72, paused=True),
    Matter(submit=240),
    Matter(urgency=Urgency.URGENT, submit=30),
    Matter(source=Source.MEDIA, submit=50),
    Matter(standard=True, submit=50),
    Matter(accept=30, dispatch=2, submit=120),
)


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def play(city: City) -> list[str]:
    """The month from its first Monday on; the numbers in its order."""
    numbers = []
    for place, matter in enumerate(MONTH):
        city.now = at("2026-10-12 09:00") + timedelta(hours=24 * (place % 4))
        numbers.append(_play(city, matter, place))
    city.now = at("2026-11-20 09:00")
    return numbers


def _play(city: City, matter: Matter, place: int) -> str:
    number = city.receive(text=f"人民路{place + 1}号门前的路灯不亮了", source=matter.source).number
    standard = None
    if matter.standard:
        standard = city.rows(sa.select(CaseStandard).where(CaseStandard.limit_text == "5 working_days"))[0]
    city.turn(hours=matter.accept)
    with city.work("olga") as work:
        settled = accepting.Classification(urgency=matter.urgency)
        if standard is not None:
            settled = accepting.Classification(category_id=standard.category_id, case_standard_id=standard.id)
        accepting.accept(work, number, settled)
    city.turn(hours=matter.dispatch)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    city.turn(minutes=10)
    with city.work("hans") as work:
        handling.sign(work, number)
        if matter.extended:
            extending.request(work, number, "等待配件，预计三日后完成")
    if matter.extended:
        with city.work("sven") as work:
            extending.decide(work, number, True, "同意")
    if matter.paused:
        with city.work("hans") as work:
            pausing.request(work, number, "等待天气转好", city.now.date() + timedelta(days=2))
        with city.work("sven") as work:
            pausing.decide(work, number, True, "同意")
        city.turn(days=2, hours=1)
        with city.work("hans") as work:
            pausing.resume(work, number)
    city.turn(hours=matter.submit)
    with city.work("hans") as work:
        handling.submit(work, number, "灯头已经更换，恢复照明。")
    city.turn(minutes=20)
    with city.work("sven") as work:
        checking.approve(work, number)
    city.turn(minutes=20)
    with city.work("olga") as work:
        replying.reply(work, number, "您反映的路灯已修复，感谢监督。联系电话0320-0002101。")
    return number


def late(city: City, numbers: list[str]) -> Counter[tuple[int, str]]:
    """What was late of them, by place and kind."""
    with city.office.session() as session:
        rows = session.execute(
            sa.select(Ticket.number, Deadline).join(Deadline, Deadline.ticket_id == Ticket.id)
            .where(Ticket.number.in_(numbers), Deadline.void_at.is_(None), Deadline.kind.in_(foreseeing.KINDS))
        ).all()  # fmt: skip
    return Counter(
        (numbers.index(number), row.kind.value)
        for number, row in rows
        if (row.met_at or row.offered_at or city.now) > row.due_at
    )


def draft(city: City, **changed: str) -> amending.Draft:
    with city.work("adam") as work:
        held = amending.begin(work, work.rules.policy_at(work.now)[0])
        return amending.save(work, values_of(held.policy) | changed, held.turn)


def count_on(city: City) -> None:
    more = True
    while more:
        with city.work(SYSTEM) as work:
            more = foreseeing.go_on(work)


def test_the_measure_is_what_the_month_would_really_have_been(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreseeing, "BATCH", 4)
    first = play(city)
    was = late(city, first)
    held = draft(city, **STRICTER)
    with city.work("adam") as work:
        foreseeing.ask(work, held.turn, "2026-10")
    count_on(city)
    with city.work("adam") as work:
        found = foreseeing.result(work)
    assert found is not None and found["state"] == "done" and found["seen"] == found["total"] == len(MONTH)

    city.now = at("2026-10-12 08:00")  # the month once more, under that policy
    with city.work("adam") as work:
        version = amending.publish(work, "从严", at("2026-10-12 08:00").date(), held.turn)
    city.office.forget_rules()
    second = play(city)
    assert city.ticket(second[0]).policy_version_id == version.id
    would = late(city, second)

    def by_kind(counted: Counter[tuple[int, str]]) -> dict[str, int]:
        return dict(Counter(kind for _, kind in counted.elements()))

    assert found["more"] == by_kind(would - was) and found["fewer"] == by_kind(was - would)
    assert {"accept", "handle"} <= found["more"].keys() and found["fewer"]["handle"] >= 1
    told = {(first.index(line["number"]), line["kind"]) for line in found["lines"] if line["late"]}
    assert told == (would - was).keys()
    assert sum(sum(counts) for counts in found["units"].values()) == len(found["lines"])


def test_the_same_policy_changes_nothing(city: City) -> None:
    play(city)
    held = draft(city)
    with city.work("adam") as work:
        foreseeing.ask(work, held.turn, "2026-10")
    count_on(city)
    with city.work("adam") as work:
        found = foreseeing.result(work)
    assert found is not None and (found["state"], found["more"], found["fewer"]) == ("done", {}, {})


def begun(person: Person) -> Page:
    page = person.open("/desk/rules/policy")
    assert person.send(page.form("/draft")).status == 303
    return person.open("/desk/rules/policy/draft")


def test_a_version_is_drafted_reviewed_published_and_taken_back(city: City, app: Flask) -> None:
    number = city.handling()
    adam = Person(app, "adam")
    page = begun(adam)
    wrong = adam.send(page.form("/draft"), **{"handle.normal": "三五天", "returns.times": "一"})
    assert wrong.status == 422 and "例如：4 工作时、5 个工作日" in wrong.text
    assert wrong.form("/draft").values["handle.normal"] == ["三五天"]
    saved = adam.send(wrong.form("/draft"), **{"handle.normal": "4 个工作日", "returns.times": "1"})
    assert saved.status == 303
    ladder = adam.open("/desk/rules/policy/draft/ladder").form("/ladder")
    assert ladder.values["ladder.order.copies"] == ["unit_head"]
    assert adam.send(ladder, **{"ladder.order.deduction": "2"}).status == 303
    review = adam.open("/desk/rules/policy/draft/review")
    for told in ("处理：一般 原为 5个工作日 → 改为 4个工作日", "原为 2 → 改为 1", "第二级：扣分 原为 1 → 改为 2"):
        assert told in review.text, told
    measured = adam.send(review.form("/what-if"), month="2026-10")
    assert measured.status == 303
    review = adam.open("/desk/rules/policy/draft/review")
    assert "按此政策，该月的超期没有变化" in review.text and review.form("/what-if").values["month"] == ["2026-10"]
    nothing = adam.send(review.form("/publication"))
    assert nothing.status == 422 and "请写版本名称" in nothing.text and "请选择生效日期" in nothing.text
    past = adam.send(review.form("/publication"), name="2027年政策", effective_from="2026-10-11")
    assert past.status == 422 and "不能早于今天" in past.text
    assert past.form("/publication").values["name"] == ["2027年政策"]
    assert adam.send(past.form("/publication"), effective_from="2026-10-20").status == 303
    policy_id = city.ticket(number).policy_version_id
    shown = adam.open("/desk/rules/policy")
    assert "2027年政策" in shown.text and "待生效" in shown.text and "草稿" not in shown.text
    new = city.rows(sa.select(PolicyVersion).order_by(PolicyVersion.id.desc()))[0]
    counted = sa.select(sa.func.count()).select_from(CaseStandard)
    assert city.scalar(counted.where(CaseStandard.policy_version_id == new.id)) == 519
    assert city.ticket(city.handling()).policy_version_id == policy_id, "not yet"
    (change,) = city.rows(sa.select(Change).where(Change.subject == "policy"))
    assert "处理：一般：5个工作日 → 4个工作日" in change.after["differences"]
    undone = adam.send(adam.open("/desk/changes").form(f"/{change.id}/reversal"))
    assert "已撤销" in adam.open(undone.response.headers["Location"]).text
    gone = adam.open("/desk/rules/policy")
    assert "2027年政策" not in gone.text
    assert adam.send(gone.form("/revival")).status == 303
    revived = adam.open("/desk/rules/policy/draft/review")
    assert "处理：一般 原为 5个工作日 → 改为 4个工作日" in revived.text, "what was written is not lost with its version"
    assert adam.send(revived.form("/discard")).status == 303
    assert adam.send(adam.open("/desk/rules/policy").form("/revival")).status == 303, "nor with the draft"
    assert "第二级：扣分" in adam.open("/desk/rules/policy/draft/review").text


def test_what_is_in_force_stays_and_a_ticket_keeps_its_version(city: City, app: Flask) -> None:
    old = city.handling()
    held = draft(city, **{"handle.normal": "3 个工作日"})
    with city.work("adam") as work:
        version = amending.publish(work, "当日生效", at("2026-10-12 09:00").date(), held.turn)
    city.office.forget_rules()
    new = city.handling()
    assert city.ticket(new).policy_version_id == version.id != city.ticket(old).policy_version_id
    assert city.deadlines(new, DeadlineKind.HANDLE)[-1].limit_text == "3 working_days"
    assert city.deadlines(old, DeadlineKind.HANDLE)[-1].limit_text == "5 working_days"
    with pytest.raises(Refused), city.work("adam") as work:
        amending.withdraw(work, version.id)
    (change,) = city.rows(sa.select(Change).where(Change.subject == "policy"))
    adam = Person(app, "adam")
    told = adam.send(adam.open("/desk/changes").form(f"/{change.id}/reversal"))
    assert "已经生效" in adam.open(told.response.headers["Location"]).text


def test_of_two_who_draft_at_once_the_second_is_told_and_loses_nothing(city: City, app: Flask) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "olga").values(roles=["administrator"]))
    adam, olga = Person(app, "adam"), Person(app, "olga")
    first, second = begun(adam).form("/draft"), olga.open("/desk/rules/policy/draft").form("/draft")
    assert adam.send(first, **{"handle.normal": "4 个工作日"}).status == 303
    told = olga.send(second, **{"handle.urgent": "12 紧急工作时"})
    assert told.status == 409 and "何管理刚刚改过这份草稿" in told.text
    assert "草稿现在是“4个工作日”，您填的是“5个工作日”" in told.text
    assert told.form("/draft").values["handle.urgent"] == ["12 紧急工作时"]
    assert olga.send(told.form("/draft"), **{"handle.normal": "4 个工作日"}).status == 303
    review = olga.open("/desk/rules/policy/draft/review").text
    assert "改为 4个工作日" in review and "改为 12紧急工作时" in review


def test_conditions_are_changed_in_the_draft_and_hold_with_the_version(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    read = adam.open("/desk/rules/standards?category=B0101")
    assert "缺失、移位、开裂" in read.text and not read.offers("/rules/standards")
    begun(adam)
    form = adam.open("/desk/rules/standards?version=draft&category=B0101&number=1").form("/rules/standards")
    assert form.values["limit"] == ["2紧急工作时"]
    wrong = adam.send(form, limit="马上")
    assert wrong.status == 422 and "请写数量和单位" in wrong.text
    assert adam.send(wrong.form("/rules/standards"), limit="1 紧急工作时").status == 303
    page = adam.open("/desk/rules/standards?version=draft&category=B0101&number=4")
    assert "已改" in page.text
    assert adam.send(page.form("/rules/standards"), remove="yes").status == 303
    book = adam.client.get("/desk/rules/standards.xlsx?version=draft")
    assert book.status_code == 200 and book.data[:2] == b"PK"
    held = adam.open("/desk/rules/standards?version=draft").form("/standards/import?version=draft").values
    lines = "category_code,number,condition,closing,limit\nB0102,1,没有了,补好,3 工作时\nXX,1,a,b,1 天\n"

    def sent(text: str) -> Page:
        file = {"file": (BytesIO(text.encode()), "a.csv")}
        return Page(adam.client.post("/desk/rules/standards/import?version=draft", data=held | file))

    faulty = sent(lines)
    assert faulty.status == 422 and "第 3 行：没有代码为“XX”的类别" in faulty.text
    assert sent(lines.rpartition("XX")[0]).status == 303
    review = adam.open("/desk/rules/policy/draft/review")
    assert "上水井盖第4条：删除" in review.text and "3工作时" in review.text
    today = city.now.date().isoformat()
    assert adam.send(review.form("/publication"), name="新条件", effective_from=today).status == 303
    newest = city.rows(sa.select(PolicyVersion).order_by(PolicyVersion.id.desc()))[0].id
    query = sa.select(CaseStandard).join(Category, Category.id == CaseStandard.category_id)
    rows = city.rows(query.where(Category.code == "B0101", CaseStandard.policy_version_id == newest))
    assert sorted((row.number, row.limit_text) for row in rows)[0] == (1, "1 urgent_hours") and len(rows) == 3


def test_others_find_no_page_and_a_county_only_reads(city: City, app: Flask) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "cora").values(roles=["administrator"]))
    cora, olga = Person(app, "cora"), Person(app, "olga")
    read = cora.open("/desk/rules/policy")
    assert read.status == 200 and not read.offers("/draft") and "5个工作日" in read.text
    for path in ("policy/draft", "policy/draft/ladder", "policy/draft/review"):
        assert cora.open(f"/desk/rules/{path}").status == 404, path
        assert olga.open(f"/desk/rules/{path}").status == 404, path
    token = next(form.values["csrf_token"] for form in read.forms if "csrf_token" in form.values)
    answer = cora.client.post("/desk/rules/policy/1/draft", data={"csrf_token": token})
    assert answer.status_code == 404 and city.scalar(sa.select(sa.func.count()).select_from(PolicyVersion)) == 1
    with pytest.raises(NotFound), city.work("cora") as work:
        amending.begin(work, 1)
