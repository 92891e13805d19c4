"""放假通知: what the State Council really wrote for seven years is read into the days that were really off."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from config.calendars import load_china
from hotline.domain.calendar import DayKind
from hotline.domain.holiday_notice import HolidayNotice, read_notice

SHARED = Path(__file__).parents[3] / "shared/domain/holidays_cn.csv"
NOTICES = {
    2020: """国办发明电〔2019〕16号
一、元旦：2020年1月1日放假，共1天。
二、春节：1月24日至30日放假调休，共7天。1月19日（星期日）、2月1日（星期六）上班。
三、清明节：4月4日至6日放假调休，共3天。
四、劳动节：5月1日至5日放假调休，共5天。4月26日（星期日）、5月9日（星期六）上班。
五、端午节：6月25日至27日放假调休，共3天。6月28日（星期日）上班。
六、国庆节、中秋节：10月1日至8日放假调休，共8天。9月27日（星期日）、10月10日（星期六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。""",
    2021: """国办发明电〔2020〕27号
一、元旦：2021年1月1日至3日放假，共3天。
二、春节：2月11日至17日放假调休，共7天。2月7日（星期日）、2月20日（星期六）上班。
三、清明节：4月3日至5日放假调休，共3天。
四、劳动节：5月1日至5日放假调休，共5天。4月25日（星期日）、5月8日（星期六）上班。
五、端午节：6月12日至14日放假，共3天。
六、中秋节：9月19日至21日放假调休，共3天。9月18日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月26日（星期日）、10月9日（星期六）上班。""",
    2022: """国办发明电〔2021〕11号
一、元旦：2022年1月1日至3日放假，共3天。
二、春节：1月31日至2月6日放假调休，共7天。1月29日（星期六）、1月30日（星期日）上班。
三、清明节：4月3日至5日放假调休，共3天。4月2日（星期六）上班。
四、劳动节：4月30日至5月4日放假调休，共5天。4月24日（星期日）、5月7日（星期六）上班。
五、端午节：6月3日至5日放假，共3天。
六、中秋节：9月10日至12日放假，共3天。
七、国庆节：10月1日至7日放假调休，共7天。10月8日（星期六）、10月9日（星期日）上班。""",
    2023: """国办发明电〔2022〕16号
一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。""",
    2024: """国办发明电〔2023〕7号
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。""",
    2025: """国办发明电〔2024〕12号
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。""",
    2026: """国办发明电〔2025〕7号
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。""",
}
#: What a later notice changed, or the calendar counts among a holiday although it is a week-end beside it.
LATER = {2020: {date(2020, 1, 31), date(2020, 2, 1), date(2020, 2, 2)}}


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [date.fromordinal(first.toordinal() + n) for n in range(366) if (date(year, 1, 1).toordinal() + n)
            < date(year + 1, 1, 1).toordinal()]  # fmt: skip


def is_off(notice: HolidayNotice, day: date) -> bool:
    return day in notice.holidays or (day.weekday() >= 5 and day not in notice.makeup_days)


@pytest.mark.parametrize("year", NOTICES)
def test_a_real_notice_gives_the_days_that_were_off(year: int) -> None:
    notice, china = read_notice(NOTICES[year], year), load_china()
    wrong = [day for day in days_of(year) if is_off(notice, day) == china.is_working_day(day)]
    assert set(wrong) <= LATER.get(year, set())
    assert {day for day in days_of(year) if china.kind_of(day) is DayKind.MAKEUP} ^ notice.makeup_days <= LATER.get(
        year, set()
    )
    assert notice.number == NOTICES[year].partition("\n")[0]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_it_agrees_with_the_published_list(year: int) -> None:
    if not SHARED.is_file():
        pytest.skip("the published list is not here")
    with SHARED.open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["date"].startswith(f"{year}-") and row["status"] == "官方"]
    notice = read_notice(NOTICES[year], year)
    assert rows
    for row in rows:
        day = date.fromisoformat(row["date"])
        assert is_off(notice, day) == (row["type"] == "休"), day


def test_only_what_does_not_fit_is_doubted() -> None:
    assert {year: read_notice(text, year).doubts for year, text in NOTICES.items() if year != 2023} == dict.fromkeys(
        [year for year in NOTICES if year != 2023], ()
    )
    (doubt,) = read_notice(NOTICES[2023], 2023).doubts
    assert doubt == "2022年12月31日不在2023年，没有采用；请到该年的日历录入。"


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("国庆节：10月1日（周五）至7日放假，共7天。", "2026年10月1日不是周五，请核对年份和日期。"),
        ("国庆节：10月1日至7日放假调休，共8天。", "国庆节写明共8天，读到的是7天，请核对。"),
        ("国庆节：10月7日至1日放假。", "“10月7日至1日”前后颠倒或过长，没有采用。"),
        ("春节：2月30日放假。", "没有“2月30日”这一天，没有采用。"),
        ("国庆节：10月1日至7日放假。10月3日（周六）上班。", "10月3日既写放假又写上班，先按放假。"),
        ("国庆节：10月1日放假。10月12日（周一）上班。", "调休上班的10月12日本来就是工作日。"),
        ("各地区要做好值班工作。", "没有读到放假日期，请检查粘贴的内容，或直接在下面的日历上选择。"),
        ("", "没有读到放假日期，请检查粘贴的内容，或直接在下面的日历上选择。"),
    ],
)
def test_what_does_not_fit_together_is_said(text: str, doubt: str) -> None:
    assert doubt in read_notice(text, 2026).doubts


def test_it_reads_what_was_pasted_from_anywhere() -> None:
    pasted = "六、国庆节 ： 10 月1日( 星期四)到 7 日(星期三) 放假调休, 共 7 天; 9月20日(星期日)、10月10日(星期六)上班"
    notice = read_notice(pasted, 2026)
    assert (min(notice.holidays), max(notice.holidays)) == (date(2026, 10, 1), date(2026, 10, 7))
    assert notice.makeup_days == {date(2026, 9, 20), date(2026, 10, 10)} and notice.doubts == ()
    assert set(notice.holidays.values()) == {"国庆节"}
