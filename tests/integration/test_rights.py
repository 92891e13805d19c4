"""What is not yours is not there: every page × everybody × own, another subtree's and nobody's (design §7).

The rules stand in `tests/rights_pages.py` (whose a page is) and `tests/rights_city.py` (who sees what); nothing here
asks the code that is tested.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from hotline.domain.publicity import Publicity
from hotline.models import Staff
from hotline.services.vault import hash_key
from tests import databases
from tests.city import City
from tests.desk import make_app
from tests.freezing import freeze, restate
from tests.rights_cast import READERS, SCOPES, Planted, Reader, Thing
from tests.rights_city import plant
from tests.rights_pages import API, ASKED, DESK, FORM, OPEN, PAGES, TICKETS, WHOLE, Page

NO_ID = 9_000_000_000_000_000_001
NO_WORD = "no-such-thing"
_TOKENS = re.compile(r'(csrf[-_]token"?[^>]*(?:value|content)="|nonce="|name="(?:once|key)" value=")[^"]*"')


@dataclass
class Scene:
    """The city, what is in it, and everybody with a session."""

    city: City
    app: Flask
    planted: Planted
    clients: dict[str, FlaskClient]

    @property
    def readers(self) -> list[Reader]:
        return [self.planted.readers[login] for login in READERS]

    @property
    def each_role(self) -> set[str]:
        """One person of each role: that another role's page is not there does not hang on where one stands."""
        return {reader.login for reader in {each.role: each for each in reversed(self.readers)}.values()}

    def rules(self, method: str) -> list[Rule]:
        return [rule for rule in self.app.url_map.iter_rules() if method in (rule.methods or ())]


@pytest.fixture(scope="module")
def scene(founded: databases.Founded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Only looked at by these tests, so that it is made once."""
    city = City(founded.url, tmp_path_factory.mktemp("rights"))
    city.office.publicity = Publicity.REVIEWED  # what nobody has released is read by no stranger
    planted = plant(city)
    freeze(city)
    restate(city)
    app = make_app(city)
    app.config["WTF_CSRF_ENABLED"] = False
    app.testing = False  # a fault is answered as in production
    with city.office.session() as session:
        epochs = dict(session.execute(sa.select(Staff.login, Staff.session_epoch)).all())
    clients = {"": app.test_client()}
    for login in READERS:
        clients[login] = app.test_client()
        with clients[login].session_transaction() as session:
            session["_user_id"], session["_fresh"] = f"{planted.readers[login].staff_id}.{epochs[login]}", True
    yield Scene(city, app, planted, clients)
    city.office.engine.dispose()
    founded.put_back()


def address(rule: Rule, values: Mapping[str, Any]) -> str:
    path = re.sub(r"<(?:[^:>]*:)?(\w+)>", lambda match: quote(str(values[match[1]]), safe="/"), rule.rule)
    return path + (PAGES[rule.endpoint].query if "GET" in (rule.methods or ()) else "")


def values_of(rule: Rule, page: Page, thing: Thing | None) -> dict[str, Any]:
    """The arguments of the address; without a thing those of nothing that there is."""
    given = {**page.more, **(thing.values if thing is not None else {})}
    return {name: given.get(name, _nothing(rule, name)) for name in rule.arguments}


def _nothing(rule: Rule, name: str) -> Any:
    return NO_ID if f":{name}>" in rule.rule and "int" in rule.rule else NO_WORD


def words(response: TestResponse) -> str:
    """All that the answer says, in a workbook too, and where it leads."""
    data = response.get_data()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as book:
            data = b"".join(book.read(name) for name in book.namelist())
    return data.decode("utf-8", "replace") + str(response.headers.get("Location", ""))


def plain(response: TestResponse, path: str, values: Mapping[str, Any]) -> tuple[int, str]:
    """The answer without what was asked for, and without what is another one in each answer."""
    said = _TOKENS.sub(r'\1"', words(response)).replace(path, "…")
    for value in {str(each) for each in values.values() if len(str(each)) > 5}:
        said = said.replace(value, "…")
    return response.status_code, said


def without(said: str, asked: Sequence[str]) -> str:
    """What is said, but for the words of the question, however they are written in an address."""
    for value in asked:
        for written in (quote(quote(value)), quote(value), value):
            said = said.replace(written, "…")
    return said


class Walk:
    """One test's way through the pages: every fault is written down, and all are told at the end."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.faults: list[str] = []
        self.met: set[str] = set()  # what somebody has read who may
        self.opened: set[str] = set()  # endpoints that have answered with a page
        self._missing: dict[tuple[str, str, str], tuple[int, str]] = {}

    def ask(self, who: str, method: str, path: str, form: Mapping[str, Any] | None = None) -> TestResponse:
        client = self.scene.clients[who]
        if method == "GET":
            response = client.get(path)
        elif path.startswith("/api/"):
            response = client.post(path, json=dict(form or FORM))
        else:
            response = client.post(path, data=dict(form or FORM))
        response.get_data()
        response.close()  # of a file
        if response.status_code >= 500 and "/readyz" not in path:
            self.fault(who, method, path, f"{response.status_code}")
        return response

    def fault(self, who: str, method: str, path: str, what: str) -> None:
        self.faults.append(f"{who or 'nobody'}: {method} {path}: {what}")

    def read(self, who: str, method: str, path: str, response: TestResponse, asked: Sequence[str] = ()) -> None:
        """Nothing may stand there that this reader may not read. `asked`: words that he has brought himself."""
        said = without(words(response), asked)
        reader = self.scene.planted.readers.get(who)
        for marker in self.scene.planted.read_in(said):
            if reader is not None and marker.seen_by(reader):
                self.met.add(marker.about)
            elif marker.word not in path:
                self.fault(who, method, path, f"reads the {marker.about}")

    def things(self, page: Page, reader: Reader) -> tuple[Sequence[Thing | None], Sequence[Thing]]:
        """One that the reader sees, and some that he does not."""
        fitting = [
            each
            for each in self.scene.planted.things
            if each.kind == page.kind and each.at in (page.at, "named", "secret")
        ]
        seen = [each for each in fitting if each.seen_by(reader)]
        foreign = [each for each in fitting if each not in seen]
        return seen[:1], [*foreign[:1], *foreign[-1:]] if len(foreign) > 1 else foreign

    def as_nothing(self, who: str, rule: Rule, page: Page, method: str, thing: Thing) -> TestResponse:
        """Another's thing is answered as what does not exist, to the letter."""
        values = values_of(rule, page, thing)
        path = address(rule, values)
        response = self.ask(who, method, path)
        key = (who, rule.rule, method)
        if key not in self._missing:
            nothing = values_of(rule, page, None)
            self._missing[key] = plain(self.ask(who, method, address(rule, nothing)), address(rule, nothing), nothing)
        got, wanted = plain(response, path, values), self._missing[key]
        if got != wanted:
            self.fault(who, method, path, f"answers {got[0]}, to nothing {wanted[0]}{_differing(got[1], wanted[1])}")
        self.read(who, method, path, response)
        return response

    def judge(self, reader: Reader, rule: Rule, path: str, status: int) -> None:
        """Whether a page is there for this reader, and for nobody else."""
        page = PAGES[rule.endpoint]
        if reader.role not in page.roles:
            if status != 404:
                self.fault(reader.login, "GET", path, f"{status}, of another role")
        elif status < 400:
            self.opened.add(rule.endpoint)
        elif not ((status == 403 and rule.endpoint in API) or (status == 404 and page.city and not reader.is_root)):
            self.fault(reader.login, "GET", path, f"{status}, his own")

    def told(self) -> None:
        assert not self.faults, f"{len(self.faults)} faults:\n" + "\n".join(self.faults)


def _differing(left: str, right: str) -> str:
    place = next((i for i, (one, other) in enumerate(zip(left, right, strict=False)) if one != other), None)
    return "" if place is None else f": …{left[place - 20 : place + 40]}… / …{right[place - 20 : place + 40]}…"


def unchanged(scene: Scene) -> Sequence[Any]:
    """How many rows each table has, and which transaction wrote last; but for words that are found while one looks."""
    with scene.city.office.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(databases.STATES) if row[0] != "found_words"]


def test_every_route_is_in_the_table(scene: Scene) -> None:
    """A new page is entered in `tests/rights_pages.py`: whose it is, and what stands in its address."""
    routes = {rule.endpoint for rule in scene.app.url_map.iter_rules()}
    assert routes - PAGES.keys() == set(), "not in the table"
    assert PAGES.keys() - routes == set(), "no such route"


def test_nobody_comes_in_without_a_session(scene: Scene) -> None:
    walk = Walk(scene)
    before = unchanged(scene)
    for method in ("GET", "POST"):
        for rule in scene.rules(method):
            page = PAGES[rule.endpoint]
            if rule.endpoint not in DESK | API:
                continue
            thing = next((each for each in scene.planted.things if each.kind == page.kind), None)
            path = address(rule, values_of(rule, page, thing))
            response = walk.ask("", method, path)
            walk.read("", method, path, response)
            stays = rule.endpoint in API or rule.endpoint == "staff.live" or method == "POST"  # what was typed is kept
            leads = response.headers.get("Location", "").startswith("/login")
            if response.status_code != (401 if stays else 302) or leads is stays:
                walk.fault("", method, path, f"{response.status_code}")
    assert unchanged(scene) == before
    walk.told()


def test_what_everybody_reads_at_the_desk(scene: Scene) -> None:
    """Every page, by everybody: there for its roles, with nothing on it that is another's."""
    walk = Walk(scene)
    for reader in scene.readers:
        for rule in scene.rules("GET"):
            if rule.endpoint not in DESK | API:
                continue
            page = PAGES[rule.endpoint]
            there = reader.role in page.roles
            seen, foreign = walk.things(page, reader) if page.kind else ([None], [])
            if not there and reader.login not in scene.each_role:
                continue
            for thing in seen or (() if there else (None,)):
                path = address(rule, values_of(rule, page, thing))
                response = walk.ask(reader.login, "GET", path)
                walk.read(reader.login, "GET", path, response)
                walk.judge(reader, rule, path, response.status_code)
            for thing in foreign if there else ():
                if walk.as_nothing(reader.login, rule, page, "GET", thing).status_code != 404:
                    walk.fault(reader.login, "GET", rule.rule, "is not 404")
    walk.told()
    never = {name for name, page in (DESK | API).items() if page.roles} - walk.opened
    never &= {rule.endpoint for rule in scene.rules("GET")}
    assert not never, f"nobody has opened {never}"


def test_a_forbidden_deed_changes_nothing(scene: Scene) -> None:
    """Neither by another role, nor on another's thing; both answer as if there were nothing."""
    walk = Walk(scene)
    for reader in scene.readers:
        before = unchanged(scene)
        for rule in scene.rules("POST"):
            if rule.endpoint not in DESK | API:
                continue
            page = PAGES[rule.endpoint]
            there = reader.role in page.roles and (reader.is_root or not page.city)
            seen, foreign = walk.things(page, reader) if page.kind else ([None], [])
            if not there and reader.login not in scene.each_role and not page.city:
                continue
            for thing in () if there else (seen or foreign)[:1]:
                path = address(rule, values_of(rule, page, thing))
                if walk.ask(reader.login, "POST", path).status_code != 404:
                    walk.fault(reader.login, "POST", path, "is there for another role")
            for thing in foreign[-1:] if there else ():
                if walk.as_nothing(reader.login, rule, page, "POST", thing).status_code != 404:
                    walk.fault(reader.login, "POST", rule.rule, "is not 404")
        if (after := unchanged(scene)) != before:
            changed = [old[0] for old, new in zip(before, after, strict=True) if old != new]
            walk.fault(reader.login, "POST", "…", f"has changed {changed}")
    walk.told()


def test_what_is_asked_for_besides(scene: Scene) -> None:
    """Filters, searches, exports, merge targets, units and people to choose: another's is what there is not."""
    walk = Walk(scene)
    before = unchanged(scene)
    planted = scene.planted
    own = {name: planted.find("ticket", "east", name) for name in ("new", "waiting", "worked", "called")}
    own |= {"own_unit": planted.find("unit", "east"), "own_person": planted.find("person", "east")}
    phone = planted.word_of("phone of west/worked")
    west = {
        "unit": planted.find("unit", "west"), "person": planted.find("person", "west"),
        "number": planted.find("ticket", "west"), "word": planted.word_of("matter of west/worked"),
        "place": planted.word_of("place of west/worked"), "list": planted.word_of("shared list of west"),
        "idle": planted.word_of("person of west"), "changed": planted.word_of("change of west"),
        "phone": phone, "tail": phone[-4:],
    }  # fmt: skip
    nothing = dict.fromkeys(west, "囍囍囍囍") | {
        "unit": "799999", "person": "799999", "number": west["number"][:-4] + "9999", "phone": "13999990000",
        "tail": "9876",
    }  # fmt: skip
    for role, method, path, form in ASKED:
        who = SCOPES["east"][role.value]
        client, answers = scene.clients[who], []
        for other in (west, nothing):
            asked = own | other
            url = path.format(**{name: quote(str(value)) for name, value in asked.items()})
            sent = {name: value.format(**asked) for name, value in form.items()}
            with client.session_transaction() as session:
                for left in session.keys() - {"_user_id", "_fresh"}:  # what the answer before has left to be told
                    session.pop(left)
            response = walk.ask(who, method, url, sent)
            named = [str(value) for name, value in other.items() if f"{{{name}}}" in f"{path} {form}"]
            walk.read(who, method, url, response, named)
            answers.append((response.status_code, without(plain(response, url, {})[1], named)))
        if answers[0] != answers[1] and not path.endswith("/beside"):  # there one's own are told by how alike they are
            walk.fault(who, method, path, f"{answers[0][0]}/{answers[1][0]}{_differing(answers[0][1], answers[1][1])}")
        if not 200 <= answers[0][0] < 500:
            walk.fault(who, method, path, f"{answers[0][0]}")
    if (after := unchanged(scene)) != before:
        walk.fault("", "POST", "…", f"{[old[0] for old, new in zip(before, after, strict=True) if old != new]}")
    walk.told()


def test_a_file_holds_what_the_list_holds(scene: Scene) -> None:
    walk = Walk(scene)
    for reader in scene.readers:
        for form in WHOLE if reader.role in TICKETS else ():
            response = walk.ask(reader.login, "POST", "/desk/exports", form)
            assert response.status_code == 200
            walk.read(reader.login, "POST", "/desk/exports", response)
    assert "number of east/worked" in walk.met
    walk.told()


def test_strangers_and_the_citizen(scene: Scene) -> None:
    """Outside of the desk nobody reads more than his own complaint, opened by its key."""
    walk = Walk(scene)
    scene.clients["citizen"] = scene.app.test_client()
    own = scene.planted.find("ticket", "east")
    with scene.clients["citizen"].session_transaction() as session:
        until = scene.city.now + timedelta(hours=1)
        session["keys"] = {own: [int(until.timestamp()), hash_key(scene.planted.keys[own])[:12]]}
    assert own in words(walk.ask("citizen", "GET", f"/q/{own}"))
    mine = {marker.word for marker in scene.planted.markers if marker.about.endswith("of east/worked")}
    for who in ("", "citizen"):
        for rule in scene.rules("GET"):
            if rule.endpoint not in OPEN or rule.endpoint.startswith("console"):
                continue
            page = PAGES[rule.endpoint]
            others = [each for each in scene.planted.things if each.kind == page.kind and each.scope != "east"]
            for thing in others[:1] if page.kind else ():
                walk.as_nothing(who, rule, page, "GET", thing)
            if not page.kind:
                path = address(rule, values_of(rule, page, None))
                walk.read(who, "GET", path, walk.ask(who, "GET", path))
    walk.faults = [fault for fault in walk.faults if not any(word in fault for word in mine)]
    walk.told()
