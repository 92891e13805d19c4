"""学习: what the city decides is learned from, covered, tried on held-back tickets, and told with its reasons."""

from __future__ import annotations

import itertools
import multiprocessing
from collections.abc import Iterator, Sequence
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.learned import Learned, pack
from hotline.domain.lessons import Lesson, Sample
from hotline.models import Assignment, Category, Channel, Complaint, LearnedModel, ModelKind, RequestType, Ticket
from hotline.services import accepting, learning, receiving, suggesting
from tests.city import City, at
from tests.desk import Person, make_app
from tests.work import shift_of
from workers import lessons

#: What people of this city say, which nobody elsewhere understands, and how its staff file it.
SAID = {
    "R0603": ("夜明珠又瞎火", "那颗夜明珠熄火", "夜明珠整条都熄"),
    "R0602": ("铁乌龟张嘴了", "铁乌龟被偷走", "铁乌龟咣咣"),
    "R1103": ("绿毯子秃头了", "绿毯子被啃光", "绿毯子铲没"),
}
#: Words that tell nothing, so that no two texts are copies of each other.
ROUND_IT = [
    f"{one}{other}" for one, other in itertools.product(["昨儿", "今儿", "前儿", "打早", "傍黑"], "甲乙丙丁戊己庚辛")
]


@pytest.fixture(scope="module")
def training() -> ModuleType:
    """Loaded here and not above: it brings the library, which who only looks for tests need not wait for."""
    from hotline.services import training

    return training


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small city learns, too, so that these tests are short."""
    monkeypatch.setattr(learning, "FEWEST_TICKETS", 60)


def decide(city: City, text: str, code: str, **columns: Any) -> str:
    """A complaint that staff have accepted under that category; its number. `columns`: of the ticket."""
    receipt = city.receive(text, phone=columns.pop("phone", ""), name=columns.pop("name", ""))
    category = city.scalar(sa.select(Category.id).where(Category.code == code))
    values = {"state": "accepted", "accepted_at": city.now, "category_id": category} | columns
    with city.office.session() as session:
        session.execute(sa.update(Ticket).where(Ticket.id == receipt.ticket_id).values(**values))
    return receipt.number


def live(city: City, many: int) -> None:
    """So many tickets of each kind, each by another caller, accepted under the category of their kind."""
    calls: Iterator[int] = itertools.count(city.scalar(sa.select(sa.func.count(Ticket.id))))
    received: dict[str, list[int]] = {code: [] for code in SAID}
    with city.work("citizen") as work:  # all at once: a transaction for each takes twice as long
        for number in range(many):
            for code, said in SAID.items():
                call = next(calls)
                text = f"{ROUND_IT[call % 40]}{said[number % 3]}{ROUND_IT[(call * 7 + 3) % 40]}"
                intake = receiving.Intake(text=text, channel=Channel.WEB, phone=f"+86138{call:08}", name="")
                received[code].append(receiving.receive(work, intake).ticket_id)
    with city.office.session() as session:
        for code, tickets in received.items():
            category = sa.select(Category.id).where(Category.code == code).scalar_subquery()
            values = {"state": "accepted", "accepted_at": city.now, "category_id": category}
            session.execute(sa.update(Ticket).where(Ticket.id.in_(tickets)).values(**values))


def learned(city: City) -> list[LearnedModel]:
    return city.rows(sa.select(LearnedModel).where(LearnedModel.kind == ModelKind.CATEGORY).order_by(LearnedModel.id))


def texts(held: Lesson) -> list[str]:
    return [sample.text for sample in [*held.samples, *held.held_back]]


class TestWhatIsLearnedFrom:
    def test_what_a_person_decided_and_what_stands(self, city: City) -> None:
        decide(city, "桩一", "R0603")
        decide(city, "桩二", "R0603", state="received", accepted_at=None)
        decide(city, "桩三", "R0603", state="declined")
        decide(city, "桩四", "R0603", state="voided")
        decide(city, "桩五", "R0603", category_guessed=True)
        decide(city, "桩六", "R0603", category_id=None)
        with city.work() as work:
            assert texts(learning.lesson(work, ModelKind.CATEGORY)) == ["桩一"]

    def test_nothing_that_is_confidential_reported_or_erased(self, city: City) -> None:
        decide(city, "密一", "R0603", confidential=True)
        decide(city, "密二", "R0603", request_type=RequestType.REPORT)
        decide(city, "密三", "R0603", erased_at=city.now)
        number = decide(city, "密四", "R0603")
        with city.office.session() as session:
            session.execute(sa.update(Complaint).where(Complaint.number == number).values(confidential=True))
        with city.work() as work:
            assert texts(learning.lesson(work, ModelKind.CATEGORY)) == []

    def test_nobody_is_named_in_it(self, city: City) -> None:
        said = "我叫欧阳震华，电话13912345678，住3栋2单元401，冯市政没来，欧阳震华又打了电话"
        decide(city, said, "R0603", phone="+8613912345678", name="欧阳震华")
        with city.work() as work:
            (text,) = texts(learning.lesson(work, ModelKind.CATEGORY))
        assert "又打了电话" in text
        assert not any(told in text for told in ("欧阳", "震华", "13912345678", "401", "冯市政"))

    def test_of_units_only_who_handled_it_in_the_end(self, city: City) -> None:
        number = city.resolved(text="桩一")
        city.handling(text="桩二")
        with city.office.session() as session:
            ticket = session.scalar(sa.select(Ticket.id).where(Ticket.number == number))
            session.execute(
                sa.insert(Assignment).values(
                    ticket_id=ticket, round=1, part="lead", unit_id=city.unit_id("parks"), unit_path="x",
                    assigned_at=city.now, ended_at=city.now, ending="returned",
                )
            )  # fmt: skip
        with city.work() as work:
            held = learning.lesson(work, ModelKind.UNIT)
        assert [sample.label for sample in [*held.samples, *held.held_back]] == [str(city.unit_id("lamps"))]


def test_a_word_is_learned_only_if_many_have_said_it(training: ModuleType) -> None:
    """Nobody's own words are in a model: not those of four callers, however often they say them."""
    common = [Sample(f"路灯{each}", "1", voice) for voice, each in enumerate("甲乙丙丁戊己庚辛")]
    few = [Sample("独角兽跑了", "2", voice % 4) for voice in range(20)]
    assert "路灯" in training.common_features(common + few)
    assert not any("兽" in feature for feature in training.common_features(common + few))
    fitted = training.fit(common + few)
    assert fitted is not None and not any("兽" in feature for feature in fitted.features)


def test_who_leaves_no_number_is_one_voice_however_often(city: City, training: ModuleType) -> None:
    """Eight letters of one writer who gives another name each time teach nobody's name."""
    for number, around in enumerate(ROUND_IT):
        decide(city, f"{around}路灯不亮{number}", "R0603", phone=f"+86138{number:08}")
    for number, around in enumerate(ROUND_IT[:8]):
        decide(city, f"{around}都是徐海涛干的，{ROUND_IT[-number - 1]}", "R0602", name=f"匿名{number}")
    with city.work() as work:
        held = learning.lesson(work, ModelKind.CATEGORY)
    common = training.common_features([*held.samples, *held.held_back])
    assert "路灯不亮" in common and not any("海涛" in feature for feature in common)


def test_the_model_is_tuned_on_no_copy_of_what_it_has_learned(
    training: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = [
        Sample(f"{said}{number}", code, number) for number in range(300) for code, said in (("1", "灯"), ("2", "盖"))
    ]
    copies = [number if number < 555 else number - 555 for number in range(600)]
    tuned: list[Sample] = []

    def tune(guesser: object, learned: object, latest: Sequence[Sample], say: float) -> tuple[float, float]:
        tuned.extend(latest)
        return 4.0, say

    monkeypatch.setattr(training, "_tune", tune)
    training.train(Lesson(samples, copies, []))
    assert tuned == samples[510:555]


def test_the_reader_scores_as_the_library_does(training: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    taught: dict[str, Any] = {}

    class Watched(training.LinearSVC):  # type: ignore[name-defined]
        def fit(self, values: Any, labels: Any) -> Any:
            taught.update(machine=self, values=values)
            return super().fit(values, labels)

    monkeypatch.setattr(training, "LinearSVC", Watched)
    samples = [
        Sample(f"{ROUND_IT[number % 40]}{said[number % 3]}", code, number * 3 + place, (f"area:{number % 2}",))
        for number in range(20)
        for place, (code, said) in enumerate(SAID.items())
    ]
    fitted = training.fit(samples)
    assert fitted is not None
    read = Learned(pack(fitted))
    decided = taught["machine"].decision_function(taught["values"])
    for sample, row in zip(samples, decided, strict=True):
        assert read.hear(sample.text, sample.tokens).scores == pytest.approx(list(row), abs=2e-3)


def test_a_night_and_what_comes_of_it(city: City) -> None:
    """Learned, adopted because it is better, used at once, explained; the next night keeps what is no worse."""
    live(city, 60)
    with city.work("olga") as work:
        assert suggesting.for_staff(work, "我家门口夜明珠瞎了") == []
    assert lessons.hold(shift_of(city)) == 1  # nobody has handled anything yet
    (row,) = learned(city)
    assert (row.tickets, row.held_back) == (144, 36)
    assert row.adopted_at == city.now and "前三命中由0.0%变为" in row.verdict
    assert (row.before_top1, row.before_top3) == (0, 0) and row.top3 > 0.9
    assert lessons.hold(shift_of(city)) == 0, "once a night"

    city.turn(minutes=1)  # the rules are looked at every half minute
    with city.work("olga") as work:
        first, *_ = suggesting.for_staff(work, "我家门口夜明珠瞎了，也没个人管")
    assert first.name == "路灯不亮" and first.score > 0.5
    assert any("夜明珠" in reason and "件此类工单" in reason for reason in first.reasons)
    assert len(first.precedents) == 3
    with city.work("citizen") as work:
        assert suggesting.categories(work, "夜明珠瞎了")[0].name == "路灯不亮"

    city.turn(days=1)
    assert lessons.hold(shift_of(city)) == 1
    kept, newer = learned(city)
    assert newer.adopted_at is None and "没有明显更好" in newer.verdict
    assert kept.body and not newer.body

    page = Person(make_app(city), "adam").open("/desk/learning")
    assert page.status == 200 and newer.verdict in page.text and "已采用" in page.text


def test_a_model_that_is_no_better_is_not_used(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the words of the standard know is not learned anew; labels by dice teach nothing."""
    for number in range(75):
        decide(
            city, f"{ROUND_IT[number % 40]}路灯不亮{ROUND_IT[(number * 7) % 40]}", "R0603", phone=f"+86138{number:08}"
        )
    lessons.hold(shift_of(city))
    (row,) = learned(city)
    assert row.adopted_at is None and row.body == b"" and row.verdict.startswith("未采用")
    with city.work() as work:
        assert learning.due(work) == []


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2026-10-12 02:59", "2026-10-11 03:00"),
        ("2026-10-12 03:00", "2026-10-12 03:00"),
        ("2026-10-12 23:00", "2026-10-12 03:00"),
    ],
)
def test_a_night_begins_at_three_in_city_time(city: City, now: str, night: str) -> None:
    with city.work() as work:
        assert learning.last_night(at(now), work.rules.zone) == at(night)


def test_the_process_is_started_only_for_a_lesson_that_is_due(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []

    class Process:
        def __init__(self, name: str, **_: object) -> None:
            self.name = name

        def start(self) -> None:
            started.append(self.name)

    context = type("Context", (), {"Process": Process})
    monkeypatch.setattr(multiprocessing, "get_context", lambda method: context)
    lessons.begin(shift_of(city))
    assert started == []
    live(city, 20)
    lessons.begin(shift_of(city))
    assert started == [lessons.NAME]
    monkeypatch.setattr(multiprocessing, "active_children", lambda: [Process(lessons.NAME)])
    lessons.begin(shift_of(city))
    assert started == [lessons.NAME]


class TestReasons:
    def test_on_the_first_day_are_the_words_and_the_standard(self, city: City) -> None:
        with city.work("olga") as work:
            first, *_ = suggesting.for_staff(work, "香溪路的路灯倾斜，快倒地了")
        assert (first.code, first.parent) == ("R0603", "道路设施")
        assert first.reasons[0].startswith("写到了“") and "路灯" in first.reasons[0]
        assert any(reason.startswith("立案条件：") and "倾斜" in reason for reason in first.reasons)
        assert first.case_standard_id is not None and 0 < first.score < 1

    def test_what_is_out_of_use_is_not_suggested_though_it_was_learned(self, city: City) -> None:
        live(city, 60)
        lessons.hold(shift_of(city))
        with city.office.session() as session:
            session.execute(sa.update(Category).where(Category.code == "R0603").values(active=False))
        city.turn(minutes=1)
        with city.work("olga") as work:
            assert "R0603" not in [each.code for each in suggesting.for_staff(work, "夜明珠瞎火，铁乌龟张嘴了")]

    def test_precedents_are_those_that_the_reader_may_see(self, city: City) -> None:
        mine = decide(city, "大桥路口路灯不亮", "R0603")
        decide(city, "东大街的路灯不亮", "R0603", confidential=True)
        decide(city, "西大街的路灯不亮", "R0603", category_guessed=True)
        with city.work("olga") as work:
            assert suggesting.for_staff(work, "南门路灯不亮")[0].precedents == [mine]
            ticket = work.session.scalar(sa.select(Ticket).where(Ticket.number == mine))
            assert ticket is not None
            assert suggesting.for_staff(work, "南门路灯不亮", exclude_ticket_id=ticket.id)[0].precedents == []
        with city.work("hans") as work:
            assert suggesting.for_staff(work, "南门路灯不亮")[0].precedents == []

    def test_what_a_place_is_called_is_no_word_of_the_matter(self, city: City) -> None:
        with city.work("olga") as work:
            names = [each.name for each in suggesting.for_staff(work, "人民公园门口路灯不亮", "人民公园门口")]
        assert names[0] == "路灯不亮" and "公园管理" not in names


def test_a_guess_is_marked_until_somebody_has_looked(city: City) -> None:
    number = city.receive("香溪路路灯不亮", category_id=1, category_guessed=True).number
    assert "类别（系统建议，待核对）" in Person(make_app(city), "olga").ticket(number).text
    with city.work("olga") as work:
        accepting.accept(work, number)
    assert not city.ticket(number).category_guessed


def test_units_are_told_by_words_and_category(city: City) -> None:
    lamps, parks = city.unit_id("lamps"), city.unit_id("parks")
    with city.work() as work:
        assert learning.units_for(work, "夜明珠熄了", "", None, {lamps, parks}) == []
    live(city, 60)
    with city.office.session() as session:
        for code, unit in (("R0603", lamps), ("R0602", lamps), ("R1103", parks)):
            handled = (
                sa.select(
                    Ticket.id, sa.literal(1), sa.literal("lead"), sa.literal(unit), sa.literal("x"), Ticket.received_at,
                    Ticket.received_at, sa.literal("submitted"),
                )
                .join(Category)
                .where(Category.code == code)
            )  # fmt: skip
            columns = ["ticket_id", "round", "part", "unit_id", "unit_path", "assigned_at", "ended_at", "ending"]
            session.execute(sa.insert(Assignment).from_select(columns, handled))
        session.execute(sa.update(Ticket).values(category_id=None))
    lessons.hold(shift_of(city))
    (row,) = city.rows(sa.select(LearnedModel))
    assert row.kind is ModelKind.UNIT and row.adopted_at is not None, row.verdict
    city.now += timedelta(minutes=1)
    with city.work() as work:
        (unit, share, words), *_ = learning.units_for(work, "街心的绿毯子给铲没了", "", None, {lamps, parks})
    assert unit == parks and share > 0.5 and "绿毯子" in words[0]
