"""Telephone numbers as people type them, made one: E.164, by Google's numbering data (`phonenumbers`)."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from hotline.domain.errors import HotlineError, Said, say
from hotline.domain.texts import clean

_EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|x)\s*\d{1,6}\s*$", re.IGNORECASE)
_LONGEST = 40


class PhoneError(HotlineError):
    """The number cannot be called; the message says what to type."""

    code = "invalid_phone"


def normalise_phone(raw: str, region: str = "CN") -> str:
    """E.164 ("+8613812345678") of a number typed in any usual way: spaces, hyphens, full-width digits, +86, 0086,
    area code, extension (dropped). `region` is where numbers without a country code are at home. Raises PhoneError."""
    typed = _EXTENSION.sub("", unicodedata.normalize("NFKC", clean(raw))).strip()
    if not typed:
        raise PhoneError(say("请填写手机号码。"))
    if len(typed) > _LONGEST:
        raise PhoneError(say("号码太长，请只填写一个。"))
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException as fault:
        raise PhoneError(_advice(typed)) from fault
    if not phonenumbers.is_valid_number(number):
        raise PhoneError(_advice(typed))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _advice(typed: str) -> Said:
    digits = re.sub(r"^\+?86|\D", "", typed)
    if typed.startswith(("+", "00")) and not typed.startswith(("+86", "0086")):
        return say("境外号码不正确，请按“+国家（地区）代码 号码”填写，如 +852 2123 4567。")
    if len(digits) in (7, 8) and digits[0] in "2345678":
        return say("固定电话请加区号，如 0355-1234567。")
    if digits.startswith("1") and len(digits) != 11:
        return say("手机号码应为 11 位，您填写了 {digits} 位。", digits=len(digits))
    return say("号码无法识别，请填写手机号码，或带区号的固定电话，如 0355-1234567。")
