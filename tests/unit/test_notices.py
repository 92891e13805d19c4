"""What citizens are told of their data, and how long it is kept: data of the city, checked when it is read."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.notices import load_notices, load_privacy
from config.policy import load_retention
from hotline.domain.notices import LANGUAGES, SUBJECTS, NoticeError
from hotline.domain.policy_rules import SOURCES
from hotline.domain.retention import CLASSES, Period, RetentionError

CITY = ZoneInfo("Asia/Shanghai")
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
PERIODS = st.one_of(
    st.builds(Period, st.integers(1, 4000), st.just("day")),
    st.builds(Period, st.integers(1, 400), st.just("month")),
    st.builds(Period, st.integers(1, 40), st.just("year")),
)
OWN = """
[[notice]]
version = "bai-2"
effective = 2026-06-01
summary = { zh = "本市的说明" }
""" + "\n".join(f'section.{subject} = {{ title = {{ zh = "题" }}, text = {{ zh = "文" }} }}' for subject in SUBJECTS)


def file(folder: Path, text: str, name: str = "privacy.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


class TestNotice:
    def test_says_all_that_the_law_wants_said_in_both_languages(self) -> None:
        for notice in load_notices():
            for language in LANGUAGES:
                subjects = [section.subject for section in notice.sections(language)]
                assert set(SUBJECTS) <= set(subjects)
                assert len(subjects) == len(set(subjects))
                assert 40 <= len(notice.summary(language)) <= 400
                assert all(section.paragraphs for section in notice.sections(language))

    def test_a_city_adds_versions_and_the_earlier_ones_stay_readable(self, tmp_path: Path) -> None:
        notices = load_notices(file(tmp_path, OWN))
        assert notices.at(date(2026, 5, 31)).version == "2026-1"
        assert notices.at(date(2026, 6, 1)).version == "bai-2"
        assert notices.at(date(2001, 1, 1)).version == "2026-1", "before the first one, the first"
        assert notices.version("2026-1") is not None
        assert notices.version("2019-1") is None
        assert notices.at(date(2027, 1, 1)).summary("en") == "本市的说明", "what is not translated is told in Chinese"

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (("bai-2", "第 2 版"), "version 应为"),
            (("2026-06-01", '"soon"'), "effective 应为日期"),
            (("section.rights", "section.other"), "缺少 rights"),
            (('zh = "本市的说明"', 'en = "ours"'), "summary：缺少中文"),
            (("[[notice]]", "[notice]"), "缺少 [[notice]]"),
            (("summary =", "summary"), "不是有效的 TOML"),
        ],
    )
    def test_a_fault_is_named(self, tmp_path: Path, change: tuple[str, str], told: str) -> None:
        with pytest.raises(NoticeError) as refusal:
            load_notices(file(tmp_path, OWN.replace(*change)))
        assert told in str(refusal.value)
        assert "privacy.toml" in str(refusal.value)

    def test_the_same_version_twice_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(NoticeError, match="重复"):
            load_notices(file(tmp_path, OWN + OWN))


class TestRetention:
    @given(PERIODS, DAYS)
    def test_exactly_what_is_over_is_erased(self, period: Period, today: date) -> None:
        border = period.ended_before(today)
        for ended in (border - timedelta(days=2), border - timedelta(days=1)):
            assert period.last_day(ended) < today
        for ended in (border, border + timedelta(days=1)):
            assert period.last_day(ended) >= today

    @pytest.mark.parametrize(
        ("text", "ended", "last"),
        [
            ("3 years", date(2026, 10, 12), date(2029, 10, 12)),
            ("1 year", date(2024, 2, 29), date(2025, 3, 1)),
            ("6 months", date(2026, 8, 31), date(2027, 3, 1)),
            ("1 month", date(2026, 12, 31), date(2027, 1, 31)),
            ("90 days", date(2026, 1, 1), date(2026, 4, 1)),
        ],
    )
    def test_the_last_day(self, text: str, ended: date, last: date) -> None:
        assert Period.parse(text).last_day(ended) == last

    def test_the_moment_of_erasure_is_a_midnight_of_the_city(self) -> None:
        retention = load_retention()
        ended = datetime(2026, 10, 12, 23, 30, tzinfo=CITY)
        after = retention.erased_after(retention["ordinary"], ended, CITY)
        assert after == datetime(2029, 10, 13, tzinfo=CITY)
        assert retention.cutoff("ordinary", after - timedelta(seconds=1), CITY) <= ended
        assert retention.cutoff("ordinary", after, CITY) > ended

    def test_each_complaint_has_one_class(self) -> None:
        retention = load_retention()
        for source, secret, report in itertools.product(SOURCES, (True, False), (True, False)):
            kept = retention.class_of(source, confidential=secret, report=report).name
            petition = source in ("petition", "leader")
            assert kept == ("petition" if petition else "report" if secret or report else "ordinary")

    def test_the_page_can_name_every_class_in_both_languages(self) -> None:
        retention = load_privacy().retention
        assert [each.name for each in retention.classes] == list(CLASSES)
        for each in retention.classes:
            assert each.label("en").isascii()
            assert each.period.label("en").isascii()
            assert not each.label().isascii()

    def test_the_document_for_the_data_protection_officer_says_the_same(self) -> None:
        told = (Path(__file__).parents[2] / "docs/privacy.md").read_text(encoding="utf-8")
        rows = [row.split("|")[1:3] for row in told.splitlines() if row.startswith("|")]
        periods = [cell.strip() for _, cell in rows if cell.strip()[:1].isdigit()]
        assert periods == [each.period.label() for each in load_retention().classes]

    def test_a_file_older_than_the_briefs_is_as_good_as_it_was(self, tmp_path: Path) -> None:
        default = (Path(__file__).parents[2] / "config/policy/retention.toml").read_text(encoding="utf-8")
        older = default[: default.rindex("[briefs]")].replace('"3 years"', '"5 years"')
        retention = load_retention(file(tmp_path, older, "retention.toml"))
        assert (retention["ordinary"].period.label(), retention["briefs"].period.label()) == ("5年", "400天")
        assert "briefs" not in [each.name for each in retention.of_citizens], "citizens are not in them"

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (('"3 years"', '"3"'), "[ordinary] keep 应为数量加单位"),
            (('"3 years"', '"900 years"'), "最长100年"),
            (("[ordinary]", "[normal]"), "缺少 [ordinary]"),
            (('"leader"]', '"mayor"]'), "没有这样的来源：mayor"),
            (("[report]", "[report"), "不是有效的 TOML"),
        ],
    )
    def test_a_fault_is_named(self, tmp_path: Path, change: tuple[str, str], told: str) -> None:
        default = (Path(__file__).parents[2] / "config/policy/retention.toml").read_text(encoding="utf-8")
        with pytest.raises(RetentionError) as refusal:
            load_retention(file(tmp_path, default.replace(*change), "retention.toml"))
        assert told in str(refusal.value)
