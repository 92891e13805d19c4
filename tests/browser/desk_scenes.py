"""Every page of the desk, whose it is, and a city that has lived long enough for each to show something.

An address of the desk that has no scene and is not among NOT_PAGES fails test_desk_accessibility.py, so that no new
page is forgotten.
"""

from __future__ import annotations

from datetime import date, time
from functools import partial
from typing import Final

import sqlalchemy as sa

from hotline.carriers.outside import Outside
from hotline.domain.phrases import Phrase
from hotline.domain.publicity import Publicity
from hotline.models import (
    Brief,
    Category,
    Complaint,
    Deadline,
    DispatchRule,
    Ground,
    HotMatter,
    Message,
    MessageState,
    PolicyVersion,
    SampleCheck,
    Staff,
    Ticket,
)
from hotline.services import (
    amending,
    appealing,
    assigning,
    checking,
    enforcing,
    extending,
    handling,
    heating,
    instructing,
    phrasing,
    replying,
    returning,
    sampling,
    subscribing,
    supervising,
    transcribing,
)
from hotline.services.month import briefing, points
from hotline.services.month.points import Wanted
from hotline.services.sampling import Pool
from hotline.services.transcribing import Call
from tests.city import City, at
from tests.freezing import freeze, restate

LAMP: Final = "香溪路与大桥路口的路灯不亮三天了，晚上看不清路。"
CALLS: Final = (
    "坐席：您好，请讲。\n市民：建设路菜市场门口占道摆摊，路都走不过去。\n坐席：请问您贵姓？\n市民：我姓赵。",
    "坐席：您好，请讲。\n市民：阳光花园3栋楼下燃气泄漏，味道很大！",
)
#: Whose page, and its address; what stands in braces is what `lived` gives back.
SCENES: Final[dict[str, tuple[str, str]]] = {
    "home": ("olga", "/desk/"),
    "find": ("olga", "/desk/find?q=路灯"),
    "help": ("olga", "/desk/help"),
    "me": ("olga", "/desk/me"),
    "own_password": ("olga", "/desk/me/password"),
    "own_second_factor": ("olga", "/desk/me/second-factor"),
    "away": ("olga", "{away}"),
    "rules": ("olga", "/desk/rules"),
    "texts": ("olga", "/desk/rules/texts"),
    "tickets": ("sven", "/desk/tickets?view=all"),
    "views": ("sven", "/desk/views"),
    "exports": ("sven", "/desk/exports"),
    "ticket": ("sven", "/desk/tickets/{late}"),
    "why": ("sven", "/desk/tickets/{late}/deadlines/{deadline}"),
    "sheet": ("sven", "/desk/tickets/{late}/sheet"),
    "quick_texts": ("olga", "/desk/quick-texts"),
    "quick_text": ("olga", "/desk/quick-texts/{phrase}"),
    "drafts": ("olga", "/desk/drafts"),
    "draft": ("olga", "/desk/drafts/{draft}"),
    "calls": ("olga", "/desk/calls"),
    "new_call": ("olga", "/desk/calls/new"),
    "call_taken": ("olga", "/desk/calls/received/{received}"),
    "call": ("olga", "/desk/calls/{lost}"),
    "public": ("olga", "/desk/public"),
    "publication": ("olga", "/desk/public/{late}"),
    "ours": ("hans", "/desk/ours"),
    "ours_due": ("hans", "/desk/ours/due"),
    "ours_held": ("hans", "/desk/ours/held"),
    "ours_used": ("hans", "/desk/ours/used/extension"),
    "field": ("hans", "/desk/field"),
    "field_sheet": ("hans", "/desk/field/{fresh}"),
    "dispatching": ("dora", "/desk/dispatching"),
    "dispatch_pane": ("dora", "/desk/dispatching/{waiting}"),
    "dispatch": ("dora", "/desk/dispatch"),
    "line": ("dora", "/desk/dispatch/{line}"),
    "cockpit": ("lena", "/desk/cockpit"),
    "closed": ("lena", "/desk/cockpit/closed"),
    "board": ("lena", "/desk/board"),
    "board_items": ("lena", "/desk/board/items?by=unit"),
    "briefs": ("lena", "/desk/briefs"),
    "brief": ("lena", "/desk/briefs/{brief}"),
    "report": ("lena", "/desk/reports"),
    "month": ("lena", "/desk/reports/2026-10"),
    "items": ("lena", "/desk/reports/2026-10/items"),
    "papers": ("lena", "/desk/reports/2026-10/papers"),
    "circular": ("lena", "/desk/reports/2026-10/circular"),
    "cases": ("lena", "/desk/reports/2026-10/cases?indicator=repeat_rate"),
    "versions": ("sven", "/desk/reports/2026-09/versions"),
    "compare_versions": ("sven", "/desk/reports/2026-09/versions/2"),
    "since_frozen": ("sven", "/desk/reports/2026-09/changes"),
    "restatement": ("sven", "/desk/reports/2026-09/restatement"),
    "latest_ranking": ("lena", "/desk/ranking"),
    "ranking": ("lena", "/desk/ranking/2026-10"),
    "score": ("lena", "/desk/ranking/2026-10/{unit}"),
    "points": ("sven", "/desk/points"),
    "point": ("sven", "/desk/points/{point}"),
    "points_month": ("sven", "/desk/points/2026-10"),
    "point_tickets": ("sven", "/desk/points/2026-10/{point}"),
    "scoring": ("adam", "/desk/rules/scoring?scheme=jinhua"),
    "freeze_days": ("adam", "/desk/rules/freezing"),
    "learning": ("lena", "/desk/learning"),
    "hot": ("sven", "/desk/hot"),
    "hot_matter": ("sven", "/desk/hot/{hot}"),
    "supervision": ("sven", "/desk/supervision"),
    "expected": ("sven", "/desk/supervision/items?over=yes&chosen=yes"),
    "held": ("sven", "/desk/supervision/held"),
    "cards": ("sven", "/desk/supervision/cards"),
    "verdicts": ("sven", "/desk/supervision/verdicts?show=all"),
    "checks": ("sven", "/desk/checks"),
    "check": ("sven", "/desk/checks/{submitted}"),
    "explanations": ("sven", "/desk/explanations"),
    "explanation": ("sven", "/desk/explanations/{explained}"),
    "appeals": ("sven", "/desk/appeals"),
    "appeal": ("sven", "/desk/appeals/{appealed}"),
    "decided_appeals": ("sven", "/desk/appeals/decided"),
    "instructions": ("sven", "/desk/instructions"),
    "instruction": ("sven", "/desk/instructions/{instruction}"),
    "samples": ("sven", "/desk/samples"),
    "sample": ("sven", "/desk/samples/{sample}"),
    "units": ("adam", "/desk/units"),
    "new_unit": ("adam", "/desk/units/new"),
    "unit": ("adam", "/desk/units/{unit}"),
    "people": ("adam", "/desk/people"),
    "new_person": ("adam", "/desk/people/new"),
    "security": ("adam", "/desk/people/security"),
    "import_people": ("adam", "/desk/people/import"),
    "person": ("adam", "/desk/people/{person}"),
    "clients": ("adam", "/desk/clients"),
    "changes": ("adam", "/desk/changes"),
    "webhooks": ("adam", "/desk/webhooks"),
    "webhook": ("adam", "/desk/webhooks/{webhook}"),
    "policy": ("adam", "/desk/rules/policy"),
    "policy_version": ("adam", "/desk/rules/policy/{policy}"),
    "policy_draft": ("adam", "/desk/rules/policy/draft"),
    "policy_ladder": ("adam", "/desk/rules/policy/draft/ladder"),
    "review_policy": ("adam", "/desk/rules/policy/draft/review"),
    "standards": ("adam", "/desk/rules/standards"),
    "calendar": ("adam", "/desk/rules/calendar"),
    "calendar_year": ("adam", "/desk/rules/calendar/2027"),
    "office_hours": ("adam", "/desk/rules/calendar/hours"),
    "categories": ("adam", "/desk/rules/categories"),
    "category": ("adam", "/desk/rules/categories/{category}"),
    "import_categories": ("adam", "/desk/rules/categories/import"),
    "retention": ("adam", "/desk/rules/retention"),
    "edit_text": ("adam", "/desk/rules/texts/accepted"),
}
#: Addresses under which there is no page of its own, each with what is there instead.
NOT_PAGES: Final[dict[str, str]] = {
    "live": "numbers, for the script",
    "count": "a number, for the list",
    "bulk_again": "leads back to the list",
    "bulk_step": "leads back to the list",
    "step": "leads back to the ticket",
    "exported": "a file",
    "paper": "a file",
    "field_token": "for the script",
    "field_worker": "a script",
    "dispatch_file": "a file",
    "people_template": "a file",
    "standards_file": "a file",
    "categories_template": "a file",
    "guide_picture": "a picture",
}


def lived(city: City) -> dict[str, str | int]:
    """Ten days at the centre: something is at every station of the chain. What the addresses of SCENES name."""
    city.office.publicity = Publicity.REVIEWED
    _catalogue(city)
    named: dict[str, str | int] = {}
    city.now = at("2026-10-09 09:00")
    named |= {"explained": _ordered(city), "appealed": _appealed(city)}
    named["late"] = city.handling(text="香溪路12号门前井盖缺失")
    city.assigned("county-roads", text="东县环城公路路面塌陷约两平方米，请立即围挡修复")
    named["sample"] = _sampled(city)
    city.now = at("2026-10-20 09:20")
    _pass(city)
    named |= _instructed(city, str(named["late"]))
    named |= {"lost": _lost(city), "hot": _hot(city), "waiting": _returned(city), "draft": drafted(city)}
    city.accepted(text="人民公园北门行道树倒伏压住非机动车道", place="人民公园北门")
    city.accepted(text="解放路垃圾桶满溢，苍蝇很多", place="解放路")
    city.assigned(text="大桥路7号井盖缺失，有老人差点摔倒", place="大桥路7号", latitude=33.30, longitude=110.78)
    named["fresh"] = city.handling(text=LAMP, place="香溪路与大桥路口", latitude=33.121, longitude=110.78)
    _extended(city, str(named["fresh"]))
    named["submitted"] = city.submitted(text="香溪路30号路灯不亮，接孩子放学看不清台阶", phone="+8613812345678")
    named["received"] = city.receive(text="东风路人行道地砖破损，雨天积水", phone="+8613900001111").number
    named |= {"unit": city.unit_id("lamps"), "person": city.actor("hans").staff_id or 0}
    named |= _ruled(city)
    named |= {"line": city.scalar(sa.select(sa.func.min(DispatchRule.id))), "phrase": _phrase(city)}
    of_late = sa.select(Ticket.id).where(Ticket.number == named["late"]).scalar_subquery()
    named |= {"brief": _briefed(city), "point": _pointed(city)}
    freeze(city, "2026-09")
    restate(city, "2026-09")
    named["deadline"] = city.scalar(sa.select(sa.func.min(Deadline.id)).where(Deadline.ticket_id == of_late))
    return named


def _catalogue(city: City) -> None:
    with city.work() as work:
        for position, (lead, words) in enumerate([("lamps", "路灯"), ("parks", "树"), ("lamps-east", "路灯")], 1):
            row = DispatchRule(position=position, category_code="", words=[words], area="", note="职责清单第3条")
            row.lead_id, row.assist_ids, row.limit_text = city.unit_id(lead), [], None
            work.session.add(row)


def _pass(city: City) -> None:
    with city.work() as work:
        enforcing.run_pass(work)


def _ordered(city: City) -> str:
    number = city.handling(text="香溪路3号门前路灯不亮已经三天了", place="香溪路3号")
    with city.work("sven") as work:
        supervising.supervise(work, number, "red", Ground.LEADER, "请单位主要负责人到现场督促修复。")
    with city.work("hans") as work:
        supervising.explain(work, number, "因灯具缺货，已于今日到货，明日修复，并排查全路段。")
    return number


def _appealed(city: City) -> str:
    number = city.handling(text="环城路5号路灯灯杆倾斜", wants_reply=False)
    then, city.now = city.now, at("2026-10-19 10:00")
    with city.work("hans") as work:
        handling.submit(work, number, "台风后已更换灯杆，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, "您反映的路灯已修复，感谢监督。联系电话0320-0002101。")
    with city.work("hans") as work:
        appealing.appeal(work, number, "当日台风停工，有市应急局通知为证。")
    city.now = then
    return number


def _sampled(city: City) -> int:
    for place in range(3):
        city.replied(text=f"大桥路{place + 1}号路灯不亮，请修复", wants_reply=False)
    with city.work("sven") as work:
        sampling.draw(work, 2, Pool(date(2026, 10, 1), date(2026, 10, 31)), "7f3a90c1")
    return int(city.scalar(sa.select(sa.func.min(SampleCheck.id))))


def _instructed(city: City, number: str) -> dict[str, int]:
    enter = partial(instructing.enter, number=number, leader="副市长张某某", given_on=date(2026, 10, 16))
    with city.work("sven") as work:
        row = enter(work, text="请城管局三日内查明原因，举一反三。", due_on=date(2026, 10, 19))
        return {"instruction": row.id}


def _lost(city: City) -> str:
    """The answer has not arrived: somebody has to ring."""
    number = city.accepted(phone="+8613812340001", text="东风路公厕锁门，不开放", place="东风路")
    with city.work("olga") as work:
        replying.answer(work, number, "您反映的公厕已恢复开放，感谢监督。")
    about_it = sa.select(Complaint.id).where(Complaint.number == number).scalar_subquery()
    texts = sa.update(Message).where(Message.complaint_id == about_it, Message.purpose == "answered")
    with city.work() as work:
        work.session.execute(texts.values(state=MessageState.FAILED, next_at=None, failed_at=city.now))
    return number


def _hot(city: City) -> int:
    for day in range(3):
        city.receive(text=f"丽景花园旁边工地半夜打桩，吵得睡不着，第{day + 1}天了", place="丽景花园")
    with city.work("olga") as work:
        heating.count(work)
    return int(city.scalar(sa.select(sa.func.min(HotMatter.id))))


def _returned(city: City) -> str:
    number = city.accepted(text="人民路路灯杆被行道树遮挡，请修剪", place="人民路")
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    with city.work("hans") as work:
        returning.give_back_to_centre(work, number, "不属本单位职责，修剪行道树由园林局办理。")
    return number


def drafted(city: City) -> int:
    """Two calls as the recorder heard them; the first one's draft."""
    with city.work("olga") as work:
        return min(transcribing.send(work, call.encode(), Call())[0].id for call in CALLS)


def _extended(city: City, number: str) -> None:
    with city.work("hans") as work:
        extending.request(work, number, "灯具需向厂家订货，预计10月底到货。")


def _ruled(city: City) -> dict[str, str | int]:
    """A change of the policy is being written, and a system outside is told."""
    policy = city.scalar(sa.select(sa.func.min(PolicyVersion.id)))
    with city.work("adam") as work:
        amending.begin(work, policy)
        outside, center = Outside(trying_out=True), city.unit_id("center")
        webhook = subscribing.add(work, outside, "市政平台", "http://127.0.0.1:9/", center, ())[0].id
    return {"policy": policy, "webhook": webhook, "category": city.scalar(sa.select(sa.func.min(Category.id)))}


def _briefed(city: City) -> int:
    with city.work() as work:
        while briefing.make(work, time(8), None):
            pass
    return int(city.scalar(sa.select(sa.func.min(Brief.id)).join(Staff).where(Staff.login == "lena")))


def _pointed(city: City) -> int:
    with city.work("sven") as work:
        points.add(work, Wanted("人民公园", "林晓", city.unit_id("parks"), kind="公园"))
        road = Wanted("香溪路", "张建国", city.unit_id("lamps"), words=("香溪街",), office="副处长")
        return points.add(work, road).id


def _phrase(city: City) -> int:
    with city.work("olga") as work:
        return phrasing.add(work, Phrase("已修复", "{地点}已修复，编号{编号}。", ("reply",)), of_unit=False).id
