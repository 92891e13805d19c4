"""订阅: the newest matters of a category and an area as an Atom feed (RFC 4287)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, time
from urllib.parse import quote, urlsplit

from flask import Response, request, url_for

from hotline.services import showing
from hotline.services.paging import Place
from hotline.services.showing import Asked, Page, Shown
from hotline.services.work import Work
from hotline.web.door import citizen_work
from hotline.web.languages import gettext as _
from hotline.web.languages import language, translated
from hotline.web.naming import category_name, city_name
from hotline.web.public import narrowing
from hotline.web.public.blueprint import blueprint
from hotline.web.public.pages import choices_of, heading_of

ATOM = "http://www.w3.org/2005/Atom"
GEORSS = "http://www.georss.org/georss"
SINCE = "2026"  # the year from which on our tags are ours (RFC 4151): they never change
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ET.register_namespace("", ATOM)
ET.register_namespace("georss", GEORSS)


@blueprint.get("/feed.atom")
def feed() -> Response:
    """GET /public/feed.atom?group=…&category=…&area=…&after=…"""
    with citizen_work() as work:
        choices = choices_of(work)
        asked = narrowing.read(request.args, choices)
        narrowed = narrowing.of_feed(asked)
        page = showing.browse(work, replace(narrowed, place=Place(asked.place.after)))
        document, updated = _document(work, asked, heading_of(narrowed, choices), page)
    response = Response(document, mimetype="application/atom+xml")
    response.last_modified = updated
    response.vary.add("Accept-Language")
    return response


def _document(work: Work, asked: Asked, heading: str, page: Page) -> tuple[bytes, datetime]:
    narrowed = narrowing.of_feed(asked)
    updated = max((line.updated_at for line in page.lines), default=_today(work))
    root = ET.Element(_tag("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": _language()})
    _add(root, "id", _id(work, "/".join(("feed", *_names(narrowed)))))
    _add(root, "title", " · ".join(part for part in (city_name(), _("城市管理诉求公开"), heading) if part))
    _add(root, "updated", _moment(updated))
    author = ET.SubElement(root, _tag("author"))
    _add(author, "name", work.rules.root.name)
    here = narrowing.address("public.feed", narrowed, **({"after": asked.place.after} if asked.place.after else {}))
    _link(root, work, "self", here, "application/atom+xml")
    _link(root, work, "alternate", narrowing.address("public.tickets", narrowed), "text/html")
    if page.after:
        _link(root, work, "next", narrowing.address("public.feed", narrowed, after=page.after), "application/atom+xml")
    for line in page.lines:
        root.append(_entry(work, line))
    return ET.tostring(root, encoding="utf-8", xml_declaration=True), updated


def _names(narrowed: Asked) -> list[str]:
    """What tells one feed from another, in one order."""
    return [f"{name}={value}" for name, value in narrowing.written(narrowed).items() if value]


def _entry(work: Work, line: Shown) -> ET.Element:
    entry = ET.Element(_tag("entry"))
    _add(entry, "id", _id(work, f"ticket/{line.number}"))
    _add(entry, "title", line.matter)
    _add(entry, "updated", _moment(line.updated_at))
    _add(entry, "published", _moment(line.received_at))
    _link(entry, work, "alternate", url_for("public.ticket", number=line.number), "text/html")
    for term in (line.group, line.category, line.area):
        if term:  # the same in every language; the label is for who reads it
            label = _clean(category_name(term))
            ET.SubElement(entry, _tag("category"), {"term": _clean(term), "label": label})
    if line.position is not None:  # GeoRSS Simple: latitude, then longitude
        point = ET.SubElement(entry, f"{{{GEORSS}}}point")
        point.text = f"{line.position[0]:.3f} {line.position[1]:.3f}"
    _add(entry, "content", "\n".join(_told(line)), type="text")
    return entry


def _told(line: Shown) -> list[str]:
    told = [line.matter, line.place, _("进度：%(state)s", state=translated(line.state))]
    if line.answer:
        told.append(_("答复：%(answer)s", answer=line.answer))
    return [each for each in told if each]


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, _tag(name), attributes).text = _clean(text)


def _link(parent: ET.Element, work: Work, relation: str, path: str, kind: str) -> None:
    ET.SubElement(parent, _tag("link"), {"rel": relation, "type": kind, "href": work.site + path})


def _tag(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _id(work: Work, what: str) -> str:
    """A tag URI: the same for ever, wherever the site moves its pages."""
    return f"tag:{urlsplit(work.site).hostname},{SINCE}:{_uri(what)}"


def _uri(text: str) -> str:
    return quote(text, safe="/=&")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _today(work: Work) -> datetime:
    """A feed without entries is as old as the day."""
    return datetime.combine(work.now.astimezone(work.rules.zone).date(), time(), work.rules.zone)


def _language() -> str:
    return "zh-CN" if language() == "zh" else language()


def _clean(text: str) -> str:
    """Without what no XML may hold."""
    return _NOT_XML.sub("", text)
