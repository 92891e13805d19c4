"""办理结果的照片: sent with the result, checked by officials, shown to those who are answered, unless withheld."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.errors import Invalid
from hotline.models import Attachment
from hotline.services import accepting, assigning, attaching, checking, handling, merging, replying, reworking
from tests import desk
from tests.api import person
from tests.citizen import Browser, file, photo
from tests.city import City

RESULT = "已更换灯头两只，10月12日晚恢复照明。"
ANSWER = "您反映的路灯已修复，感谢监督。联系电话0320-0002101。"


def with_unit(city: City, number: str) -> None:
    with city.work("olga") as work:
        accepting.accept(work, number)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    with city.work("hans") as work:
        handling.sign(work, number)


def submit(city: City, number: str, *colours: str) -> list[int]:
    """The unit's result with one small picture of each size; their ids."""
    with city.work("hans") as work:
        ticket = handling.submit(work, number, RESULT)
        kept = [
            attaching.keep(work.files, f"{name}.jpg", photo((20 + place, 10))) for place, name in enumerate(colours)
        ]
        for each in kept:
            attaching.attach(work, each, ticket_id=ticket.id, by_citizen=False, round=ticket.round)
    query = sa.select(Attachment.id).where(Attachment.ticket_id.is_not(None)).order_by(Attachment.id)
    return list(city.rows(query))[-len(colours) :]


def reply(city: City, number: str, withheld: tuple[int, ...] = ()) -> None:
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, ANSWER, withheld)


def pictures(page: str) -> list[str]:
    return re.findall(r'<img src="(/files/[^"]+)"', page)


def address(city: City, id: int) -> str:
    return "/files/" + str(city.scalar(sa.select(Attachment.token).where(Attachment.id == id)))


def opens(browser: Browser, path: str) -> bool:
    response = browser.get(path)
    response.close()
    assert response.status_code in (200, 404)
    return response.status_code == 200


def test_pictures_go_with_the_result_and_stay_when_the_form_comes_back(city: City, app: Flask) -> None:
    number = city.handling()
    app = desk.make_app(city)
    hans = desk.Person(app, "hans")
    form = hans.ticket(number).form(f"/{number}/submission")
    assert "photos" in form.names
    html = hans.ticket(number).html
    assert "data-photo-field" in html and "/static/result.js?v=" in html, "shrunk before they are sent"

    def files(*names: str) -> list[tuple[BytesIO, str]]:
        return [file(name, photo((30 + place, 20))) for place, name in enumerate(names)]

    sent = form.values | {"outcome": "好", "photos": [*files("前.jpg", "后.jpg"), file("坏.txt", b"text")]}
    short = desk.Page(hans.client.post(form.action, data=sent, content_type="multipart/form-data"))
    assert short.status == 422
    assert "请写明办理结果" in short.text or "坏" in short.text
    assert "已收到 2 张照片，不用重新选择" in short.text
    again = short.form(f"/{number}/submission")
    assert len(again.values["kept_photo"]) == 2
    done = desk.Page(hans.client.post(form.action, data=again.values | {"outcome": RESULT}))
    assert done.status == 303
    rows = city.rows(sa.select(Attachment).order_by(Attachment.id))
    assert [(row.name, row.round, row.by_citizen, row.withheld) for row in rows] == [
        ("前.jpg", 1, False, False),
        ("后.jpg", 1, False, False),
    ]
    checker = desk.Person(app, "sven")
    page = checker.ticket(number)
    assert "办理结果照片" in page.text and len(set(pictures(page.html))) == 2
    checker.take(number, "approval")
    olga = desk.Person(app, "olga")
    assert "不向诉求人公开的照片" in olga.ticket(number).text
    olga.take(number, "reply", text=ANSWER, withheld=[str(rows[1].id)])
    assert [row.withheld for row in city.rows(sa.select(Attachment).order_by(Attachment.id))] == [False, True]
    assert "不公开" in olga.ticket(number).text


def test_without_pictures_nothing_is_asked(city: City) -> None:
    number = city.resolved()
    page = desk.Person(desk.make_app(city), "olga").ticket(number)
    assert "不向诉求人公开的照片" not in page.text
    assert "办理结果照片" not in page.text


def test_the_answer_shows_the_pictures_that_are_not_withheld(city: City, app: Flask) -> None:
    browser = Browser(app)
    number, _ = browser.complain()
    with_unit(city, number)
    shown, hidden = submit(city, number, "前", "后")
    paths = [address(city, each) for each in (shown, hidden)]
    assert pictures(browser.get(f"/q/{number}").text) == []
    assert [opens(browser, path) for path in paths] == [False, False], "not before the answer"
    reply(city, number, (hidden,))
    assert pictures(browser.get(f"/q/{number}").text) == [paths[0]]
    assert [opens(browser, path) for path in paths] == [True, False]
    assert not opens(Browser(app), paths[0])
    for login, seen in (("olga", True), ("hans", True), ("paul", False)):
        found = person(app, login).client.get(paths[1])
        found.close()
        assert (found.status_code == 200) is seen, login


def test_everybody_who_was_answered_sees_them_and_nobody_sees_what_others_sent(city: City, app: Flask) -> None:
    one, two, third = Browser(app), Browser(app), Browser(app)
    first, _ = one.complain(photos=[file("我家门口.jpg")], identity="confidential")
    second, _ = two.complain(text="大桥路口黑灯瞎火，路灯都不亮", phone="139 0000 5678", same="no")
    stranger, _ = third.complain(text="解放路井盖松动，车过咣当响", place="解放路与和平街口", phone="139 0000 0009")
    with city.work("olga") as work:
        merging.merge(work, second, first)
    with_unit(city, first)
    (picture,) = submit(city, first, "后")
    reply(city, first)
    path = address(city, picture)
    own = next(iter(pictures(one.get(f"/q/{first}").text.split("您反映的内容")[1])))
    assert [opens(each, path) for each in (one, two, third)] == [True, True, False]
    assert [opens(each, own) for each in (one, two, third)] == [True, False, False]
    assert own not in two.get(f"/q/{second}").text
    assert path not in third.get(f"/q/{stranger}").text


def test_earlier_rounds_keep_their_answers_with_their_pictures(city: City, app: Flask) -> None:
    browser = Browser(app)
    number, _ = browser.complain()
    with_unit(city, number)
    (before,) = submit(city, number, "第一次")
    reply(city, number)
    with city.work("sven") as work:
        reworking.rework(work, number, "抽查未解决")
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    with city.work("hans") as work:
        handling.sign(work, number)
    (after,) = submit(city, number, "第二次")
    paths = [address(city, each) for each in (before, after)]
    page = browser.get(f"/q/{number}").text
    assert "第1次答复：" in page and pictures(page) == [paths[0]]
    assert [opens(browser, path) for path in paths] == [True, False]
    reply(city, number)
    assert set(pictures(browser.get(f"/q/{number}").text)) == set(paths)


def test_who_joins_later_does_not_see_what_was_answered_before(city: City, app: Flask) -> None:
    browser = Browser(app)
    number, _ = browser.complain()
    other = city.handling(text="大桥路口黑灯瞎火")
    (before,) = submit(city, other, "第一次")
    reply(city, other)
    city.turn(hours=1)
    with city.work("sven") as work:
        reworking.rework(work, other, "抽查未解决")
    city.turn(hours=1)
    with city.work("olga") as work:
        merging.merge(work, number, other)
    page = browser.get(f"/q/{number}").text
    assert "第1次答复" not in page and pictures(page) == []
    assert not opens(browser, address(city, before))


def test_only_pictures_of_this_result_can_be_withheld(city: City) -> None:
    number, other = city.handling(), city.handling()
    (foreign,) = submit(city, other, "后")
    submit(city, number, "后")
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work, pytest.raises(Invalid) as invalid:
        replying.reply(work, number, ANSWER, (foreign,))
    assert "withheld" in invalid.value.fields
