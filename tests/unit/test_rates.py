"""三率的口径: what is owed in a month, what counts as kept, and how a share is printed (design §5, rules §14, §16)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.errors import HotlineError
from hotline.domain.rates import FIGURES, Month, MonthError, Promise, Window, count, percentage, percentage_text

SHANGHAI = ZoneInfo("Asia/Shanghai")
OCTOBER = Month(2026, 10, SHANGHAI)
TICK = timedelta(microseconds=1)
DOCS = Path(__file__).resolve().parents[2] / "docs" / "rates.md"


def at(text: str) -> datetime:
    """City time."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


# The month


def test_a_month_is_the_citys_and_ends_at_24_00() -> None:
    month = Month.parse("2026-10", SHANGHAI)
    assert month.begins == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert month.ends == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert str(month) == "2026-10"


@pytest.mark.parametrize(
    ("text", "ends"), [("2026-12", "2027-01-01"), ("2024-02", "2024-03-01"), ("2026-02", "2026-03-01")]
)
def test_the_last_day_is_whole(text: str, ends: str) -> None:
    assert Month.parse(text, SHANGHAI).ends == at(ends)


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-13", "2026-00", "2026-1", "202610", "2026-10-01", "２０２６-１０", "0000-10", "2026-10\n", "x"],
)
def test_what_is_no_month_is_refused_in_chinese(text: str) -> None:
    with pytest.raises(MonthError) as refused:
        Month.parse(text, SHANGHAI)
    assert isinstance(refused.value, HotlineError)
    assert "应写作“2026-10”" in refused.value.message


def test_months_follow_on_without_gap_where_the_clock_jumps_at_their_midnight() -> None:
    asuncion = ZoneInfo("America/Asuncion")  # 1 October 2017 began at 01:00
    september = Month(2017, 9, asuncion)
    assert september.ends == september.turned(1).begins == datetime(2017, 10, 1, 4, tzinfo=UTC)


@given(st.integers(1950, 2198), st.integers(1, 12), st.integers(-300, 300))
def test_turning_back_and_forth_is_the_same_month(year: int, number: int, months: int) -> None:
    month = Month(year, number, SHANGHAI)
    assert month.turned(months).turned(-months) == month


# What is owed: (due, met, seen at) → in October

MEMBERSHIP = [
    # 10月31日24时到期的，属于10月；9月30日24时到期的，属于9月
    ("2026-11-01 00:00", None, "2026-12-01", True),
    ("2026-11-01 00:00:00.000001", None, "2026-12-01", False),
    ("2026-10-01 00:00", "2026-09-30 18:00", "2026-12-01", False),
    ("2026-10-01 00:00:00.000001", "2026-09-30 18:00", "2026-12-01", True),
    # 提前完成的，在到期的月份计一次
    ("2026-10-15 18:00", "2026-09-20 09:00", "2026-12-01", True),
    # 以前到期、月初前完成的，已经结清；恰在月初零时完成的，也已结清
    ("2026-09-15 18:00", "2026-09-20 09:00", "2026-12-01", False),
    ("2026-09-15 18:00", "2026-10-01 00:00", "2026-12-01", False),
    # 以前到期、月初仍未完成的，结转到本月，直到完成的那个月
    ("2026-09-15 18:00", "2026-10-01 00:00:00.000001", "2026-12-01", True),
    ("2026-09-15 18:00", None, "2026-12-01", True),
    ("2025-01-15 18:00", None, "2026-12-01", True),
    ("2026-09-15 18:00", "2026-11-20 09:00", "2026-12-01", True),
    # 月中查看：到此刻已到期的才计入，恰在此刻到期的计入
    ("2026-10-15 18:00", None, "2026-10-15 18:00", True),
    ("2026-10-15 18:00", None, "2026-10-15 17:59", False),
    ("2026-10-15 18:00", "2026-10-10 09:00", "2026-10-12 09:00", False),
    # 月份尚未开始：什么也不计
    ("2026-09-15 18:00", None, "2026-09-20 09:00", False),
    ("2026-10-15 18:00", None, "2026-09-20 09:00", False),
]


@pytest.mark.parametrize(("due", "met", "now", "owed"), MEMBERSHIP)
def test_owed_in_october(due: str, met: str | None, now: str, owed: bool) -> None:
    promise = Promise(at(due), at(due), at(met) if met else None)
    assert count([promise], OCTOBER.seen_at(at(now)))["owed"] == owed


# How it was kept: (due, original, met, seen at) → the figures that count it, besides `owed`

PUNCTUAL = "kept on_time on_original original_owed original_on_time"
KEPT = [
    # 恰在时限完成，按时；晚一微秒，逾期
    ("2026-10-15 18:00", "2026-10-15 18:00", "2026-10-15 18:00", PUNCTUAL),
    ("2026-10-15 18:00", "2026-10-15 18:00", "2026-10-15 18:00:00.000001", "kept late original_owed"),
    # 月末24时完成，算本月完成；下月才完成，本月仍算未完成
    ("2026-10-15 18:00", "2026-10-15 18:00", "2026-11-01 00:00", "kept late original_owed"),
    ("2026-10-15 18:00", "2026-10-15 18:00", "2026-11-01 00:00:00.000001", "missing original_owed"),
    ("2026-10-15 18:00", "2026-10-15 18:00", None, "missing original_owed"),
    # 延期后按新时限按时，按原时限逾期
    ("2026-10-15 18:00", "2026-10-08 18:00", "2026-10-12 09:00", "kept on_time original_owed extended"),
    # 九月的时限延到十月，九月内提前完成：按原时限只属于九月
    ("2026-10-15 18:00", "2026-09-20 18:00", "2026-09-18 09:00", "kept on_time on_original extended"),
]  # fmt: skip


@pytest.mark.parametrize(("due", "original", "met", "names"), KEPT)
def test_kept_in_october(due: str, original: str, met: str | None, names: str) -> None:
    promise = Promise(at(due), at(original), at(met) if met else None, extensions=int(due != original))
    counts = count([promise], OCTOBER.seen_at(at("2026-12-01")))
    assert {name for name, number in counts.items() if number} == {"owed", *names.split()}


def test_extended_into_november_it_is_owed_in_october_by_its_original_time_only() -> None:
    promise = Promise(at("2026-11-05 18:00"), at("2026-10-28 18:00"), None, extensions=1)
    counts = count([promise], OCTOBER.seen_at(at("2026-12-01")))
    assert {name for name, number in counts.items() if number} == {"original_owed"}


def test_void_is_not_owed_and_exempt_is_shown_apart() -> None:
    due, late = at("2026-10-15 18:00"), at("2026-10-20 18:00")
    window = OCTOBER.seen_at(at("2026-12-01"))
    assert not any(count([Promise(due, due, late, void=True)], window).values())
    exempt = count([Promise(due, due, late, exempt=True)], window)
    assert {name for name, number in exempt.items() if number} == {"exempt"}


# Properties

MOMENTS = st.one_of(
    st.sampled_from([OCTOBER.begins - TICK, OCTOBER.begins, OCTOBER.begins + TICK, OCTOBER.ends, OCTOBER.ends + TICK]),
    st.integers(0, 150 * 24 * 60).map(lambda minutes: at("2026-08-01") + timedelta(minutes=minutes)),
)


@st.composite
def promises(draw: st.DrawFn) -> Promise:
    original = draw(MOMENTS)
    longer = draw(st.sampled_from([timedelta(0), timedelta(days=3), timedelta(days=40)]))
    return Promise(
        original + longer,
        original,
        draw(st.none() | MOMENTS),
        extensions=1 if longer else 0,
        void=draw(st.sampled_from([False, False, False, True])),
        exempt=draw(st.sampled_from([False, False, False, True])),
    )


WINDOWS = MOMENTS.map(OCTOBER.seen_at)


@given(st.lists(promises(), max_size=8), WINDOWS)
def test_the_figures_fit_together(owed: list[Promise], window: Window) -> None:
    figures = count(owed, window)
    assert figures["kept"] + figures["missing"] == figures["owed"] <= len(owed)
    assert figures["on_time"] + figures["late"] == figures["kept"]
    assert figures["on_original"] <= figures["on_time"]
    assert figures["extended"] <= figures["owed"]
    assert figures["original_on_time"] <= figures["original_owed"]


@given(promises(), WINDOWS, st.timedeltas(timedelta(minutes=1), timedelta(days=60)))
def test_nobody_improves_a_figure_by_asking_for_time(promise: Promise, window: Window, longer: timedelta) -> None:
    due = promise.due_at + longer
    extended = Promise(
        due, promise.original_due_at, promise.met_at, promise.extensions + 1, promise.void, promise.exempt
    )
    before, after = count([promise], window), count([extended], window)
    assert after["original_owed"] == before["original_owed"]
    assert after["original_on_time"] == before["original_on_time"]
    if promise.due_at > window.begins:  # one that was due in an earlier month brings its own history along
        assert after["on_original"] <= before["on_original"]


@given(MOMENTS, st.none() | MOMENTS)
def test_each_promise_falls_due_in_one_month_and_is_carried_until_it_is_met(
    due: datetime, met: datetime | None
) -> None:
    months = [Month(2026, 6, SHANGHAI).turned(number) for number in range(12)]
    end = months[-1].ends
    owed = [month for month in months if count([Promise(due, due, met)], month.seen_at(end))["owed"]]
    (home,) = [month for month in months if month.begins < due <= month.ends]
    last = end if met is None else max(met, due)
    assert owed == [month for month in months if month.begins >= home.begins and month.begins < last]


# The printing of a share


@pytest.mark.parametrize(
    ("kept", "owed", "printed"),
    [
        (0, 0, "—"),
        (0, 7, "0.00 %"),
        (7, 7, "100.00 %"),
        (9_999, 10_000, "99.99 %"),
        (99_999, 100_000, "99.99 %"),  # half up would print 100.00
        (9_999_999, 10_000_000, "99.99 %"),
        (1, 3, "33.33 %"),
        (2, 3, "66.67 %"),
        (1, 20_000, "0.01 %"),  # 0.005: half up
        (333, 20_000, "1.67 %"),  # 1.665: half up, where binary fractions round down
    ],
)
def test_a_share_is_printed(kept: int, owed: int, printed: str) -> None:
    assert percentage_text(kept, owed) == printed


PUBLISHED = [  # rules §16: place, part, whole, what must come out
    ("宝鸡陈仓区 2022上半年 办结率", 2_580, 2_580, "100.00"),
    ("宁国型县 2022-04 结案率", 601, 601, "100.00"),
    ("宁国型县 2022-04 按时结案率", 597, 601, "99.33"),
    ("成都 2018-03 超期率", 301, 72_838, "0.41"),
    ("成都 2018-03 其中一", 20, 54_270, "0.04"),
    ("成都 2018-03 其中二", 281, 18_568, "1.51"),
    ("成都 2018-03 满意率，以参评为分母", 21_980 - 4_209, 21_980, "80.85"),
    ("成都 2018-03 满意率，误以办结为分母", 49_954 - 4_209, 49_954, "91.57"),
    ("潜江 2023 误以受理为分母", 979, 1_024, "95.61"),
    ("常州 2018-06 之一", 4_152, 4_554, "91.17"),
    ("常州 2018-06 之二", 1_272, 4_152, "30.64"),
]


@pytest.mark.parametrize(("place", "part", "whole", "printed"), PUBLISHED)
def test_published_figures_come_out(place: str, part: int, whole: int, printed: str) -> None:
    assert percentage(part, whole) == printed, place


@given(st.integers(1, 10**7), st.data())
def test_a_share_is_exact_to_half_a_hundredth_and_whole_only_when_nothing_is_missing(
    owed: int, data: st.DataObject
) -> None:
    kept = data.draw(st.integers(0, owed) | st.integers(max(0, owed - 3), owed))
    printed = percentage(kept, owed)
    assert printed is not None
    hundredths = int(printed.replace(".", ""))
    assert (printed == "100.00") == (kept == owed)
    assert kept == owed or hundredths == min(9_999, (20_000 * kept + owed) // (2 * owed))


@pytest.mark.parametrize(("kept", "owed"), [(2, 1), (-1, 1), (1, 0)])
def test_what_is_no_share_is_refused(kept: int, owed: int) -> None:
    with pytest.raises(ValueError, match="not a share"):
        percentage(kept, owed)


# The handbook


def test_the_handbooks_arithmetic() -> None:
    found = re.findall(r"([\d,]+) ?/ ?([\d,]+) = (—|[\d.]+ %)", DOCS.read_text(encoding="utf-8"))
    assert len(found) >= 10
    for part, whole, printed in found:
        assert percentage_text(int(part.replace(",", "")), int(whole.replace(",", ""))) == printed


def test_the_handbooks_worked_month() -> None:
    """The table of promises in docs/rates.md gives the figures that stand under it."""
    text = DOCS.read_text(encoding="utf-8")
    rows = re.findall(r"^\| [A-Z] +\|(.+)\|$", text, re.MULTILINE)
    worked = [_promise([cell.strip() for cell in row.split("|")]) for row in rows]
    counts = count(worked, OCTOBER.seen_at(at("2026-12-01")))
    printed = {name: int(number) for name, number in re.findall(r"`(\w+)` = (\d+)", text) if name in FIGURES}
    assert printed == counts


def _promise(cells: list[str]) -> Promise:
    due, original, met, note = cells[:4]
    return Promise(
        at(_moment(due)),
        at(_moment(original)),
        at(_moment(met)) if met != "—" else None,
        extensions=int(due != original),
        void="void" in note,
        exempt="exempt" in note,
    )


def _moment(text: str) -> str:
    """`10-31 24:00` as the handbook writes it."""
    day, clock = text.split()
    if clock == "24:00":
        return f"{datetime.fromisoformat(f'2026-{day}') + timedelta(days=1):%Y-%m-%d} 00:00"
    return f"2026-{day} {clock}"
