"""WCAG 2.2 AA on every citizen page: axe-core finds nothing, in Chinese and English, light and dark, on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask

from hotline.web.languages import FOR_CITIZENS, LANGUAGES
from tests.browser.citizen_scenes import NOT_PAGES, SCENES, Visit

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"color-contrast-enhanced": {"enabled": True}},  # 7:1, which the standard asks for at AAA only
    "resultTypes": ["violations"],
}


def test_every_citizen_address_is_looked_at(app: Flask) -> None:
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in FOR_CITIZENS}
    assert pages == {scene.endpoint for scene in SCENES.values() if scene.endpoint} | set(NOT_PAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SCENES)
def test_axe_finds_nothing(visit: Visit, name: str, language: str) -> None:
    visit.language = language
    SCENES[name].go(visit)
    told = visit.page.locator("html").get_attribute("lang")
    assert told == ("zh-CN" if language == "zh" else language)
    found = []
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found += [f"{scheme}: {line}" for line in violations(visit)]
    assert not found, "\n".join(found)
    assert not visit.problems, "no script fails and nothing is loaded that the content security policy forbids"


def violations(visit: Visit) -> list[str]:
    """What axe objects to, a line for each element."""
    found: list[dict[str, Any]] = Axe().run(visit.page, options=RULES).response["violations"]
    return [
        f"{rule['id']} ({rule['help']}): {node['html'][:200]} — {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]
