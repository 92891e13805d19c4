"""帮助: what each role does here, what the words and signs mean, and which keys there are."""

from __future__ import annotations

from typing import Any

from flask import render_template

from hotline.domain.actors import STAFF_ROLES
from hotline.domain.workflow import STATE_LABELS, State
from hotline.models import KIND_LABELS, DeadlineKind
from hotline.web.door import actor, now
from hotline.web.staff import appearance, guides, legend, words

STATES = {
    State.RECEIVED: "诉求已到，等受理员受理、不予受理或并案。",
    State.ACCEPTED: "已受理，等派单员交办或直接答复。",
    State.ASSIGNED: "已交承办单位，等签收；不属本单位职责的，限时退回。",
    State.HANDLING: "承办单位正在办理，办完提交结果。",
    State.PAUSED: "经批准暂缓办理，时限停止计算，到期自动恢复。",
    State.SUPERVISED: "已超期或被督办，照常办理；延期和退回须经督办员同意。",
    State.SUBMITTED: "单位已提交结果，等另外的人核查。",
    State.RESOLVED: "核查通过，等答复每一位诉求人。",
    State.REPLIED: "已答复，等回访或期满办结。",
    State.CLOSED: "已办结；诉求人7日内、督办员此后可以重办。",
    State.DECLINED: "不属本热线受理范围，已告知原因和法定渠道。",
    State.MERGED: "并入同一件事的另一张工单，答复时一并答复。",
    State.VOIDED: "误录、测试等，不再计算。",
}
PROMISES = {
    DeadlineKind.ACCEPT: "从诉求到达起，到受理、不予受理或并案为止。",
    DeadlineKind.DISPATCH: "从受理起，到交办或直接答复为止。",
    DeadlineKind.SIGN: "从交办起，到签收为止。",
    DeadlineKind.HANDLE: "从交办起，到提交结果并核查通过为止；每换一次主办单位重新计算。",
    DeadlineKind.CHECK: "从提交起，到核查为止。",
    DeadlineKind.REPLY: "从受理起，到答复送达诉求人为止；不因退回、重办重新计算。",
    DeadlineKind.SURVEY: "从答复起，到回访完成为止。",
    DeadlineKind.CLOSE: "从受理起，到办结为止；重办另起一轮。",
    DeadlineKind.EXPLAIN: "从督办单发出起，到书面说明被接受为止。",
}


def show() -> str:
    """GET /desk/help: the reader's own roles first."""
    roles = sorted(STAFF_ROLES, key=lambda role: role not in actor().roles)
    return render_template(
        "staff/help.html",
        roles=[
            {
                "code": role.value,
                "label": words.ROLES[role],
                "mine": role in actor().roles,
                "guide": guides.guide(role),
            }
            for role in roles
        ],
        states=[{"code": state.value, "label": STATE_LABELS[state], "text": text} for state, text in STATES.items()],
        promises=[{"label": KIND_LABELS[kind], "text": text} for kind, text in PROMISES.items()],
        dues=_dues(),
        keys_on=appearance.keys(),
    )


def _dues() -> list[dict[str, Any]]:
    texts = (
        "还早。",
        "时限用去大半，请抓紧。",
        "到期未办，已在督办。",
        "暂缓办理，时限停止计算。",
        "已办，按时或超期都记在案。",
    )
    return [{"due": due, "text": text} for due, text in zip(legend.dues(now()), texts, strict=True)]
