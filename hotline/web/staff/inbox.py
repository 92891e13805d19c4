"""工单列表: what should I do now? What falls due first stands on top; every condition stands in the address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.actors import Actor, Role
from hotline.services import asked, desk, exporting_lists, tabulating
from hotline.services.desk import Search, View
from hotline.services.work import Work
from hotline.web.door import actor, work
from hotline.web.staff import bulk, columns, live, numbers, rights, saved
from hotline.web.staff.asked import (
    LABELS,
    Choices,
    begun,
    chips,
    first_fields,
    folded,
    ignored,
    is_narrowed,
    more_fields,
    search_of,
    url,
    values,
)
from hotline.web.staff.rows import Row

Answer = str | AnyResponse

MORE = "more"  # in the address: also the conditions that are folded away
TABS = (View.MINE, View.SOON, View.OVER, View.SUPERVISED, View.OPEN, View.ALL)
EMPTY = {
    View.SOON: "没有将到期的工单。时限用去大半的工单会出现在这里，便于提前办理。",
    View.OVER: "没有超期的工单。到期未办的会列在这里，并逐级督办。",
    View.SUPERVISED: "没有督办中的工单。超期的工单由系统自动督办，督办员也可以在工单页发出督办单。",
    View.OPEN: "没有在办的工单。",
    View.ALL: "还没有工单。市民通过网站、短信、电话反映的诉求会出现在这里。",
}
MINE_EMPTY = {
    Role.OPERATOR: "没有待受理、待答复的工单。新诉求会出现在这里。",
    Role.DISPATCHER: "没有待交办的工单，也没有待审批的申请。受理后的工单会出现在这里。",
    Role.HANDLER: "没有待签收、待办理的工单。新工单会出现在这里，并发短信给值班人员。",
    Role.SUPERVISOR: "没有待核查的工单，也没有待审批的申请。单位提交结果后会出现在这里。",
}
NOTHING_FOUND = "没有符合条件的工单。请去掉上面的一些条件，或查看「全部」。"


def show() -> Answer:
    """GET /desk/tickets."""
    query = request.query_string.decode("utf-8", "replace")
    search = search_of(actor(), query)
    named = ".".join(asked.fields(query).get("columns", [])) or None
    if "HX-Request" not in request.headers and not all(request.args.values()):
        return redirect(url(search, columns=named))  # a form sends its empty fields too; an address is without them
    with work() as unit:
        response = make_response(render_template("staff/tickets.html", **_context(unit, search, query, named)))
    if MORE not in request.args:  # the same list, with all its conditions shown
        response.headers["HX-Push-Url"] = url(search, columns=named)
    return response


def count() -> str:
    """GET /desk/count: how many the list holds, for the page that did not wait for it."""
    with work() as unit:
        return _many(desk.count(unit, begun(search_of(actor(), request.query_string.decode("utf-8", "replace")))))


def _context(work: Work, search: Search, query: str, named: str | None) -> dict[str, Any]:
    """Read in a fixed number of statements, however many tickets and saved lists there are."""
    page = desk.page(work, search)
    found = Choices(work, search)
    names = columns.chosen(work.actor, query)
    read = tabulating.read(work, page.lines, names)
    back, whole = asked.write(search), begun(search)
    return {
        "title": LABELS[search.view],
        **_tabs(work, search),
        **_conditions(search, found, named),
        "ignored": ignored(query, found),
        "heads": columns.heads(search, names, columns=named),
        "columns": columns.offered(names),
        "chosen": ".".join(names),
        "query": asked.write(whole),
        "tickets": [
            Row(work, each.line, f"{back}&row={place}", each.category, each.handler) for place, each in enumerate(read)
        ],
        **_found(page, whole),
        "shown": len(page.lines),
        "next_url": url(replace(whole, after=page.next), columns=named) if page.next else None,
        "prev_url": url(replace(whole, before=page.previous), columns=named) if page.previous else None,
        "empty_text": NOTHING_FOUND if is_narrowed(search) else _empty(work.actor, search.view),
        "steps": bulk.offered(work.actor),
        "most": {"bulk": bulk.MOST, "export": exporting_lists.AT_ONCE},
        "to": _addresses(work.actor, whole),
    }


def _tabs(work: Work, search: Search) -> dict[str, Any]:
    """The ready-made lists with how many they hold, and the saved ones, which are counted when the page stands."""
    tabs = [view for view in TABS if view is not View.MINE or work.actor.is_any(rights.HANDS)]
    counts = live.current(work).counts
    return {
        "views": [_tab(view, search, counts.get(numbers.OF_TABS.get(view, ""))) for view in tabs],
        "kept": [saved.tab(each, search) for each in saved.seen(work)],
    }


def _tab(view: View, search: Search, count: int | None) -> dict[str, Any]:
    around = view is search.view
    current = around and not is_narrowed(search)
    return {"label": LABELS[view], "url": url(Search(view)), "count": saved.shown(count), "current": current,
            "around": around}  # fmt: skip


def _conditions(search: Search, found: Choices, named: str | None) -> dict[str, Any]:
    """The form, filled in, and what is in force in words."""
    given = values(search)
    return {
        "filters": first_fields(found),
        "more": more_fields(found) if MORE in request.args else [],
        "more_url": url(search, columns=named, more="yes"),
        "folded": folded(search),
        "values": given,
        "hidden": {name: value for name, value in {"view": search.view.value, "sort": given.get("sort"),
                                                   "columns": named}.items() if value},
        "chips": chips(search, found, columns=named),
        "clear_url": url(Search(search.view, sort=search.sort), columns=named),
    }  # fmt: skip


def _found(page: desk.Page, whole: Search) -> dict[str, Any]:
    """How many there are. Where counting takes longer than the page, so many as are seen; the number comes after it."""
    shown = len(page.lines)
    if page.total is not None:
        return {"found": _many(page.total), "count_url": None}
    if not (page.next or page.previous):
        return {"found": _many(shown), "count_url": None}
    return {"found": f"超过 {shown} 件", "count_url": f"{url_for('staff.count')}?{asked.write(whole)}"}


def _many(count: int) -> str:
    return f"{desk.MOST} 件以上" if count >= desk.MOST else f"{count} 件"


def _empty(actor: Actor, view: View) -> str:
    if view is not View.MINE:
        return EMPTY[view]
    return next((text for role, text in MINE_EMPTY.items() if role in actor.roles), EMPTY[View.OPEN])


def _addresses(actor: Actor, whole: Search) -> dict[str, str | None]:
    """Where the page's other forms and links lead."""
    return {
        "new": url_for("staff.new_call") if rights.may(actor, "staff.new_call") else None,
        "views": url_for("staff.views"),
        "counted": url_for("staff.views", list=asked.write(whole)),
        "columns": url_for("staff.columns"),
        "export": url_for("staff.export"),
        "exports": url_for("staff.exports"),
        "bulk": url_for("staff.bulk"),
    }
