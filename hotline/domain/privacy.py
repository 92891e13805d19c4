"""What a city has laid down about people's data: what it tells them, and how long it keeps what."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from hotline.domain.notices import Notices
from hotline.domain.retention import Retention, RetentionError


@dataclass(frozen=True)
class Privacy:
    """Data of the city: config/notices/privacy.toml and config/policy/retention.toml, or its own."""

    notices: Notices
    retention: Retention

    def keeping(self, keeps: Mapping[str, str]) -> Privacy:
        """The same with the periods that the city has put in the place of the file's.

        One that has become too short since, because the file asks for more now, gives way to the file's.
        """
        retention = self.retention
        for name, period in keeps.items():
            with suppress(RetentionError):
                retention = retention.with_periods({name: period})
        return replace(self, retention=retention) if keeps else self
