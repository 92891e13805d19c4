"""Many at once: one form is one complaint, one text is one complaint, and nobody waits in vain for a number."""

from __future__ import annotations

import sqlalchemy as sa

from hotline.models import Addition, Attachment, Channel, Complaint, Event, Message
from hotline.services import attaching, receiving
from tests.citizen import Browser, Telephone, make_app, photo, receipt
from tests.city import City
from tests.races.hands import together


def count(city: City, model: type) -> int:
    return int(city.scalar(sa.select(sa.func.count()).select_from(model)))


def test_the_same_form_eight_times_at_once_is_one_complaint_with_one_receipt(city: City) -> None:
    app = make_app(city)
    first = Browser(app)
    filled = first.form()
    cookie = first.client.get_cookie("session")
    assert cookie is not None

    def send() -> tuple[str, str]:
        browser = Browser(app)
        browser.client.set_cookie("session", cookie.value)
        response = browser.send(filled)
        assert response.status_code == 303, response.text
        return receipt(browser.get(response.location).text)

    receipts = together(*[send] * 8)
    assert len(set(receipts)) == 1
    assert (count(city, Complaint), count(city, Event), count(city, Message)) == (1, 1, 1)


def test_different_forms_at_once_are_as_many_complaints(city: City) -> None:
    app = make_app(city)
    browsers = [Browser(app) for _ in range(8)]
    filled = [(browser, browser.form(text=f"香溪路第{n}盏路灯不亮")) for n, browser in enumerate(browsers)]

    def send(browser: Browser, form: dict[str, str]) -> str:
        response = browser.send(form)
        assert response.status_code == 303, response.text
        return receipt(browser.get(response.location).text)[0]

    numbers = together(*[lambda pair=pair: send(*pair) for pair in filled])
    assert len(set(numbers)) == count(city, Complaint) == 8


def test_one_key_at_the_service(city: City) -> None:
    intake = receiving.Intake(text="香溪路路灯不亮", channel=Channel.API, idempotency_key="api:1")

    def receive() -> tuple[str, bool]:
        with city.work("citizen") as work:
            found = receiving.receive(work, intake)
            return found.number, found.repeated

    answers = together(*[receive] * 8)
    assert len({number for number, _ in answers}) == 1
    assert [repeated for _, repeated in answers].count(False) == 1


def test_one_text_retried_at_once_is_one_complaint(city: City) -> None:
    app = make_app(city)
    retries = [Telephone(app, city) for _ in range(4)]
    answers = together(*[lambda phone=phone: phone.text("香溪路路灯不亮", sid="SM1").status_code for phone in retries])
    assert answers == [200] * 4
    assert (count(city, Complaint), count(city, Message)) == (1, 2), "the text, and one answer"


def test_a_photo_and_its_words_sent_in_one_breath_are_one_complaint(city: City) -> None:
    app = make_app(city)
    picture, text = Telephone(app, city), Telephone(app, city)
    media = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/1"}
    answers = together(
        lambda: picture.text("", sid="SM1", **media).status_code,
        lambda: text.text("香溪路路灯不亮", sid="SM2").status_code,
    )
    assert answers == [200, 200]
    assert (count(city, Complaint), count(city, Addition), count(city, Attachment)) == (1, 1, 1)


def test_different_telephones_do_not_disturb_each_other(city: City) -> None:
    app = make_app(city)
    phones = [Telephone(app, city, f"+861380000000{n}") for n in range(8)]
    answers = together(*[lambda phone=phone: phone.text("香溪路路灯不亮").status_code for phone in phones])
    assert answers == [200] * 8
    assert count(city, Complaint) == 8


def test_the_same_photo_written_eight_times_at_once_is_whole(city: City) -> None:
    data = photo((800, 600))
    kept = together(*[lambda: attaching.keep(city.office.files, "a.jpg", data)] * 8)
    (digest,) = {each.digest for each in kept}
    files = [path for path in city.office.files.rglob("*") if path.is_file()]
    assert files == [attaching.place_of(city.office.files, digest)]
