"""保存期限 as the city puts them: never below the least, with a look at who would be erased before it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from hotline.domain.errors import Invalid, Refused
from hotline.domain.retention import CLASSES, Period, Retention, RetentionError
from hotline.services import changing, erasing, rulebook, ruling
from hotline.services.work import Work

SETTING: Final = rulebook.RETENTION


@dataclass(frozen=True)
class Foreseen:
    """How many would be erased tonight: persons (complaints), calls without a complaint, loose texts, briefs."""

    persons: int
    calls: int
    messages: int
    briefs: int


def retention(work: Work) -> Retention:
    """What holds, read from the database and not from what this process remembers."""
    return work.privacy.keeping(_kept(work)).retention


def wanted(work: Work, keeps: Mapping[str, str]) -> Retention:
    """The periods as they were filled in: "3 years" by class. Raises Invalid by class."""
    faults = {}
    for each in work.privacy.retention.classes:
        try:
            period = Period.parse(keeps.get(each.name, ""))
        except ValueError:
            faults[each.name] = f"{each.label()}：请填写整数并选择单位，例如：3 年，最长100年。"
            continue
        try:
            each.check(period)
        except ValueError as fault:
            faults[each.name] = f"{each.label()}：{fault}。"
    if faults:
        raise Invalid(faults)
    return work.privacy.retention.with_periods(keeps)


def foresee(work: Work, kept: Retention) -> Foreseen:
    """Who would be erased at the next turn of the workers under these periods."""
    under = replace(work, privacy=replace(work.privacy, retention=kept))
    counted = (erasing.count_due, erasing.count_calls, erasing.count_messages, erasing.count_briefs)
    return Foreseen(*(count(under) for count in counted))


def save(work: Work, keeps: Mapping[str, str], seen: Mapping[str, str]) -> bool:
    """Put them in force: whether anything differs. `seen`: those that the person had before him.

    Raises Invalid, Refused where somebody else was faster.
    """
    ruling.hold(work)
    before = told(retention(work))
    if dict(seen) != before:
        raise Refused("别人刚刚改过保存期限。您填写的内容还在下面，请对照现在的期限核对后再保存。", code="stale")
    after = told(wanted(work, keeps))
    if after == before:
        return False
    ruling.put(work, SETTING, after)
    changing.record(work, SETTING, "city", "保存期限", _in_words(before), _in_words(after))
    return True


def told(kept: Retention) -> dict[str, str]:
    """By class, as it is read back."""
    return {each.name: str(each.period) for each in kept.classes}


def _kept(work: Work) -> Mapping[str, str]:
    return ruling.setting(work, SETTING) or {}


def _in_words(keeps: Mapping[str, str]) -> dict[str, str]:
    return {name: Period.parse(period).label() for name, period in keeps.items()}


def _out_of_words(values: Mapping[str, Any]) -> dict[str, str]:
    for_word = {"个月": "months", "天": "days", "年": "years"}
    found = {}
    for name, said in values.items():
        word = next(word for word in for_word if str(said).endswith(word))
        found[name] = f"{str(said).removesuffix(word)} {for_word[word]}"
    return found


def _read(work: Work, subject_id: str) -> Mapping[str, Any]:
    ruling.hold(work)
    return _in_words(told(retention(work)))


def _put(work: Work, subject_id: str, values: Mapping[str, Any] | None) -> None:
    keeps = told(retention(work)) | _out_of_words(values or {})
    try:
        kept = work.privacy.retention.with_periods(keeps)
    except RetentionError as error:
        raise Refused(f"不能撤销：{error}", code="not_undoable") from error
    ruling.put(work, SETTING, told(kept))


_FIELDS = dict(
    zip(CLASSES, ("信访转办、领导批示", "保密件和举报", "其他诉求", "未转诉求的来电", "其他短信", "简报"), strict=True)
)
changing.know(changing.Subject(SETTING, "保存期限", _FIELDS, _read, _put))
