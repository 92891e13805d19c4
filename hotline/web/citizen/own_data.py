"""我的信息: what is stored about the one who complained: seen, downloaded, corrected, deleted. Only with the key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response as FlaskResponse
from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hotline.domain.errors import Invalid, NotFound, Refused, say
from hotline.domain.texts import as_dialled, clean
from hotline.domain.written import known_again
from hotline.models import Complaint, Ticket
from hotline.services import citizens, correcting, erasing, informing
from hotline.services.work import Work
from hotline.web.citizen import memory
from hotline.web.citizen.blueprint import blueprint
from hotline.web.door import citizen_work, now
from hotline.web.languages import all_translated, language, translated
from hotline.web.languages import gettext as _
from hotline.web.limits import limiter

CHANNELS = {
    "web": say("网站"),
    "sms": say("短信"),
    "phone": say("电话"),
    "staff": say("工作人员登记"),
    "api": say("其他系统转来"),
}
ROLES = {
    "operator": say("受理员"),
    "dispatcher": say("派单员"),
    "handler": say("承办人"),
    "supervisor": say("督办员"),
    "leader": say("负责人"),
    "administrator": say("管理员"),
    "client": say("其他系统"),
}
STATES = {
    "received": say("收到"),
    "queued": say("待发"),
    "sending": say("正在发送"),
    "sent": say("已发出"),
    "delivered": say("已送达"),
    "failed": say("未送达"),
    "cancelled": say("未发送"),
}
Answer = Response | str | tuple[str, int]


@blueprint.get("/q/<number>/data")
def own_data(number: str) -> Answer:
    """All of it, in plain words."""
    return _closed(number) or _page(number)


@blueprint.get("/q/<number>/data.json")
@limiter.limit("20/hour")
def own_data_file(number: str) -> FlaskResponse | Answer:
    """The same as a file to take away; the history notes that it was given."""
    if (closed := _closed(number)) is not None:
        return closed
    with citizen_work() as work:
        complaint, ticket = _held(work, number)
        data = informing.data_of(work, complaint, ticket, language())
        for photo in data["photos"]:
            photo["url"] = work.site + url_for("attachments.show", token=photo.pop("token"))
        informing.log_giving(work, complaint, ticket)
    response = jsonify(_plain(data))
    response.headers["Content-Disposition"] = f"attachment; filename={complaint.number}.json"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/q/<number>/data/correction")
@limiter.limit("20/hour")
def correct_own_data(number: str) -> Answer:
    """更正姓名、电话."""
    if (closed := _closed(number)) is not None:
        return closed
    typed = {name: clean(request.form.get(name, "")) for name in ("name", "phone")}
    try:
        with citizen_work() as work:
            complaint, ticket = _held(work, number)
            changed = correcting.correct(work, complaint, ticket, **typed)
    except Invalid as fault:
        return _page(number, all_translated(fault.fields), typed), 422
    except Refused as refusal:
        return _page(number, {"form": translated(refusal.message)}, typed), 409
    flash(_("已更正。") if changed else _("没有改动。"), "success")
    return redirect(url_for("citizen.own_data", number=number), 303)


@blueprint.post("/q/<number>/data/erasure")
@limiter.limit("20/hour")
def erase_own_data(number: str) -> Answer:
    """立即删除. Afterwards the key opens nothing, for nothing is there."""
    if (closed := _closed(number)) is not None:
        return closed
    if request.form.get("sure") != "yes":
        return _page(number, {"sure": _("请先勾选“我明白”。")}), 422
    try:
        with citizen_work() as work:
            complaint, ticket = _held(work, number)
            erasing.erase_on_request(work, complaint, ticket)
    except Refused as refusal:
        return _page(number, {"form": translated(refusal.message)}), 409
    memory.forget(number)
    return render_template("citizen/erased.html", number=number)


@blueprint.get("/q/<number>/data/<step>")
def back_to_own_data(number: str, step: str) -> Response:
    """The address of a form that came back with errors, asked for anew."""
    return redirect(url_for("citizen.own_data", number=number), 303)


def _closed(number: str) -> Response | None:
    """Where to show the key first, for a browser that has not; the same whether the number exists or not."""
    return None if memory.is_open(number, now()) else redirect(url_for("citizen.status", number=number), 303)


def _held(work: Work, number: str) -> tuple[Complaint, Ticket]:
    complaint = citizens.find_complaint(work, number)
    if complaint is None or complaint.erased_at is not None:
        memory.forget(number)
        raise NotFound(_("没有找到这件诉求，个人信息可能已经删除。"))
    if not memory.holds(number, complaint.key_hash):
        memory.forget(number)
        raise NotFound(_("查询码已经更换，请用新的查询码重新查询。"))
    return complaint, citizens.ticket_of(work, complaint)


def _page(number: str, errors: dict[str, str] | None = None, typed: dict[str, str] | None = None) -> str:
    with citizen_work() as work:
        complaint, ticket = _held(work, number)
        data = _in_words(informing.data_of(work, complaint, ticket, language()))
        open_still = ticket.ended_at is None and complaint.withdrawn_at is None
    roles = all_translated(ROLES)
    return render_template(
        "citizen/own_data.html",
        number=number,
        data=data,
        phone=as_dialled(data["phone"]),
        last_day=data["kept"]["until"] and data["kept"]["until"] - timedelta(seconds=1),
        channel=translated(CHANNELS[data["channel"]]),
        states=all_translated(STATES),
        openings=[{**each, "roles": [roles.get(role, role) for role in each["roles"]]} for each in data["openings"]],
        photos=[{**each, "url": url_for("attachments.show", token=each["token"])} for each in data["photos"]],
        open_still=open_still,
        status_url=url_for("citizen.status", number=number),
        file_url=url_for("citizen.own_data_file", number=number),
        correction_url=url_for("citizen.correct_own_data", number=number),
        erasure_url=url_for("citizen.erase_own_data", number=number),
        notice_url=_notice_url(data["notice_version"]),
        values=typed or {"name": data["name"], "phone": as_dialled(data["phone"])},
        errors=errors or {},
    )


def _in_words(data: dict[str, Any]) -> dict[str, Any]:
    """What was written down for the citizen, in the language of the page; the file has it as it is stored."""
    additions = [{**each, "text": translated(known_again(each["text"]))} for each in data["additions"]]
    messages = [{**each, "text": translated(each["text"])} for each in data["messages"]]
    return {**data, "place": translated(known_again(data["place"])), "additions": additions, "messages": messages}


def _notice_url(version: str) -> str:
    return url_for("citizen.privacy_version", version=version) if version else url_for("citizen.privacy")


def _plain(value: Any) -> Any:
    """Moments in city time, with their zone, as other programs read them."""
    in_zone: Callable[[Any], Any] = current_app.jinja_env.filters["city"]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return in_zone(value).isoformat() if hasattr(value, "tzinfo") else value
