"""What a city has laid down about people's data: what it tells them, and how long it keeps what."""

from __future__ import annotations

from dataclasses import dataclass

from hotline.domain.notices import Notices
from hotline.domain.retention import Retention


@dataclass(frozen=True)
class Privacy:
    """Data of the city: config/notices/privacy.toml and config/policy/retention.toml, or its own."""

    notices: Notices
    retention: Retention
