"""Reads what the machine says on the telephone; a city's own file replaces single sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config.toml_file import read_toml
from hotline.domain.interviewing import Script
from hotline.domain.wordings import WordingError, Wordings

DEFAULT = Path(__file__).parent / "voice.toml"
MOST_HINTS, LONGEST_HINT = 500, 100  # as many and as long as Twilio takes


def load_script(path: Path | None = None) -> Script:
    """The script in a TOML file (UTF-8), what it leaves out as in the project's own. Raises WordingError naming all
    faults (an unknown name, a field that the product does not give), OSError."""
    default = read_toml(DEFAULT, WordingError)
    own = read_toml(path, WordingError) if path is not None else {}
    faults = [f"{path and path.name}：{fault}" for fault in _faults(default, own)]
    if faults:
        raise WordingError(faults)
    return Script(
        wordings=Wordings("", default["texts"] | own.get("texts", {})),
        hints=tuple(own.get("hints", default["hints"])),
        records=own.get("records", default["records"]),
    )


def _faults(default: dict[str, Any], own: dict[str, Any]) -> list[str]:
    texts, hints = own.get("texts", {}), own.get("hints", [])
    faults = [f"没有名为“{name}”的设置。" for name in sorted(own.keys() - default.keys())]
    if not isinstance(own.get("records", True), bool):
        faults.append("records 应为 true 或 false。")
    if not isinstance(hints, list) or len(hints) > MOST_HINTS or not all(_is_hint(hint) for hint in hints):
        faults.append(f"hints 应为最多{MOST_HINTS}个词，每个不超过{LONGEST_HINT}字，不含逗号。")
    if not isinstance(texts, dict):
        return [*faults, "texts 应为一组文字。"]
    faults += [f"没有名为“{name}”的文字。" for name in sorted(texts.keys() - default["texts"].keys())]
    known = [name for name in texts if name in default["texts"]]
    faults += [f"{name} 应为一段文字。" for name in known if not isinstance(texts[name], str)]
    given = Wordings("", default["texts"])
    spoken = Wordings("", {name: texts[name] for name in known if isinstance(texts[name], str)})
    return faults + [
        f"{name} 中的“{{{field}}}”没有内容可填。"
        for name in spoken.names
        for field in sorted(spoken.fields(name) - given.fields(name))
    ]


def _is_hint(hint: object) -> bool:
    return isinstance(hint, str) and 0 < len(hint.strip()) <= LONGEST_HINT and not {",", "，"} & set(hint)
