"""`./run due`: one question, and a batch of them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.calendars import load_china
from hotline.cli.due import main
from hotline.cli.due_batch import answer_all
from hotline.cli.times import read_time
from hotline.domain.calendar import Calendar
from hotline.domain.deadlines import DeadlineError

PROJECT = Path(__file__).parents[2]
SUNDAY_ONLY = {"timezone": "America/New_York", "hours": {"sun": [["00:00", "24:00"]]}}


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    streams = capsys.readouterr()
    return code, streams.out, streams.err


def batch(*questions: Any) -> list[dict[str, Any]]:
    """The answers to lines, each given as an object or as the line itself."""
    lines = [q if isinstance(q, bytes) else json.dumps(q).encode() for q in questions]
    out = io.StringIO()
    answer_all(lines, out, load_china())
    return [json.loads(line) for line in out.getvalue().splitlines()]


def ask(**question: Any) -> dict[str, Any]:
    (answer,) = batch({"id": 7, "start": "2026-02-13T17:00", **question})
    assert answer.pop("id") == 7
    return answer


# --- one question


def test_the_due_time_comes_first_and_then_every_day(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--start", "2026-02-13T17:00", "--limit", "3 working_days")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0] == "到期时间：2026-02-25 18:00（周三）"
    assert "  2026-02-14 周六 调休上班：08:00–12:00、14:00–18:00，计 1 日，累计 1 日" in lines
    assert "  2026-02-17 周二 节假日（春节）：不上班，不计" in lines


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--start", "2026-02-13T17:00", "--limit", "4 office_hours", "--json")
    told = json.loads(out)
    assert (code, told["due_at"]) == (0, "2026-02-14T11:00:00+08:00")
    assert [day["counted_minutes"] for day in told["stages"][0]["days"]] == [60, 180]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["--limit", "1 natural_days"], "到期时间：2026-02-14 24:00（周六）"),
        (["--limit", "1 working_days", "--extensions", "1"], "到期时间：2026-02-24 18:00（周二）"),
        (
            ["--limit", "1个工作日", "--pause", "2026-02-14T00:00/2026-02-15T00:00"],
            "到期时间：2026-02-24 18:00（周二）",
        ),
        (["--limit", "4 office_hours", "--before"], "最晚起算：2026-02-13 11:00（周五）"),
        (["--limit", "4 office hours before"], "最晚起算：2026-02-13 11:00（周五）"),
        (["--until", "2026-02-14T09:00"], "办公用时：120 分钟"),
    ],
)
def test_ways_of_asking(capsys: pytest.CaptureFixture[str], words: list[str], first: str) -> None:
    code, out, _ = run(capsys, "--start", "2026-02-13T17:00", *words)
    assert (code, out.splitlines()[0]) == (0, first)
    code, out, _ = run(capsys, "--start", "2026-02-13T17:00", *words, "--json")
    assert code == 0
    assert json.loads(out)


def test_a_year_without_a_notice_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "--start", "2026-12-31T17:00", "--limit", "2 working_days")
    assert "注意：2027 年放假安排尚无正式通知" in out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--start", "2026-02-13T17:00", "--limit", "0 working_days"], "大于零"),
        (["--start", "2026-02-30T17:00", "--limit", "1 working_days"], "看不懂的时间"),
        (["--start", "2026-02-13T17:00", "--until", "2026-02-12"], "早于"),
        (["--start", "2026-02-13T17:00", "--limit", "1 working_days", "--pause", "2026-02-14"], "挂账"),
        (["--start", "2026-02-13T17:00", "--limit", "1 working_days", "--calendar", "none.toml"], "读不到"),
        (["--batch", "none.jsonl"], "读不到"),
    ],
)
def test_a_question_without_an_answer_is_1(capsys: pytest.CaptureFixture[str], words: list[str], why: str) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out) == (1, "")
    assert why in err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--limit", "1 working_days"],
        ["--start", "2026-02-13T17:00"],
        ["--start", "2026-02-13T17:00", "--limit", "1 working_days", "--until", "2026-02-14"],
        ["--start", "2026-02-13T17:00", "--limit", "1 working_days", "--before", "--extensions", "1"],
        ["--start", "2026-02-13T17:00", "--limit", "1 working_days", "--extensions", "-1"],
        ["--batch", "--limit", "1 working_days"],
        ["--nonsense"],
    ],
)
def test_wrong_usage_is_2(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    assert "usage" in capsys.readouterr().err


# --- times


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-09T10:00", "2026-03-09T14:00"),
        ("2026-03-09 10:00:30", "2026-03-09T14:00:30"),
        ("2026-03-09", "2026-03-09T04:00"),
        ("2026-03-09T24:00", "2026-03-10T04:00"),
        ("2026-03-09T10:00Z", "2026-03-09T10:00"),
        ("2026-03-09T10:00+08:00", "2026-03-09T02:00"),
        ("2026-03-08T02:30", "2026-03-08T07:30"),  # skipped: the offset before the jump
        ("2026-11-01T01:30", "2026-11-01T05:30"),  # twice: the first
        ("2026-11-01T01:30-05:00", "2026-11-01T06:30"),
    ],
)
def test_times_without_a_zone_are_city_time(text: str, utc: str) -> None:
    assert read_time(text, Calendar.from_mapping(SUNDAY_ONLY).zone) == read_time(f"{utc}Z", load_china().zone)


@pytest.mark.parametrize(
    "text", ["", "now", "2026-02-30", "2026-03-09T24:01", "9999-12-31T24:00", "0001-01-01", 5, None]
)
def test_what_is_no_time_is_refused(text: object) -> None:
    with pytest.raises(DeadlineError):
        read_time(text, load_china().zone)


# --- a batch


def test_a_batch_answers_in_order_and_skips_blank_lines() -> None:
    answers = batch(
        {"id": "a", "start": "2026-02-13T17:00", "limit": "3 working_days"},
        b"",
        b"  \r\n",
        {"id": "b", "start": "2026-02-13T17:00", "until": "2026-02-24T09:00"},
    )
    assert answers == [{"id": "a", "due_at": "2026-02-25T18:00:00+08:00"}, {"id": "b", "elapsed_minutes": 600}]


def test_a_line_may_bring_its_calendar_or_its_path(tmp_path: Path) -> None:
    path = tmp_path / "sunday.json"
    path.write_text(json.dumps(SUNDAY_ONLY))
    for calendar in (SUNDAY_ONLY, str(path)):
        assert ask(calendar=calendar, start="2026-03-07T12:00", limit="1 working_days") == {
            "due_at": "2026-03-09T00:00:00-04:00"
        }
        assert ask(calendar=calendar, start="2026-03-07", until="2026-03-10") == {"elapsed_minutes": 23 * 60}
    assert ask(calendar=None, limit="1 working_days") == {"due_at": "2026-02-14T18:00:00+08:00"}


def test_pauses_and_other_ways_to_write_a_limit() -> None:
    pauses = [["2026-02-13T17:30", "2026-02-14T08:30"], ["2026-02-14T01:30:00Z", "2026-02-14T10:00:00+08:00"]]
    assert ask(limit="1 office_hours", pauses=pauses) == {"due_at": "2026-02-14T09:00:00+08:00"}
    assert ask(limit={"amount": 1.5, "unit": "office_hours"}, pauses=[]) == {"due_at": "2026-02-14T08:30:00+08:00"}


@pytest.mark.parametrize("given", [None, 5, 1.5, "零七", True, [1, {"a": None}], {"b": []}])
def test_an_id_comes_back_whatever_it_is(given: object) -> None:
    answers = batch({"id": given, "start": "2026-02-13T17:00", "limit": "1 working_days"}, {"id": given})
    assert [answer["id"] for answer in answers] == [given, given]


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ({"limit": "0 working_days"}, "大于零"),
        ({"limit": "-1 working_days"}, "大于零"),
        ({"limit": {"amount": True, "unit": "working_days"}}, "应是数字"),
        ({"limit": {"amount": float("nan"), "unit": "working_days"}}, "无法计算"),
        ({"limit": {"amount": 10**30, "unit": "working_days"}}, "过大"),
        ({"limit": {"amount": 1, "unit": ["working_days"]}}, "未知的时限单位"),
        ({"limit": 3}, "时限应写作"),
        ({"limit": "9000000 office_hours"}, "推算不出"),
        ({}, "limit 和 until 之一"),
        ({"limit": "1 working_days", "until": "2026-02-14"}, "limit 和 until 之一"),
        ({"start": None, "limit": "1 working_days"}, "时间应写作"),
        ({"start": "never", "limit": "1 working_days"}, "看不懂的时间"),
        ({"until": "2026-02-13T16:59"}, "早于"),
        ({"limit": "1 working_days", "pauses": [["2026-02-14", "2026-02-13"]]}, "早于"),
        ({"limit": "1 working_days", "pauses": [["2026-02-14"]]}, "pauses"),
        ({"limit": "1 working_days", "pauses": "none"}, "pauses"),
        ({"limit": "1 working_days", "pauses": [["2026-02-14", None]]}, "时间应写作"),
        ({"limit": "1 working_days", "calendar": {"hours": {}}}, "没有任何办公时间"),
        ({"limit": "1 working_days", "calendar": "none.toml"}, "读不到"),
        ({"limit": "1 working_days", "calendar": 5}, "应为一组设置"),
    ],
)
def test_what_cannot_be_answered_says_why(question: dict, why: str) -> None:
    answer = ask(**question)
    assert answer.keys() == {"error"}
    assert why in answer["error"]


@pytest.mark.parametrize(
    "line",
    [
        b"{broken",
        b"[1, 2]",
        b"3",
        b"\xff\xfe",
        '{"id": "中文", "start": "2026-02-13"}'.encode("gb18030"),
        b"[" * 100_000,
        b'{"id": 1' + b"0" * 5000 + b"}",
    ],
)
def test_a_broken_line_does_not_stop_the_run(line: bytes) -> None:
    broken, whole = batch(line, {"id": 2, "start": "2026-02-13T17:00", "limit": "1 working_days"})
    assert broken["id"] is None
    assert broken["error"]
    assert whole == {"id": 2, "due_at": "2026-02-14T18:00:00+08:00"}


def test_the_command_needs_python_alone() -> None:
    """Isolated from every installed package; a BOM, an id that no encoding can hold, and Chinese text pass through."""
    lines = (
        b'\xef\xbb\xbf{"id": "\\ud800", "start": "2026-02-13T17:00", "limit": "3 working_days"}\n'
        b'{"id": NaN, "start": "2026-02-13T17:00"}\n'
    )
    ran = subprocess.run(
        [sys.executable, "-S", "-P", "-m", "hotline.cli.due", "--batch"],
        input=lines,
        capture_output=True,
        check=True,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "LC_ALL": "C", "PYTHONUTF8": "0"},
    )
    first, second = ran.stdout.decode().splitlines()
    assert first == '{"id": "\\ud800", "due_at": "2026-02-25T18:00:00+08:00"}'
    assert second == '{"id": null, "error": "应给出 limit 和 until 之一"}'
