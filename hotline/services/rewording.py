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
    label = LABELS.get(name, name)
    return changing.record(work, SUBJECT, name, label, {"text": before}, {"text": list(forms)}) is not None


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


#: What each text is called; a name that only the city's own file has stands for itself.
LABELS: Final = {
    "received": "收到诉求",
    "accepted": "已受理",
    "declined": "不予受理",
    "joined": "并案办理",
    "separated": "撤销并案",
    "known": "重复反映",
    "access_code": "找回查询码的验证码",
    "withdrawn": "已撤回",
    "emergency": "人身危险",
    "assigned": "已交办",
    "extended": "延期",
    "extended_within": "延期，答复时限不变",
    "paused": "挂账",
    "resumed": "恢复办理",
    "reworked": "重新办理",
    "answered": "答复",
    "survey": "回访",
    "survey_again": "再次回访",
    "survey_why": "不满意的原因",
    "thanks": "感谢评价",
    "sorry": "未解决，重新办理",
    "ask_matter": "追问事项",
    "ask_place": "追问地点",
    "progress": "进度：单位办理",
    "progress_centre": "进度：中心办理",
    "progress_ended": "进度：已结束",
    "added": "补充已记下",
    "another": "另立一件",
    "withdraw_sure": "确认撤回",
    "urged": "催办已记下",
    "too_late": "超过重办时限",
    "not_found": "没有查到",
    "picture_refused": "照片未收",
    "pictures_full": "照片已满",
    "too_many": "短信过多",
    "help": "帮助",
    "stopped": "退订",
    "restarted": "恢复接收",
    "unit_assigned": "主办交办",
    "unit_assist": "协办交办",
    "unit_recalled": "收回工单",
    "unit_added": "诉求人补充",
    "unit_urged": "诉求人催办",
    "unit_rework": "重办",
    "unit_sent_back": "核查未通过",
    "unit_return_granted": "同意退回",
    "unit_return_refused": "不同意退回",
    "unit_designated": "指定承办",
    "unit_extension_granted": "同意延期",
    "unit_extension_refused": "不同意延期",
    "unit_pause_granted": "同意挂账",
    "unit_pause_refused": "不同意挂账",
    "unit_resumed": "单位恢复办理",
    "unit_warning": "将到期提醒",
    "unit_breach": "已超期",
    "unit_brief_day": "日报",
    "unit_brief_week": "周报",
    "unit_remind": "催办",
    "unit_order": "督办",
    "unit_yellow": "黄牌",
    "unit_red": "红牌",
    "unit_exposure": "通报",
    "unit_copy": "督办抄送",
    "unit_lifted": "督办解除",
    "unit_explanation_refused": "书面说明未通过",
    "unit_appeal_upheld": "申诉成立",
    "unit_appeal_refused": "申诉不成立",
    "centre_returned": "单位退回",
    "centre_undelivered": "答复未送达",
}
changing.know(changing.Subject(SUBJECT, "短信文字", {"text": "写法"}, _read, _put))
