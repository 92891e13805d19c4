"""What an administrator should look after: what would quietly go wrong if nobody did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask import url_for

from hotline.carriers.console import is_connected
from hotline.models import Message, MessageState, Staff, Unit, Webhook, WebhookDelivery
from hotline.services import lacking, subscribing
from hotline.services.lacking import Lack
from hotline.services.work import Work
from hotline.web.door import office

NOTICE_MONTH: Final = 11  # by then the State Council has mostly said which days of the next year are off
STUCK: Final = timedelta(minutes=10)  # a text that has waited for so long is held up
DAY: Final = timedelta(days=1)


def cares(work: Work) -> list[dict[str, Any]]:
    """What is not in order, each with what to do and where; nothing where all is well. One statement."""
    found = [_carrier(), _calendar(work), *_counted(work)]
    return [each for each in found if each is not None]


def _carrier() -> dict[str, Any] | None:
    if is_connected(office().carrier):
        return None
    text = "诉求人由受理员在“待联系”里打电话告知，单位请另行通知。接入短信运营商请找装机维护的人。"
    return _care("message", "没有接入短信通道，短信都没有发出", text)


def _calendar(work: Work) -> dict[str, Any] | None:
    today = work.now.astimezone(work.rules.zone).date()
    ahead = [today.year, today.year + 1] if today.month >= NOTICE_MONTH else [today.year]
    years = [year for year in ahead if work.rules.calendar.is_provisional(year)]
    if not years:
        return None
    named = "、".join(f"{year}年" for year in years)
    text = "放假通知公布后请录入，未到期的时限会自动重算。"
    return _care("clock", f"{named}的工作日历是暂定的", text, "staff.calendar")


def _counted(work: Work) -> list[dict[str, Any] | None]:
    row = work.session.execute(
        sa.select(
            _units(work, Lack.HANDLERS),
            _units(work, Lack.PHONE),
            _unused(work),
            _stuck(work),
            _failed(work),
            _untold(work),
        )
    ).one()
    without_people, without_phone, unused, stuck, failed, untold = row
    return [
        _care(
            "building",
            f"{without_people} 个单位没有承办人",
            "交办给它的工单没有人签收。",
            "staff.units",
            lack="handlers",
        )
        if without_people
        else None,
        _care(
            "phone", f"{without_phone} 个单位没有值班电话", "新工单和督办的短信无处可发。", "staff.units", lack="phone"
        )
        if without_phone
        else None,
        _care("user", f"{unused} 人从未登录", "确认账号是否已送到本人手中。", "staff.people", state="never")
        if unused
        else None,
        _care("message", f"{stuck} 条短信超过 10 分钟没有发出", "请检查短信通道和后台任务是否在运行。")
        if stuck
        else None,
        _care("message", f"{failed} 条给诉求人的短信一天内没有送达", "受理员会电话告知；突然增多时请检查短信通道。")
        if failed
        else None,
        _care("send", f"{untold} 条对外通知没有送达", "不再自动重试，请与对方核对后重发。", "staff.webhooks")
        if untold
        else None,
    ]


def _care(icon: str, label: str, text: str, endpoint: str | None = None, **asked: Any) -> dict[str, Any]:
    return {"icon": icon, "label": label, "text": text, "url": url_for(endpoint, **asked) if endpoint else None}


def _units(work: Work, lack: Lack) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(Unit).where(*lacking.units(work, lack)).scalar_subquery()


def _unused(work: Work) -> sa.ScalarSelect[int]:
    query = sa.select(sa.func.count()).select_from(Staff).join(Unit, Unit.id == Staff.unit_id)
    return query.where(*lacking.never_in(work)).scalar_subquery()


def _stuck(work: Work) -> sa.ScalarSelect[int]:
    waiting = (Message.next_at < work.now - STUCK, Message.state == MessageState.QUEUED)
    return sa.select(sa.func.count()).select_from(Message).where(*waiting).scalar_subquery()


def _failed(work: Work) -> sa.ScalarSelect[int]:
    lost = (Message.state == MessageState.FAILED, Message.complaint_id.is_not(None), Message.failed_at > work.now - DAY)
    return sa.select(sa.func.count()).select_from(Message).where(*lost).scalar_subquery()


def _untold(work: Work) -> sa.ScalarSelect[int]:
    """What other systems in use, of the actor's subtree, were not told in the end."""
    theirs = Webhook.active, Webhook.unit_path.startswith(work.actor.unit_path)
    query = sa.select(sa.func.count()).select_from(WebhookDelivery)
    query = query.join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
    return query.where(*theirs, subscribing.given_up()).scalar_subquery()
