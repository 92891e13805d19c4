"""English beside Chinese: every sentence a citizen can read is in the catalogue, and nothing is in it besides."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Blueprint, Flask, session

from hotline.domain.dates import spoken
from hotline.domain.errors import say
from hotline.web import languages

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "hotline" / "web" / "translations").glob("*/LC_MESSAGES/messages.po"))
#: Chinese characters and the full-width marks between them, but for the brackets 【】 that our texts are signed with.
HAN = re.compile(r"[\u3000-\u300f\u3012-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff65]")
PRINTF = re.compile(r"%\((\w+)\)[sd]|%%")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_mo(file) if path.suffix == ".mo" else read_po(file, abort_invalid=True)


def sentences(of: Catalog) -> dict[str, Message]:
    """The messages by their Chinese, without the header."""
    return {message.id if isinstance(message.id, str) else message.id[0]: message for message in of if message.id}


def translations(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources in which the commands of docs/languages.md were run."""
    copy = tmp_path_factory.mktemp("collected")
    shutil.copy(ROOT / "pyproject.toml", copy)
    shutil.copytree(ROOT / "hotline", copy / "hotline", ignore=shutil.ignore_patterns("__pycache__", "static"))
    document = (ROOT / "docs" / "languages.md").read_text(encoding="utf-8")
    commands = re.findall(r"^pybabel .*$", document, re.MULTILINE)
    assert [shlex.split(command)[1] for command in commands] == ["extract", "update", "compile"]
    for command in commands:
        words = [sys.executable, "-m", "babel.messages.frontend", *shlex.split(command)[1:]]
        ran = subprocess.run(words, cwd=copy, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
    return copy


def test_there_is_a_catalogue_for_every_language_but_chinese() -> None:
    assert {path.parts[-3] for path in CATALOGUES} == set(languages.LANGUAGES) - {languages.CHINESE}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_the_catalogue_holds_what_is_said_and_no_more(path: Path, collected: Path) -> None:
    kept, said = sentences(catalogue(path)), sentences(catalogue(collected / path.relative_to(ROOT)))
    assert sorted(said.keys() - kept.keys()) == [], "said, but not in the catalogue"
    assert sorted(kept.keys() - said.keys()) == [], "in the catalogue, but nobody says it"
    assert not catalogue(path).obsolete
    assert {chinese: m.locations for chinese, m in kept.items()} == {
        chinese: m.locations for chinese, m in said.items()
    }


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_everything_is_translated(path: Path) -> None:
    kept = sentences(catalogue(path))
    assert [chinese for chinese, message in kept.items() if not all(map(str.strip, translations(message)))] == []
    assert [chinese for chinese, message in kept.items() if message.fuzzy] == []
    assert [words for message in kept.values() for words in translations(message) if HAN.search(words)] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_translations_have_the_places_of_their_chinese(path: Path) -> None:
    for chinese, message in sentences(catalogue(path)).items():
        for words in filter(None, translations(message)):
            assert places(words, message) == places(chinese, message), f"{chinese}: {words}"
        if isinstance(message.id, tuple):
            assert len(translations(message)) == catalogue(path).num_plurals, chinese


def places(words: str, message: Message) -> set[str]:
    """What is filled in: %(name)s of pages and views, {name} of the services."""
    if message.python_format:
        assert "%" not in PRINTF.sub("", words), f"a stray percent sign: {words}"
        found = {match[1] or "%%" for match in PRINTF.finditer(words)}
        return found - {"num"} if isinstance(message.id, tuple) else found  # "a day" need not be counted
    assert "%" not in words or not in_a_page(message), f"Jinja fills in every percent sign: {words}"
    named = [name for _, name, _, _ in Formatter().parse(words) if name is not None]
    assert all(name.isidentifier() for name in named), words
    return set(named)


def in_a_page(message: Message) -> bool:
    return any(file.endswith(".html") for file, _ in message.locations)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_what_is_compiled_is_what_is_written(path: Path) -> None:
    written, compiled = sentences(catalogue(path)), sentences(catalogue(path.with_suffix(".mo")))
    assert {chinese: translations(message) for chinese, message in compiled.items()} == {
        chinese: translations(message) for chinese, message in written.items()
    }


# --- which language a page is in


def doors() -> Flask:
    """Doors as the hotline has them, each of which says what language it was asked in."""
    app = Flask("hotline.web", root_path=str(ROOT / "hotline" / "web"))
    app.secret_key = "for the tests only"
    languages.register(app)
    for name in ("citizen", "public", "staff", "login", "api", "attachments"):
        door = Blueprint(name, name, url_prefix=f"/{name}")
        door.add_url_rule("/", "page", languages.language)
        door.add_url_rule("/words", "words", lambda: languages.gettext("提交反映"))
        app.register_blueprint(door)
    app.register_error_handler(404, lambda _: (languages.language(), 404))
    return app


@pytest.fixture(scope="module")
def app() -> Flask:
    return doors()


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("en-US,zh;q=0.5", "en"),  # whatever country it is of, the first one counts
        ("en-US,zh-CN;q=0.9", "en"),
        ("zh-TW,en;q=0.9", "zh"),
        ("ZH-hans-cn", "zh"),
        ("de-DE,de;q=0.9,en;q=0.8", "en"),
        ("de-DE,de;q=0.9", "zh"),
        ("*", "zh"),
        ("en;q=0,fr", "zh"),
        ("en;q=0.1,zh;q=0.9", "zh"),
        (";;;q=;,\x7f", "zh"),
    ],
)
def test_the_browser_is_asked(app: Flask, asked: str, spoken: str) -> None:
    response = app.test_client().get("/citizen/", headers={"Accept-Language": asked})
    assert response.text == spoken
    assert {"Accept-Language", "Cookie"} <= set(response.vary.as_set(preserve_casing=True))


def test_without_a_word_from_the_browser_it_is_chinese(app: Flask) -> None:
    assert app.test_client().get("/citizen/").text == "zh"


def test_who_switches_by_hand_is_remembered(app: Flask) -> None:
    browser, german = app.test_client(), {"Accept-Language": "en"}
    assert browser.get("/citizen/?lang=zh", headers=german).text == "zh"
    assert browser.get("/public/", headers=german).text == "zh"
    assert browser.get("/citizen/?lang=en").text == "en"
    assert browser.get("/public/").text == "en"


@pytest.mark.parametrize("unknown", ["fr", "", "EN", "../en", "zh_CN", "中文"])
def test_an_unknown_language_changes_nothing(app: Flask, unknown: str) -> None:
    with app.test_client() as browser:
        assert browser.get("/citizen/", query_string={"lang": unknown}, headers={"Accept-Language": "en"}).text == "en"
        assert "language" not in session


@pytest.mark.parametrize("door", ["staff", "login", "api"])
def test_desks_and_machines_read_chinese(app: Flask, door: str) -> None:
    with app.test_client() as browser:
        browser.get("/citizen/?lang=en")
        assert browser.get(f"/{door}/?lang=en", headers={"Accept-Language": "en"}).text == "zh"
        session.pop("language")


@pytest.mark.parametrize("place", ["/attachments/", "/nowhere"])
def test_where_both_come_an_official_reads_chinese(app: Flask, place: str) -> None:
    english = {"Accept-Language": "en"}
    browser = app.test_client()
    assert browser.get(place, headers=english).text == "en"
    with browser.session_transaction() as kept:
        kept["_user_id"] = "7"
    assert browser.get(place, headers=english).text == "zh"


def test_a_catalogue_is_read_from_disk_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    load = Translations.load

    def counted(directory: str, locales: list[str], domain: str) -> object:
        read.append(str(locales[0]))
        return load(directory, locales, domain)

    monkeypatch.setattr(Translations, "load", counted)
    app = doors()
    for _ in range(3):
        assert app.test_client().get("/citizen/words").text == "提交反映"
        assert app.test_client().get("/citizen/words?lang=en").text == "Send report"
    assert read == ["en"], "and Chinese needs none"


# --- sentences of the services


def test_a_sentence_of_a_service_is_translated_with_what_stands_in_it(app: Flask) -> None:
    answer = say("{when}前答复您", when=spoken_at("2026-10-14T18:00"))
    assert answer == "10月14日18时前答复您"
    with app.test_request_context("/citizen/", headers={"Accept-Language": "en"}):
        assert languages.translated(answer) == "we will reply to you by 18:00 on 14 October"
        assert languages.translated("提交反映") == "提交反映", "what people wrote stays as it is"
        assert languages.translated(say("因{reason}暂缓办理", reason="{路} %s")) == "On hold. Reason: {路} %s"
        assert languages.translated("") == ""
        assert languages.all_translated({"text": answer})["text"] == languages.translated(answer)
    with app.test_request_context("/citizen/"):
        assert languages.translated(answer) == answer


@pytest.mark.parametrize(
    ("words", "tongue", "attribute"),
    [
        ("云锦区", "en", ' lang="zh-CN"'),
        ("云锦区", "zh", ""),
        ("Street vending", "en", ""),
        ("", "en", ""),
    ],
)
def test_chinese_on_an_english_page_is_marked(app: Flask, words: str, tongue: str, attribute: str) -> None:
    with app.test_request_context("/citizen/", headers={"Accept-Language": tongue}):
        assert languages.in_chinese(words) == attribute


@pytest.mark.parametrize(
    ("moment", "chinese", "english"),
    [
        ("2026-10-14T18:00", "10月14日18时", "18:00 on 14 October"),
        ("2026-10-14T09:30", "10月14日9时30分", "9:30 on 14 October"),
        ("2026-11-01T00:00", "10月31日24时", "the end of 31 October"),
    ],
)
def test_moments_in_sentences(app: Flask, moment: str, chinese: str, english: str) -> None:
    words = spoken_at(moment)
    assert words == chinese
    with app.test_request_context("/citizen/?lang=en"):
        assert languages.translated(words) == english


def spoken_at(moment: str) -> str:
    city = ZoneInfo("Asia/Shanghai")
    return spoken(datetime.fromisoformat(moment).replace(tzinfo=city), city)


def test_outside_of_a_request_it_is_chinese(app: Flask) -> None:
    assert languages.gettext("提交") == "提交"
    assert languages.ngettext("%(num)s 天", "%(num)s 天", 2) == "2 天"
    with app.app_context():
        assert languages.translated(say("{n}件", n=2)) == "2件"
        assert languages.language() == languages.CHINESE
