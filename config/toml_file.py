"""Reads one of the city's TOML files, and says what is wrong with it as its user reads it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


def read_toml(path: Path, fault: type[Exception]) -> dict[str, Any]:
    """What stands in the file (UTF-8, with or without a byte order mark). Raises `fault` with a list of one sentence
    for what is no TOML; OSError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise fault([f"{path.name}：不是 UTF-8 编码，请另存为 UTF-8（{error.reason}）。"]) from error
    except tomllib.TOMLDecodeError as error:
        raise fault([f"{path.name}：不是有效的 TOML 文件（{error}）。"]) from error
