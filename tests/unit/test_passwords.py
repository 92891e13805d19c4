"""Passwords of staff: kept as argon2id, at no less than what OWASP asks for (19 MiB, two passes)."""

from __future__ import annotations

from argon2 import PasswordHasher, Type, extract_parameters

from hotline.services.seeding import hash_password


def test_a_password_is_kept_as_argon2id() -> None:
    kept = hash_password("correct horse battery staple")
    cost = extract_parameters(kept)
    assert cost.type is Type.ID
    assert (cost.memory_cost >= 19 * 1024, cost.time_cost >= 2) == (True, True)
    assert PasswordHasher().verify(kept, "correct horse battery staple")
    assert kept != hash_password("correct horse battery staple"), "salted"
