"""Reads the privacy notice; a city adds its own versions in a file of its own."""

from __future__ import annotations

from pathlib import Path

from config.policy import load_retention
from config.toml_file import read_toml
from hotline.domain.notices import Notice, NoticeError, Notices, read_notices
from hotline.domain.privacy import Privacy

HERE = Path(__file__).parent
DEFAULT = HERE / "privacy.toml"


def load_privacy(notices: Path | None = None, retention: Path | None = None) -> Privacy:
    """Both files, or the city's own. Raises NoticeError, RetentionError, OSError."""
    return Privacy(load_notices(notices), load_retention(retention))


def load_notices(path: Path | None = None) -> Notices:
    """The versions in a TOML file (UTF-8). A city's own are in force instead of the project's, which stay readable.

    Raises NoticeError naming all faults, OSError if the file cannot be read.
    """
    default = _read(DEFAULT)
    if path is None:
        return Notices(default)
    own = _read(path)
    versions = {notice.version for notice in own}
    first = min(notice.effective for notice in own)
    return Notices([*(n for n in default if n.version not in versions and n.effective <= first), *own])


def _read(path: Path) -> list[Notice]:
    mapping = read_toml(path, NoticeError)
    try:
        return read_notices(mapping)
    except NoticeError as error:
        raise NoticeError([f"{path.name} {reason}" for reason in error.reasons]) from error
