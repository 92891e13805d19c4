"""Names of categories in the language of the page. The database and every address keep the Chinese ones."""

from __future__ import annotations

from hotline.web.door import office
from hotline.web.languages import language


def category_name(name: str) -> str:
    """Of a 大类 or a 小类. One that nobody has named in that language, as a city's own may be, stays Chinese."""
    return office().category_names.get(language(), {}).get(name, name)
