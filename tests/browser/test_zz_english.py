from __future__ import annotations
from pathlib import Path
import pytest
from tests.browser.citizen_scenes import SCENES
from tests.browser.citizen_visit import Visit
WANT = ["home","form","form in danger","form with errors","receipt","lookup","lookup with a wrong key","handling","answered","paused"]
@pytest.mark.parametrize("name", [n for n in SCENES if n in WANT or "public" in n or "data" in n or "lost" in n or "me-too" in n])
def test_shot(visit: Visit, name: str) -> None:
    visit.language = "en"
    SCENES[name].go(visit)
    visit.page.screenshot(path=f"/tmp/lang/{name.replace(' ','_')}.png", full_page=True)
