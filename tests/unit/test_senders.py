"""Who has sent a text, as lists show it: never a whole number, whatever the carrier puts around it."""

from __future__ import annotations

import pytest

from hotline.services.listening import masked

SENDERS = [
    ("+8613800005678", "138****5678"),
    ("13800005678", "138****5678"),
    ("whatsapp:+8613800005678", "whatsapp:138****5678"),
    ("+8613800005678\nX", "138****5678"),
    ("+861380000567８", "138****5678"),
    ("12319", "1****"),
    ("AMZN", "A****"),
    ("张伟明", "张****"),
    ("whatsapp:zhangwei", "whatsapp:zh****"),
    ("", "****"),
]


@pytest.mark.parametrize(("sender", "shown"), SENDERS)
def test_a_sender_is_masked(sender: str, shown: str) -> None:
    assert masked(sender) == shown
