"""A citizen whose browser asks for English, and what the house does meanwhile: everybody writes English."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from werkzeug.test import TestResponse

from hotline.models import Ground, Message
from hotline.services import (
    accepting,
    assigning,
    checking,
    extending,
    handling,
    pausing,
    replying,
    reworking,
    supervising,
    surveying,
)
from tests.citizen import Browser, make_app
from tests.city import City

LAMP: Final = "The street lamps at the corner have been dark for three days."
PLACE: Final = "corner of Xiangxi Road and Daqiao Road"
GAS: Final = "There is a strong smell of gas on the stairs."
CHINESE: Final = ("香溪路与大桥路口的路灯不亮三天了", "香溪路与大桥路口", "路灯", "不亮")
ANSWER: Final = "Two lamps were replaced on 13 October. Telephone 0320-0002101."


class Visit:
    """A citizen with an English browser; every page that she is shown is kept to be read."""

    def __init__(self, city: City) -> None:
        self.city, self.app = city, make_app(city)
        self.browser = Browser(self.app)
        self.browser.headers["Accept-Language"] = "en-GB,en;q=0.9"
        self.pages: list[tuple[str, str]] = []
        self.number = self.key = ""

    def see(self, path: str, status: int = 200) -> str:
        """Open a page."""
        return self._shown(path, self.browser.get(path), status)

    def send(self, path: str, status: int, **fields: Any) -> str:
        """Send a form and read what comes back, or where it leads."""
        answer = self.browser.post(path, fields)
        if answer.status_code == 303:
            return self.see(answer.location, status)
        return self._shown(path, answer, status)

    def _shown(self, path: str, answer: TestResponse, status: int) -> str:
        assert answer.status_code == status, f"{path}: {answer.status}\n{answer.text[:2000]}"
        self.pages.append((path, answer.text))
        return answer.text

    def form(self, **fields: Any) -> dict[str, Any]:
        """The complaint form, filled in by somebody who takes her time."""
        filled = self.browser.form(**{"text": LAMP, "place": PLACE, "name": "Jane Doe"} | fields)
        self.city.turn(seconds=30)
        return filled

    def complain(self, **fields: Any) -> str:
        """File a complaint and read the receipt."""
        answer = self.browser.send(self.form(**fields))
        assert answer.status_code == 303, answer.text
        receipt = self.see(answer.location)
        found = re.search(r"<dd>(\d{14})</dd>.*?<dd>(\w+)</dd>", receipt, re.DOTALL)
        assert found
        self.number, self.key = found.groups()
        return self.number

    def come_back(self) -> str:
        """Another day: the key is asked for again."""
        self.see(f"/q/{self.number}")
        return self.send("/q", 200, number=self.number, key=self.key)

    def last_code(self) -> str:
        """The code of the last text message."""
        with self.city.office.session() as session:
            body = session.scalar(sa.select(Message.body_sealed).order_by(Message.id.desc()).limit(1))
        found = re.search(r"\d{6}", self.city.office.vault.open(body))
        assert found
        return found[0]

    def follow(self, *doings: Callable[[City, str], None], **fields: Any) -> str:
        """File a complaint, let the house do this with it, and look where it stands after each."""
        self.complain(**fields)
        for do in doings:
            self.city.turn(minutes=10)
            do(self.city, self.number)
            self.come_back() if do is rot else self.see(f"/q/{self.number}")
        return self.see(f"/q/{self.number}")


# --- what the house does


def accept(city: City, number: str) -> None:
    with city.work("olga") as work:
        accepting.accept(work, number)


def decline(city: City, number: str) -> None:
    with city.work("olga") as work:
        accepting.decline(work, number, "This is for the water company", "water company, telephone 96116")


def void(city: City, number: str) -> None:
    with city.work("olga") as work:
        accepting.void(work, number, "A test")


def assign(city: City, number: str) -> None:
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))


def sign(city: City, number: str) -> None:
    with city.work("hans") as work:
        handling.sign(work, number)


def extend(city: City, number: str) -> None:
    with city.work("hans") as work:
        extending.request(work, number, "the part has to be ordered")
    with city.work("sven") as work:
        extending.decide(work, number, True, "yes")


def pause(city: City, number: str) -> None:
    with city.work("hans") as work:
        pausing.request(work, number, "the part is to come", (city.now + timedelta(days=14)).date())
    with city.work("sven") as work:
        pausing.decide(work, number, True, "yes")


def resume(city: City, number: str) -> None:
    with city.work("sven") as work:
        pausing.resume(work, number)


def supervise(city: City, number: str) -> None:
    with city.work("sven") as work:
        supervising.supervise(work, number, "order", Ground.LEADER, "At once, with an explanation.")


def rot(city: City, number: str) -> None:
    city.turn(days=60)


def submit(city: City, number: str) -> None:
    with city.work("hans") as work:
        handling.submit(work, number, "Two lamps replaced.")


def approve(city: City, number: str) -> None:
    with city.work("sven") as work:
        checking.approve(work, number, "结果属实。")


def reply(city: City, number: str) -> None:
    with city.work("olga") as work:
        replying.reply(work, number, ANSWER)


def judge(city: City, number: str) -> None:
    with city.work("olga") as work:
        surveying.log(work, number, number, True, 5, "Thank you")


def rework(city: City, number: str) -> None:
    with city.work("sven") as work:
        reworking.rework(work, number, "One lamp is dark again")


HANDLING: Final = (accept, assign, sign)
ANSWERED: Final = (*HANDLING, submit, approve, reply)
