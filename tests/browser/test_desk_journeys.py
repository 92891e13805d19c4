"""An hour of each of the desk's people in a real browser: what the guides tell, done as they tell it."""

from __future__ import annotations

import re
from contextlib import suppress

from playwright.sync_api import Locator, Page, TimeoutError, expect

from demo.photos import photo
from hotline.domain.ladder import LEVELS
from hotline.models import DispatchRule
from tests.browser.citizen_visit import PATIENCE, PHONE
from tests.browser.desk_scenes import LAMP, drafted, lived
from tests.browser.desk_visit import Desks
from tests.browser.pictures import take
from tests.city import City

LOOK_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"  # as a window does that comes to the front
CALLER = "13800005678"
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知 国办发明电〔2026〕9号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月4日（周四）至10日（周三）放假调休，共7天。1月31日（周日）、2月14日（周日）上班。"""


def tab_to(page: Page, target: Locator) -> None:
    """As somebody without a mouse gets there."""
    expect(target).to_be_visible()
    for _ in range(150):
        if target.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached by the tabulator: {target}")


def go(page: Page, letter: str, address: str) -> None:
    """To a place of the menu."""
    expect(page.locator(f'#menu [data-go="{letter}"]')).to_have_count(1)
    for _ in range(10):  # whoever is slower than the second and a half between the two presses them again
        page.keyboard.press("g")
        page.keyboard.press(letter)
        with suppress(TimeoutError):
            page.wait_for_url(f"**{address}**", timeout=PATIENCE / 10)
            return
    raise AssertionError(f"g {letter} does not lead to {address}")


def test_an_operator_with_keys_alone(city: City, desks: Desks) -> None:
    known = city.handling(text=LAMP, place="香溪路与大桥路口", phone=f"+86{CALLER}")
    waiting = city.receive(text="解放路垃圾桶满溢，苍蝇很多", place="解放路").number
    drafted(city)
    page = desks.sit("olga")
    page.goto("/desk/")
    keyboard = page.keyboard
    keyboard.press("n")
    page.wait_for_url("**/desk/calls/new")
    page.wait_for_load_state()
    tab_to(page, page.get_by_label("电话", exact=False).first)
    keyboard.type(CALLER)
    tab_to(page, page.get_by_label("诉求内容"))
    expect(page.locator("#caller")).to_contain_text("该号码反映过 1 件，在办 1 件")
    keyboard.insert_text("香溪路与大桥路口路灯又不亮了，已经三天，晚上看不清路。")
    same = page.get_by_role("region", name="可能是同一件事")
    expect(same).to_contain_text(known)
    page.evaluate("scrollTo(0, 0)")
    take(page, "operator-call")
    keyboard.press("Alt+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已登记，请告知来电人")
    expect(page.get_by_role("link", name="下一个来电")).to_be_focused()
    taken = page.url.rsplit("/", 1)[-1]
    assert city.ticket(taken).state == "accepted"
    keyboard.press("Enter")
    page.wait_for_url("**/desk/calls/new")
    tab_to(page, page.get_by_label("诉求内容"))
    keyboard.insert_text("公厕几点开门？")
    keyboard.press("Alt+w")
    expect(page.get_by_label("答复了什么")).to_be_focused()
    keyboard.insert_text("每天6时至22时。")
    keyboard.press("Alt+Enter")  # of the part that one writes in
    expect(page.get_by_role("main")).to_contain_text("已登记为当场答复，没有另立工单")
    keyboard.press("n")
    page.wait_for_url("**/desk/calls/new")

    keyboard.press("Control+k")  # one is in a field, where letters are letters
    keyboard.insert_text("来电草稿")
    expect(page.locator('[aria-selected="true"]')).to_contain_text("来电草稿")
    keyboard.press("Enter")
    page.wait_for_url("**/desk/drafts")
    page.get_by_role("link", name="建设路菜市场门口占道摆摊").press("Enter")
    page.wait_for_url("**/desk/drafts/*")
    take(page, "operator-draft")

    go(page, "g", "/desk/tickets")
    keyboard.press("f")
    expect(page.get_by_role("group", name="状态").get_by_label("待受理")).to_be_visible()  # fetched for it
    expect(page.locator("summary", has_text="更多条件")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Space")
    expect(page.locator(".chips")).to_contain_text("状态：待受理")
    link = page.locator(f'a[href*="/tickets/{waiting}"]').first
    for _ in range(3):
        keyboard.press("j")
        if link.evaluate("each => each === document.activeElement"):
            break
    keyboard.press("o")
    page.wait_for_url(f"**/desk/tickets/{waiting}**")
    page.wait_for_load_state()
    keyboard.press("a")
    tab_to(page, page.locator("#step-acceptance").get_by_role("button", name="受理", exact=True))
    keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("待交办")
    assert city.ticket(waiting).state == "accepted"


def test_a_dispatcher_with_keys_alone(city: City, desks: Desks) -> None:
    with city.work() as work:
        for position, (lead, words) in enumerate([("lamps", "路灯"), ("parks", "树"), ("parks", "长椅")], 1):
            work.session.add(
                DispatchRule(
                    position=position, category_code="", words=[words], area="", lead_id=city.unit_id(lead),
                    assist_ids=[], limit_text=None, note="职责清单第3条",
                )
            )  # fmt: skip
    first = city.accepted(text=LAMP, place="香溪路与大桥路口")
    city.turn(minutes=10)
    others = [
        city.accepted(text="人民公园北门行道树倒伏压住非机动车道", place="人民公园北门"),
        city.accepted(text="人民公园长椅损坏，木条翘起", place="人民公园"),
    ]
    page = desks.sit("dora")
    page.goto("/desk/")
    keyboard = page.keyboard
    go(page, "p", "/desk/dispatching")
    expect(page.locator("#pane")).to_contain_text(first)
    take(page, "dispatcher-queue")
    keyboard.press("1")
    expect(page.get_by_role("button", name="撤销交办")).to_be_visible()
    assert city.ticket(first).state == "assigned" and city.ticket(first).unit_id == city.unit_id("lamps")
    keyboard.press("u")
    expect(page.locator(f"#row-{first}")).to_be_visible()
    assert city.ticket(first).state == "accepted"
    for _ in range(2):
        keyboard.press("ArrowDown")
    second = page.locator(".dispatch-rows > .chosen")
    expect(second).to_have_id(f"row-{others[0]}")
    keyboard.press("1")
    expect(page.get_by_role("button", name="撤销交办")).to_be_visible()
    keyboard.press("u")
    expect(second).to_have_id(f"row-{others[0]}")  # the next key is meant for what was taken back, wherever it stands

    for number in others:
        tab_to(page, page.locator(f"#f-numbers-{number}"))
        keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="批量交办勾选的工单"))
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("成批交办")
    page.get_by_label("主办单位").select_option(label="园林局")
    page.get_by_role("button", name="预览结果").press("Enter")
    expect(page.get_by_text("这是预览，还没有办理")).to_be_visible()
    take(page, "dispatcher-batch")
    assert {city.ticket(number).state for number in others} == {"accepted"}
    page.get_by_role("button", name="交办 2 件").press("Enter")
    expect(page.get_by_role("status").filter(has_text="办理了 2 件")).to_be_visible()
    assert {city.ticket(number).state for number in others} == {"assigned"}


def test_a_department_in_the_office_and_in_the_street(city: City, desks: Desks) -> None:
    city.now = city.now.replace(day=8)
    late = city.handling(text="环城路5号路灯灯杆倾斜", place="环城路5号", latitude=33.13, longitude=110.79)
    city.turn(days=12)
    city.handling(text="大桥路7号路灯忽明忽暗", place="大桥路7号", latitude=33.125, longitude=110.785)
    for_station = city.assigned(text="东风路路灯不亮，已经两天", place="东风路", latitude=33.14, longitude=110.78)
    number = city.assigned(text=LAMP, place="香溪路与大桥路口", latitude=33.121, longitude=110.78)
    page = desks.sit("hans")
    page.goto("/desk/")
    go(page, "b", "/desk/ours")
    take(page, "department-ours")
    page.goto(f"/desk/tickets/{for_station}")
    take(page, "ticket")
    page.keyboard.press("t")
    page.locator("#step-transfer").get_by_label("下级单位").select_option(label="市政处东站")
    page.locator("#step-transfer").get_by_label("要求").fill("由东站就近处理。")
    page.locator("#step-transfer").get_by_role("button", name="转下级单位").click()
    expect(page.get_by_role("main")).to_contain_text("市政处东站")
    assert city.ticket(for_station).unit_id == city.unit_id("lamps-east")

    street = desks.sit("hans", PHONE)
    street.goto("/desk/field")
    take(street, "department-field")
    expect(street.locator(f'a[href$="/field/{late}"]')).to_be_visible()
    street.goto(f"/desk/field/{number}")
    street.get_by_role("button", name="签收").click()
    expect(street.get_by_role("button", name="提交办理结果")).to_be_visible()
    for phase in ("before", "after"):
        shots = street.locator(f'[data-shots="{phase}"]')
        seen = photo("lamps", 0, mended=phase == "after")
        shots.locator("input").first.set_input_files({"name": f"{phase}.jpg", "mimeType": "image/jpeg", "buffer": seen})
        expect(shots.locator("img")).to_have_count(1)
    street.locator("#submit").scroll_into_view_if_needed()
    take(street, "department-submit")
    street.get_by_label("办理结果").fill("已更换灯头两只，当晚恢复照明。")
    street.get_by_role("button", name="提交办理结果").click()
    street.wait_for_url("**/desk/field")
    expect(street.locator(f'a[href$="/field/{number}"]')).to_have_count(0)
    assert city.ticket(number).state == "submitted"


def test_a_supervisor_before_a_wave_and_a_leader_after_it(city: City, desks: Desks) -> None:
    named = lived(city)
    page = desks.sit("sven")
    page.goto("/desk/")
    keyboard = page.keyboard
    go(page, "u", "/desk/supervision")
    take(page, "supervisor-board")
    number = page.locator(".sums a").first
    counted = number.inner_text()
    number.press("Enter")
    page.wait_for_url("**/desk/supervision/items**")
    expect(page.get_by_text(f"共 {counted} 项")).to_be_visible()
    expect(page.locator("main tbody tr")).to_have_count(int(counted))
    row = page.locator("main tbody tr", has_text=str(named["late"])).first
    box = row.get_by_role("checkbox")
    tab_to(page, box)
    if not box.is_checked():
        keyboard.press("Space")
    keyboard.press("d")
    expect(page.get_by_role("heading", level=1)).to_have_text("成批督办")
    page.get_by_label("等级").select_option(label="通报")
    page.get_by_label("事由").select_option(index=1)
    page.locator("main").get_by_role("button", name=re.compile("^督办 1 件")).press("Enter")
    expect(page.get_by_role("status").filter(has_text="办理了 1 件")).to_be_visible()
    assert city.ticket(str(named["late"])).level == LEVELS.index("exposure") + 1

    go(page, "e", "/desk/checks")
    take(page, "supervisor-check")
    keyboard.press("a")
    expect(page.get_by_role("button", name="核查通过")).to_be_focused()  # what cannot be taken back is not one key
    keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("没有待核查的结果")
    assert city.ticket(str(named["submitted"])).state == "resolved"
    for person in ("sven", "sara"):
        reviewer = page if person == "sven" else desks.sit(person)
        reviewer.goto("/desk/appeals")
        reviewer.get_by_label("申诉成立的理由").fill("停工通知属实，予以采纳。")
        reviewer.keyboard.press("Alt+a")  # decides, also from within its own form
        expect(reviewer.get_by_role("main")).to_contain_text("没有待您审核的申诉")
    page.goto("/desk/appeals/decided")
    expect(page.get_by_role("main")).to_contain_text("申诉成立")

    leader = desks.sit("lena")
    leader.goto("/desk/")
    take(leader, "leader-home")
    go(leader, "y", "/desk/reports")
    take(leader, "leader-month")
    figure = leader.locator('main a[href*="/items?"]').first
    figure.press("Enter")
    leader.wait_for_url("**/items?**")
    expect(leader.locator("main tbody tr").first).to_be_visible()


def test_an_administrator_enters_next_year_and_invites_a_person_who_then_works(city: City, desks: Desks) -> None:
    page = desks.sit("adam")
    page.goto("/desk/")
    go(page, "z", "/desk/rules")
    page.goto("/desk/rules/calendar")
    page.get_by_role("link", name="2027年", exact=True).press("Enter")
    page.wait_for_url("**/desk/rules/calendar/2027")
    page.get_by_label("通知正文").fill(NOTICE)
    page.get_by_role("button", name="读入日历").press("Enter")
    expect(page.get_by_text("已按通知填入，还没有保存")).to_be_visible()
    expect(page.get_by_label("2月14日周日")).to_have_value("work")
    take(page, "administrator-calendar")
    page.get_by_label("已按正式通知录入，不再标为暂定").check()
    page.get_by_role("button", name="保存并重新推算").first.press("Enter")
    page.wait_for_url("**/desk/rules/calendar")
    expect(page.locator("main tr", has_text="2027年")).to_contain_text("国办发明电〔2026〕9号")

    go(page, "n", "/desk/people")
    page.keyboard.press("n")
    page.wait_for_url("**/desk/people/new")
    page.get_by_label("账号").fill("xinren")
    page.get_by_label("姓名").fill("新同事")
    page.get_by_label("单位").select_option(label="市政处")
    page.get_by_label("承办人").check()
    take(page, "administrator-invitation")
    page.get_by_role("button", name="新增并生成邀请链接").press("Enter")
    address = page.get_by_label("邀请链接").input_value()
    fresh = desks.stand()
    fresh.goto(address)
    fresh.get_by_label("密码", exact=True).fill("河边 柳树 单车 灯塔")
    fresh.get_by_label("再输入一次").fill("河边 柳树 单车 灯塔")
    fresh.get_by_role("button", name="设置密码").press("Enter")
    fresh.wait_for_url("**/login**")
    fresh.locator('[name="username"]').fill("xinren")
    fresh.locator('[name="password"]').fill("河边 柳树 单车 灯塔")
    fresh.locator('[name="password"]').press("Enter")
    expect(fresh.get_by_role("heading", level=1)).to_have_text("今日")
    expect(fresh.locator("#menu")).to_contain_text("新同事")


def test_two_people_on_one_ticket(city: City, desks: Desks) -> None:
    number = city.receive(text=LAMP, place="香溪路").number
    typed = "香溪路与大桥路口东南角，公交站旁"
    olga, otto = desks.sit("olga"), desks.sit("otto")
    olga.goto(f"/desk/tickets/{number}")
    olga.keyboard.press("a")
    olga.locator("#step-acceptance").get_by_label("地点").fill(typed)
    otto.goto(f"/desk/tickets/{number}")
    expect(otto.locator("[data-others]")).to_contain_text("王受理")
    otto.keyboard.press("a")
    otto.locator("#step-acceptance").get_by_role("button", name="受理", exact=True).press("Enter")
    expect(otto.get_by_role("main")).to_contain_text("待交办")

    olga.evaluate(LOOK_AGAIN)
    expect(olga.locator("[data-changes]")).to_contain_text("受理")
    olga.locator("#step-acceptance").get_by_role("button", name="受理", exact=True).press("Enter")
    expect(olga.get_by_role("alert")).to_contain_text("李受理")
    expect(olga.get_by_role("main")).to_contain_text(typed)
    assert city.steps(number).count("accept") == 1


def test_after_one_file_the_other_can_be_had_too(city: City, desks: Desks) -> None:
    """A file is no new page: nobody tells the form that it has come."""
    city.handling()
    page = desks.sit("sven")
    page.goto("/desk/tickets?view=open")
    page.locator("summary", has_text="导出").click()
    for name in ("xlsx", "csv"):
        with page.expect_download() as found:
            page.locator(f"button[value={name}]:not([aria-disabled])").click()
        assert found.value.suggested_filename.endswith(f".{name}")
