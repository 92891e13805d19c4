"""公开页: list, filters, pages, the matter's own page, caches, rates, robots; and the way from there into the form."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import Client, TestResponse

from hotline.domain.actors import SYSTEM
from hotline.domain.rates import percentage_text
from hotline.models import Category, Complaint, Publication, Ticket
from hotline.services import attaching, checking, handling, replying, showing
from hotline.services.month import reporting, tallying
from hotline.services.showing import PAGE, Asked
from hotline.services.work import Work
from tests.citizen import Browser, field, make_app, photo, receipt, words
from tests.city import City


def category(city: City, name: str) -> int:
    return int(city.scalar(sa.select(Category.id).where(Category.name == name)))


def lamp(city: City, **more: Any) -> str:
    return city.accepted(text="香溪路口路灯不亮三天了", category_id=category(city, "路灯不亮"), **more)


def noise(city: City, **more: Any) -> str:
    return city.accepted(text="平湖街夜间施工噪声太吵", category_id=category(city, "夜间施工噪声"), **more)


def many(city: City, count: int, **more: Any) -> list[str]:
    """A public matter and copies of it, newest first."""
    number = lamp(city, area="城中区", **more)
    with city.office.session() as session:
        columns = [column.name for column in Ticket.__table__.columns if column.name not in ("id", "number")]
        names = ", ".join(columns)
        copies = f"SELECT number || lpad(n::text, 4, '0'), {names} FROM ticket, generate_series(1, :count) AS n"
        session.execute(
            sa.text(f"INSERT INTO ticket (number, {names}) {copies} WHERE number = :number ORDER BY n"),
            {"count": count, "number": number},
        )
    return [f"{number}{n:04}" for n in range(count, 0, -1)] + [number]


def numbers(city: City, asked: Asked) -> list[str]:
    with city.work("citizen") as work:
        return [line.number for line in showing.browse(work, asked).lines]


def client(city: City) -> Client:
    return make_app(city).test_client()


def test_the_whole_list_page_by_page(city: City) -> None:
    expected = many(city, 2 * PAGE + 3)
    browser, address, seen = client(city), "/public", []
    while address:
        text = browser.get(address).text
        page = [number for number in expected if f'href="/public/{number}"' in text]
        assert len(page) <= PAGE
        seen += page
        follow = text.partition('rel="next" href="')[2].partition('"')[0]
        address = follow.replace("&amp;", "&")
    assert seen == expected


def test_filters_narrow_and_combine(city: City) -> None:
    first = lamp(city, area="城中区")
    second = lamp(city, area="云锦区")
    city.turn(days=2)
    third = noise(city, area="云锦区")
    answered = city.replied(text="大桥路井盖松动", area="云锦区", category_id=category(city, "井盖缺损"))
    code = city.scalar(sa.select(Category.code).where(Category.name == "路灯不亮"))
    today = city.now.date()
    cases = [
        (Asked(), [answered, third, second, first]),
        (Asked(group="道路设施"), [answered, second, first]),
        (Asked(group="道路设施", category=code), [second, first]),
        (Asked(area="云锦区"), [answered, third, second]),
        (Asked(done=True), [answered]),
        (Asked(done=False), [third, second, first]),
        (Asked(since=today), [answered, third]),
        (Asked(since=today + timedelta(days=1)), []),
        (Asked(text="路灯"), [second, first]),
        (Asked(text=third), [third]),
        (Asked(text="100%"), []),
        (Asked(group="道路设施", area="云锦区", done=False), [second]),
        (Asked(group="噪声扰民", area="城中区"), []),
        (Asked(area="没有这个区"), []),
    ]
    for asked, expected in cases:
        assert numbers(city, asked) == expected, asked


def test_filters_stand_in_the_address_and_in_the_form(city: City) -> None:
    lamp(city, area="城中区")
    noise(city, area="云锦区")
    code = city.scalar(sa.select(Category.code).where(Category.name == "路灯不亮"))
    browser = client(city)
    text = browser.get(f"/public?group=道路设施&category={code}&area=城中区&state=open&since=2026-10-01&q=路灯").text
    assert '<option value="道路设施" selected>' in text
    assert '<option value="城中区" selected>' in text
    assert '<option value="open" selected>' in text
    assert 'value="2026-10-01"' in text
    assert "道路设施 · 路灯不亮 · 城中区" in text
    assert 'name="category"' not in browser.get("/public").text, "small categories come with their large one"


@pytest.mark.parametrize(
    "query",
    [
        "after=x", "after=99999999999999999999", "after=-1", "before=x", "before=-1", "since=2026-13-45", "since=x",
        "category=R9999", "group=%00", "area=%00", "q=%00", "q=%F0%9F%98%80", "category=R0101&group=道路设施",
        "q=" + "长" * 500, "lang=xx", "state=x",
    ],
)  # fmt: skip
def test_what_means_nothing_is_left_out(city: City, query: str) -> None:
    lamp(city)
    assert client(city).get(f"/public?{query}").status_code == 200


def test_empty_lists_teach(city: City) -> None:
    browser = client(city)
    assert "热线受理之后" in words(browser.get("/public").text)
    assert "可以放宽" in words(browser.get("/public?state=done").text)


def test_one_matter_tells_its_steps(city: City) -> None:
    number = city.handling(text="香溪路口路灯不亮三天了", place="香溪路口", area="城中区")
    text = words(client(city).get(f"/public/{number}").text)
    for told in ("香溪路口路灯不亮三天了", "办理中", "受理", "交办", "市政处", "10月27日 18:00 前办结", "我也遇到了"):
        assert told in text
    assert "督办" not in text
    city.turn(days=20)
    assert "已超过承诺的时间，正在督促" in words(client(city).get(f"/public/{number}").text)


def test_only_photos_that_are_not_withheld_are_shown_with_the_answer(city: City) -> None:
    number = city.handling(text="香溪路口路灯不亮三天了")
    with city.work("hans") as work:
        ticket = work.session.scalars(sa.select(Ticket).where(Ticket.number == number)).one()
        shown, hidden, old = (
            attaching.store(work, ticket_id=ticket.id, name=name, data=photo(), by_citizen=False)
            for name in ("shown.jpg", "hidden.jpg", "old.jpg")
        )
        shown.round = hidden.round = 1
        withheld = hidden.id
        complaint = work.session.scalars(sa.select(Complaint).where(Complaint.ticket_id == ticket.id)).one()
        citizens = attaching.store(work, complaint_id=complaint.id, name="own.jpg", data=photo(), by_citizen=True)
        tokens = [each.token for each in (shown, hidden, old, citizens)]
        handling.submit(work, number, "已更换灯头两只。")
    browser = client(city)
    assert browser.get(f"/public/{number}/photos/{tokens[0]}").status_code == 404, "there is no answer yet"
    with city.work("sven") as work:
        checking.approve(work, number, "照片清楚，属实。")
    with city.work("olga") as work:
        replying.reply(work, number, "您反映的路灯已修复。", [withheld])
    page = browser.get(f"/public/{number}").text
    assert [token in page for token in tokens] == [True, False, False, False]
    answers = [browser.get(f"/public/{number}/photos/{token}", buffered=True) for token in [*tokens, "x", "\x00"]]
    assert [answer.status_code for answer in answers] == [200, 404, 404, 404, 404, 404]
    assert answers[0].mimetype == "image/jpeg"
    assert answers[0].headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answers[0].headers["Content-Security-Policy"]
    other = lamp(city)
    assert browser.get(f"/public/{other}/photos/{tokens[0]}").status_code == 404


def test_strangers_are_given_no_cookie_and_caches_may_keep_the_page(city: City) -> None:
    number = lamp(city)
    browser = client(city)
    for path in ("/public", f"/public/{number}", "/public/feed.atom", "/public/rates.json", "/public/rates.csv"):
        first = browser.get(path)
        assert "Set-Cookie" not in first.headers, path
        assert first.headers["Cache-Control"].startswith("public, max-age=60"), path
        again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
        packed = browser.get(path, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["ETag"] == first.headers["ETag"], "however it is packed"
    before = browser.get("/public").headers["ETag"]
    noise(city)
    assert browser.get("/public", headers={"If-None-Match": before}).status_code == 200


def test_who_has_a_session_is_shown_nothing_out_of_a_shared_cache(city: City) -> None:
    lamp(city)
    browser = client(city)
    chosen = browser.get("/public?lang=en")
    assert "Set-Cookie" in chosen.headers
    assert chosen.headers["Cache-Control"] == "private, no-cache"
    assert browser.get("/public").headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in browser.get("/public").headers["Vary"]


def months(browser: Client) -> list[dict[str, Any]]:
    """The rates as machines read them."""
    told: dict[str, Any] = browser.get("/public/rates.json").get_json()
    return list(told["months"])


def test_the_rates_are_those_of_the_month_page(city: City) -> None:
    city.now = city.now.replace(month=9)
    city.replied()
    city.handling()
    city.turn(days=30)
    city.replied()
    city.handling()
    city.turn(days=16)
    told = months(client(city))
    assert [month["month"] for month in told] == ["2026-10", "2026-09"]
    assert [month["running"] for month in told] == [True, False]
    for month in told:
        with city.work(SYSTEM) as work:
            figures = reporting.monthly(work, month["month"]).as_dict()["rates"]
        for shown, counted in zip(month["rates"], figures, strict=True):
            for name in ("kind", "name", "owed", "kept", "missing", "on_time", "rate", "on_time_rate"):
                assert shown[name] == counted[name], (month["month"], name)
    assert told[0]["rates"][0]["owed"] > told[0]["rates"][0]["kept"] > 0
    page = words(client(city).get("/public").text)
    for month in told:
        for rate in month["rates"]:
            assert f"{percentage_text(rate['kept'], rate['owed'])} {rate['kept']}/{rate['owed']}" in page


def test_nothing_owed_is_a_dash(city: City) -> None:
    browser = client(city)
    assert words(browser.get("/public").text).count("—") >= 6
    rate = months(browser)[0]["rates"][0]
    assert (rate["owed"], rate["rate"]) == (0, None)


def test_the_rates_as_a_table(city: City) -> None:
    city.handling()
    city.turn(days=10)
    browser = client(city)
    answer = browser.get("/public/rates.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    told = [rate for month in months(browser) for rate in month["rates"]]
    assert [(row["kind"], row["owed"], row["kept"], row["rate"]) for row in rows] == [
        (rate["kind"], str(rate["owed"]), str(rate["kept"]), rate["rate"] or "") for rate in told
    ]


def test_the_rates_are_counted_anew_every_few_minutes(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    count = tallying.city_rates

    def note(work: Work) -> list[tallying.MonthRates]:
        counted.append("once")
        return count(work)

    monkeypatch.setattr(tallying, "city_rates", note)
    browser = client(city)
    for path in ("/public", "/public/rates.json", "/public?q=x"):
        browser.get(path)
    assert len(counted) == 1
    city.turn(minutes=4, seconds=59)
    browser.get("/public")
    assert len(counted) == 1
    city.turn(seconds=1)
    browser.get("/public")
    assert len(counted) == 2
    city.now = city.now.replace(month=11, day=1, hour=0)
    assert months(browser)[0]["month"] == "2026-11", "a new month does not wait"


def test_what_search_engines_may_read(city: City) -> None:
    lines = client(city).get("/robots.txt").text.splitlines()
    for line in ("User-agent: *", "Allow: /public", "Disallow: /q", "Disallow: /files/", "Disallow: /desk"):
        assert line in lines


def test_from_the_public_page_into_the_form_and_onto_the_same_ticket(city: City) -> None:
    number = lamp(city, place="香溪路口")
    browser = Browser(make_app(city))
    page = browser.get(f"/public/{number}").text
    assert f'href="/complaints/new?of={number}"' in page
    form = browser.get(f"/complaints/new?of={number}").text
    assert 'value="香溪路口"' in form
    city.turn(minutes=1)
    sent = browser.send(
        {
            "csrf_token": field(form, "csrf_token"),
            "form_key": field(form, "form_key"),
            "same": checked(form),
            "text": "我家这边也是黑的，走路要打手电筒",
            "place": "香溪路口",
            "identity": "anonymous",
            "wants_reply": "yes",
        }
    )
    assert sent.status_code == 303, words(sent.text)
    own, _ = receipt(browser.get(sent.location).text)
    ticket_id = city.scalar(sa.select(Complaint.ticket_id).where(Complaint.number == own))
    assert ticket_id == city.ticket(number).id
    assert "2 人反映" in words(make_app(city).test_client().get(f"/public/{number}").text)


def checked(form: str) -> str:
    found = re.search(r'name="same" value="([^"]*)" checked', form)
    assert found, "the matter is chosen already"
    return found[1]


@pytest.mark.parametrize("of", ["", "x", "20990101000001", "%00"])
def test_a_form_that_is_of_nothing_public_is_the_plain_form(city: City, of: str) -> None:
    hidden = city.accepted(text="香溪路口路灯不亮三天了", confidential=True)
    for asked in (of, hidden):
        answer: TestResponse = client(city).get(f"/complaints/new?of={asked}")
        assert answer.status_code == 200
        assert 'name="same"' not in answer.text


def test_who_has_been_answered_complains_anew(city: City) -> None:
    number = city.replied(text="香溪路口路灯不亮三天了")
    page = client(city).get(f"/public/{number}").text
    assert 'href="/complaints/new"' in page
    assert "又出现了" in words(page)


def test_the_list_is_read_from_its_indexes(city: City) -> None:
    many(city, 3000)
    with city.office.session() as session:
        session.execute(sa.text("ANALYZE ticket"))
    code = city.scalar(sa.select(Category.code).where(Category.name == "路灯不亮"))
    for asked in (Asked(), Asked(area="城中区"), Asked(category=code), Asked(area="没有这个区")):
        plan = explained(city, asked)
        assert "Seq Scan on ticket" not in plan, (asked, plan)
    assert "ix_ticket_public_area" in explained(city, Asked(area="没有这个区"))


def explained(city: City, asked: Asked) -> str:
    """How PostgreSQL reads a page: the last statement of `browse`, explained."""
    with city.work("citizen") as work:
        with city.statements() as said:
            showing.browse(work, asked)
        statement, parameters = said[-1]
        rows = work.session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return "\n".join(row[0] for row in rows)


def test_hidden_ones_leave_no_gap(city: City) -> None:
    """A page is full as long as there is more, whatever was hidden between."""
    expected = many(city, 2 * PAGE)
    with city.office.session() as session:
        staff = session.scalar(sa.text("SELECT min(id) FROM staff"))
        hidden = expected[::2]
        for ticket_id in session.scalars(sa.select(Ticket.id).where(Ticket.number.in_(hidden))):
            session.add(Publication(ticket_id=ticket_id, shown=False, reviewed_at=city.now, reviewed_by_id=staff))
    assert numbers(city, Asked()) == expected[1::2][:PAGE]
