"""Passwords of staff: kept as argon2id, at no less than what OWASP asks for (19 MiB, two passes)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from hotline.services import seeding
from hotline.web import sessions


@pytest.mark.parametrize("hash_password", [seeding.hash_password, sessions.hash_password])
def test_a_password_is_kept_as_argon2id(hash_password: Callable[[str], str]) -> None:
    kept = hash_password("correct horse battery staple")
    cost = extract_parameters(kept)
    assert cost.type is Type.ID
    assert (cost.memory_cost >= 19 * 1024, cost.time_cost >= 2) == (True, True)
    assert PasswordHasher().verify(kept, "correct horse battery staple")
    assert kept != hash_password("correct horse battery staple"), "salted"


def test_where_there_is_no_password_it_takes_as_long_to_say_so() -> None:
    assert not PasswordHasher().check_needs_rehash(sessions._NOBODY), "made again by the parameters of today"
    assert PasswordHasher().verify(sessions._NOBODY, "nobody")
