"""市民网页: how heavy a page is over the wire, and how soon somebody with an old telephone can write into the form."""

from __future__ import annotations

import importlib.util
import shutil
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bench import lighthouse
from bench.ground import Ground
from bench.serving import served
from bench.table import Line
from runner import checks

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

HOME, FORM = "/", "/complaints/new"
FIRST_FIELD: Final = '[name="text"]'
HEAVIEST: Final = 100_000  # bytes of a first page with all that belongs to it
SOON_ENOUGH: Final = 2.0  # seconds until the form takes what is typed
TELEPHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
}
#: 400 kbit/s either way; 400 ms go by before each answer begins.
SLOW_NETWORK: Final = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOW_PROCESSOR: Final = 4  # times slower than this one
#: What people have, before the one without windows that `./run test` brings.
BROWSERS: Final = (*checks.BROWSERS[1:], checks.BROWSERS[0])
#: By the document: the browser's own `renderBlockingStatus` depends on what its preloader happened to see first.
BLOCKING: Final = """[...document.querySelectorAll('link[rel=stylesheet], script[src]')]
  .filter(each => each.matches('link') ? matchMedia(each.media || 'all').matches
                                       : !each.async && !each.defer && each.type !== 'module').length"""
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def measure(ground: Ground, *, quick: bool) -> list[Line]:
    """Weights and the time on a slow telephone in Chromium, then what Lighthouse says. What is missing is said so."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        return [Line("市民网页", "没有测：本机没有 Chromium")]
    with served(ground.environ, workers=1) as port:
        site = f"http://127.0.0.1:{port}"
        lines = _in_browser(program, site, quick=quick)
        if not quick:  # it brings its own network and takes a minute
            lines += lighthouse.measure(program, site, (HOME, FORM))
    return lines


def _in_browser(program: str, site: str, *, quick: bool) -> list[Line]:
    if importlib.util.find_spec("playwright") is None:
        return [Line("市民网页", "没有测：没有 playwright（./run test 会装上）")]
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context(**TELEPHONE)
        first, second = weigh(context, site + HOME), weigh(context, site + FORM)
        context.close()
        fresh = browser.new_context(**TELEPHONE)
        form = weigh(fresh, site + FORM)
        again = weigh(fresh, site + FORM)
        fresh.close()
        seconds = [usable_after(browser, site + FORM, FIRST_FIELD) for _ in range(1 if quick else 5)]
        browser.close()
    return [
        _weight("首页，第一次打开", first, quick=quick),
        _weight("从首页到表单", second, quick=quick),
        _weight("表单，第一次打开", form, quick=quick),
        _weight("表单，再次打开", again, quick=quick),
        Line(
            "慢速手机上，表单从点开链接到可以填写",
            f"{statistics.median(seconds):.2f} 秒（最慢 {max(seconds):.2f}）",
            "400 kbit/s，往返 400 毫秒，处理器慢 4 倍",
            goal=f"< {SOON_ENOUGH:.0f} 秒",
            met=None if quick else statistics.median(seconds) < SOON_ENOUGH,
        ),
    ]


@dataclass(frozen=True)
class Weight:
    """What came over the wire for one page, heads of the answers included. `blocking`: what nothing is shown before."""

    transferred: int
    requests: int
    blocking: int


def weigh(context: BrowserContext, address: str) -> Weight:
    """Open the page in a new tab of that browser, with what its cache already has."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda finished: sizes.append(int(finished["encodedDataLength"])))
    page.goto(address, wait_until="networkidle")
    blocking = page.evaluate(BLOCKING)
    page.close()
    sent = [size for size in sizes if size > 0]
    return Weight(sum(sent), len(sent), blocking)


def usable_after(browser: Browser, address: str, field: str) -> float:
    """Seconds from asking for the page, with an empty cache, to the first character in that field, drawn."""
    context = browser.new_context(**TELEPHONE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PROCESSOR})
    began = time.perf_counter()
    page.goto(address, wait_until="load")
    box = page.locator(field).bounding_box()  # tapped where it is: the driver's own patience is no part of the time
    assert box
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function("field => document.activeElement === document.querySelector(field)", arg=field)
    page.keyboard.insert_text("路")
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    taken = time.perf_counter() - began
    typed = page.locator(field).input_value()
    context.close()
    if typed != "路":
        raise RuntimeError(f"表单没有收下输入：{typed}")
    return taken


def _weight(what: str, weight: Weight, *, quick: bool) -> Line:
    return Line(
        what,
        f"{weight.transferred / 1000:.1f} KB，{weight.requests} 次请求，其中 {weight.blocking} 次先于显示",
        goal=f"< {HEAVIEST // 1000} KB",
        met=None if quick else weight.transferred < HEAVIEST,
    )
