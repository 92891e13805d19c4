"""What passwords are taken: long ones, and none of those that are tried first."""

from __future__ import annotations

import pytest

from hotline.domain.passwords import LONGEST, fault


@pytest.mark.parametrize(
    "password",
    [
        "test-password-12319",
        "correct horse battery staple",
        "三叶草山河落日圆长河大漠",
        "xK9#mvpLw2",
        "四月的雨 river 42",
    ],
)
def test_is_taken(password: str) -> None:
    assert fault(password, "hans", "冯市政") is None


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("xK9#mvpLw", "至少10个字符"),
        ("a" * (LONGEST + 1), "最多128个字符"),
        ("hans-is-my-name-42", "账号或姓名"),
        ("HANS-is-my-name-42", "账号或姓名"),
        ("冯市政的密码很长很长很长", "账号或姓名"),
        ("1234567890", "太常见"),
        ("0987654321", "太常见"),
        ("qwertyuiop", "太常见"),
        ("1qaz2wsx3edc", "太常见"),
        ("password123", "太常见"),
        ("P@ssw0rd!!2026", "太常见"),
        ("Admin@12345", "太常见"),
        ("woaini5201314", "太常见"),
        ("hotline12319", "太常见"),
        ("13812345678", "太常见"),
        ("aaaaabbbbb", "太常见"),
        ("ｐａｓｓｗｏｒｄ１２３", "太常见"),
        ("good one\x00 with a hole", "不能使用的字符"),
    ],
)
def test_is_refused_with_what_to_do(password: str, told: str) -> None:
    assert told in (fault(password, "hans", "冯市政") or "")
