"""受理 → 交办 → 督办 → 答复 of each round: when each link was reached, by whom, and where the matter stands now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hotline.domain.workflow import STAGES, STATE_LABELS, State
from hotline.models import Ticket

Reached = Mapping[str, Any]

BEGUN = {"accept": "受理", "rework": "重办", "decline": "不予受理", "void": "作废", "merge": "并案", "join": "并案",
         "withdraw": "撤回"}  # fmt: skip
ANSWERED = ("reply", "answer")


def rounds(ticket: Ticket, course: Sequence[Reached]) -> list[dict[str, Any]]:
    """Each round with its links, the present one first: {round, current, links: [{label, at, who, state, note}]}.

    `state` of a link is done, now, warn (督办) or empty for what is still to come.
    """
    numbers = sorted({ticket.round, *(each["round"] for each in course)}, reverse=True)
    return [
        {"round": number, "current": number == ticket.round, "links": _links(ticket, number, course)}
        for number in numbers
    ]


def _links(ticket: Ticket, number: int, course: Sequence[Reached]) -> list[dict[str, Any]]:
    reached = {each["step"]: each for each in course if each["round"] == number}
    current = number == ticket.round
    begun = next((reached[step] for step in BEGUN if step in reached), None)
    links = [_link("受理", begun, BEGUN[begun["step"]] if begun and begun["step"] != "accept" else "")]
    if "answer" not in reached:
        signed = reached.get("sign") or reached.get("sign_supervised")
        links.append(_link("交办", reached.get("assign"), f"{signed['unit'] or '承办单位'}已签收" if signed else ""))
    if "supervise" in reached:
        links.append(_link("督办", reached["supervise"], warn=True))
    submitted = "已提交办理结果" if "submit" in reached else ""
    links.append(_link("答复", next((reached[step] for step in ANSWERED if step in reached), None), submitted))
    links.append(_link("办结", reached.get("close")))
    if current:
        _mark(ticket, links)
    return links


def _link(label: str, reached: Reached | None, note: str = "", *, warn: bool = False) -> dict[str, Any]:
    return {
        "label": label,
        "at": reached["happened_at"] if reached else None,
        "who": _who(reached) if reached else "",
        "note": note,
        "state": "warn" if warn else "done" if reached else "",
    }


def _who(reached: Reached) -> str:
    return f"{reached['actor_name']}（{reached['unit']}）" if reached["unit"] else str(reached["actor_name"])


def _mark(ticket: Ticket, links: Sequence[dict[str, Any]]) -> None:
    """Where the ticket stands: its stage, with the word of its state."""
    stage = next((label for label, states in STAGES.items() if ticket.state in states), "")
    label = "办结" if ticket.state is State.CLOSED else stage
    for link in links:
        if link["label"] == label:
            link["note"] = str(STATE_LABELS[ticket.state])
            link["state"] = "warn" if label == "督办" else "done" if ticket.state is State.CLOSED else "now"
