"""What somebody reads who asks for English: every page of the citizens' doors, in every state, with every fault.

A few words are Chinese all the same (CHINESE): likeness is found by Chinese words.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Final

import sqlalchemy as sa

from hotline.models import Category
from hotline.services import merging
from tests.citizen import field, file, photo
from tests.freezing import freeze, restate
from tests.integration.english_visit import (
    ANSWER,
    ANSWERED,
    CHINESE,
    GAS,
    HANDLING,
    LAMP,
    PLACE,
    Visit,
    accept,
    approve,
    assign,
    decline,
    extend,
    judge,
    pause,
    reply,
    resume,
    rework,
    rot,
    sign,
    submit,
    supervise,
    void,
)

#: Addresses of the citizens' doors under which nobody reads a page, each with what is there instead.
NO_PAGES: Final = {
    "citizen.back": "sends back to the complaint's page",
    "citizen.back_to_own_data": "sends back to the page of one's own data",
    "citizen.own_data_file": "one's own data for machines",
    "public.photo": "a picture",
    "public.rates_json": "figures for machines",
    "public.rates_csv": "figures for spreadsheets",
    "public.month_json": "figures for machines",
    "public.month_csv": "figures for spreadsheets",
}


def shades(count: int) -> list[tuple[BytesIO, str]]:
    """So many photos, no two of one size."""
    return [file(f"{each}.jpg", photo((10 + each, 10))) for each in range(count)]


Scene = Callable[[Visit], None]
SCENES: dict[str, tuple[Scene, tuple[str, ...]]] = {}


def scene(*endpoints: str) -> Callable[[Scene], Scene]:
    """A scene, and whose pages it reads."""

    def keep(go: Scene) -> Scene:
        SCENES[go.__name__] = (go, endpoints)
        return go

    return keep


@scene("citizen.home")
def home(visit: Visit) -> None:
    visit.see("/")


@scene("citizen.complain", "citizen.received")
def complain(visit: Visit) -> None:
    visit.see("/complaints/new")
    visit.complain(photos=file())
    visit.complain(identity="anonymous", phone="", wants_reply="no", text=GAS)


@scene("citizen.complain")
def complain_with_errors(visit: Visit) -> None:
    at = "/complaints/new"
    visit.send(at, 422)
    visit.send(at, 422, text="x" * 10_001, place="y" * 300, name="z" * 60, phone="12", form_key="none of ours")
    for phone in ("+999 1", "3552222", "1380000", "not a number", "1" * 50):
        visit.send(at, 422, **visit.form(phone=phone))
    for picture in (file("a.jpg", b""), file("b.jpg", b"no picture"), file("c.heic", b"\0\0\0\x18ftypheic")):
        visit.send(at, 422, **visit.form(photos=picture))
    visit.send(at, 422, **visit.form(photos=[file(data=photo((64 + n, 48))) for n in range(8)]))
    key = field(visit.see(at), "form_key")
    visit.send(at, 422, text=LAMP, place=PLACE, phone="138 0000 5678", form_key=key)  # faster than anybody writes
    visit.send(at, 422, **visit.form(website="http://example.com"))


@scene("citizen.complain", "citizen.hints")
def complain_about_the_same(visit: Visit) -> None:
    visit.city.accepted(text=CHINESE[0], place=CHINESE[1])
    filled = visit.form(phone="139 0000 5678", same=None, text=CHINESE[0], place=CHINESE[1])
    assert "reported by 1 person" in visit.send("/complaints/hints", 200, **filled)
    assert "(gas leak)" in visit.send("/complaints/hints", 200, **filled | {"text": GAS})
    visit.send("/complaints/new", 200, **filled)
    visit.send("/complaints/new", 200, **filled | {"same": "no"})
    for sent in ("has been added", "had already been sent"):
        again = visit.form(phone="139 0000 5678", text=CHINESE[0], place=CHINESE[1], photos=[file()])
        assert sent in visit.send("/complaints/new", 200, **again)
    many = visit.form(phone="139 0000 5678", text=CHINESE[0], place=CHINESE[1], photos=shades(6))
    assert "1 photo was not added" in visit.send("/complaints/new", 200, **many)


@scene("citizen.lookup", "citizen.look_up", "citizen.open_up")
def lookup(visit: Visit) -> None:
    visit.see("/q")
    visit.see("/q/20261012000001")
    visit.send("/q", 422)
    visit.send("/q", 404, number="20261012000001", key="AAAAAAAAAA")
    visit.send("/q/20261012000001", 404, key="AAAAAAAAAA")
    for _ in range(12):
        last = visit.browser.post("/q", {"number": "20261012000001", "key": "AAAAAAAAAA"})
    visit.pages.append(("/q, too often", last.text))


@scene("citizen.status", "citizen.leave")
def handled(visit: Visit) -> None:
    page = visit.follow(*HANDLING, extend, pause, resume, supervise, submit, approve, reply)
    assert ANSWER in page
    visit.send(f"/q/{visit.number}/leaving", 200)


@scene("citizen.status", "citizen.received")
def more_time(visit: Visit) -> None:
    visit.follow(*HANDLING, extend)
    visit.see(f"/complaints/{visit.number}/received")
    visit.city.turn(days=10)
    visit.come_back()
    for do in (submit, approve, reply, rework, assign, sign, extend):
        do(visit.city, visit.number)
        visit.see(f"/q/{visit.number}")
    visit.follow(*HANDLING, extend, extend, wants_reply="no", text=f"{LAMP} Two of them.")


@scene("citizen.status")
def joined_and_separated(visit: Visit) -> None:
    other = visit.city.handling(text=CHINESE[0], place=CHINESE[1])
    visit.follow(accept)
    with visit.city.work("olga") as work:
        merging.merge(work, visit.number, other)
    visit.see(f"/q/{visit.number}")
    for do in (submit, approve, reply):
        do(visit.city, other)
    visit.see(f"/q/{visit.number}")
    with visit.city.work("olga") as work:
        merging.unmerge(work, visit.number, "Another corner")
    visit.see(f"/q/{visit.number}")


@scene("citizen.status")
def late(visit: Visit) -> None:
    visit.follow(rot, accept, rot, assign, rot, supervise, rot)


@scene("citizen.status")
def declined(visit: Visit) -> None:
    visit.follow(decline)


@scene("citizen.status")
def voided(visit: Visit) -> None:
    visit.follow(void)


@scene("citizen.add", "citizen.urge")
def add_and_urge(visit: Visit) -> None:
    visit.follow(*HANDLING)
    at = f"/q/{visit.number}"
    visit.send(f"{at}/additions", 422)
    visit.send(f"{at}/additions", 422, text="x" * 10_001)
    visit.send(f"{at}/additions", 422, text="Look", photos=file("a.jpg", b"no picture"))
    visit.send(f"{at}/additions", 200, text="It is dark there.", photos=file())
    visit.send(f"{at}/additions", 200, photos=file())
    visit.send(f"{at}/urging", 200)
    visit.send(f"{at}/urging", 409)


@scene("citizen.withdraw")
def withdraw(visit: Visit) -> None:
    visit.follow(accept)
    at = f"/q/{visit.number}"
    visit.send(f"{at}/withdrawal", 200, reason="It shines again")
    visit.send(f"{at}/additions", 409, text="It does not")
    visit.send(f"{at}/urging", 409)
    visit.send(f"{at}/withdrawal", 409)


@scene("citizen.survey", "citizen.rework")
def judge_it(visit: Visit) -> None:
    visit.follow(*ANSWERED)
    at = f"/q/{visit.number}"
    visit.send(f"{at}/survey", 422)
    visit.send(f"{at}/survey", 422, solved="no", satisfaction="9", comment="x" * 1001)
    visit.send(f"{at}/survey", 422, solved="no", satisfaction="1")
    visit.send(f"{at}/survey", 200, solved="yes", satisfaction="5", comment="Thank you")
    visit.send(f"{at}/survey", 409, solved="yes", satisfaction="5")
    visit.send(f"{at}/rework", 422, reason="")
    visit.send(f"{at}/rework", 200, reason="One is dark again", photos=file())
    for do in (assign, sign, submit, approve, reply):
        do(visit.city, visit.number)
    visit.see(at)
    visit.send(f"{at}/survey", 200, solved="no", satisfaction="2", comment="Still dark")
    for do in (assign, sign, submit, approve, reply):
        do(visit.city, visit.number)
    visit.see(at)  # the answer has been read, so that the verdict closes it
    judge(visit.city, visit.number)
    visit.see(at)
    rot(visit.city, visit.number)
    visit.come_back()
    visit.send(f"{at}/rework", 409, reason="Too late")
    rework(visit.city, visit.number)
    visit.see(at)


@scene("citizen.survey")
def judge_it_too_late(visit: Visit) -> None:
    visit.follow(*ANSWERED, rot, identity="anonymous", phone="")
    visit.send(f"/q/{visit.number}/survey", 200, solved="no", satisfaction="1", comment="Still dark")


@scene("citizen.urge")
def from_another_browser(visit: Visit) -> None:
    visit.complain()
    visit.browser.client.delete_cookie("session")
    visit.send(f"/q/{visit.number}/urging", 403)


@scene("citizen.lost", "citizen.send_code", "citizen.code", "citizen.redeem")
def lose_the_key(visit: Visit) -> None:
    visit.complain(phone="138 0000 5678")
    visit.see("/q/lost")
    visit.send("/q/lost", 422, number="", phone="12")
    visit.send("/q/lost", 200, number=visit.number, phone="138 0000 5678")
    visit.see("/q/lost/code")
    visit.send("/q/lost/code", 422, number=visit.number, code="")
    visit.send("/q/lost/code", 404, number=visit.number, code="000000")
    before = visit.browser.client.get_cookie("session")
    visit.send("/q/lost/code", 200, number=visit.number, code=visit.last_code())
    assert before is not None
    visit.browser.client.set_cookie("session", before.value)
    assert "no longer works" in visit.see(f"/q/{visit.number}")


@scene("citizen.own_data", "citizen.correct_own_data", "citizen.erase_own_data")
def own_data(visit: Visit) -> None:
    visit.follow(*ANSWERED, photos=file())
    at = f"/q/{visit.number}/data"
    visit.send(f"/q/{visit.number}/additions", 200, photos=file())
    visit.send(f"/q/{visit.number}/survey", 200, solved="yes", satisfaction="5", comment="Thank you")
    visit.see(at)
    visit.send(f"{at}/correction", 422, name="x" * 60, phone="12")
    visit.send(f"{at}/correction", 200, name="Jane Doe-Smith", phone="139 0000 5678")
    visit.send(f"{at}/erasure", 422)
    visit.send(f"{at}/erasure", 200, sure="yes")


@scene("citizen.erase_own_data")
def erase_too_early(visit: Visit) -> None:
    visit.follow(*HANDLING)
    visit.see(f"/q/{visit.number}/data")
    visit.send(f"/q/{visit.number}/data/erasure", 409, sure="yes")


@scene("citizen.privacy", "citizen.privacy_version")
def privacy(visit: Visit) -> None:
    assert "2026-1" in visit.see("/privacy")
    visit.see("/privacy/2026-1")
    visit.see("/privacy/1999-1", 404)


@scene("public.months", "public.month")
def months(visit: Visit) -> None:
    visit.see("/public/rates")
    visit.city.handling(text=LAMP, place=PLACE)
    visit.city.now = visit.city.now.replace(month=11, day=3)
    freeze(visit.city)
    assert "Frozen months" in visit.see("/public/rates")
    visit.see("/public/rates/2026-10")
    restate(visit.city, reason="Two checks had not been entered.")
    assert "corrected" in visit.see("/public/rates/2026-10")
    visit.see("/public/rates/2026-10?version=1")
    visit.see("/public/rates/2026-09", 404)


@scene("public.tickets", "public.ticket", "public.feed")
def public(visit: Visit) -> None:
    visit.see("/public")
    lamp = visit.city.scalar(sa.select(Category.id).where(Category.name == "路灯不亮"))
    number = visit.city.accepted(text=LAMP, place=PLACE, category_id=lamp, latitude=31.49, longitude=120.31)
    for do in (assign, sign, submit, approve, reply):
        do(visit.city, number)
    late = visit.city.handling(text=LAMP, place=PLACE, category_id=lamp)
    visit.city.turn(days=40)
    supervise(visit.city, late)
    assert "The street lamps" in visit.see("/public")
    visit.see(f"/public/{number}")
    visit.see(f"/public/{late}")
    visit.see("/public?q=zebra&state=done")
    visit.see("/public?state=open&since=2026-10-01")
    visit.see("/public/20990101000001", 404)
    visit.see("/public/feed.atom")


@scene()
def errors(visit: Visit) -> None:
    visit.see("/no/such/page", 404)
    visit.see("/files/none", 404)
    answer = visit.browser.client.delete("/q", headers=visit.browser.headers)
    visit.pages.append(("DELETE /q", answer.text))
    answer = visit.browser.client.post("/q", data={"number": "1"}, headers=visit.browser.headers)
    visit.pages.append(("/q without its token", answer.text))

    def breakdown() -> str:
        raise RuntimeError("on purpose")

    visit.app.view_functions["citizen.home"] = breakdown
    visit.see("/", 500)
