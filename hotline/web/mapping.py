"""The map's settings, for every page that shows one. Without tiles the pages keep to words and a plain drawing."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class MapSettings:
    """`tiles`: a template with {z}, {x}, {y}. `coordinates`: what the tiles are drawn in; ours are always WGS 84."""

    tiles: str | None = None
    attribution: str = ""
    coordinates: str = "wgs84"  # or gcj02
    centre: tuple[float, float] | None = None  # latitude, longitude

    @property
    def source(self) -> str:
        """Where the browser may fetch tiles from, for the content security policy; empty without tiles."""
        if self.tiles is None:
            return ""
        parts = urlsplit(self.tiles)
        return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"
