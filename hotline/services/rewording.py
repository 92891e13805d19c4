"""短信文字: the texts as the city has put them, in the place of the file's. For the city centre's administrators.

A text may have several forms, one to a line, the best one first. What is saved here is in use everywhere in 30 seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from hotline.domain.actors import Role
from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.texts import clean
from hotline.domain.wordings import WordingError
from hotline.models import Wording
from hotline.services import changing, scoping
from hotline.services.work import Work

SUBJECT: Final = "wording"
LANGUAGE: Final = "zh"  # texts go out in Chinese


def check_role(work: Work) -> None:
    """Raises NotFound for whoever is not of the city centre, or not its administrator."""
    if Role.ADMINISTRATOR not in work.actor.roles or not scoping.is_root(work.actor):
        raise NotFound("短信文字由市中心的管理员维护。")


def forms_in(text: str) -> list[str]:
    """What somebody has written: one form to a line."""
    return [line.strip() for line in clean(text).split("\n") if line.strip()]


def change(work: Work, name: str, text: str, *, approved: bool = False) -> bool:
    """Put a text in other words; whether that changes anything.

    `approved`: the carrier has approved the new words, where it sends approved templates only. Raises NotFound for an
    unknown name, Invalid.
    """
    check_role(work)
    _known(work, name)
    forms = forms_in(text)
    faults = {}
    if found := work.rules.wordings.faults(name, forms):
        faults["text"] = "；".join(found) + "。"
    elif forms == _standing(work, name):
        return False
    if work.fills_templates and not approved:
        faults["approved"] = "请先向短信运营商报备新的写法，审核通过后再保存，否则这段短信发不出去。"
    if faults:
        raise Invalid(faults)
    return _set(work, name, forms)


def reset(work: Work, name: str) -> bool:
    """Back to the words of the file; whether that changes anything. Raises NotFound for an unknown name."""
    check_role(work)
    _known(work, name)
    return _set(work, name, _of_file(work, name))


def own(work: Work) -> frozenset[str]:
    """The texts that stand in the city's own words."""
    return frozenset(work.session.scalars(sa.select(Wording.name).where(Wording.language == LANGUAGE)))


def _set(work: Work, name: str, forms: Sequence[str]) -> bool:
    before = _standing(work, name, lock=True)
    _keep(work, name, forms)
    return changing.record(work, SUBJECT, name, name, {"text": before}, {"text": list(forms)}) is not None


def _keep(work: Work, name: str, forms: Sequence[str]) -> None:
    if list(forms) == _of_file(work, name):
        work.session.execute(sa.delete(Wording).where(Wording.name == name, Wording.language == LANGUAGE))
        return
    words = {"text": "\n".join(forms), "changed_at": work.now}
    adding = insert(Wording).values(name=name, language=LANGUAGE, **words)
    work.session.execute(adding.on_conflict_do_update(index_elements=["name", "language"], set_=words))


def _standing(work: Work, name: str, *, lock: bool = False) -> list[str]:
    """As the database has it now, whatever this process has read before."""
    if lock:  # also where there is no row yet that could be held
        work.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"wording:{name}"))))
    query = sa.select(Wording.text).where(Wording.name == name, Wording.language == LANGUAGE)
    text = work.session.scalar(query)
    return text.split("\n") if text is not None else _of_file(work, name)


def _of_file(work: Work, name: str) -> list[str]:
    return list(work.rules.wordings.base.templates(name).values())


def _known(work: Work, name: str) -> None:
    try:
        work.rules.wordings.fields(name)
    except WordingError:
        raise NotFound("没有这段短信文字。") from None


def _read(work: Work, subject_id: str) -> Mapping[str, Any] | None:
    check_role(work)
    _known(work, subject_id)
    return {"text": _standing(work, subject_id, lock=True)}


def _put(work: Work, subject_id: str, values: Mapping[str, Any] | None) -> None:
    """Also what was right once must be so today: a newer version may fill a text with something else."""
    forms = [str(form) for form in (values or {}).get("text", ())]
    if work.rules.wordings.faults(subject_id, forms):
        raise Refused("原来的写法现在不能用，请直接修改。", code="not_undoable")
    _keep(work, subject_id, forms)


changing.know(changing.Subject(SUBJECT, "短信文字", {"text": "写法"}, _read, _put))
