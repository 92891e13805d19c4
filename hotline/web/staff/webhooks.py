"""对外通知: other systems that are told what happens to tickets. For administrators, within their own subtree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hotline.domain.errors import Invalid, Refused
from hotline.domain.workflow import STEPS
from hotline.models import DeliveryState, Webhook
from hotline.services import subscribing, telling
from hotline.services.subscribing import Listed, Told
from hotline.services.work import Work
from hotline.web.door import now, office, work
from hotline.web.staff import options
from hotline.web.staff.units import number

Answer = str | Response | tuple[str, int]

STATES = {DeliveryState.SENT: "已送达", DeliveryState.FAILED: "未送达", DeliveryState.QUEUED: "等待发送"}
LABELS = {"receive": "登记诉求"} | {step.name: str(step.label) for step in STEPS if step.name in telling.STEPS}


def show() -> str:
    """GET /desk/webhooks."""
    return _page({}, {})


def add() -> Answer:
    """POST /desk/webhooks: the secret is shown in the answer, and never again."""
    typed: dict[str, Any] = {**request.form.to_dict(), "steps": request.form.getlist("steps")}
    name, url = request.form.get("name", ""), request.form.get("url", "")
    try:
        with work() as unit:
            unit_id = number(request.form.get("unit_id", ""))
            made, secret = subscribing.add(unit, office().outside, name, url, unit_id, _alike(typed["steps"]))
    except Invalid as error:
        return _page(typed, error.fields), 422
    return render_template(
        "staff/shown_once.html",
        heading=f"“{made.name}”的签名密钥",
        label="密钥",
        value=secret,
        note="请现在交给对方系统，用来核对通知确由热线发出。遗失的，请停用后新增一个。",
        done="已经保存好，完成",
        next_url=url_for("staff.webhook", webhook_id=made.id),
    )


def _alike(chosen: list[str]) -> list[str]:
    """The steps of these and all that are called the same: 签收 is another step while an order is open."""
    labels = {LABELS.get(step) for step in chosen}
    return [step for step in chosen if step not in LABELS] + [step for step, each in LABELS.items() if each in labels]


def show_one(webhook_id: int) -> str:
    """GET /desk/webhooks/<id>: how it goes with what it is told."""
    return _one(webhook_id, {}, {})


def lock(webhook_id: int) -> Response:
    """POST /desk/webhooks/<id>/lock."""
    return _do(webhook_id, lambda work: _switched(work, webhook_id, False))


def unlock(webhook_id: int) -> Response:
    """POST /desk/webhooks/<id>/unlock."""
    return _do(webhook_id, lambda work: _switched(work, webhook_id, True))


def _switched(work: Work, webhook_id: int, active: bool) -> str:
    name = subscribing.switch(work, webhook_id, active).name
    return f"“{name}”已恢复使用，停用期间的可以重发。" if active else f"“{name}”已停用，不再发送。"


def try_out(webhook_id: int) -> Response:
    """POST /desk/webhooks/<id>/test."""

    def act(work: Work) -> str:
        subscribing.try_out(work, webhook_id)
        return "测试通知已排队，几秒后刷新本页看结果。"

    return _do(webhook_id, act)


def replay(webhook_id: int, delivery_id: int) -> Response:
    """POST /desk/webhooks/<id>/deliveries/<id>/replay."""

    def act(work: Work) -> str:
        subscribing.repeat(work, webhook_id, delivery_id)
        return "已排队重发，编号不变，对方可凭编号认出重复的。"

    return _do(webhook_id, act)


def replay_since(webhook_id: int) -> Answer:
    """POST /desk/webhooks/<id>/replay: all since a moment of city time."""
    typed = request.form.get("since", "")

    def act(work: Work) -> str:
        _, count = subscribing.repeat_since(work, webhook_id, _moment(typed))
        return f"已排队重发 {count} 条。" if count else "这段时间没有要重发的通知。"

    try:
        return _do(webhook_id, act)
    except Invalid as error:
        return _one(webhook_id, {"since": typed}, error.fields), 422


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=current_app.config["ZONE"])
    except ValueError:
        raise Invalid({"since": "请填写日期和时间。"}) from None


def _do(webhook_id: int, act: Callable[[Work], str]) -> Response:
    try:
        with work() as unit:
            said = act(unit)
    except Refused as error:
        flash(error.message, "error")
    else:
        flash(said, "success")
    return redirect(url_for("staff.webhook", webhook_id=webhook_id), 303)


def _page(typed: dict[str, Any], errors: dict[str, str]) -> str:
    with work() as unit:
        return render_template(
            "staff/webhooks.html",
            webhooks=[_shown(each) for each in subscribing.browse(unit)],
            fields=_fields(unit),
            values=typed,
            errors=errors,
            action=url_for("staff.add_webhook"),
        )


def _fields(work: Work) -> list[dict[str, Any]]:
    first = {label: step for step, label in reversed(LABELS.items())}
    steps = [{"value": step, "label": label} for step, label in LABELS.items() if first[label] == step]
    return [
        {"name": "name", "label": "名称", "type": "text", "required": True, "hint": "例如“市政平台”。"},
        {
            "name": "url",
            "label": "网址",
            "type": "text",
            "required": True,
            "hint": "以 https:// 开头。",
            "attrs": {"inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
        },
        {
            "name": "unit_id",
            "label": "单位",
            "type": "select",
            "required": True,
            "options": options.subtree(work),
            "hint": "只通知该单位及其下级能看到的工单。",
        },
        {
            "name": "steps",
            "label": "只通知其中几步",
            "type": "checkboxes",
            "options": steps,
            "fold": True,
            "hint": "都不选的，每一步都通知。",
        },
    ]


def _shown(listed: Listed) -> dict[str, Any]:
    webhook = listed.webhook
    return {
        "name": webhook.name,
        "unit": listed.unit.name,
        "address": webhook.url,
        "steps": _steps(webhook),
        "active": webhook.active,
        "queued": listed.queued,
        "failed": listed.failed,
        "created_at": webhook.created_at,
        "url": url_for("staff.webhook", webhook_id=webhook.id),
    }


def _steps(webhook: Webhook) -> str:
    return "、".join(dict.fromkeys(LABELS.get(step, step) for step in webhook.steps)) or "全部步骤"


def _one(webhook_id: int, typed: dict[str, str], errors: dict[str, str]) -> str:
    with work() as unit:
        listed = subscribing.find(unit, webhook_id)
        deliveries = [_delivery(webhook_id, each) for each in subscribing.last(unit, listed.webhook)]
    noun = "lock" if listed.webhook.active else "unlock"
    return render_template(
        "staff/webhook.html",
        webhook=_shown(listed),
        deliveries=deliveries,
        values=typed,
        errors=errors,
        switch_url=url_for(f"staff.{noun}_webhook", webhook_id=webhook_id),
        test_url=url_for("staff.try_webhook", webhook_id=webhook_id),
        replay_url=url_for("staff.replay_webhook", webhook_id=webhook_id),
        back_url=url_for("staff.webhooks"),
    )


def _delivery(webhook_id: int, told: Told) -> dict[str, Any]:
    row = told.delivery
    may_repeat = row.state is not DeliveryState.QUEUED and row.event_id != telling.TEST
    on_its_way = row.claimed_until is not None and row.claimed_until > now()
    return {
        "what": LABELS.get(told.step, told.step) if told.step else "测试",
        "number": told.number,
        "again": row.event_id != telling.TEST and row.replays_id is not None,
        "state": row.state.value,
        "said": "正在发送" if on_its_way else STATES[row.state],
        "failure": row.failure,
        "tries": row.tries,
        "queued_at": row.queued_at,
        "sent_at": row.sent_at,
        "next_try_at": row.next_try_at if row.tries and not on_its_way else None,
        "url": url_for("staff.replay_delivery", webhook_id=webhook_id, delivery_id=row.id) if may_repeat else None,
    }
