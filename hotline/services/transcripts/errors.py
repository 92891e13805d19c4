"""Why a transcript could not be read."""

from __future__ import annotations

from hotline.domain.errors import HotlineError


class TranscriptError(HotlineError):
    """The bytes are no transcript that can be read; the message says what to send instead."""

    code = "unreadable_transcript"
