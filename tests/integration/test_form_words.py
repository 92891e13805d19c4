"""What the complaint form says and keeps: a guess stays a guess, and its promises are those of the receipt."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from hotline.models import Category, Urgency
from tests.citizen import LAMP, Browser, field, words
from tests.city import City

GAS = "香溪路与大桥路口有很浓的燃气味道，怀疑泄漏"


def category_field(page: str) -> tuple[str, str]:
    """What stands in the form as the category, and by whom."""
    chosen = re.search(r'<option value="(\d+)" selected>([^<]+)</option>', page)
    return (chosen[2] if chosen else ""), field(page, "category_by_hand")


NO_PHONE = {"phone": ""}  # a fault that brings the form back


def category_named(page: str, name: str) -> str:
    found = re.search(rf'<option value="(\d+)"[^>]*>{name}</option>', page)
    assert found
    return found[1]


def test_a_guess_stays_a_guess_and_is_made_anew_of_the_words(city: City, browser: Browser) -> None:
    """The form's script says "no": what stands there is its guess. That of other words has no say."""
    holes = category_named(browser.get("/complaints/new").text, "道路破损")
    page = browser.send(browser.form(category=holes, category_by_hand="no", **NO_PHONE)).text
    assert category_field(page) == ("路灯不亮", "no")
    assert '<details class="fold" data-sorting' in page and " open>" not in page
    number, _ = browser.complain(category=holes, category_by_hand="no")
    lamps = category_named(page, "路灯不亮")
    assert city.ticket(number).category_id == int(lamps)
    number, _ = browser.complain(text="香溪路的事，还是上次那个", category=holes, category_by_hand="no")
    assert city.ticket(number).category_id is None


@pytest.mark.parametrize("by_hand", ["yes", ""], ids=["with scripts", "without"])
def test_what_somebody_has_chosen_stays_whatever_the_words(city: City, browser: Browser, by_hand: str) -> None:
    holes = category_named(browser.get("/complaints/new").text, "道路破损")
    page = browser.send(browser.form(category=holes, category_by_hand=by_hand, **NO_PHONE)).text
    assert category_field(page) == ("道路破损", by_hand)
    assert " open>" in page
    number, _ = browser.complain(category=holes, category_by_hand=by_hand)
    assert city.ticket(number).category_id == int(holes)


def test_who_leaves_the_category_to_the_hotline_is_not_overruled(city: City, browser: Browser) -> None:
    page = browser.send(browser.form(category="", category_by_hand="yes", **NO_PHONE)).text
    assert category_field(page) == ("", "yes")
    number, _ = browser.complain(category="", category_by_hand="yes")
    assert city.ticket(number).category_id is None


def test_the_category_is_the_citizens_choice_or_the_hotlines(city: City, browser: Browser) -> None:
    page = browser.get("/complaints/new").text
    assert "由热线判断" in words(page)
    offered = re.search(r'<optgroup label="[^"]+">\s*<option value="(\d+)"', page)
    assert offered
    number, _ = browser.complain(category=offered[1])
    assert city.ticket(number).category_id == int(offered[1])
    unfit = city.scalar(sa.select(sa.func.max(Category.id))) + 1
    for place, odd in enumerate(("", str(unfit), "9" * 5000, "x", "１", "-1")):
        number, _ = browser.complain(category=odd, text=f"{LAMP}第{place}处")
        assert city.ticket(number).category_id is None


@pytest.mark.parametrize(
    ("text", "chosen", "urgency", "reason"),
    [
        (LAMP, "auto", Urgency.NORMAL, ""),
        (LAMP, "calm", Urgency.NORMAL, ""),
        (LAMP, "urgent", Urgency.URGENT, "市民认为有危险"),
        (GAS, "auto", Urgency.URGENT, "燃气泄漏"),
        (GAS, "calm", Urgency.URGENT, "市民认为不急"),
        (LAMP, "at once!", Urgency.NORMAL, ""),
    ],
)
def test_danger_decides_and_the_citizens_view_is_noted(
    city: City, browser: Browser, text: str, chosen: str, urgency: Urgency, reason: str
) -> None:
    number, _ = browser.complain(text=text, urgency=chosen)
    ticket = city.ticket(number)
    assert ticket.urgency is urgency and reason in ticket.urgency_reason
    assert bool(reason) == bool(ticket.urgency_reason)


# ---- what is promised, and on what ground


def promises(page: str) -> list[tuple[str, str]]:
    return re.findall(r"<li><span>([^<]+)</span><b>([^<]+)</b></li>", page)


def test_the_form_promises_what_the_receipt_promises_in_the_same_words(browser: Browser) -> None:
    at_once, *foretold = promises(browser.get("/complaints/new").text)
    assert at_once == ("给您编号和查询码，随时可以查", "马上")
    assert [label for label, _ in foretold] == ["受理，告诉您由谁办理", "答复您", "办结这件事"]
    number, _ = browser.complain()
    assert promises(browser.get(f"/complaints/{number}/received").text) == foretold


def test_the_home_page_gives_the_number_when_the_form_does(browser: Browser) -> None:
    page = browser.text_of("/")
    assert "提交 马上给您编号和查询码" in page
    assert "受理 我们看过内容，确认由谁负责，告诉您由谁办理。" in page


def test_the_form_asks_for_no_consent_where_the_notice_says_that_none_is_needed(browser: Browser) -> None:
    assert "不以您的同意为前提" in browser.text_of("/privacy")
    page = browser.get("/complaints/new").text
    assert "同意" not in page
    assert "您填写的信息只用于办理和答复这件事。" in page and 'href="/privacy">隐私说明</a></p>' in page


# ---- what is not kept is not checked; labels and sentences agree


def test_who_chooses_to_be_anonymous_after_all_is_not_held_up_by_a_name(city: City, browser: Browser) -> None:
    named = browser.send(browser.form(name="王" * 51))
    assert named.status_code == 422 and "称呼请在50字以内" in named.text
    number, _ = browser.complain(name="王" * 51, phone="1380", identity="anonymous")
    assert city.ticket(number).number == number


def test_the_field_and_its_fault_have_one_name(browser: Browser) -> None:
    page = words(browser.send(browser.form(phone="转123")).text)
    assert "手机号码" in page and "请填写手机号码。" in page and "联系电话" not in page


def test_numbers_stand_evenly_in_sentences(browser: Browser) -> None:
    number, _ = browser.complain()
    assert re.search(r"时限是 \d+ ", browser.text_of(f"/q/{number}"))
    assert re.search(r"办结后\d+年", browser.text_of(f"/q/{number}/data"))
