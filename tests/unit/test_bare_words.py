"""No sentence of a citizen's page stands bare: each goes through the catalogue, or is named here with its reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from hotline.web import languages
from hotline.web.static_files import BUNDLES
from tests.unit.test_languages import HAN

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "hotline" / "web"
MARKED = {"_", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext", "say"}

PAGES = ("base.html", "base_citizen.html", "citizen/**/*.html", "public/**/*.html", "errors/*.html")
_DRAWN_IN = re.compile(r'{%-? *(?:extends|include|import|from) "([^"]+)"')
_SCRIPT = re.compile(r"filename='([\w-]+\.js)'")


def citizens_templates() -> Iterator[Path]:
    """The pages of citizens and all that they draw in; the rest is the desk's, which is Chinese."""
    waiting = {path for pattern in PAGES for path in (WEB / "templates").glob(pattern)}
    known: set[Path] = set()
    while waiting:
        path = waiting.pop()
        known.add(path)
        drawn_in = {WEB / "templates" / name for name in _DRAWN_IN.findall(path.read_text(encoding="utf-8"))}
        waiting |= drawn_in - known
    yield from known


def citizens_scripts() -> Iterator[Path]:
    """What these pages load, one by one or bundled."""
    for template in TEMPLATES:
        for name in _SCRIPT.findall(template.read_text(encoding="utf-8")):
            yield from (WEB / "static" / part for part in BUNDLES.get(name, (name,)))


TEMPLATES = sorted(citizens_templates())
SCRIPTS = sorted(set(citizens_scripts()))
#: The services that speak to citizens; what else is raised, only officials read.
SERVICES = (
    "attaching", "citizens", "correcting", "erasing", "informing", "joining", "phones", "recovering", "resembling",
    "reworking", "showing", "standing", "suggesting", "surveying", "month/tallying",
)  # fmt: skip
#: What makes the citizens' pages, and the services whose sentences they show.
MODULES = sorted(
    [
        *(WEB / "citizen").rglob("*.py"),
        *(WEB / "public").rglob("*.py"),
        *(
            WEB / f"{name}.py"
            for name in ("attachments", "filters", "frame", "languages", "limits", "problems", "uploads")
        ),
        *(ROOT / "hotline" / "services" / f"{name}.py" for name in SERVICES),
        *(ROOT / "hotline" / "domain" / f"{name}.py" for name in ("dates", "written")),
    ]
)
#: Chinese that is no sentence to a citizen, by module.
ALLOWED = {
    "hotline/web/languages.py": {"中文"},  # the language's own name for itself
    "hotline/services/resembling.py": {"其他", "、"},  # a category that says nothing; between streets
    "hotline/services/suggesting.py": {"、"},  # between words of the citizen's
    "hotline/services/attaching.py": {"照片", "短信照片"},  # the name of a picture that came without one
    "hotline/web/citizen/form.py": {"市民认为不急", "市民认为有危险，很急"},  # told to the operator
    "hotline/web/citizen/said.py": {"。", "！", "？"},  # the end of somebody's sentence
    "hotline/services/standing.py": {"。"},  # as there
    "hotline/web/problems.py": {  # over what staff read at their desks
        *("没有提交成功", "不能进行这项操作", "没有找到这一页", "现在不能这样办理", "上传的内容太大", "操作过于频繁"),
    },
    "hotline/domain/written.py": {  # how officials begin and end it
        *("^请您?(?:向|拨打|联系|致电)?|^(?:拨打|联系|致电)", r"向?(.+?)反映[，,。.]?\s*(.*)", "，"),
    },
    "hotline/services/phones.py": {r"\s*(?:转|分机|ext\.?|x)\s*\d{1,6}\s*$"},  # how people write an extension
}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_templates(path: Path) -> None:
    assert list(bare_in_template(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_modules(path: Path) -> None:
    bare = set(bare_in_python(path.read_text(encoding="utf-8")))
    assert bare == ALLOWED.get(relative(path), set())


@pytest.mark.parametrize(
    "path",
    [path for folder in ("domain", "services", "web") for path in (ROOT / "hotline" / folder).rglob("*.py")],
    ids=relative,
)
def test_what_is_marked_can_be_collected(path: Path) -> None:
    """A sentence that is put together elsewhere would be marked, and still not be in the catalogue."""
    assert list(unreadable_in(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=relative)
def test_scripts(path: Path) -> None:
    code = re.sub(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not HAN.findall(code), "a page gives its script the sentences"


def bare_in_template(source: str) -> Iterator[str]:
    """Chinese in the markup, or in an expression but not inside of `_()`; comments aside."""
    tree = engine().parse(source)
    marked = {
        id(constant)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in MARKED
        for constant in call.args
    }
    for data in tree.find_all(nodes.TemplateData):
        yield from re.findall(rf"[^\s<>]*{HAN.pattern}[^\s<>]*", data.data)
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str) and HAN.search(constant.value) and id(constant) not in marked:
            yield constant.value


def bare_in_python(source: str) -> Iterator[str]:
    """Chinese literals that are neither marked for the catalogue nor a docstring."""
    tree = ast.parse(source)
    passed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in MARKED:
            passed |= {id(argument) for argument in node.args}
        elif isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            passed.add(id(node.body[0].value))  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        literal = node.value if isinstance(node, ast.Constant) and id(node) not in passed else None
        if isinstance(literal, str) and HAN.search(literal):
            yield literal


def unreadable_in(source: str) -> Iterator[str]:
    """Marked sentences that are no literals, in modules that mark sentences for the catalogue."""
    tree = ast.parse(source)
    taken = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("hotline.domain.errors", "hotline.web.languages")
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and _name(node.func) in MARKED & taken):
            continue
        if not (node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)):
            yield ast.unparse(node)


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


@cache
def engine() -> Environment:
    app = Flask("hotline.web")
    languages.register(app)
    return app.jinja_env


@pytest.mark.parametrize(
    ("source", "bare"),
    [
        ("<p>{{ _('已收到') }}</p>{# 注释 #}", []),
        ("<p>已收到</p>", ["已收到"]),
        ('<img alt="照片">', ['alt="照片"']),
        ("{{ x or '照片' }}", ["照片"]),
        ("{{ _('%(n)s张', n='照片') }}", ["照片"]),
        ("{% trans %}已收到{% endtrans %}", []),
        ("{{ field('text', _('什么事？'), hint='写清楚') }}", ["写清楚"]),
    ],
)
def test_the_check_of_templates_can_fail(source: str, bare: list[str]) -> None:
    assert list(bare_in_template(source)) == bare


@pytest.mark.parametrize(
    ("source", "bare"),
    [
        ('"""文档"""\nx = _("已收到")', []),
        ('x = "已收到"', ["已收到"]),
        ('x = say("{n}张", n="照片")', ["照片"]),
        ('x = f"照片{n}"', ["照片"]),
        ('def f():\n    """文档"""\n    # 注释\n    return ngettext("一", "二", 2)', []),
        ('flash("已收到" if x else _("没有"))', ["已收到"]),
    ],
)
def test_the_check_of_modules_can_fail(source: str, bare: list[str]) -> None:
    assert list(bare_in_python(source)) == bare


@pytest.mark.parametrize(
    ("source", "unreadable"),
    [
        ('from hotline.domain.errors import say\nsay("{n}张", n=n)', []),
        ("from hotline.domain.errors import say\nsay(text, n=n)", ["say(text, n=n)"]),
        ('from hotline.web.languages import gettext as _\n_(f"{n}张")', ["_(f'{n}张')"]),
        ("from hotline.services.saying import say\nsay(talk, name)", []),
    ],
)
def test_the_check_of_what_can_be_collected_can_fail(source: str, unreadable: list[str]) -> None:
    assert list(unreadable_in(source)) == unreadable
