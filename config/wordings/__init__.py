"""Reads the texts to citizens and units; a city may give a file of its own with all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config.toml_file import read_toml
from hotline.domain.wordings import WordingError, Wordings

HERE = Path(__file__).parent
DEFAULT = HERE / "messages.toml"


def load_wordings(path: Path | None = None) -> Wordings:
    """The texts in a TOML file (UTF-8). A city's own file replaces single texts, the others stay the default ones.

    Raises WordingError naming all faults (an unknown name, a field that the product does not give), OSError.
    """
    signature, texts = _read(DEFAULT)
    default = Wordings(signature, texts)
    if path is None:
        return default
    own_signature, own_texts = _read(path)
    if unknown := [f"{path.name}：没有名为“{name}”的文字。" for name in own_texts if name not in texts]:
        raise WordingError(unknown)
    wordings = Wordings(own_signature or signature, texts | own_texts)
    faults = [
        f"{path.name}：{name} 中的“{{{field}}}”没有内容可填，"
        f"可用的有 {'、'.join(sorted(_given(default, name))) or '（无）'}。"
        for name in own_texts
        for field in sorted(wordings.fields(name) - _given(default, name))
    ]
    if faults:
        raise WordingError(faults)
    return wordings


def _given(default: Wordings, name: str) -> frozenset[str]:
    """What the product gives to that text: what the default one uses, and to citizens their complaint's address."""
    fields = default.fields(name)
    to_staff = name.startswith(("unit_", "centre_"))
    return fields | {"url"} if "number" in fields and not to_staff and name != "access_code" else fields


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    mapping = read_toml(path, WordingError)
    signature, texts = mapping.get("signature", ""), mapping.get("texts", {})
    if not isinstance(signature, str) or not isinstance(texts, dict):
        raise WordingError([f"{path.name}：signature 应为文字，texts 应为一组文字。"])
    return signature, texts
