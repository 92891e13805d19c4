"""Reads what is never shown to strangers; a city may give a file of its own in its place (`public.toml`)."""

from __future__ import annotations

import tomllib
from pathlib import Path

from hotline.domain.publicity import Withheld, WithheldError

DEFAULT = Path(__file__).parent / "public.toml"


def load_withheld(path: Path | None = None) -> Withheld:
    """The subjects, sources and categories of a TOML file (UTF-8). Raises WithheldError naming all faults, OSError."""
    chosen = path or DEFAULT
    try:
        return Withheld.from_mapping(tomllib.loads(chosen.read_text(encoding="utf-8-sig")))
    except UnicodeDecodeError as error:
        raise WithheldError([f"{chosen.name}：不是 UTF-8 编码，请另存为 UTF-8（{error.reason}）。"]) from error
    except tomllib.TOMLDecodeError as error:
        raise WithheldError([f"{chosen.name}：不是有效的 TOML 文件（{error}）。"]) from error
    except WithheldError as error:
        raise WithheldError([f"{chosen.name}：{reason}" for reason in error.reasons]) from error
