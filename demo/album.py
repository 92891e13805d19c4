"""The demo's photos, painted when somebody first needs them and kept as every other picture is."""

from __future__ import annotations

from pathlib import Path

from demo.photos import photo
from demo.scene import Scene
from hotline.services import attaching
from hotline.services.attaching import Kept

BEFORE, AFTER = "现场.jpg", "整改后.jpg"


class Album:
    """Pictures in the data folder; the same one is painted once."""

    def __init__(self, files: Path) -> None:
        self._files = files
        self._kept: dict[tuple[str, int, bool], Kept] = {}

    def of_citizen(self, scene: Scene) -> Kept | None:
        """What was sent with the complaint, if anything was."""
        return self._keep(scene.photo, scene.variant, mended=False)

    def of_unit(self, scene: Scene) -> Kept | None:
        """What proves the result, if anything does."""
        return self._keep(scene.evidence, scene.variant, mended=True)

    def _keep(self, kind: str | None, variant: int, *, mended: bool) -> Kept | None:
        if kind is None:
            return None
        known = kind, variant, mended
        if known not in self._kept:
            name = AFTER if mended else BEFORE
            self._kept[known] = attaching.keep(self._files, name, photo(kind, variant, mended=mended))
        return self._kept[known]
