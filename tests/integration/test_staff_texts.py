"""短信文字: the administrator sees each text filled in, what it costs, and which forms it has."""

from __future__ import annotations

import html
import re

import pytest

from config.wordings import load_wordings
from hotline.domain.texts import segments
from hotline.domain.wordings import Wordings
from hotline.services.rewording import LABELS
from tests.api import person
from tests.citizen import make_app
from tests.city import City


def rows(city: City, login: str = "adam") -> dict[str, tuple[str, int, int]]:
    """By name: the text as it would be sent, its characters and its segments."""
    page = html.unescape(person(make_app(city), login).client.get("/desk/rules/texts").text)
    found = re.findall(
        r'<td>(?:<a [^>]*>)?([^<>]+)(?:</a>)?(?:<br>[^\n]*)?</td>\s*<td class="line"><p class="words">(.*?)</p>'
        r'.*?字数">(\d+)<.*?条数">.*?(\d+)</td>',
        page,
        re.DOTALL,
    )
    names = {label: name for name, label in LABELS.items()}
    assert len(names) == len(LABELS), "no two are called the same"
    return {names[label]: (text, int(characters), int(cost)) for label, text, characters, cost in found}


@pytest.mark.parametrize("login", ["adam", "olga", "lena"])
def test_every_text_stands_there_with_what_it_costs(city: City, login: str) -> None:
    shown = rows(city, login)
    assert tuple(shown) == load_wordings().names
    for text, characters, cost in shown.values():
        assert (len(text), segments(text)) == (characters, cost)
    assert [name for name, (_, _, cost) in shown.items() if cost > 1] == ["received"]


def test_more_than_one_segment_is_pointed_out_and_the_forms_are_shown(city: City) -> None:
    own = {"help": "请" * 71, "thanks": ["感谢" * 40, "感谢。"]}
    defaults = {name: list(load_wordings().templates(name).values()) for name in load_wordings().names}
    city.office._wordings = Wordings("【12319】", defaults | own)
    city.office.forget_rules()
    page = html.unescape(person(make_app(city), "adam").client.get("/desk/rules/texts").text)
    assert "有 2 段文字按常见内容超过一条" in page
    assert rows(city)["help"][2] == 2
    assert rows(city)["thanks"] == ("【12319】感谢。", 10, 1)
    assert re.search(r"<li>感谢。<br><span[^>]*>10 字，1 条，这次用这一种</span>", page), "the shorter one goes"


def test_the_way_there(city: City) -> None:
    adam = person(make_app(city), "adam").client
    assert 'href="/desk/rules/texts"' in adam.get("/desk/rules").text
    assert 'href="/desk/rules"' in adam.get("/desk/rules/texts").text
