"""Every page can be shown, says what it needs, escapes what people wrote, and asks no other host for anything."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, render_template
from jinja2 import StrictUndefined, meta, nodes

from hotline.web import away, filters, languages, static_files
from tests.unit.template_samples import CONTEXTS, context

WEB = Path(filters.__file__).parent
TEMPLATES = sorted(path.relative_to(WEB / "templates").as_posix() for path in (WEB / "templates").rglob("*.html"))
PAGES = [name for name in TEMPLATES if not name.startswith(("macros/", "base"))]
SPRITE = (WEB / "static/vendor/tabler-icons-3.51.0/sprite.svg").read_text()
CSS = (WEB / "static/hotline.css").read_text()
GIVEN = {"url_for", "get_flashed_messages", "csrf_token", "request", "now", "urls", "errors", "nav", "user"}
GIVEN |= {"language", "languages"}


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("hotline.web", root_path=str(WEB))
    app.secret_key = "for the tests only"
    app.jinja_env.undefined = StrictUndefined  # a page may use nothing that its context does not promise
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    static_files.register(app)
    languages.register(app)
    away.register(app)
    filters.register(app, ZoneInfo("Asia/Shanghai"))
    return app


@pytest.fixture(scope="module")
def pages(app: Flask) -> dict[str, str]:
    with app.test_request_context("/"):
        return {page: render_template(page, **context(page)) for page in CONTEXTS}


@pytest.mark.parametrize("name", TEMPLATES)
def test_compiles(app: Flask, name: str) -> None:
    app.jinja_env.get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_says_at_its_top_what_it_needs(app: Flask, name: str) -> None:
    source = (WEB / "templates" / name).read_text()
    assert source.startswith("{#"), "a page begins with the list of what it needs"
    told = source[: source.index("#}")]
    tree = app.jinja_env.parse(source)
    used = meta.find_undeclared_variables(tree) - GIVEN - own_names(tree)
    assert not {variable for variable in used if not re.search(rf"\b{variable}\b", told)}


def own_names(tree: nodes.Template) -> set[str]:
    """What a template sets or imports itself; Jinja counts it as undeclared inside of blocks."""
    names = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    names |= {imported.target for imported in tree.find_all(nodes.Import)} | {
        macro.name for macro in tree.find_all(nodes.Macro)
    }
    for imported in tree.find_all(nodes.FromImport):
        names |= {name if isinstance(name, str) else name[1] for name in imported.names}
    return names


def test_every_page_has_a_sample() -> None:
    assert set(CONTEXTS) == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_shows(pages: dict[str, str], page: str) -> None:
    html = pages[page]
    assert '<html lang="zh-CN"' in html and "<h1" in html and 'href="#main"' in html
    assert "None" not in re.sub(r"<[^>]*>", "", html)


@pytest.mark.parametrize("page", [name for name in PAGES if name.startswith("errors/")])
def test_errors_need_no_context_at_all(app: Flask, page: str) -> None:
    """They are shown when everything else is broken."""
    with app.test_request_context("/"):
        assert "<h1>" in render_template(page)


@pytest.mark.parametrize("page", [page for page, given in CONTEXTS.items() if "alert(" in repr(given)])
def test_what_people_wrote_is_never_markup(pages: dict[str, str], page: str) -> None:
    assert "<script>alert" not in pages[page]
    assert "&lt;script&gt;alert" in pages[page]


#: Pages on which something that is there is put right: what was typed there outlives a lost session too.
CORRECTED = (
    *("person", "unit", "dispatch_line", "category", "policy_draft", "policy_review"),
    *("calendar_year", "office_hours", "retention", "text"),
)


@pytest.mark.parametrize("page", CORRECTED)
def test_what_is_put_right_is_kept_on_the_device(pages: dict[str, str], page: str) -> None:
    html = pages[f"staff/{page}.html"]
    assert re.search(r"<form [^>]*data-draft=", html) and "data-draft-told" in html, "and told where it comes back"


def test_no_secret_is_kept_on_the_device(pages: dict[str, str]) -> None:
    drafted = re.compile(r"<form [^>]*data-draft=.*?</form>", re.DOTALL)
    kept = [form for html in pages.values() for form in drafted.findall(html)]
    assert len(kept) > len(CORRECTED)
    assert not [form for form in kept if re.search('type="password"|one-time-code|name="secret"', form)]


def test_nothing_is_marked_safe() -> None:
    for name in TEMPLATES:
        source = (WEB / "templates" / name).read_text()
        assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup", source), name


def test_no_other_host() -> None:
    """Neither a page nor a style sheet of ours loads anything from elsewhere; namespaces are only names."""
    ours = [WEB / "templates" / name for name in TEMPLATES] + [
        *(WEB / "static").rglob("*.css"),
        *(WEB / "static").glob("*.js"),
    ]
    for path in ours:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"""(?:src|href|action|@import|url\()\s*[=(]?\s*["']?\s*(?:https?:)?//""", text), path.name


def test_no_inline_script_or_style(pages: dict[str, str]) -> None:
    """A strict Content-Security-Policy fits: no inline script, no event attribute, no style attribute."""
    for page, html in pages.items():
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son[a-z]+=\"|\sstyle=\"|<style", html), page


class Controls(HTMLParser):
    """Collects ids, labels and references of a page, and the forms without their token."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.refs: list[str] = []
        self.labelled: set[str] = set()
        self.controls: list[str] = []
        self.tokenless: list[str] = []
        self.form: dict[str, str | None] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        if identity := a.get("id"):
            self.ids.append(identity)
        if tag == "label":
            self.labelled.add(a["for"] or "")
        for name in ("aria-describedby", "aria-labelledby"):
            self.refs += (a.get(name) or "").split()
        if tag == "a" and re.match("#(f-|line-)", a.get("href") or ""):
            self.refs.append((a["href"] or "")[1:])
        if tag == "form":
            self.form = a
            if a.get("method") == "post":
                self.tokenless.append(a.get("action") or "")
        if tag == "input" and a.get("name") == "csrf_token" and self.tokenless:
            self.tokenless.pop()
        shown = a.get("type") not in {"hidden", "submit"} and "hidden" not in a
        if tag in {"input", "select", "textarea"} and shown and not a.get("aria-label"):
            self.controls.append(a.get("id") or "")


@pytest.mark.parametrize("page", PAGES)
def test_every_control_has_its_label_and_every_reference_its_target(pages: dict[str, str], page: str) -> None:
    found = Controls(pages[page])
    assert len(found.ids) == len(set(found.ids)), "ids are unique"
    assert set(found.controls) <= found.labelled
    if page != "styleguide.html":
        assert set(found.refs) <= set(found.ids)
    assert not found.tokenless, "each form that posts carries its token"


def test_icons_used_are_the_icons_kept(pages: dict[str, str]) -> None:
    """The sprite holds each icon that a page shows, and none besides."""
    sources = "".join(
        path.read_text() for path in [*(WEB / "templates").rglob("*.html"), WEB / "filters.py", WEB / "styleguide.py"]
    )
    kept = set(re.findall(r'<symbol id="([a-z-]+)"', SPRITE))
    assert set(re.findall(r"sprite\.svg#([a-z-]+)", "".join(pages.values()))) <= kept
    assert not {icon for icon in kept if f'"{icon}"' not in sources}


def test_vendored_assets_have_licences_and_stay_small() -> None:
    vendor = WEB / "static/vendor"
    table = (vendor / "README.md").read_text()
    for folder in (path for path in vendor.iterdir() if path.is_dir()):
        assert (folder / "LICENSE").is_file(), folder.name
        assert f"| {folder.name.rpartition('-')[2]} |" in table, folder.name
    assert sum(path.stat().st_size for path in (WEB / "static").rglob("*") if path.is_file()) < 1_500_000


def tokens(dark: bool) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    found: dict[str, str] = {}
    for block in blocks[: 2 if dark else 1]:
        found |= re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block)
    return found


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "grounds", "least"),
    [
        ("ink", ("ground", "ground-2", "action-ground", "ok-ground", "soon-ground", "over-ground", "order-ground"), 7),
        ("ink-2", ("ground", "ground-2", "action-ground"), 7),
        ("action", ("ground", "ground-2", "action-ground"), 7),
        ("ok", ("ground", "ok-ground"), 7),
        ("soon", ("ground", "soon-ground"), 7),
        ("over", ("ground", "over-ground"), 7),
        ("order", ("ground", "order-ground"), 7),
        ("on-action", ("action", "action-strong"), 7),
        ("on-bar", ("bar",), 7),
        ("on-focus", ("focus",), 7),
        ("control", ("ground",), 3),  # borders of controls: WCAG 1.4.11
    ],
)
def test_contrast(text: str, grounds: tuple[str, ...], least: float, dark: bool) -> None:
    colours = tokens(dark)
    for ground in grounds:
        assert contrast(colours[text], colours[ground]) >= least, f"{text} on {ground}"
