"""Reading an import file: what each cell may say, and that every fault is named by its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from hotline.models import Channel, Source, Urgency
from hotline.services.importing import spellings
from hotline.services.importing.playing import NO_ANSWER, NO_OUTCOME, Step, plan
from hotline.services.importing.reading import decode, read
from hotline.services.importing.rows import Known, Row
from hotline.services.importing.spellings import Misspelt

CHINA = ZoneInfo("Asia/Shanghai")
KNOWN = Known(
    units={"center": [1], "lamps": [2], "市政处": [2], "东站": [3, 4], "市城管服务中心": [1]},
    categories={"b0101": [7], "上水井盖": [7], "噪声": [8, 9]},
    centre_id=1,
    zone=CHINA,
    now=datetime(2026, 10, 12, 1, 0, tzinfo=UTC),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)


def rows_of(*lines: str) -> list[Row]:
    found = read("\n".join(lines), KNOWN)
    assert not found.faults, found.faults
    return found.rows


def faults_of(*lines: str) -> list[str]:
    return [str(fault) for fault in read("\n".join(lines), KNOWN).faults]


# ---- cells ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-10-12 09:00", "2026-10-12 01:00:00"),
        ("2026-10-12 09:00:30", "2026-10-12 01:00:30"),
        ("2026/10/12 9:00", "2026-10-12 01:00:00"),
        ("2026/1/2 9:05:07", "2026-01-02 01:05:07"),
        ("2026.10.12 09:00", "2026-10-12 01:00:00"),
        ("2026年10月12日 9时05分", "2026-10-12 01:05:00"),
        ("2026年10月12日9:05", "2026-10-12 01:05:00"),
        ("2026年10月12日9时5分7秒", "2026-10-12 01:05:07"),
        ("2026-10-12T09:00", "2026-10-12 01:00:00"),
        ("2026-10-12T09:00:00.123+08:00", "2026-10-12 01:00:00"),
        ("2026-10-12T09:00:00Z", "2026-10-12 09:00:00"),
        ("2026-10-12 09:00:00 +0900", "2026-10-12 00:00:00"),
        ("2026-10-11 24:00", "2026-10-11 16:00:00"),
        ("２０２６－１０－１２　０９：００", "2026-10-12 01:00:00"),  # full-width, as some input methods type
    ],
)
def test_times_as_they_are_written(written: str, utc: str) -> None:
    assert spellings.read_time(written, CHINA) == datetime.fromisoformat(f"{utc}+00:00")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026-10-12", "只有日期"),
        ("2026-13-12 09:00", "没有“2026-13-12 09:00”这个时间"),
        ("2026-02-30 09:00", "请核对年月日时分"),
        ("2026-10-12 25:00", "请核对年月日时分"),
        ("2026-10-12 24:01", "请核对年月日时分"),
        ("2026-10-129:00", "看不懂时间"),
        ("9999-12-31 24:00", "请核对年月日时分"),
        ("0026-10-12 09:00", "早于 1990 年"),
        ("12/10/2026 9:00", "看不懂时间"),
        ("昨天", "2026-10-12 09:00"),
        ("45000.5", "看不懂时间"),
    ],
)
def test_times_that_cannot_be_read_say_what_to_write(written: str, said: str) -> None:
    with pytest.raises(Misspelt, match=said):
        spellings.read_time(written, CHINA)


def test_a_time_with_a_zone_of_its_own_keeps_it() -> None:
    west = timezone(timedelta(hours=1))
    assert spellings.read_time("2026-10-12 09:00", west) == datetime(2026, 10, 12, 8, tzinfo=UTC)
    assert spellings.read_time("2026-10-12T09:00+08:00", UTC) == datetime(2026, 10, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "limit"),
    [  # rules §6: 运城's own reading of its manual
        ("5 working_days", "5 working_days"),
        ("5天", "5 working_days"),
        ("4小时", "4 office_hours"),
        ("2紧急工作时", "2 urgent_hours"),
        ("13个工作日", "13 working_days"),
        ("13工作日", "13 working_days"),
        ("1紧急工作日", "1 natural_days"),
        ("60日", "60 natural_days"),
        ("1.5 工作时", "1.5 office_hours"),
        ("30分钟", "30 office_minutes"),
        ("２ 天", "2 working_days"),
    ],
)
def test_limits_as_they_are_written(written: str, limit: str) -> None:
    assert str(spellings.read_limit(written)) == limit


@pytest.mark.parametrize("written", ["", "五天", "0天", "-1天", "1紧急工作时制止", "5", "5 weeks"])
def test_limits_that_cannot_be_read(written: str) -> None:
    with pytest.raises(Misspelt, match=r"看不懂|大于零|未知的时限单位"):
        spellings.read_limit(written)


@pytest.mark.parametrize(
    ("column", "written", "field", "value"),
    [
        ("渠道", "电话", "channel", Channel.PHONE),
        ("channel", "SMS", "channel", Channel.SMS),
        ("来源", "领导批示", "source", Source.LEADER),
        ("来源", "petition", "source", Source.PETITION),
        ("紧急程度", "特急", "urgency", Urgency.URGENT),
        ("类别", "B0101", "category_id", 7),
        ("类别", "b0101", "category_id", 7),
        ("category", "上水井盖", "category_id", 7),
        ("单位", "lamps", "unit_id", 2),
        ("承办单位", "市政处", "unit_id", 2),
        ("单位", "市城管服务中心", "unit_id", None),  # the centre itself: its own, answered directly
        ("电话", "138 1234 5678", "phone", "+8613812345678"),
        ("编号", "〔2020〕12号", "number", "〔2020〕12号"),
        ("标题", "路灯不亮", "matter", "路灯不亮"),
        ("caller", "张三", "name", "张三"),
    ],
)
def test_columns_by_their_names(column: str, written: str, field: str, value: object) -> None:
    (row,) = rows_of(f"诉求内容,到达时间,{column}", f"路灯不亮,2026-10-01 09:00,{written}")
    assert getattr(row, field) == value


@pytest.mark.parametrize(
    ("column", "written", "said"),
    [
        ("渠道", "传真", "请写 网站、短信、电话、工作人员录入、接口 之一"),
        ("紧急程度", "很急", "请写 一般、紧急 之一"),
        ("类别", "X9999", "没有名为“X9999”的类别"),
        ("类别", "噪声", "有 2 个类别都叫“噪声”，请改写为类别的代码"),
        ("单位", "公园处", "请先在系统中建立"),
        ("单位", "东站", "有 2 个单位都叫“东站”"),
        ("电话", "138****5678", "已脱敏"),
        ("电话", "1.38E+10", "科学计数法"),
        ("电话", "12", "手机号码应为 11 位"),
        ("编号", "2.02001E+13", "科学计数法"),
        ("编号", "a/b", "不能作编号"),
        ("编号", "..", "不能作编号"),
        ("时限", "尽快", "请写作“5天”"),
        ("到达时间 ", "2026-10-12 09:00", "都是到达时间"),
        ("签收时间", "2026-10-02 09:00", "第 2 行 单位：有签收时间，应写明承办单位"),
        ("答复内容", "已修复", "第 2 行 答复时间：有答复内容，应写明何时答复"),
        ("办理结果", "已修复", "第 2 行 提交时间：有办理结果，应写明何时提交"),
        ("答复时间", "2026-09-30 09:00", "第 2 行 答复时间：早于到达时间"),
        ("办结时间", "2026-10-12 09:01", "还没有到"),
    ],
)
def test_cells_that_cannot_be_used_say_what_to_write(column: str, written: str, said: str) -> None:
    (fault,) = faults_of(f"诉求内容,到达时间,{column}", f"路灯不亮,2026-10-01 09:00,{written}")
    assert said in fault


# ---- the file ---------------------------------------------------------------------------------------------------

TWO = "编号,诉求内容,到达时间\n1,路灯不亮，香溪路,2026-10-01 09:00\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_are_found_out(encoding: str) -> None:
    assert decode(TWO.encode(encoding)) == TWO


@pytest.mark.parametrize("data", [TWO.encode("utf-16"), b"\xff\x00\xff", b"\x81\x00"])
def test_other_encodings_say_what_to_do(data: bytes) -> None:
    with pytest.raises(Misspelt, match="另存为“CSV UTF-8"):
        decode(data)


def test_all_faults_are_listed_by_the_first_line_of_their_row() -> None:
    assert faults_of(
        "编号,诉求内容,到达时间,渠道,答复时间",
        '1,"两行的',
        '内容",2026-10-01 09:00,,',
        "",
        "2,,2026-10-01,传真,",
        "3,路灯不亮,,,2026-10-01 09:00",
        "4,路灯不亮,2026-10-01 09:00,,,,多出来的",
    ) == [
        "第 5 行 到达时间：“2026-10-01”只有日期，没有时刻，请写作“2026-10-12 09:00”。",
        "第 5 行 渠道：不认识“传真”，请写 网站、短信、电话、工作人员录入、接口 之一。",
        "第 5 行 诉求内容：不能为空。",
        "第 6 行 到达时间：不能为空。",
        "第 7 行：有 7 格，比表头多；内容里的逗号和换行应放在引号内。",
    ]


def test_what_is_wrong_with_the_heading() -> None:
    assert faults_of("编号;内容") == [
        "第 1 行 表头：缺少“诉求内容”列（也可写作 text、留言详情）；文件应以逗号分隔。",
        "第 1 行 表头：缺少“到达时间”列（也可写作 received_at、留言时间、来电时间、接收时间）；文件应以逗号分隔。",
    ]
    assert len(faults_of("")) == 2
    assert faults_of("text,received_at,诉求内容") == ["第 1 行 表头：“text”和“诉求内容”都是诉求内容，请只保留一列。"]


def test_an_unclosed_quotation_mark_is_a_fault_and_not_a_giant_text() -> None:
    (fault,) = faults_of("诉求内容,到达时间", '"路灯,2026-10-01 09:00', "井盖,2026-10-01 09:00")
    assert fault.startswith("第 2 行：引号不成对")


def test_columns_that_mean_nothing_here_are_named() -> None:
    assert read("诉求内容,到达时间,可解释性\n路灯不亮,2026-10-01 09:00,1", KNOWN).ignored == ("可解释性",)


def test_short_rows_and_rows_in_any_order() -> None:
    rows = rows_of("到达时间,诉求内容,地点", "2026-10-02 09:00,第二件", "2026-10-01 09:00,第一件,香溪路")
    assert [(row.text, row.place, row.line) for row in rows] == [("第一件", "香溪路", 3), ("第二件", "", 2)]


def test_identical_rows_are_one_ticket_and_different_ones_two() -> None:
    head, row = "诉求内容,到达时间,地点,诉求人", "路灯不亮,2026-10-01 09:00,香溪路,张三"
    found = read("\n".join([head, row, row, row.replace("张三", "李四"), row.replace("香溪路", "大桥路")]), KNOWN)
    assert (len(found.rows), found.repeated, found.faults) == (3, 1, [])


def test_one_number_with_two_histories_is_a_fault() -> None:
    assert faults_of("编号,诉求内容,到达时间", "7,路灯不亮,2026-10-01 09:00", "7,井盖丢失,2026-10-01 09:00") == [
        "第 3 行：编号“7”与第 2 行相同，诉求内容却不同。"
    ]
    assert faults_of(
        "诉求内容,到达时间,答复时间", "路灯不亮,2026-10-01 09:00,", "路灯不亮,2026-10-01 09:00,2026-10-02 09:00"
    ) == ["第 3 行：内容、到达时间、地点和诉求人与第 2 行相同，答复时间却不同。"]


def test_the_key_does_not_depend_on_the_line() -> None:
    row = Row(line=2, text="路灯不亮", received_at=at("2026-10-01 09:00"))
    assert replace(row, line=9).key == row.key
    assert replace(row, text="路灯不亮了").key != row.key
    assert replace(row, number="7").key == replace(row, number="7", text="另一段").key


# ---- what the file does not tell --------------------------------------------------------------------------------

ARRIVED, LATER, LAST = at("2026-10-01 09:00"), at("2026-10-05 09:00"), at("2026-10-09 09:00")


def planned(**told: object) -> list[tuple[str, datetime]]:
    row = Row(line=2, text="路灯不亮", received_at=ARRIVED, **told)  # type: ignore[arg-type]
    return [(step.name, step.at) for step in plan(row)]


def test_nothing_is_made_up_beyond_the_last_step_known() -> None:
    assert planned() == []
    assert planned(unit_id=2) == []
    assert planned(accepted_at=LATER) == [("accept", LATER)]
    assert planned(accepted_at=LATER, unit_id=2) == [("accept", LATER)]


def test_beginnings_follow_at_once_and_endings_come_with_the_next_step_known() -> None:
    assert planned(replied_at=LATER) == [("accept", ARRIVED), ("answer", LATER), ("close", LATER)]
    assert planned(closed_at=LAST) == [("accept", ARRIVED), ("answer", LAST), ("close", LAST)]
    assert planned(unit_id=2, replied_at=LATER, closed_at=LAST) == [
        ("accept", ARRIVED),
        ("assign", ARRIVED),
        ("sign", ARRIVED),
        ("submit", LATER),
        ("approve", LATER),
        ("reply", LATER),
        ("close", LAST),
    ]
    assert planned(unit_id=2, signed_at=LATER, approved_at=LAST) == [
        ("accept", ARRIVED),
        ("assign", ARRIVED),
        ("sign", LATER),
        ("submit", LAST),
        ("approve", LAST),
    ]


@pytest.mark.parametrize(
    ("told", "said"), [("已修复，谢谢。", "已修复，谢谢。"), ("已收悉", "旧系统答复：已收悉"), ("", NO_ANSWER)]
)
def test_the_older_systems_words_stay_as_they_are(told: str, said: str) -> None:
    row = Row(line=2, text="路灯不亮", received_at=ARRIVED, replied_at=LATER, answer=told)
    assert plan(row)[1] == Step("answer", LATER, said)
    by_unit = plan(replace(row, unit_id=2))
    assert [step.detail for step in by_unit] == [None, 2, None, NO_OUTCOME, None, said, None]
