"""A complaint's page as its citizen reads it, and what the staff do with the ticket meanwhile, a verb each."""

from __future__ import annotations

import html
import re
from datetime import date

import sqlalchemy as sa

from hotline.models import Complaint, Direction, Message
from hotline.services import accepting, assigning, checking, extending, handling, merging, pausing, replying, reworking
from tests.citizen import Browser
from tests.city import City

# ---- the page


def headline(browser: Browser, number: str) -> str:
    """The one sentence."""
    found = re.search(r'class="state-line">([^<]+)<', browser.get(f"/q/{number}").text)
    assert found
    return html.unescape(found[1])


def steps(browser: Browser, number: str) -> list[str]:
    """The chain: each step with its date or how far it is, and its note."""
    page = browser.get(f"/q/{number}").text
    rows = re.findall(r"<li class=.*?</li>", page[page.index('<ol class="chain">') :].partition("</ol>")[0], re.DOTALL)
    return [" ".join(re.sub(r"<svg.*?</svg>|<[^>]*>", " ", row, flags=re.DOTALL).split()) for row in rows]


def said(browser: Browser, number: str) -> list[str]:
    """往来记录: who, when and what, a line each."""
    page = browser.get(f"/q/{number}").text
    if '<ul class="said">' not in page:
        return []
    rows = re.findall(r'<p class="meta">(.*?)</p><p class="words">(.*?)</p>', page, re.DOTALL)
    return [html.unescape(" ".join(re.sub("<[^>]*>", " ", f"{meta} {words}").split())) for meta, words in rows]


def answer_on(browser: Browser, number: str) -> str:
    """The answer that holds, in its own place; empty if there is none."""
    page = browser.get(f"/q/{number}").text
    found = re.search(r'<section class="answer".*?<p class="words">(.*?)</p>', page, re.DOTALL)
    return html.unescape(found[1]) if found else ""


def last_text(city: City, number: str) -> str:
    """What the complaint's citizen was last texted about it."""
    query = (
        sa.select(Message.body_sealed)
        .join(Complaint, Complaint.id == Message.complaint_id)
        .where(Complaint.number == number, Message.direction == Direction.OUT)
        .order_by(Message.id.desc())
        .limit(1)
    )
    return city.office.vault.open(city.scalar(query)).removeprefix("【12319】")


# ---- the staff


def assign(city: City, number: str) -> None:
    """With the unit, which has signed for it; accepted before, if nobody had."""
    if city.ticket(number).accepted_at is None:
        with city.work("olga") as work:
            accepting.accept(work, number)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    with city.work("hans") as work:
        handling.sign(work, number)


def submit(city: City, number: str) -> None:
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头两只，恢复照明。")


def reply(city: City, number: str, words: str) -> None:
    """… done by the unit, checked, and answered."""
    submit(city, number)
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, words)


def extend(city: City, number: str) -> None:
    with city.work("hans") as work:
        extending.request(work, number, "灯杆需定制。")
    with city.work("sven") as work:
        extending.decide(work, number, True, "同意")


def pause(city: City, number: str, until: date) -> None:
    with city.work("hans") as work:
        pausing.request(work, number, "等待管线迁改。", until)
    with city.work("sven") as work:
        pausing.decide(work, number, True, "同意")


def rework(city: City, number: str) -> None:
    with city.work("sven") as work:
        reworking.rework(work, number, "抽查未解决")


def merge(city: City, number: str, into: str) -> None:
    with city.work("dora") as work:
        merging.merge(work, number, into)


def unmerge(city: City, number: str) -> None:
    with city.work("dora") as work:
        merging.unmerge(work, number, "不是同一路口")
