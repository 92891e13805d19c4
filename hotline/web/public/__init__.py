"""The public pages: what everybody may know of the city's matters and of how it keeps its promises."""

from __future__ import annotations

from flask import Flask

from hotline.web.public import feed, months, pages, rates, robots
from hotline.web.public.blueprint import blueprint
from hotline.web.public.shelf import Shelf


def register(app: Flask) -> None:
    """`/public` and all below it, and `/robots.txt`."""
    app.extensions["public_shelf"] = Shelf()
    app.register_blueprint(blueprint)
    app.add_url_rule("/robots.txt", "robots", robots.robots)


__all__ = ["feed", "months", "pages", "rates", "register"]
