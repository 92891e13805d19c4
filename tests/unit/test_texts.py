"""What citizens type, made safe to store and to show; telephones; what a text costs."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.spoken import find_phones, number_of
from hotline.domain.texts import as_dialled, clean, mask_phone, segments, summary
from hotline.services.phones import PhoneError, normalise_phone

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates too


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("路灯坏了\r\n三天了\r没人管", "路灯坏了\n三天了\n没人管"),
        ("\u202e了坏灯路\u202c", "了坏灯路"),
        ("a\u2066b\u2069c\u200fd\u061c", "abcd"),
        ("零\u200b宽\ufeff字\u2060符", "零宽字符"),
        ("空\0字节", "空字节"),
        ("响铃\x07和退格\x08", "响铃和退格"),
        ("半个\ud83d表情", "半个表情"),
        ("两半\ud83d\ude00拼起来", "两半😀拼起来"),
        ("一家\U0001f468\u200d\U0001f469\u200d\U0001f467好", "一家\U0001f468\u200d\U0001f469\u200d\U0001f467好"),
        ("下水道💩❤️👍🏽", "下水道💩❤️👍🏽"),
        ("cafe\u0301", "café"),
        ("制表\t保留", "制表\t保留"),
        ("段\u2029落\u2028行", "段\n落\n行"),
        ("  \n ", ""),
        ("不连字\u200d的地方", "不连字的地方"),
    ],
)
def test_clean(typed: str, stored: str) -> None:
    assert clean(typed) == stored


@given(ANY_TEXT)
def test_what_is_cleaned_can_be_stored_and_stays_as_it_is(typed: str) -> None:
    stored = clean(typed)
    stored.encode("utf-8")
    assert clean(stored) == stored
    assert unicodedata.is_normalized("NFC", stored)
    assert not any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in stored)
    assert not any(
        unicodedata.bidirectional(char) in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI") for char in stored
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("建设路路灯不亮。已经三天了。", "建设路路灯不亮"),
        ("您好！建设路路灯不亮", "建设路路灯不亮"),
        ("尊敬的领导：\n我是阳光小区业主，楼下烧烤摊扰民。", "我是阳光小区业主，楼下烧烤摊扰民"),
        ("", ""),
        ("。。。", ""),
        ("停水", "停水"),
    ],
)
def test_summary(text: str, title: str) -> None:
    assert summary(text) == title


@given(ANY_TEXT, st.integers(2, 60))
def test_a_summary_keeps_to_its_length(text: str, length: int) -> None:
    assert len(summary(text, length)) <= length
    assert "\n" not in summary(text, length)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "138****5678"),
        ("+8613812345678", "138****5678"),
        ("0355-1234567", "035****4567"),
        ("+14155552671", "+141****2671"),
        ("12319", "****"),
        ("", "****"),
    ],
)
def test_mask_phone(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


@pytest.mark.parametrize(
    ("stored", "dialled"),
    [
        ("+8613812345678", "13812345678"),
        ("+863551234567", "03551234567"),
        ("+861062345678", "01062345678"),
        ("+864008812319", "4008812319"),
        ("+85221234567", "+85221234567"),
    ],
)
def test_a_number_as_it_is_dialled(stored: str, dialled: str) -> None:
    assert as_dialled(stored) == dialled


@given(st.text("0123456789", min_size=0, max_size=20))
def test_a_masked_number_hides_four_digits_at_least(number: str) -> None:
    assert sum(char.isdigit() for char in mask_phone(number)) <= max(0, len(number) - 4)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # an extension character is not torn apart
        ("路" * 70, 1),
        ("路" * 71, 2),
        ("路" * 134, 2),
        ("路" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),  # 33 to a part, the 67th half does not fit
        ("a" * 100 + "路", 2),
    ],
)
def test_segments(text: str, count: int) -> None:
    assert segments(text) == count


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("二十三", 23), ("十", 10), ("十二", 12), ("两百零五", 205), ("一百二", 120), ("一千零五", 1005),
        ("一万二", 12000),
        ("05", 5), ("１２", 12), ("三〇一", 301), ("", None), ("abc", None), ("三楼", None),
    ],
)  # fmt: skip
def test_spoken_numbers(said: str, number: int | None) -> None:
    assert number_of(said) == number


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("幺三八零零幺三八零零零", ["13800138000"]),
        ("一三八，零零幺三，八零零零", ["13800138000"]),
        ("幺三九两个零幺二三四五六", ["13900123456"]),
        ("幺八六 嗯 幺二三四 五六七八", ["18612345678"]),
        ("我住15，13812345678", ["13812345678"]),
        ("0355 2021234", ["03552021234"]),
        ("+1 415 555 2671", ["+14155552671"]),
        ("+86 138 1234 5678", ["13812345678"]),
        ("138，1234，5678，然后0355 2021234", ["13812345678", "03552021234"]),
        ("我家电话2021234", ["2021234"]),
        ("门牌2021234", []),
        ("110101199001011234", []),
        ("幺三八零零", []),
        ("一是路灯二是井盖", []),
    ],
)
def test_telephones_written_and_spoken(said: str, numbers: list[str]) -> None:
    assert [phone.value for phone in find_phones(said)] == numbers


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13812345678", "+8613812345678"),
        ("138-1234-5678", "+8613812345678"),
        (" 138 1234 5678 ", "+8613812345678"),
        ("１３８１２３４５６７８", "+8613812345678"),
        ("+86 138 1234 5678", "+8613812345678"),
        ("008613812345678", "+8613812345678"),
        ("0355-1234567", "+863551234567"),
        ("（0355）1234567", "+863551234567"),
        ("0355-1234567转801", "+863551234567"),
        ("+852 2123 4567", "+85221234567"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("\u202a13812345678\u202c", "+8613812345678"),
    ],
)
def test_normalise_phone(typed: str, stored: str) -> None:
    assert normalise_phone(typed) == stored


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", "请填写"),
        ("2034567", "区号"),
        ("1381234567", "11 位"),
        ("没有电话", "无法识别"),
        ("+852 1", "境外"),
        ("13812345678 13912345678 13712345678 13612345678", "只填写一个"),
    ],
)
def test_a_number_that_cannot_be_called_is_refused_with_advice(typed: str, advice: str) -> None:
    with pytest.raises(PhoneError, match=advice):
        normalise_phone(typed)


@given(ANY_TEXT)
def test_any_text_is_a_number_or_a_clear_refusal(typed: str) -> None:
    try:
        assert normalise_phone(typed).startswith("+")
    except PhoneError as refusal:
        assert refusal.message
