"""Names of categories and of the city in the language of the page. The database and every address keep the Chinese
ones."""

from __future__ import annotations

from flask import current_app

from hotline.web.door import office
from hotline.web.languages import CHINESE, language


def category_name(name: str) -> str:
    """Of a 大类 or a 小类. One that nobody has named in that language, as a city's own may be, stays Chinese."""
    return office().category_names.get(language(), {}).get(name, name)


def city_name() -> str:
    """Whose hotline this is, as its settings say; empty if they do not."""
    names = current_app.config["CITY"]
    return str(names.get(language()) or names.get(CHINESE, ""))
