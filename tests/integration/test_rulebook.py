"""The rules are data: seeded once, replaced by a version, and a new calendar recounts what is open and says so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.calendars import CHINA, read_mapping
from config.categories import load_categories
from config.policy import load_case_standards, load_policy
from config.settings import load
from hotline.assembly import open_office
from hotline.bell import SilentBell
from hotline.cli import city as city_command
from hotline.cli import seed as seed_command
from hotline.domain.calendar import CalendarError
from hotline.domain.errors import Invalid
from hotline.models import CalendarVersion, CaseStandard, Category, DeadlineKind, Event, PolicyVersion, Staff, Unit
from hotline.services import rulebook, seeding
from migrations import upgrade
from tests.city import City, at

NOW = datetime(2026, 10, 12, 1, tzinfo=UTC)


def seed(session: Session, **changes: object) -> bool:
    """Seed with the project's files, some of them replaced."""
    parts = {
        "policy": load_policy(),
        "calendar": read_mapping(CHINA),
        "categories": load_categories(),
        "standards": load_case_standards(),
    }
    return seeding.seed_rules(session, now=NOW, **(parts | changes))  # type: ignore[arg-type]


def test_categories_keep_their_scheme_and_conditions_their_limit(city: City) -> None:
    cover = city.rows(sa.select(Category).where(Category.code == "B0101"))[0]
    assert (cover.name, cover.parent_name, cover.kind) == ("上水井盖", "公用设施", "部件")
    assert cover.scheme.startswith("GB/T 30428")
    limits = city.rows(sa.select(CaseStandard).where(CaseStandard.category_id == cover.id).order_by("number"))
    expected = ["2 urgent_hours", "4 office_hours", "2 working_days", "5 working_days"]
    assert [row.limit_text for row in limits] == expected
    assert city.scalar(sa.select(sa.func.count()).select_from(CaseStandard)) == 519


def test_the_limit_hangs_on_the_condition(city: City) -> None:
    from hotline.services import accepting, assigning

    number = city.receive(text="人行道上水井盖不见了，有人差点掉下去").number
    cover = city.rows(sa.select(Category).where(Category.code == "B0101"))[0]
    gone = city.rows(sa.select(CaseStandard).where(CaseStandard.category_id == cover.id, CaseStandard.number == 1))[0]
    with city.work("olga") as work, pytest.raises(Invalid):
        accepting.accept(work, number, accepting.Classification(category_id=cover.id, case_standard_id=999_999))
    with city.work("olga") as work:
        accepting.accept(work, number, accepting.Classification(category_id=cover.id, case_standard_id=gone.id))
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    handle = next(row for row in city.deadlines(number, DeadlineKind.HANDLE) if row.assignment_id)
    assert handle.due_at == at("2026-10-12 11:00"), "two urgent hours after nine"


def test_seeding_again_changes_nothing(city: City) -> None:
    counts = [sa.select(sa.func.count()).select_from(table) for table in (Category, PolicyVersion, CaseStandard)]
    before = [city.scalar(query) for query in counts]
    with city.office.session() as session:
        assert not seed(session)
    assert [city.scalar(query) for query in counts] == before


def test_a_new_notice_recounts_what_is_open_and_logs_it(city: City) -> None:
    waiting, done = city.handling(), city.replied()
    before = {kind: city.deadlines(waiting, kind)[0].due_at for kind in (DeadlineKind.HANDLE, DeadlineKind.REPLY)}
    settled = city.deadlines(done, DeadlineKind.HANDLE)[0].due_at
    notice = read_mapping(CHINA)
    notice["holidays"] = {**notice["holidays"], "2026-10-15": "城市纪念日"}
    with city.office.session() as session:
        assert seed(session, calendar=notice)
    assert seed_command.recount(city.office, city.now) > 0
    for kind, due in before.items():
        assert city.deadlines(waiting, kind)[0].due_at > due
    assert city.deadlines(waiting, DeadlineKind.HANDLE)[0].due_at == at("2026-10-20 18:00")
    assert city.deadlines(done, DeadlineKind.HANDLE)[0].due_at == settled, "what was kept stays as it was"
    (event,) = city.rows(sa.select(Event).where(Event.step == "recount"))
    moved = {change["kind"]: change["due_at"] for change in event.data["changes"]}
    assert datetime.fromisoformat(moved["handle"]) == at("2026-10-20 18:00")


def test_a_ticket_keeps_the_policy_it_was_accepted_under(city: City) -> None:
    old = city.accepted()
    stricter = load_policy().to_mapping()
    stricter["version"], stricter["effective_from"] = "2026-10-12", "2026-10-12"
    stricter["handle"]["normal"] = "1 working_days"
    for name in ("types",):
        stricter["handle"][name] = {}
    with city.office.session() as session:
        rulebook.store_policy(session, load_policy().from_mapping(stricter), city.now)
    city.office.forget_rules()
    new = city.accepted()
    assert city.ticket(old).policy_version_id != city.ticket(new).policy_version_id


def test_a_calendar_of_nonsense_is_not_stored(city: City) -> None:
    before = city.scalar(sa.select(sa.func.count()).select_from(CalendarVersion))
    with pytest.raises(CalendarError), city.office.session() as session:
        rulebook.store_calendar(session, {"timezone": "Mars/Base", "hours": {"mon": [["18:00", "08:00"]]}}, NOW)
    assert city.scalar(sa.select(sa.func.count()).select_from(CalendarVersion)) == before


def test_the_first_start_makes_one_centre_and_one_administrator(empty_database_url: str, tmp_path: Path) -> None:
    engine = sa.create_engine(empty_database_url, poolclass=sa.NullPool)
    upgrade(engine)
    settings = load({"HOTLINE_DATA": str(tmp_path), "DATABASE_URL": empty_database_url})
    office = open_office(settings, bell=SilentBell())
    changed, password = seed_command.seed(office, settings, NOW)
    assert password
    assert seed_command.seed(office, settings, NOW) == (False, None)
    with office.session() as session:
        assert session.scalars(sa.select(Unit.key)).all() == ["center"]
        assert session.execute(sa.select(Staff.login, Staff.must_change_password)).all() == [("admin", True)]
    assert not changed
    office.engine.dispose()


CITY = {
    "password": "first-password",
    "unit": [
        {"key": "center", "name": "某市城管服务中心", "kind": "centre"},
        {"key": "water", "name": "排水处", "kind": "department", "parent": "center", "duty_phone": "0351-1"},
        {"key": "pump", "name": "泵站", "kind": "station", "parent": "water"},
    ],
    "staff": [{"login": "wang", "name": "王五", "unit": "water", "roles": ["handler"]}],
}


def test_a_city_file_can_be_loaded_again_and_corrected(city: City) -> None:
    assert city_command.store(city.office, CITY, NOW) == (3, 1, 0)
    renamed = {**CITY, "unit": [*CITY["unit"][:2], {**CITY["unit"][2], "name": "城东泵站"}]}  # type: ignore[dict-item]
    city_command.store(city.office, renamed, NOW)
    (wang,) = city.rows(sa.select(Staff).where(Staff.login == "wang"))
    assert wang.must_change_password, "the first one stands in a file"
    (pump,) = city.rows(sa.select(Unit).where(Unit.key == "pump"))
    (water,) = city.rows(sa.select(Unit).where(Unit.key == "water"))
    assert (pump.name, pump.path) == ("城东泵站", f"{water.path}{pump.id}/")


@pytest.mark.parametrize(
    "fault",
    [
        {"unit": [{"key": "x", "name": "某处", "kind": "office", "parent": "center"}]},
        {"unit": [{"key": "x", "name": "某处", "kind": "station", "parent": "nowhere"}]},
        {"unit": [{"key": "second", "name": "另一个中心", "kind": "centre"}]},
        {"unit": [{"name": "无名"}]},
        {"staff": [{"login": "wang", "name": "王五", "unit": "nowhere", "roles": ["handler"]}], "password": "p"},
        {"staff": [{"login": "wang", "name": "王五", "unit": "center", "roles": ["king"]}], "password": "p"},
        {"staff": [{"login": "wang", "name": "王五", "unit": "center", "roles": []}], "password": "p"},
        {"staff": [{"login": "wang", "name": "王五", "unit": "center", "roles": ["handler"]}]},
    ],
)
def test_a_faulty_city_file_changes_nothing_and_says_why(city: City, fault: dict[str, object]) -> None:
    units = city.scalar(sa.select(sa.func.count()).select_from(Unit))
    with pytest.raises(Invalid):
        city_command.store(city.office, fault, NOW)
    assert city.scalar(sa.select(sa.func.count()).select_from(Unit)) == units
