"""谁能补: what a promise still lacks, why it is late, and whose step would mend it, as far as that is possible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.rates import Window
from hotline.domain.workflow import WITH_UNIT, State
from hotline.models import KIND_LABELS, Deadline, DeadlineKind, Event, Ticket
from hotline.services.work import Work

#: What is owed until then, in a few words.
LACKS: Final[Mapping[DeadlineKind, str]] = MappingProxyType(
    {
        DeadlineKind.ACCEPT: "尚未受理",
        DeadlineKind.DISPATCH: "尚未交办",
        DeadlineKind.SIGN: "尚未签收",
        DeadlineKind.HANDLE: "尚未处理",
        DeadlineKind.CHECK: "尚未核查",
        DeadlineKind.REPLY: "尚未答复到诉求人",
        DeadlineKind.SURVEY: "尚未回访",
        DeadlineKind.CLOSE: "尚未办结",
        DeadlineKind.EXPLAIN: "尚未书面说明",
    }
)
CHECKER: Final = "督办员或受理员"
#: Whose step is next, and which: of a ticket's own centre, or of the unit that has it.
NEXT: Final[Mapping[State, tuple[str, str]]] = MappingProxyType(
    {
        State.RECEIVED: ("受理员", "受理"),
        State.ACCEPTED: ("派单员", "交办"),
        State.ASSIGNED: ("承办人", "签收、办理"),
        State.HANDLING: ("承办人", "提交办理结果"),
        State.SUPERVISED: ("承办人", "提交办理结果"),
        State.PAUSED: ("承办人或督办员", "恢复办理"),
        State.SUBMITTED: (CHECKER, "核查"),
        State.RESOLVED: ("受理员", "答复诉求人"),
        State.REPLIED: (CHECKER, "联系诉求人、回访、办结"),
    }
)
TO_CALL: Final = (CHECKER, "按电话名单联系诉求人")
#: The steps that take time and are told as reasons, in the order of the chain.
STEPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "recall": "收回",
        "return": "退回",
        "grant_return": "退回",
        "transfer": "转下级",
        "transfer_supervised": "转下级",
        "grant_extension": "延期",
        "grant_pause": "挂账",
        "send_back": "核查退回",
    }
)
UPSTREAM: Final = (DeadlineKind.ACCEPT, DeadlineKind.DISPATCH, DeadlineKind.SIGN, DeadlineKind.CHECK)

Reasons = Mapping[tuple[int, int], Sequence[str]]  # by the ticket's id and the round


@dataclass(frozen=True)
class Hand:
    """Who can still do something about it (unit and role, or nobody), what, and what it would count for."""

    who: str
    what: str
    chance: str

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return {"who": self.who, "what": self.what, "chance": self.chance}


def reasons(work: Work, ticket_ids: Collection[int]) -> Reasons:
    """Why promises of these tickets took long: steps before that were late, returns, extensions, checks not passed, by
    round. Two statements, however many."""
    if not ticket_ids:
        return {}
    told: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for row in sorted(work.session.execute(_late(work, ticket_ids)), key=lambda row: UPSTREAM.index(row.kind)):
        told[row.ticket_id, row.round][f"{KIND_LABELS[row.kind]}逾期"] = 0
    steps = list(STEPS)
    for row in sorted(work.session.execute(_steps(ticket_ids)), key=lambda row: steps.index(row.step)):
        of_round = told[row.ticket_id, row.round]
        of_round[STEPS[row.step]] = of_round.get(STEPS[row.step], 0) + row.times
    return {key: [f"{word}{times}次" if times else word for word, times in each.items()] for key, each in told.items()}


def _late(work: Work, ticket_ids: Collection[int]) -> sa.Select[*tuple[Any, ...]]:
    not_by = sa.func.coalesce(Deadline.met_at, work.now) > Deadline.due_at
    return (
        sa.select(Deadline.ticket_id, Deadline.round, Deadline.kind)
        .where(Deadline.ticket_id.in_(ticket_ids), Deadline.kind.in_(UPSTREAM), Deadline.void_at.is_(None), not_by)
        .distinct()
    )


def _steps(ticket_ids: Collection[int]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Event.ticket_id, Event.round, Event.step, sa.func.count().label("times"))
        .where(Event.ticket_id.in_(ticket_ids), Event.step.in_(list(STEPS)))
        .group_by(Event.ticket_id, Event.round, Event.step)
    )


def hand(
    work: Work,
    promise: Deadline,
    ticket: Ticket,
    *,
    holder: str,
    centre: str,
    answered: bool,
    window: Window,
    frozen: bool,
) -> Hand:
    """Who can mend a promise that was missing at the cut-off, as the ticket stands now.

    `holder`: the name of the unit that has it, `centre`: of the centre it is of; `answered`: an answer was sent and has
    not arrived; `frozen`: the month's figures stay as they are.
    """
    if promise.met_at is not None:
        return Hand("", "", _met(work, promise.met_at, window))
    if promise.void_at is not None or promise.exempt_at is not None:
        return Hand("", "", "现已不计入")
    who, what = _next(promise.kind, ticket.state, answered)
    unit = holder if ticket.state in WITH_UNIT else centre
    return Hand(f"{unit}{who}", what, _chance(promise, window, running=work.now <= window.cut_off, frozen=frozen))


def _next(kind: DeadlineKind, state: State, answered: bool) -> tuple[str, str]:
    if kind is DeadlineKind.EXPLAIN:
        return "承办人", "提交书面说明"
    if kind is DeadlineKind.REPLY and answered:
        return TO_CALL
    return NEXT.get(state, (CHECKER, "查看工单"))


def _chance(promise: Deadline, window: Window, *, running: bool, frozen: bool) -> str:
    """What would come of it for the figures of the month: what has not been done in time never becomes so."""
    if promise.offered_at is not None and promise.offered_at <= window.cut_off and not frozen:
        return "核查通过即算按时" if promise.offered_at <= promise.due_at else "核查通过即计入已完成（逾期）"
    if running:
        return "已逾期，补不回按时，但可以办结"
    return "已逾期，补不回本月；办结后计入以后的月份"


def _met(work: Work, moment: datetime, window: Window) -> str:
    """Done, but after the month; or so late made known that the month had been frozen."""
    local = moment.astimezone(work.rules.zone)
    done = f"{local.month}月{local.day}日已完成"
    return f"{done}，月报冻结后才核定" if window.has_seen(moment) else f"{done}，计入{local.month}月"
