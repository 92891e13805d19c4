"""公开页: the city's matters as a list and on a map, one of them with its steps and answer, and the city's rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, tzinfo
from typing import Any

from flask import Response, abort, current_app, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Invalid
from hotline.domain.texts import clean
from hotline.domain.written import known_again
from hotline.services import attaching, picturing, showing
from hotline.services.showing import Asked, Choices, Page, Shown, Story
from hotline.services.work import Work
from hotline.web import filters
from hotline.web.door import citizen_work, now, office
from hotline.web.languages import gettext as _
from hotline.web.languages import translated
from hotline.web.limits import limiter
from hotline.web.naming import category_name
from hotline.web.public import narrowing, rates
from hotline.web.public.blueprint import blueprint
from hotline.web.public.extent import extent, is_inside
from hotline.web.public.shelf import kept

Answer = AnyResponse | str | tuple[str, int]


@blueprint.get("")
@limiter.limit("60/minute", exempt_when=lambda: not request.args.get("q"))
def tickets() -> Answer:
    """GET /public: the list, its map, and what the city keeps of its promises.

    A way to where nothing stands any more leads to the beginning of the same list.
    """
    errors: dict[str, str] = {}
    with citizen_work() as work:
        choices = choices_of(work)
        asked = narrowing.read(request.args, choices)
        city, zone = rates.current(work), work.rules.zone
        try:
            page = showing.browse(work, asked)
        except Invalid as error:
            errors, page = {name: translated(text) for name, text in error.fields.items()}, Page([])
    if page.astray:
        return redirect(narrowing.address(LIST, asked))
    context = _context(asked, page, choices, zone) | rates.context(city)
    shown = render_template("public/tickets.html", **context, errors=errors)
    return (shown, 422) if errors else shown


@blueprint.get("/<number>")
def ticket(number: str) -> Answer:
    """GET /public/<number>: one matter."""
    with citizen_work() as work:
        story = showing.find(work, clean(number))
    return render_template("public/ticket.html", **_story(story))


@blueprint.get("/<number>/photos/<token>")
def photo(number: str, token: str) -> Response:
    """A photo of the result, if it is among those shown; a download that is never run, as every picture."""
    with citizen_work() as work:
        found = showing.find_photo(work, clean(number), clean(token))
        path = attaching.place_of(office().files, found.digest or "")
        name, media_type = picturing.name_for_others(work, found), found.media_type
    if not path.is_file():
        abort(404)
    response = send_file(path, mimetype=media_type, as_attachment=True, download_name=name, conditional=True)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


LIST = "public.tickets"


def choices_of(work: Work) -> Choices:
    """The filters' options; they change when a category is used for the first time."""
    return kept("choices", lambda: showing.choices(work))


def _context(asked: Asked, page: Page, choices: Choices, zone: tzinfo) -> dict[str, Any]:
    feed = narrowing.of_feed(asked)
    return {
        "filters": _filters(asked, choices),
        "values": narrowing.written(asked),
        "narrowed": asked.narrowed,
        "sifted": replace(asked, text="").narrowed,
        "first_page": asked.place.first,
        "backwards": asked.place.back,
        "found": page.found,
        "looked_to": page.looked_to,
        "conditions": _conditions(asked, zone),
        "heading": heading_of(asked, choices),
        "tickets": [line(each) for each in page.lines],
        **_map(page.lines),
        "prev_url": _turned(asked, before=page.before) if page.before else None,
        "next_url": _turned(asked, after=page.after) if page.after else None,
        "all_url": url_for(LIST),
        "feed_url": narrowing.address("public.feed", feed),
        "feed_heading": heading_of(feed, choices),
    }


def _turned(asked: Asked, **place: int) -> str:
    """Another page of the list, opened where the list begins: the rates above it are the same."""
    return narrowing.address(LIST, asked, **place, _anchor="matters")


def _conditions(asked: Asked, zone: tzinfo) -> list[str]:
    """What the heading does not say. The words looked for are left out: nobody puts his own over a page of the city."""
    told = [] if asked.done is None else [_("已答复") if asked.done else _("办理中")]
    if asked.since is not None:
        since = datetime.combine(asked.since, time(), zone)
        told.append(_("收到日期不早于%(day)s", day=filters.day(since, zone=zone)))
    return told


def _filters(asked: Asked, choices: Choices) -> list[dict[str, Any]]:
    """The 小类 are offered once their 大类 is chosen: one list of all would be long, and needs no script like this."""
    groups = [{"value": name, "label": category_name(name)} for name in choices.groups]
    specs: list[dict[str, Any]] = [
        {"name": "q", "label": _("事项、地点或编号"), "type": "search", "attrs": {"maxlength": narrowing.LONGEST}},
        {"name": "group", "label": _("类别"), "type": "select", "blank": _("全部"), "options": groups},
    ]
    if asked.group in choices.groups:
        categories = [{"value": code, "label": category_name(name)} for code, name in choices.groups[asked.group]]
        specs.append(
            {"name": "category", "label": _("小类"), "type": "select", "blank": _("全部"), "options": categories}
        )
    areas = [{"value": area, "label": area} for area in choices.areas]
    states = [{"value": "open", "label": _("办理中")}, {"value": "done", "label": _("已答复")}]
    return [
        *specs,
        {"name": "area", "label": _("区域"), "type": "select", "blank": _("全部"), "options": areas},
        {"name": "state", "label": _("进度"), "type": "select", "blank": _("全部"), "options": states},
        {"name": "since", "label": _("收到日期不早于"), "type": "date"},
    ]


def heading_of(asked: Asked, choices: Choices) -> str:
    """ "公共设施 · 路灯 · 城中区"; empty for everything."""
    names = dict(choices.groups.get(asked.group, ()))
    group = asked.group if names else ""
    area = asked.area if asked.area in choices.areas else ""  # nobody puts words of his own over a page of the city
    category = names.get(asked.category, "")
    return " · ".join(part for part in (category_name(group), category_name(category), area) if part)


def line(shown: Shown) -> dict[str, Any]:
    """One matter for the pages."""
    return {
        "number": shown.number,
        "url": url_for("public.ticket", number=shown.number),
        "matter": shown.matter,
        "place": translated(known_again(shown.place)),
        "group": category_name(shown.group),
        "category": category_name(shown.category),
        "area": shown.area,
        "state": translated(shown.state),
        "done": shown.done,
        "received_at": shown.received_at,
        "due_at": shown.due_at,
        "late": shown.due_at is not None and shown.due_at < now(),
        "heat": shown.heat,
    }


def _map(lines: Sequence[Shown]) -> dict[str, Any]:
    """The map beside the list. Without tiles it is a drawing of how the places lie: of one place it tells nothing."""
    places = [each.position for each in lines if each.position is not None]
    corners = extent(places)
    tells = len(set(places)) > 1 or (places and current_app.config["MAP"].tiles)
    return {
        "points": points(lines) if tells else [],
        "extent": corners,
        "outside": sum(not is_inside(each, corners) for each in places) if corners else 0,
    }


def points(lines: Sequence[Shown]) -> list[dict[str, Any]]:
    """Those of the page that have a position, for the map."""
    return [
        {
            "latitude": each.position[0],
            "longitude": each.position[1],
            "title": each.matter,
            "href": url_for("public.ticket", number=each.number),
            "note": translated(each.state),
            "status": "ok" if each.done else "wait",
        }
        for each in lines
        if each.position is not None
    ]


def _story(story: Story) -> dict[str, Any]:
    shown = story.shown
    return {
        "ticket": line(shown),
        "round": story.round,
        "unit": story.unit,
        "chain": _chain(story),
        "answer": shown.answer,
        "answered_at": story.steps[-1].at,
        "photos": [url_for("public.photo", number=shown.number, token=photo.token) for photo in story.photos],
        "points": points([shown]),
        "same_url": _same_url(shown),
        "list_url": url_for(LIST),
        "feed_url": url_for("public.feed", group=shown.group or None, area=shown.area or None),
        "feed_heading": " · ".join(part for part in (category_name(shown.group), shown.area) if part),
    }


def _chain(story: Story) -> list[dict[str, Any]]:
    """For macros/chain.html: what is done, and the first link that is not is the present one."""
    steps: list[dict[str, Any]] = []
    waiting = False
    for step in story.steps:
        state = "done" if step.at else ("todo" if waiting else "now")
        waiting = waiting or step.at is None
        note = step.unit or None
        if step.name == showing.SUPERVISED and not story.shown.done:
            state = "warn"
        steps.append({"label": translated(step.name), "at": step.at, "state": state, "note": note})
    return steps


def _same_url(shown: Shown) -> str:
    """To the form, with this matter chosen as the same; where it has been answered already, to a form of its own."""
    return url_for("citizen.complain", of=None if shown.done else shown.number)
