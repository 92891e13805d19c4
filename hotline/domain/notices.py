"""隐私告知: what citizens are told about their data, in versions that stay readable (个人信息保护法 第17、18、35条)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

LANGUAGES = ("zh", "en")
#: What the law wants said (第17条) and what a citizen wants to know; a notice that leaves one out is refused.
SUBJECTS = ("who", "what", "why", "legal", "keeping", "sharing", "rights", "contact")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}", re.ASCII)


class NoticeError(ValueError):
    """A notice cannot be used. `reasons` names every fault, in Chinese."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Section:
    """One subject in one language; paragraphs are parted by line ends."""

    subject: str
    title: str
    text: str

    @property
    def paragraphs(self) -> list[str]:
        """As the page shows them."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]


@dataclass(frozen=True)
class Notice:
    """One version. Complaints keep the version that was shown with them."""

    version: str
    effective: date
    summaries: Mapping[str, str]
    _sections: Mapping[str, tuple[Section, ...]]

    def summary(self, language: str = "zh") -> str:
        """One paragraph, for the complaint form."""
        return self.summaries.get(language, self.summaries["zh"])

    def sections(self, language: str = "zh") -> tuple[Section, ...]:
        """All of it, in the order of the file."""
        return self._sections.get(language, self._sections["zh"])


class Notices:
    """All versions of a city, oldest first."""

    def __init__(self, notices: Sequence[Notice]) -> None:
        """Raises NoticeError without any, or for two of the same version."""
        versions = [notice.version for notice in notices]
        if not notices:
            raise NoticeError(["没有隐私告知。"])
        if twice := sorted({version for version in versions if versions.count(version) > 1}):
            raise NoticeError([f"隐私告知的版本{'、'.join(twice)}重复。"])
        self._notices = tuple(sorted(notices, key=lambda notice: notice.effective))

    def __iter__(self) -> Any:
        """Newest first."""
        return reversed(self._notices)

    def at(self, day: date) -> Notice:
        """The version in force on that city day; before the first one, the first."""
        in_force = [notice for notice in self._notices if notice.effective <= day]
        return in_force[-1] if in_force else self._notices[0]

    def version(self, version: str) -> Notice | None:
        """That version, if there was one."""
        return next((notice for notice in self._notices if notice.version == version), None)


def read_notices(mapping: Mapping[str, Any]) -> list[Notice]:
    """The notices of a TOML file. Raises NoticeError naming every fault."""
    faults: list[str] = []
    rows = mapping.get("notice")
    if not isinstance(rows, list) or not rows:
        raise NoticeError(["缺少 [[notice]]。"])
    notices = [_notice(row, f"第{place}版", faults) for place, row in enumerate(rows, 1)]
    if faults:
        raise NoticeError(faults)
    return notices


def _notice(row: Mapping[str, Any], which: str, faults: list[str]) -> Notice:
    version, effective = row.get("version"), row.get("effective")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        faults.append(f'{which}：version 应为20个以内的字母、数字、点或短横，例如 "2026-1"。')
        version = ""
    if not isinstance(effective, date):
        faults.append(f"{which}：effective 应为日期，例如 2026-01-01。")
        effective = date.min
    summaries = _both(row.get("summary"), f"{which} summary", faults)
    parts = _table(row.get("section"))
    if missing := [subject for subject in SUBJECTS if subject not in parts]:
        faults.append(f"{which}：缺少 {'、'.join(missing)}（个人信息保护法第17条要求告知）。")
    sections: dict[str, list[Section]] = {language: [] for language in LANGUAGES}
    for subject, part in parts.items():
        titles = _both(_table(part).get("title"), f"{which} {subject}.title", faults)
        texts = _both(_table(part).get("text"), f"{which} {subject}.text", faults)
        for language in texts.keys() & titles.keys():
            sections[language].append(Section(subject, titles[language], texts[language]))
    return Notice(version, effective, summaries, {name: tuple(of) for name, of in sections.items() if of})


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _both(value: object, which: str, faults: list[str]) -> dict[str, str]:
    """Chinese must be there, English may."""
    texts = _table(value)
    kept = {name: text.strip() for name, text in texts.items() if name in LANGUAGES and isinstance(text, str)}
    if not kept.get("zh"):
        faults.append(f"{which}：缺少中文（zh）。")
    return kept
