"""What the pages for the street show: a list with places, and of one ticket what a crew needs and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import accumulate
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from flask import current_app, url_for

from hotline.domain.dates import spoken
from hotline.domain.errors import Stale
from hotline.domain.workflow import BY_NAME, STATE_LABELS, is_offered, why_not
from hotline.models import Ticket
from hotline.services import crews, desk, self_checking, viewing
from hotline.services.attaching import MOST
from hotline.services.covering import passing
from hotline.services.crews import Due, Job
from hotline.services.facts import gather
from hotline.services.paging import Stretch
from hotline.services.tabulating import level_of
from hotline.services.work import Work
from hotline.web.resources import Submission
from hotline.web.staff import forms, rows, words
from hotline.web.staff.phrases import Phrases

SIGNING = ("sign", "sign_supervised")
OUTCOME = 4000  # characters
AHEAD = 20  # sheets that a device fetches before they are opened
SMALL = 256 * 1024  # bytes of photos that come with each of them, all together


def listed(work: Work, jobs: Stretch[Job, str], own: bool, own_count: int, all_count: int) -> dict[str, Any]:
    """For staff/field.html."""
    of = "mine" if own else "unit"
    lines = [_line(work, job) for job in jobs]
    return {
        "views": [
            _tab("我的", "mine", own_count, own),
            _tab("本单位", "unit", all_count, not own),
        ],
        "jobs": lines,
        "points": [_point(line) for line in lines if line["latitude"] is not None],
        "empty_text": "没有指定给您办理的工单。可以查看「本单位」。" if own else "没有待签收、待办理的工单。",
        "next_url": url_for("staff.field", of=of, after=jobs.after) if jobs.after else None,
        "prev_url": url_for("staff.field", of=of, before=jobs.before) if jobs.before else None,
    }


def ahead(own: Sequence[Job]) -> list[dict[str, str]]:
    """The sheets that the reader should have with him, each as it stands now."""
    return [
        {"url": url_for("staff.field_sheet", number=job.ticket.number), "version": str(job.ticket.version)}
        for job in own[:AHEAD]
    ]


def sheet(
    work: Work, ticket: Ticket, noun: str = "", typed: Mapping[str, Any] | None = None, errors: Any = None
) -> dict[str, Any]:
    """For staff/field_sheet.html; `small`: photos that a device may fetch ahead. `noun`, `typed`, `errors`: of a form
    that came back."""
    job = crews.job_of(work, ticket)
    sight = viewing.sight(work, ticket)
    facts, _, _ = gather(replace(work, held=sight.held), ticket)
    signs = next((name for name in SIGNING if _may(work, facts, name)), None)
    submits = BY_NAME["submit"]
    offered = job is not None and is_offered(submits, work.actor, facts)
    guard = why_not(submits, work.actor, facts) if offered else None
    head = sight.told
    files = [each for each in head["attachments"] if each["size"]]
    photos = [_photo(each) for each in files]
    return {
        "ticket": _head(work, ticket, head, job),
        "said": [_complaint(each) for each in head["complaints"]],
        "photos": photos,
        "small": _small(photos, [each["size"] for each in files]),
        "ways": _ways(ticket, head["place"]),
        "sign": _form(ticket, "signature") if signs and job else None,
        "submit": _submission(work, ticket, head, job, typed if noun == "submission" else None)
        if job is not None and offered and not guard
        else None,
        "errors": dict(errors or {}),
        "why_not": guard.text if guard and not signs else None,
        "full_url": url_for("staff.ticket", number=ticket.number),
        "back_url": url_for("staff.field"),
    }


def changes(error: Stale) -> list[str]:
    """What others did meanwhile, a sentence each."""
    labels = {state.value: label for state, label in STATE_LABELS.items()}
    return [
        f"{change['actor']}：{viewing.event_label(change['step'])}，现为“{labels[change['to_state']]}”"
        for change in error.changes
    ]


def _tab(label: str, of: str, count: int, current: bool) -> dict[str, Any]:
    shown = f"{desk.MOST - 1}+" if count == desk.MOST else count
    return {"label": label, "url": url_for("staff.field", of=of), "count": shown, "current": current}


def _line(work: Work, job: Job) -> dict[str, Any]:
    ticket = job.ticket
    cover = passing(work, ticket)
    return {
        "number": ticket.number,
        "url": url_for("staff.field_sheet", number=ticket.number),
        "matter": cover(ticket.matter),
        "place": cover(ticket.place),
        "latitude": ticket.latitude,
        "longitude": ticket.longitude,
        "state": ticket.state.value,
        "state_label": STATE_LABELS[ticket.state],
        "urgency": ticket.urgency.value,
        "urgency_label": words.URGENCIES[ticket.urgency],
        "unit": job.unit,
        "handler": job.handler,
        "due": _due(work, job.due),
        "due_label": words.KINDS[job.due.kind] if job.due else None,
        "status": _status(work.now, job.due),
    }


def _point(line: Mapping[str, Any]) -> dict[str, Any]:
    """On the map; the title is the matter as the list shows it."""
    return {
        "latitude": line["latitude"],
        "longitude": line["longitude"],
        "title": line["matter"],
        "href": line["url"],
        "note": line["place"],
        "status": line["status"],
    }


def _due(work: Work, due: Due | None) -> dict[str, Any] | None:
    if due is None:
        return None
    over = rows.over(work, due.limit_text, due.due_at, work.now)
    return {"due_at": due.due_at, "warn_at": due.warn_at, "over": over}


def _status(now: datetime, due: Due | None) -> str:
    if due is None:
        return "wait"
    return "over" if due.due_at < now else "soon" if due.warn_at <= now else "wait"


def _may(work: Work, facts: Any, name: str) -> bool:
    step = BY_NAME[name]
    return is_offered(step, work.actor, facts) and why_not(step, work.actor, facts) is None


def _head(work: Work, ticket: Ticket, read: Mapping[str, Any], job: Job | None) -> dict[str, Any]:
    level, level_label = level_of(work, ticket.policy_version_id, ticket.level)
    standard = read["case_standard"]
    return {
        "number": ticket.number,
        "matter": read["matter"],
        "place": read["place"],
        "state": read["state"],
        "state_label": read["state_label"],
        "level": level,
        "level_label": level_label,
        "urgency": read["urgency"],
        "urgency_label": words.URGENCIES[ticket.urgency],
        "confidential": ticket.confidential,
        "closing": standard["closing"] if standard else None,
        "handler": job.handler if job else None,
        "due": _due(work, job.due) if job else None,
        "due_label": words.KINDS[job.due.kind] if job and job.due else None,
    }


def _complaint(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": row["text"], "received_at": row["received_at"], "additions": row["additions"]}


def _photo(row: Mapping[str, Any]) -> dict[str, Any]:
    of = "诉求" if row["by_citizen"] else words.PHASES.get(row["phase"], "现场")
    url = url_for("attachments.show", token=row["token"])
    return {"url": url, "alt": f"{of}照片：{row['name']}", "note": of}


def _small(photos: Sequence[Mapping[str, str]], sizes: Sequence[int]) -> list[str]:
    return [photo["url"] for photo, total in zip(photos, accumulate(sizes), strict=True) if total <= SMALL]


def _ways(ticket: Ticket, place: str) -> list[dict[str, str]]:
    """导航: for the telephone's own map; where the city's map is drawn in GCJ-02, also for the app that most have."""
    if ticket.latitude is None or ticket.longitude is None:
        return [{"label": "在地图中查找", "url": f"geo:0,0?q={quote(place)}"}] if place else []
    at = f"{ticket.latitude:.6f},{ticket.longitude:.6f}"
    ways = [{"label": "导航", "url": f"geo:{at}?q={at}"}]
    if current_app.config["MAP"].coordinates == "gcj02":
        to = f"{ticket.longitude:.6f},{ticket.latitude:.6f}"
        ways.append(
            {"label": "高德地图", "url": f"https://uri.amap.com/navigation?to={to}&coordinate=wgs84&callnative=1"}
        )
    return ways


def _form(ticket: Ticket, noun: str) -> dict[str, Any]:
    return {
        "url": url_for("staff.field_act", number=ticket.number, noun=noun),
        "hidden": {"version": ticket.version, "key": str(uuid4())},
    }


def _submission(
    work: Work, ticket: Ticket, head: Mapping[str, Any], job: Job, typed: Mapping[str, Any] | None
) -> dict[str, Any]:
    spec = next(each for each in forms.specs(Submission, lambda name: []) if each["name"] == "outcome")
    points = [{"value": point.code, "label": point.text} for point in self_checking.questions(work, ticket)]
    return _form(ticket, "submission") | {
        "outcome": spec | {"attrs": {"maxlength": OUTCOME}},
        "points": points,
        "typed": dict(typed or {}),
        "most": MOST,
        "phrases": _phrases(work, ticket, head, job),
    }


def _phrases(work: Work, ticket: Ticket, head: Mapping[str, Any], job: Job) -> Sequence[dict[str, Any]]:
    """快捷用语 for a result, filled in with what this reader sees of the ticket."""
    values = {
        "编号": ticket.number,
        "事项": head["matter"],
        "地点": head["place"],
        "承办单位": job.unit,
        "到期时间": spoken(job.due.due_at, work.rules.zone) if job.due else "",
    }
    return Phrases(work, values).choices("submission")
