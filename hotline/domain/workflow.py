# ruff: noqa: E501 - the table below is read by its columns
"""The chain 受理 → 交办 → 督办 → 答复 as one table: state, step, role, guard (design §3).

A step is a noun in the URL and a verb in `hotline.services`. Guards look at `Facts`, which the services gather from
the rows while they hold the ticket's lock, so that what is offered on the screen and what is enforced is one rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotline.domain.actors import Actor, ActorKind, Role
from hotline.domain.errors import NotAllowed, Refused, say


class State(StrEnum):
    RECEIVED = "received"  # 待受理
    ACCEPTED = "accepted"  # 待交办
    ASSIGNED = "assigned"  # 待签收
    HANDLING = "handling"  # 处理中
    PAUSED = "paused"  # 挂账
    SUPERVISED = "supervised"  # 督办中
    SUBMITTED = "submitted"  # 待核查
    RESOLVED = "resolved"  # 待答复
    REPLIED = "replied"  # 待回访
    CLOSED = "closed"  # 办结归档
    DECLINED = "declined"  # 不予受理
    MERGED = "merged"  # 并案
    VOIDED = "voided"  # 作废


STATE_LABELS = {
    State.RECEIVED: say("待受理"),
    State.ACCEPTED: say("待交办"),
    State.ASSIGNED: say("待签收"),
    State.HANDLING: say("处理中"),
    State.PAUSED: say("挂账"),
    State.SUPERVISED: say("督办中"),
    State.SUBMITTED: say("待核查"),
    State.RESOLVED: say("待答复"),
    State.REPLIED: say("待回访"),
    State.CLOSED: say("办结归档"),
    State.DECLINED: say("不予受理"),
    State.MERGED: say("并案"),
    State.VOIDED: say("作废"),
}

STAGES = {
    "受理": (State.RECEIVED,),
    "交办": (State.ACCEPTED, State.ASSIGNED, State.HANDLING, State.PAUSED),
    "督办": (State.SUPERVISED,),
    "答复": (State.SUBMITTED, State.RESOLVED, State.REPLIED, State.CLOSED),
}

ENDED = frozenset({State.CLOSED, State.DECLINED, State.MERGED, State.VOIDED})
OPEN = frozenset(State) - ENDED
WITH_UNIT = frozenset({State.ASSIGNED, State.HANDLING, State.PAUSED, State.SUPERVISED})


class Target(StrEnum):
    """Where a step leads when it is not always the same state."""

    STAY = "stay"  # the state does not change
    WORK = "work"  # back to the unit's desk: 督办中 while an order is open, else 处理中, else 待签收
    FORMER = "former"  # the state before the merge


class Reach(StrEnum):
    """Which staff of the right role: a step belongs to one side of the table."""

    CENTRE = "centre"  # whose subtree holds the ticket
    LEAD = "lead"  # of the lead unit, or of a unit below it
    UNIT = "unit"  # of the lead unit or an assisting one
    ORDERED = "ordered"  # of a unit that an order was issued to, also after its turn
    ABOVE = "above"  # whose subtree holds the lead unit, and who is not of it: nobody checks his own work
    ANYONE = "anyone"  # citizen and system: the door has proved who they are


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards may look at, at one moment. Times are aware; counts are of the current round unless said."""

    state: State
    now: datetime
    centre_path: str = ""
    lead_unit_id: int | None = None
    lead_path: str = ""
    assist_paths: tuple[str, ...] = ()
    named_paths: tuple[str, ...] = ()
    ordered_paths: tuple[str, ...] = ()  # units whose explanation is owed
    signed: bool = False
    designated: bool = False
    returns: int = 0
    return_until: datetime | None = None
    handle_due_at: datetime | None = None
    extensions: int = 0
    pauses: int = 0
    appeals: int = 0
    late: bool = False
    waiting: frozenset[str] = frozenset()  # requests not yet decided: return, extension, pause, appeal
    asked_by: dict[str, int] | None = None  # request → staff id of the one who asked
    reviewed_by: int | None = None  # first reviewer of the appeal
    orders: int = 0  # supervisions of the unit that has the ticket, not lifted
    unsettled: bool = False  # one of them still lacks an explanation that was accepted
    owes_explanation: bool = False
    explained: bool = False
    complaints: int = 1
    withdrawn: int = 0  # of the complaints, those taken back
    unanswered: int = 0  # complaints whose owed answer has not reached the citizen
    unsurveyed: int = 0
    assists_open: int = 0
    reopen_until: datetime | None = None
    max_returns: int = 2
    max_extensions: int = 2
    max_pauses: int = 1


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition; `text` says why not, and what to do instead."""

    code: str
    text: str
    holds: Callable[[Facts, Actor], bool]


def _asker(facts: Facts, request: str) -> int | None:
    return (facts.asked_by or {}).get(request)


CAN_RETURN = Guard(
    "return_limit",
    "已超过退回时限，不能退回；如确不属本单位职责，请联系派单员协调。",
    lambda f, a: f.return_until is None or f.now <= f.return_until,
)
RETURNS_LEFT = Guard(
    "returns_used", "该工单已退回两次，不能再次退回，请按指定承办办理。", lambda f, a: f.returns < f.max_returns
)
NOT_DESIGNATED = Guard("designated", "该工单由督办员指定承办，不能退回。", lambda f, a: not f.designated)
NO_RETURN_WAITING = Guard("return_waiting", "退回申请正在等待督办员决定。", lambda f, a: "return" not in f.waiting)
RETURN_WAITING = Guard("no_return", "没有待决定的退回申请。", lambda f, a: "return" in f.waiting)
NOT_OVERDUE = Guard(
    "overdue",
    "办理时限已过，不能再申请延期，请尽快办理并提交结果。",
    lambda f, a: f.handle_due_at is not None and f.now <= f.handle_due_at,
)
EXTENSIONS_LEFT = Guard(
    "extensions_used", "本轮办理已延期两次，不能再延期。", lambda f, a: f.extensions < f.max_extensions
)
NO_EXTENSION_WAITING = Guard("extension_waiting", "上一次延期申请尚未审批。", lambda f, a: "extension" not in f.waiting)
EXTENSION_WAITING = Guard("no_extension", "没有待审批的延期申请。", lambda f, a: "extension" in f.waiting)
PAUSES_LEFT = Guard("pause_used", "该工单已挂账一次，不能再次挂账。", lambda f, a: f.pauses < f.max_pauses)
NO_PAUSE_WAITING = Guard("pause_waiting", "挂账申请尚未审批。", lambda f, a: "pause" not in f.waiting)
PAUSE_WAITING = Guard("no_pause", "没有待审批的挂账申请。", lambda f, a: "pause" in f.waiting)
CONSENT_OF_SUPERVISOR = Guard(
    "supervisor_consent",
    "督办中的工单，须由督办员决定。",
    lambda f, a: f.orders == 0 or Role.SUPERVISOR in a.roles,
)
SIGNED = Guard("not_signed", "请先签收工单。", lambda f, a: f.signed)
UNSIGNED = Guard("signed", "该工单已签收。", lambda f, a: not f.signed)
OWES_EXPLANATION = Guard("no_explanation", "没有待说明的督办单。", lambda f, a: f.owes_explanation and not f.explained)
EXPLAINED = Guard("not_explained", "承办单位尚未提交书面说明。", lambda f, a: f.explained)
HAS_ORDER = Guard("no_order", "没有未解除的督办单。", lambda f, a: f.orders > 0)
EXPLANATION_SETTLED = Guard("explanation_owed", "书面说明尚未通过，不能解除督办。", lambda f, a: not f.unsettled)
ALL_ANSWERED = Guard("unanswered", "还有诉求人未收到答复，请先联系并登记，再办结。", lambda f, a: f.unanswered == 0)
ALL_SURVEYED = Guard("unsurveyed", "回访尚未完成，请先登记回访结果。", lambda f, a: f.unsurveyed == 0)
SURVEY_OWED = Guard("no_survey", say("没有待登记的回访。"), lambda f, a: f.unsurveyed > 0)
ANSWER_OWED = Guard("all_answered", "所有诉求人均已收到答复。", lambda f, a: f.unanswered > 0)
WITHIN_REOPEN = Guard(
    "reopen_limit",
    say("已超过重办时限，如问题仍未解决，请重新反映。"),
    lambda f, a: Role.CITIZEN not in a.roles or f.reopen_until is None or f.now <= f.reopen_until,
)
ALONE = Guard(
    "joined", say("还有其他诉求人反映同一问题，本工单将继续办理。"), lambda f, a: f.complaints - f.withdrawn <= 1
)
OTHERS = Guard("alone", say("没有其他诉求人反映同一问题。"), lambda f, a: f.complaints - f.withdrawn > 1)
NONE_JOINED = Guard(
    "joined", "本工单并有其他诉求人的诉求，不能作废；请先撤销并案，或不予受理。", lambda f, a: f.complaints <= 1
)
WAS_LATE = Guard("not_late", "仅超期办结的工单可以申诉。", lambda f, a: f.late)
NO_APPEAL = Guard("appealed", "每件工单只能申诉一次。", lambda f, a: f.appeals == 0)
APPEAL_WAITING = Guard("no_appeal", "没有待审核的申诉。", lambda f, a: "appeal" in f.waiting)
OTHER_REVIEWER = Guard(
    "same_reviewer",
    "申诉须由两名审核人分别审核。",
    lambda f, a: a.kind is not ActorKind.CLIENT and (f.reviewed_by is None or f.reviewed_by != a.staff_id),
)
ASSISTS_DONE = Guard("assists_open", "协办单位尚未全部反馈，请先催收协办意见。", lambda f, a: f.assists_open == 0)


def not_the_asker(request: str) -> Guard:
    """Approval comes from someone else than the one who asked (design §4). What a machine asked for, a person decides."""
    return Guard("own_request", "不能审批本人提出的申请。", lambda f, a: _is_another(_asker(f, request), a))


def _is_another(asker: int | None, actor: Actor) -> bool:
    if actor.kind is ActorKind.CLIENT:
        return asker is not None
    return asker is None or asker != actor.staff_id


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table: from which states, to which, by whom, under which guards."""

    name: str
    noun: str  # the resource under /tickets/<number>/
    label: str
    states: frozenset[State]
    target: State | Target
    roles: frozenset[Role]
    reach: Reach
    guards: tuple[Guard, ...] = ()


def _step(
    name: str,
    noun: str,
    label: str,
    states: set[State] | frozenset[State],
    target: State | Target,
    roles: set[Role],
    reach: Reach,
    *guards: Guard,
) -> Step:
    return Step(name, noun, label, frozenset(states), target, frozenset(roles), reach, guards)


_S, _R = State, Role
_DESK = {_S.HANDLING, _S.SUPERVISED}

STEPS: tuple[Step, ...] = (
    # 受理
    _step("accept", "acceptance", "受理", {_S.RECEIVED}, _S.ACCEPTED, {_R.OPERATOR}, Reach.CENTRE),
    _step("decline", "declination", "不予受理", {_S.RECEIVED, _S.ACCEPTED}, _S.DECLINED, {_R.OPERATOR, _R.DISPATCHER}, Reach.CENTRE),
    _step("merge", "merger", "并案", {_S.RECEIVED, _S.ACCEPTED}, _S.MERGED, {_R.OPERATOR, _R.DISPATCHER}, Reach.CENTRE),
    _step("join", "joining", say("随同反映"), {_S.RECEIVED}, _S.MERGED, {_R.CITIZEN}, Reach.ANYONE),
    _step("unmerge", "separation", "撤销并案", {_S.MERGED}, Target.FORMER, {_R.OPERATOR, _R.DISPATCHER, _R.SUPERVISOR}, Reach.CENTRE),
    _step("void", "voiding", "作废", {_S.RECEIVED, _S.ACCEPTED}, _S.VOIDED, {_R.OPERATOR, _R.SUPERVISOR}, Reach.CENTRE, NONE_JOINED),
    _step("withdraw", "withdrawal", say("撤回诉求"), OPEN, _S.VOIDED, {_R.CITIZEN}, Reach.ANYONE, ALONE),
    _step("withdraw_own", "withdrawal", say("撤回本人诉求"), OPEN, Target.STAY, {_R.CITIZEN}, Reach.ANYONE, OTHERS),
    # 交办
    _step("assign", "assignment", "交办", {_S.ACCEPTED}, _S.ASSIGNED, {_R.DISPATCHER, _R.SUPERVISOR}, Reach.CENTRE),
    _step("answer", "answer", "直接答复", {_S.ACCEPTED}, _S.REPLIED, {_R.OPERATOR, _R.DISPATCHER}, Reach.CENTRE),
    _step("recall", "recall", "收回交办", {_S.ASSIGNED}, _S.ACCEPTED, {_R.DISPATCHER}, Reach.CENTRE),
    _step("sign", "signature", "签收", {_S.ASSIGNED}, _S.HANDLING, {_R.HANDLER}, Reach.LEAD, UNSIGNED),
    _step("sign_supervised", "signature", "签收", {_S.SUPERVISED}, Target.STAY, {_R.HANDLER}, Reach.LEAD, UNSIGNED),
    _step("return", "return", "退回", {_S.ASSIGNED, _S.HANDLING}, _S.ACCEPTED, {_R.HANDLER}, Reach.LEAD, NOT_DESIGNATED, RETURNS_LEFT, CAN_RETURN),
    _step("request_return", "return", "申请退回", {_S.SUPERVISED}, Target.STAY, {_R.HANDLER}, Reach.LEAD, NOT_DESIGNATED, RETURNS_LEFT, CAN_RETURN, NO_RETURN_WAITING),
    _step("grant_return", "return/decision", "同意退回", {_S.SUPERVISED}, _S.ACCEPTED, {_R.SUPERVISOR}, Reach.ABOVE, RETURN_WAITING, not_the_asker("return")),
    _step("refuse_return", "return/decision", "不同意退回", {_S.SUPERVISED}, Target.STAY, {_R.SUPERVISOR}, Reach.ABOVE, RETURN_WAITING, not_the_asker("return")),
    _step("transfer", "transfer", "转下级单位", {_S.ASSIGNED, _S.HANDLING}, _S.ASSIGNED, {_R.HANDLER, _R.DISPATCHER}, Reach.LEAD),
    _step("transfer_supervised", "transfer", "转下级单位", {_S.SUPERVISED}, Target.STAY, {_R.HANDLER, _R.DISPATCHER}, Reach.LEAD),
    _step("hand_down", "handler", "指定承办人", _DESK, Target.STAY, {_R.HANDLER}, Reach.LEAD, SIGNED),
    _step("assist", "assistance", "提交协办意见", WITH_UNIT, Target.STAY, {_R.HANDLER}, Reach.UNIT),
    _step("request_extension", "extension", "申请延期", _DESK, Target.STAY, {_R.HANDLER}, Reach.LEAD, SIGNED, NOT_OVERDUE, EXTENSIONS_LEFT, NO_EXTENSION_WAITING),
    _step("grant_extension", "extension/decision", "同意延期", _DESK, Target.STAY, {_R.DISPATCHER, _R.SUPERVISOR}, Reach.ABOVE, EXTENSION_WAITING, EXTENSIONS_LEFT, CONSENT_OF_SUPERVISOR, not_the_asker("extension")),
    _step("refuse_extension", "extension/decision", "不同意延期", _DESK, Target.STAY, {_R.DISPATCHER, _R.SUPERVISOR}, Reach.ABOVE, EXTENSION_WAITING, CONSENT_OF_SUPERVISOR, not_the_asker("extension")),
    _step("request_pause", "pause", "申请挂账", _DESK, Target.STAY, {_R.HANDLER}, Reach.LEAD, SIGNED, PAUSES_LEFT, NO_PAUSE_WAITING),
    _step("grant_pause", "pause/decision", "同意挂账", _DESK, _S.PAUSED, {_R.DISPATCHER, _R.SUPERVISOR}, Reach.ABOVE, PAUSE_WAITING, PAUSES_LEFT, CONSENT_OF_SUPERVISOR, not_the_asker("pause")),
    _step("refuse_pause", "pause/decision", "不同意挂账", _DESK, Target.STAY, {_R.DISPATCHER, _R.SUPERVISOR}, Reach.ABOVE, PAUSE_WAITING, CONSENT_OF_SUPERVISOR, not_the_asker("pause")),
    _step("resume", "resumption", "恢复办理", {_S.PAUSED}, Target.WORK, {_R.HANDLER, _R.SUPERVISOR}, Reach.CENTRE),
    _step("resume_by_clock", "resumption", "挂账到期恢复", {_S.PAUSED}, Target.WORK, {_R.SYSTEM}, Reach.ANYONE),
    # 督办
    _step("supervise", "supervision", "督办", {_S.ASSIGNED, _S.HANDLING, _S.SUPERVISED}, _S.SUPERVISED, {_R.SUPERVISOR, _R.SYSTEM}, Reach.ABOVE),
    _step("explain", "explanation", "提交书面说明", frozenset(State) - {_S.MERGED, _S.VOIDED}, Target.STAY, {_R.HANDLER, _R.OPERATOR, _R.DISPATCHER}, Reach.ORDERED, OWES_EXPLANATION),
    _step("accept_explanation", "explanation/decision", "说明通过", frozenset(State) - {_S.MERGED, _S.VOIDED}, Target.STAY, {_R.SUPERVISOR}, Reach.ABOVE, EXPLAINED),
    _step("refuse_explanation", "explanation/decision", "说明退回", frozenset(State) - {_S.MERGED, _S.VOIDED}, Target.STAY, {_R.SUPERVISOR}, Reach.ABOVE, EXPLAINED),
    _step("lift", "supervision/lifting", "解除督办", {_S.SUPERVISED}, Target.WORK, {_R.SUPERVISOR}, Reach.ABOVE, HAS_ORDER, NO_RETURN_WAITING, EXPLANATION_SETTLED),
    # 答复
    _step("submit", "submission", "提交办理结果", _DESK, _S.SUBMITTED, {_R.HANDLER}, Reach.LEAD, SIGNED, ASSISTS_DONE),
    _step("approve", "approval", "核查通过", {_S.SUBMITTED}, _S.RESOLVED, {_R.SUPERVISOR, _R.OPERATOR}, Reach.ABOVE),
    _step("send_back", "rejection", "退回重新办理", {_S.SUBMITTED}, Target.WORK, {_R.SUPERVISOR, _R.OPERATOR}, Reach.ABOVE),
    _step("reply", "reply", "答复诉求人", {_S.RESOLVED}, _S.REPLIED, {_R.OPERATOR, _R.SUPERVISOR}, Reach.CENTRE),
    _step("log_call", "call", "登记电话答复", {_S.REPLIED, _S.DECLINED}, Target.STAY, {_R.OPERATOR, _R.SUPERVISOR}, Reach.CENTRE, ANSWER_OWED),
    _step("survey", "survey", say("登记回访"), {_S.REPLIED}, Target.STAY, {_R.OPERATOR, _R.SUPERVISOR, _R.CITIZEN, _R.SYSTEM}, Reach.CENTRE, SURVEY_OWED),
    _step("close", "closure", "办结", {_S.REPLIED}, _S.CLOSED, {_R.OPERATOR, _R.SUPERVISOR, _R.SYSTEM}, Reach.CENTRE, ALL_ANSWERED, ALL_SURVEYED),
    _step("rework", "rework", say("重办"), {_S.REPLIED, _S.CLOSED}, _S.ACCEPTED, {_R.CITIZEN, _R.SUPERVISOR}, Reach.CENTRE, WITHIN_REOPEN),
    _step("appeal", "appeal", "申诉", {_S.CLOSED}, Target.STAY, {_R.HANDLER}, Reach.LEAD, WAS_LATE, NO_APPEAL),
    _step("review_appeal", "appeal/review", "审核申诉", {_S.CLOSED}, Target.STAY, {_R.SUPERVISOR, _R.DISPATCHER}, Reach.ABOVE, APPEAL_WAITING, not_the_asker("appeal"), OTHER_REVIEWER),
    # 随时
    _step("note", "note", "内部备注", frozenset(State), Target.STAY, {_R.OPERATOR, _R.DISPATCHER, _R.HANDLER, _R.SUPERVISOR}, Reach.UNIT),
    _step("add", "addition", say("补充说明"), OPEN, Target.STAY, {_R.CITIZEN}, Reach.ANYONE),
    _step("urge", "urging", say("催办"), OPEN, Target.STAY, {_R.CITIZEN}, Reach.ANYONE),
)  # fmt: skip

BY_NAME = {step.name: step for step in STEPS}


def allowed(actor: Actor, facts: Facts) -> list[Step]:
    """The steps that this actor may take now, in the order of the chain."""
    return [step for step in STEPS if is_offered(step, actor, facts) and why_not(step, actor, facts) is None]


def is_offered(step: Step, actor: Actor, facts: Facts) -> bool:
    """Whether the step is this actor's business in this state, guards aside."""
    return facts.state in step.states and actor.is_any(step.roles) and _reaches(step, actor, facts)


def why_not(step: Step, actor: Actor, facts: Facts) -> Guard | None:
    """The first guard that says no, or None."""
    return next((guard for guard in step.guards if not guard.holds(facts, actor)), None)


def check(step: Step, actor: Actor, facts: Facts) -> None:
    """Raise NotAllowed (not this actor's step) or Refused (not in this state, or a guard says no)."""
    if not actor.is_any(step.roles) or not _reaches(step, actor, facts):
        raise NotAllowed(say("您没有“{step}”的权限，请联系管理员或有权限的同事。", step=step.label))
    if facts.state not in step.states:
        state = STATE_LABELS[facts.state]
        raise Refused(say("工单现为“{state}”，不能进行“{step}”。", state=state, step=step.label), code="wrong_state")
    if guard := why_not(step, actor, facts):
        raise Refused(guard.text, code=guard.code)


def choose(names: tuple[str, ...], facts: Facts) -> Step:
    """Of several lines for one verb (签收 while supervised, say) the one for this state; else the first."""
    steps = [BY_NAME[name] for name in names]
    return next((step for step in steps if facts.state in step.states), steps[0])


def working_state(facts: Facts) -> State:
    """Where a ticket stands that goes back to its unit."""
    if facts.orders:
        return State.SUPERVISED
    return State.HANDLING if facts.signed else State.ASSIGNED


def _reaches(step: Step, actor: Actor, facts: Facts) -> bool:
    if step.reach is Reach.ANYONE or not actor.roles.isdisjoint({Role.CITIZEN, Role.SYSTEM}):
        return True
    if any(path and actor.unit_path.startswith(path) for path in facts.named_paths):
        return False
    of_lead = bool(facts.lead_path) and (actor.oversees(facts.lead_path) or actor.unit_path.startswith(facts.lead_path))
    if step.reach is Reach.LEAD:
        return of_lead
    if step.reach is Reach.UNIT:
        return (
            of_lead or any(actor.unit_path.startswith(path) for path in facts.assist_paths) or _oversees(actor, facts)
        )
    if step.reach is Reach.ORDERED:
        return any(_is_ordered(actor, path, facts.centre_path) for path in facts.ordered_paths)
    if step.reach is Reach.ABOVE:
        return _oversees(actor, facts) and actor.unit_id != facts.lead_unit_id
    return _oversees(actor, facts) or (Role.HANDLER in actor.roles and of_lead and Role.HANDLER in step.roles)


def _is_ordered(actor: Actor, path: str, centre_path: str) -> bool:
    """The unit itself, those below a department, and a department's own people above its station."""
    if path == centre_path:
        return actor.unit_path == path
    return actor.unit_path.startswith(path) or (Role.HANDLER in actor.roles and actor.oversees(path))


def _oversees(actor: Actor, facts: Facts) -> bool:
    return actor.oversees(facts.centre_path) or (bool(facts.lead_path) and actor.oversees(facts.lead_path))
