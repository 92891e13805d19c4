"""常用列表: saved, renamed, shared, removed and brought back; each opens the list that it was saved as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Invalid
from hotline.services import asked, desk, saved_views, tabulating
from hotline.services.desk import Search
from hotline.services.saved_views import Kept
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff.asked import LABELS, Choices, begun, in_words, search_of, url

Answer = str | AnyResponse | tuple[str, int]

REMOVED = "removed_view"  # in the session: what was taken away last, until it is told


@dataclass(frozen=True)
class Seen:
    """A saved list that the reader may open, as it is asked for."""

    kept: Kept
    search: Search
    columns: str | None


def seen(work: Work) -> list[Seen]:
    """All that the reader may open, his own first."""
    return [
        Seen(each, begun(search_of(work.actor, each.view.query)), _columns(each.view.query))
        for each in saved_views.seen(work)
    ]


def _columns(query: str) -> str | None:
    """The known ones that are named, in their order; none where none is."""
    named = ".".join(asked.fields(query).get("columns", [])).split(".")
    return ".".join(tabulating.chosen(named)) if tabulating.BY_NAME.keys() & set(named) else None


def shown(count: int | None) -> str | int | None:
    """A number that stops at its most."""
    return f"{desk.MOST - 1}+" if count is not None and count >= desk.MOST else count


def tab(each: Seen, search: Search | None, count: int | None = None) -> dict[str, Any]:
    """One entry beside the ready-made lists. `search`: the list that is open."""
    view = each.kept.view
    return {
        "label": view.name,
        "url": url(each.search, columns=each.columns),
        "count": shown(count),
        "current": search is not None and begun(search) == each.search,
        "by": None if each.kept.own else each.kept.owner,
    }


def show() -> str:
    """GET /desk/views: all of them with how many they hold, to be put in order. The list takes its numbers from here;
    `list` is which one it is."""
    opened = request.args.get("list")
    removed = session.pop(REMOVED, None) if opened is None else None
    with work() as unit:
        return _page(unit, opened=opened, removed=removed)


def save() -> Answer:
    """POST /desk/views: keep the list that is asked for under a name."""
    query, name, shared = _sent()
    try:
        with work() as unit:
            name = saved_views.save(unit, name, query, shared=shared).name
    except Invalid as error:
        with work() as unit:
            new = {"name": name, "shared": shared, "query": query, "errors": error.fields}
            return _page(unit, new=new), 422
    flash(f"已存为常用列表“{name}”。", "success")
    session.pop(REMOVED, None)
    return redirect(f"{url_for('staff.tickets')}?{query}", 303)


def change(view_id: int) -> Answer:
    """POST /desk/views/<id>: another name, or for others too."""
    _, name, shared = _sent()
    try:
        with work() as unit:
            saved_views.change(unit, view_id, name, shared=shared)
    except Invalid as error:
        with work() as unit:
            saved_views.find(unit, view_id)
            return _page(unit, typed={view_id: {"name": name, "shared": shared, "errors": error.fields}}), 422
    flash("已保存。", "success")
    return redirect(url_for("staff.views", _anchor="main"), 303)


def remove(view_id: int) -> AnyResponse:
    """POST /desk/views/<id>/removal: taken away; the page that follows offers to bring it back."""
    with work() as unit:
        view = saved_views.remove(unit, view_id)
        session[REMOVED] = {"name": view.name, "query": view.query, "shared": view.shared}
    return redirect(url_for("staff.views", _anchor="main"), 303)


def _sent() -> tuple[str, str, bool]:
    """What is saved is only what a list can be asked for; whatever else stands in the address is not."""
    sent = request.form.get("query", "")
    query = asked.write(begun(asked.read(sent)), columns=_columns(sent))
    return query, request.form.get("name", ""), "shared" in request.form


def _page(
    work: Work,
    *,
    new: dict[str, Any] | None = None,
    typed: dict[int, dict[str, Any]] | None = None,
    removed: dict[str, Any] | None = None,
    opened: str | None = None,
) -> str:
    kept = seen(work)
    counts = desk.each(work, [each.search for each in kept])
    search = search_of(work.actor, opened) if opened is not None else None
    found = Choices(work, Search())
    lines = [
        {
            "id": each.kept.view.id,
            "name": each.kept.view.name,
            "shared": each.kept.view.shared,
            "by": None if each.kept.own else each.kept.owner,
            "url": url(each.search, columns=each.columns),
            "count": shown(number),
            "words": in_words(each.search, found),
            "view": LABELS[each.search.view],
            "change_url": url_for("staff.change_view", view_id=each.kept.view.id),
            "remove_url": url_for("staff.remove_view", view_id=each.kept.view.id),
            "errors": {},
            **(typed or {}).get(each.kept.view.id, {}),
        }
        for each, number in zip(kept, counts, strict=True)
    ]
    return render_template(
        "staff/views.html",
        kept=[tab(each, search, number) for each, number in zip(kept, counts, strict=True)],
        own=[line for line in lines if line["by"] is None],
        others=[line for line in lines if line["by"] is not None],
        new=new,
        removed=removed,
        save_url=url_for("staff.save_view"),
        back_url=url_for("staff.tickets"),
        longest=saved_views.LONGEST,
    )
