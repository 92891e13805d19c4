"""核验: whoever changes anything of a frozen month, or of what it was counted from, is found out."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from hotline.cli import export, verify_reports
from hotline.models import MonthlyReport
from hotline.models.event import ERASING
from hotline.services import checking, handling
from hotline.services.month import sealing
from tests import histories
from tests.city import City, at
from tests.databases import Founded
from tests.freezing import freeze, sealed, verified
from tests.played import Played
from tests.recount import recount
from tests.reports import figures, same_as_recounted
from tests.watched import MARKET, register, watch

Tamper = Callable[[City], object]


def change(statement: str) -> Tamper:
    """As somebody does who is master of the database: no trigger sees it."""

    def done(city: City) -> None:
        with city.office.session() as session:
            session.execute(sa.text("SET LOCAL session_replication_role = replica"))
            assert session.execute(sa.text(statement)).rowcount > 0  # type: ignore[attr-defined]

    return done


def sealed_anew(report_id: int, statement: str) -> Tamper:
    """As a forger does: something changed, and the report with a checksum that fits it."""

    def done(city: City) -> None:
        change(statement)(city)
        with city.work() as work:
            report = work.session.get_one(MonthlyReport, report_id)
            report.checksum = sealing.checksum(work, report)

    return done


def scored(way: str, value: str) -> str:
    """Of the newest month, which nothing is chained to."""
    return f"UPDATE monthly_report SET figures = jsonb_set(figures, '{{{way}}}', '{value}', false) WHERE id = 3"


HANDLED = "report_id = 2 AND kind = 'handle'"
OF_OCTOBER = "id IN (SELECT deadline_id FROM monthly_report_item WHERE report_id = 2 AND kind = 'accept')"
TAMPERED: dict[str, tuple[Tamper, set[str]]] = {
    "an item": (
        change(f"UPDATE monthly_report_item SET met_at = due_at - interval '1 hour' WHERE {HANDLED}"),
        {"10 校验码", "10 数字", "10 得分", "10 时限", "10 台账"},
    ),
    "an item is gone": (
        change(f"DELETE FROM monthly_report_item WHERE {HANDLED}"),
        {"10 校验码", "10 数字", "10 时限"},
    ),
    "a case": (
        change("UPDATE monthly_report_case SET counted = NOT counted WHERE report_id = 2"),
        {"10 校验码", "10 数字"},
    ),
    "a figure": (
        change("UPDATE monthly_report SET figures = jsonb_set(figures, '{rates,rates,0,kept}', '7') WHERE id = 2"),
        {"10 校验码", "10 数字"},
    ),
    "the checksum": (
        change("UPDATE monthly_report SET checksum = repeat('0', 64) WHERE id = 2"),
        {"10 校验码", "11 链"},
    ),
    "the reason": (change("UPDATE monthly_report SET reason = '更正' WHERE id = 2"), {"10 校验码"}),
    "an item, sealed anew": (
        sealed_anew(2, f"UPDATE monthly_report_item SET met_at = due_at WHERE {HANDLED}"),
        {"10 数字", "10 得分", "10 时限", "10 台账", "11 链"},
    ),
    "a line, sealed anew": (sealed_anew(3, scored("score,boards,0,units,0,lines,0,points", '"29"')), {"11 得分"}),
    "a rank, sealed anew": (sealed_anew(3, scored("score,boards,0,units,0,rank", "1")), {"11 得分"}),
    "a unit is left out, sealed anew": (sealed_anew(3, scored("score,boards", "[]")), {"11 得分"}),
    "the scheme, sealed anew": (sealed_anew(3, scored("score,scheme,mapping,decimals", "2")), {"11 得分"}),
    "an order, sealed anew": (
        sealed_anew(3, "UPDATE monthly_report_case SET sort = 'red' WHERE report_id = 3 AND sort = 'yellow'"),
        {"11 得分", "11 台账"},
    ),
    "a sample is gone, sealed anew": (
        sealed_anew(3, "DELETE FROM monthly_report_case WHERE report_id = 3 AND sort = 'failed'"),
        {"11 校验码", "11 台账"},
    ),
    "no scheme, sealed anew": (sealed_anew(3, scored("score,scheme", "{}")), {"11 得分"}),
    "a point, sealed anew": (sealed_anew(3, scored("points,points,0,tickets", "7")), {"11 得分"}),
    "where a ticket was, sealed anew": (
        sealed_anew(3, "DELETE FROM monthly_report_case WHERE report_id = 3 AND sort = 'point'"),
        {"11 校验码", "11 得分"},
    ),
    "the link": (
        change("UPDATE monthly_report SET previous_checksum = '' WHERE id = 3"),
        {"11 校验码", "11 链"},
    ),
    "a whole month": (change("DELETE FROM monthly_report WHERE id = 2"), {"11 链"}),
    "a promise": (
        change(f"UPDATE deadline SET due_at = due_at + interval '1 day' WHERE {OF_OCTOBER}"),
        {"10 时限"},
    ),
    "a promise is gone": (change(f"DELETE FROM deadline WHERE {OF_OCTOBER}"), {"10 时限"}),
    "a ticket": (change("UPDATE ticket SET area = '别处'"), {"09 时限", "10 时限", "11 时限"}),
    "what was known": (change("DELETE FROM hindsight"), {"10 时限"}),
    "the history": (
        change("UPDATE event SET happened_at = happened_at - interval '1 hour' WHERE step = 'accept'"),
        {"09 台账", "10 台账", "11 台账"},
    ),
}


def three_months(city: City) -> None:
    """September to November frozen, and something done afterwards that is remembered."""
    city.now = at("2026-09-28 09:00")
    register(city)
    city.replied()
    city.now = at("2026-10-12 09:00")
    number = city.handling(area="东城", place=f"{MARKET}旁")
    city.accepted(area="西城")
    for month, day in (("2026-09", "2026-10-28 01:00"), ("2026-10", "2026-11-03 01:00")):
        city.now = at(day)
        freeze(city, month)
    city.turn(hours=9)
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头两只。")
    with city.work("sven") as work:
        checking.approve(work, number, "已到现场核实")
    watch(city)
    city.now = at("2026-12-03 01:00")
    freeze(city, "2026-11")
    assert _found(city) == set()


@pytest.fixture
def frozen(city: City, played: Played) -> City:
    return played.on(city, three_months)


def _found(city: City) -> set[str]:
    return {f"{verdict.month[5:]} {each.sort}" for verdict in verified(city) for each in verdict.differences}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_is_found(frozen: City, what: str) -> None:
    tamper, found = TAMPERED[what]
    tamper(frozen)
    assert _found(frozen) >= found
    assert not {each for each in _found(frozen) if each[:2] not in {one[:2] for one in found}}


def test_the_command_names_what_differs(
    frozen: City, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", frozen.database_url)
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path / "data"))
    assert verify_reports.main([]) == 0
    said = capsys.readouterr()
    assert re.fullmatch(
        "".join(rf"2026-{month} 第1版：一致，\d+ 项，校验码 [0-9a-f]{{64}}\n" for month in ("09", "10", "11"))
        + "共核验 3 份月报，全部一致。\n",
        said.out,
    )
    assert "2/3 2026-10 第1版：核对时限……\n" in said.err
    assert verify_reports.main(["2026-08"]) == 0
    assert capsys.readouterr().err == "2026-08没有冻结的月报。\n"
    assert verify_reports.main(["2026-8"]) == 2
    TAMPERED["an item"][0](frozen)
    assert verify_reports.main(["2026-10"]) == 1
    said = capsys.readouterr()
    assert "2026-10 第1版：不一致\n" in said.out
    assert re.search(r"  时限 \d+ 的处理时限 \d+：月报为 met_at=2026-10-19T\S+，复核为 met_at=None\n", said.out)
    assert re.search(r"  数字 rates\.rates\.handle\.kept：月报为 1，复核为 3\n", said.out)
    assert "共核验 1 份月报，1 份不一致。" in said.out
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert verify_reports.main([]) == 1
    assert "连不上数据库" in capsys.readouterr().err


def test_a_forged_score_is_named_with_its_unit_and_its_line(frozen: City) -> None:
    TAMPERED["a line, sealed anew"][0](frozen)
    (told,) = (each for verdict in verified(frozen) for each in verdict.differences)
    assert str(told) == "得分 市政处 处理率：月报为 points=29，复核为 points=15"


@pytest.mark.parametrize("table", ["monthly_report_item", "monthly_report_item_2", "monthly_report_case", "hindsight"])
def test_the_database_lets_nobody_change_what_is_kept(frozen: City, table: str) -> None:
    for statement in (f"UPDATE {table} SET ticket_id = 1", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(DBAPIError, match="append-only"), frozen.office.session() as session:
            session.execute(sa.text(ERASING))
            session.execute(sa.text(statement))


# Whatever happens


@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), days=st.integers(12, 25))
def test_a_month_frozen_at_any_moment_of_any_history_stays(founded: Founded, city: City, seed: int, days: int) -> None:
    """Frozen in the midst of it, then lived on; anybody's recount of the kept items gives the kept figures."""
    founded.put_back()
    city.now = at("2026-09-18 09:00")
    histories.play(city, seed, tickets=6, days=days)
    report = freeze(city, "2026-09", at("2026-10-01 00:01"))
    text, kept = sealed(city, report), figures(city, "2026-09").as_dict()
    stage = histories.Stage(city, Random(seed))
    for _ in range(12):
        for number in list(stage.look()):
            stage.step(number)
        city.turn(hours=17)
    assert sealed(city, report) == text
    assert [str(each) for verdict in verified(city) for each in verdict.differences] == []
    file = io.StringIO(newline="")
    export.write(city.office, file, "2026-09", city.now)
    file.seek(0)
    same_as_recounted(kept, recount(file, kept["from"], kept["cut_off"]))
