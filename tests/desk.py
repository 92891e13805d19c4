"""A person of the cast at the staff pages: logs in, opens pages, fills in the forms that they show, and sends them."""

from __future__ import annotations

import re
from functools import cached_property
from html import unescape
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hotline.web.limits import limiter
from tests import applications
from tests.city import PASSWORD, City


def make_app(city: City) -> Flask:
    """The application on the city's database, with the city's clock; tests log in more often than people."""
    app = applications.lend(city, secret_key="test-secret-key-test-secret-key")
    limiter.enabled = False
    return app


class Form:
    """One form of a page: where it goes, and what it would send as it stands."""

    def __init__(self, action: str) -> None:
        self.action = action.partition("#")[0]  # where to look afterwards is the browser's business
        self.values: dict[str, list[str]] = {}
        self.names: set[str] = set()
        self.buttons: list[str] = []


class _Forms(HTMLParser):
    """Reads the forms of a page as a browser without scripts would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._textarea = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name = found.get("name", "")
        if tag == "form":
            self._form = Form(found.get("action", ""))
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input":
            self._form.names.add(name)
            kind = found.get("type", "text")
            if kind not in ("checkbox", "radio", "file") or "checked" in found:
                self._form.values.setdefault(name, []).append(found.get("value", ""))
        elif tag == "select":
            self._select = name
            self._form.names.add(name)
        elif tag == "option" and self._select:
            if "selected" in found or self._select not in self._form.values:
                self._form.values[self._select] = [found.get("value", "")]
        elif tag == "textarea":
            self._textarea, self._text = name, ""
            self._form.names.add(name)
        elif tag == "button":
            self._form.buttons.append(found.get("class", ""))
            self._form.names |= {name} - {""}

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._form is not None:
            self._form.values[self._textarea] = [self._text.removeprefix("\n")]
            self._textarea = ""


#: Nothing outside of them is asked for, and to read all of a page takes long.
_FORMS = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|(?P<form><form\b.*?(?:</form>|\Z))", re.DOTALL)


class Page:
    """What was answered: status, text as read by a person, and forms."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.html = response.text

    @cached_property
    def forms(self) -> list[Form]:
        """Read when somebody asks for them."""
        reader = _Forms()
        for found in _FORMS.finditer(self.html):
            reader.feed(found["form"] or "")
        return reader.forms

    @property
    def text(self) -> str:
        """The words, without markup."""
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", self.html)))

    def form(self, action: str) -> Form:
        """The form that goes to an address with this end."""
        return next(form for form in self.forms if form.action.endswith(action))

    def offers(self, action: str) -> bool:
        """Whether there is such a form."""
        return any(form.action.endswith(action) for form in self.forms)

    @property
    def primary(self) -> list[str]:
        """Where the main buttons go."""
        return [form.action for form in self.forms for button in form.buttons if "btn-primary" in button]

    def links(self, part: str) -> list[str]:
        """Addresses on the page that contain this."""
        return [unescape(link) for link in re.findall(r'href="([^"]*)"', self.html) if part in unescape(link)]


#: By the key that signs it: the session that came with the log-in page, and the form on it.
_doors: dict[str, tuple[str, Form]] = {}


def at_the_door(app: Flask) -> tuple[FlaskClient, Form]:
    """A browser that has opened the log-in page. It is the same for everybody, so that it is only opened once."""
    client, key = app.test_client(), str(app.secret_key)
    if key not in _doors:
        page = Page(client.get("/login"))
        session = client.get_cookie("session")
        assert session, page.text
        _doors[key] = session.value, page.forms[0]
    session_kept, form = _doors[key]
    client.set_cookie("session", session_kept)
    return client, form


class Person:
    """One of the cast with a session."""

    def __init__(self, app: Flask, login: str) -> None:
        self.client, form = at_the_door(app)
        entered = self.send(form, username=login, password=PASSWORD)
        assert entered.status == 302, entered.text

    def open(self, address: str) -> Page:
        """GET."""
        return Page(self.client.get(address))

    def ticket(self, number: str) -> Page:
        """The ticket's page, which must be there."""
        page = self.open(f"/desk/tickets/{number}")
        assert page.status == 200, page.text
        return page

    def send(self, form: Form, **typed: Any) -> Page:
        """Fill in and send. Only what the form has can be typed into it."""
        assert set(typed) <= form.names, set(typed) - form.names
        return Page(self.client.post(form.action or "/login", data=form.values | typed))

    def take(self, number: str, noun: str, **typed: Any) -> Page:
        """Open the ticket, fill in the step's form, send it: it must succeed. The page that follows."""
        answer = self.send(self.ticket(number).form(f"/{number}/{noun}"), **typed)
        assert answer.status == 303, (noun, answer.status, answer.text)
        return self.open(answer.response.headers["Location"])
