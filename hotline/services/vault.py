"""People's data at rest: sealed with the city's keys, found again by a keyed fingerprint (design §7)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misread on paper or over the phone
KEY_LENGTH = 10
NONCE = 12  # bytes, drawn at random: good for four thousand million sealings with one key (NIST SP 800-38D, 8.3)


class Unopened(Exception):
    """What was sealed with another key, or has been changed since."""


class Vault:
    """Seals with the newest key and opens with any, so that keys can be changed without a stop.

    AES-256-GCM: what is sealed is the nonce, the cipher and its tag.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys`: 32 bytes each in URL-safe base64, newest first.

        The oldest one also keys the fingerprints, so that they never change.
        """
        self._boxes = [AESGCM(base64.urlsafe_b64decode(key)) for key in keys]
        self._print_key = hashlib.sha256(b"fingerprint:" + keys[-1].encode()).digest()

    def seal(self, text: str) -> bytes:
        """Encrypt and authenticate."""
        return self.seal_bytes(text.encode())

    def seal_bytes(self, data: bytes) -> bytes:
        """The same for a file."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._boxes[0].encrypt(nonce, data, None)

    def open_bytes(self, sealed: bytes) -> bytes:
        """The file again. Raises Unopened if the key is not one of ours, or a bit has changed."""
        for box in self._boxes:
            try:
                return box.decrypt(sealed[:NONCE], sealed[NONCE:], None)
            except (InvalidTag, ValueError):
                continue
        raise Unopened

    def open(self, sealed: bytes | None) -> str:
        """The text again; empty for nothing. Raises Unopened."""
        return self.open_bytes(sealed).decode() if sealed else ""

    def fingerprint(self, phone: str) -> str:
        """The same number gives the same print; the print does not give the number."""
        return hmac.new(self._print_key, phone.encode(), hashlib.sha256).hexdigest()

    def derive_key(self, seed: str) -> str:
        """A citizen's key that can be made again from its seed: a form sent twice shows the same receipt twice."""
        number = int.from_bytes(hmac.new(self._print_key, b"key:" + seed.encode(), hashlib.sha256).digest())
        digits = (number // len(KEY_ALPHABET) ** place % len(KEY_ALPHABET) for place in range(KEY_LENGTH))
        return "".join(KEY_ALPHABET[digit] for digit in digits)


def new_key() -> str:
    """A key for the citizen to note down: 31^10, about 50 bits."""
    return "".join(secrets.choice(KEY_ALPHABET) for _ in range(KEY_LENGTH))


def hash_key(key: str) -> str:
    """How a key is stored; case, width and blanks do not matter to the one who types it."""
    typed = "".join(unicodedata.normalize("NFKC", key).split())
    return hashlib.sha256(typed.upper().replace("-", "").encode()).hexdigest()
