"""What a password must be: long, and nothing that is tried first. No rules of composition (NIST SP 800-63B §5.1.1)."""

from __future__ import annotations

import re
import unicodedata

SHORTEST, LONGEST = 10, 128  # characters
_FEWEST = 5  # different ones
_ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
)
#: What stays of common passwords when digits and signs are left out; beside them only the length protects.
_COMMON = frozenset(
    """
    a aa aaa abc abcd admin administrator aini asdf beijing changeme chengguan china default denglu dragon football
    guest hotline huawei iloveyou letmein li liu login master mima monkey pass passw passwd password princess qwerty
    rexian root secret shizheng sunshine test user wang welcome woaini woaiwojia zhang zhongguo zxcv
    """.split()  # noqa: SIM905 - read as a text
)
_BARE = 14  # characters up to which a common word with digits around it is found by trying


def fault(password: str, login: str, name: str) -> str | None:
    """A sentence that tells what to do, or None for a password that will do."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(password) < SHORTEST:
        return f"密码至少{SHORTEST}个字符，可以用几个不相干的词连起来。"
    if len(password) > LONGEST:
        return f"密码最多{LONGEST}个字符。"
    if "\x00" in password:
        return "密码中有不能使用的字符，请换一个。"
    if any(len(own) > 1 and own.casefold() in plain for own in (login, name)):
        return "密码中不要有自己的账号或姓名，请换一个。"
    if len(set(plain)) < _FEWEST or _is_row(plain) or _is_common(plain):
        return "这个密码太常见，容易被猜到，请换一个。"
    return None


def _is_row(plain: str) -> bool:
    """Keys that lie side by side, forwards or backwards, also with one of them twice."""
    letters = re.sub(r"[\W_]", "", plain)
    return any(letters in row or letters in row[::-1] for row in _ROWS) if len(letters) >= _FEWEST else False


def _is_common(plain: str) -> bool:
    """A number (a date, a telephone), or a common word with digits and signs around or in the place of its letters."""
    if len(plain) > _BARE:
        return False
    if plain.isdecimal():
        return True
    core = re.sub(r"[\W\d_]+$", "", plain).translate(_LEET)
    return any(re.sub(r"[^a-z]", "", text) in _COMMON for text in (plain, core))


_LEET = str.maketrans("@01345$7", "aoleasst")
