"""Reads the texts to citizens and units; a city may give a file of its own with all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config.toml_file import read_toml
from hotline.domain.wordings import Needs, WordingError, Wordings, needs_of

HERE = Path(__file__).parent
DEFAULT = HERE / "messages.toml"


def load_wordings(path: Path | None = None) -> Wordings:
    """The texts in a TOML file (UTF-8). A city's own file replaces single texts, the others stay the default ones.

    Raises WordingError naming all faults (an unknown name, a field that the product does not give), OSError.
    """
    signature, texts = _read(DEFAULT)
    plain = Wordings(signature, texts)
    needs = {name: _needs(plain, name) for name in texts}
    if path is None:
        return Wordings(signature, texts, needs)
    own_signature, own_texts = _read(path)
    if unknown := [f"{path.name}：没有名为“{name}”的文字。" for name in own_texts if name not in texts]:
        raise WordingError(unknown)
    wordings = Wordings(own_signature or signature, texts | own_texts, needs)
    faults = [
        f"{path.name}：{name} 中的“{{{field}}}”没有内容可填，"
        f"可用的有 {'、'.join(sorted(needs[name].given)) or '（无）'}。"
        for name in own_texts
        for field in sorted(wordings.fields(name) - needs[name].given)
    ]
    if faults:
        raise WordingError(faults)
    return wordings


def _needs(default: Wordings, name: str) -> Needs:
    """What the product gives to that text: what the default one uses, and to citizens their complaint's address."""
    fields = [frozenset(form.fields) for form in default.each_form(name, **dict.fromkeys(default.fields(name), ""))]
    to_staff = name.startswith(("unit_", "centre_"))
    has_page = "number" in default.fields(name) and not to_staff and name != "access_code"
    return needs_of(fields, frozenset({"url"}) if has_page else frozenset())


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    mapping = read_toml(path, WordingError)
    signature, texts = mapping.get("signature", ""), mapping.get("texts", {})
    if not isinstance(signature, str) or not isinstance(texts, dict):
        raise WordingError([f"{path.name}：signature 应为文字，texts 应为一组文字。"])
    return signature, texts
