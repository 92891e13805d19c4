"""公开: how much of a ticket a stranger may see. One choice of the city, for the public page and for hints alike."""

from __future__ import annotations

from enum import StrEnum


class Publicity(StrEnum):
    """`HOTLINE_PUBLIC`."""

    OFF = "off"  # nothing
    REDACTED = "redacted"  # what a machine has redacted, unless a person has hidden it
    REVIEWED = "reviewed"  # only what a person has looked at and released
