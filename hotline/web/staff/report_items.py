"""What a figure of the month opens: exactly those promises, missing ones first, with the reason and who can mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.rates import RateKind
from hotline.models import KIND_LABELS, Category, DeadlineKind, Unit
from hotline.services import exporting_lists
from hotline.services.month import ageing, asked_items, exporting_items, listing, picking, points, reporting
from hotline.services.month.figures import UNCATEGORISED
from hotline.services.month.lines import NO_CATEGORY
from hotline.services.month.listing import Asked, Item
from hotline.services.paging import Place
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff import list_files, options, report_links, report_state, words

DEFINITIONS: Final[Mapping[str, str]] = {
    RateKind.HANDLE: "到期应处理的承诺中，已处理并核查通过的。",
    RateKind.REPLY: "到期应答复的诉求中，答复已到达诉求人的。",
    RateKind.CLOSE: "到期应办结的工单中，已办结归档的。",
}
OTHER_KINDS: Final = "本月到期的，以及上月末以前到期、到本月才完成或仍未完成的。"
FIGURES: Final[Mapping[str, str]] = {
    "owed": "应完成",
    "kept": "已完成",
    "missing": "未完成",
    "on_time": "按时完成",
    "late": "逾期完成",
    "on_original": "按原时限完成",
    "extended": "延期",
    "exempt": "免于考核",
    "original_owed": "按原时限应完成",
    "original_on_time": "按原时限按时完成",
    "void": "不计入",
}
OUTCOMES: Final = {"missing": "missing", "late": "late", "on_time": "kept", "void": "exempt", "exempt": "exempt"}
ON_A_PAGE = 100
UNSEEN: Final = "（不在您可查看的范围内）"


def show(month: str) -> str | AnyResponse:
    """GET /desk/reports/<YYYY-MM>/items."""
    with work() as unit:
        asked = _asked()
        name = report_state.checked(unit, month)
        page = listing.items(unit, name, asked, place=place(), limit=ON_A_PAGE)
        if page.astray:
            return redirect(url_for("staff.items", month=month, **_words(asked)))
        return render_template("reports/items.html", **_context(unit, name, asked, page))


def export(month: str) -> Response | AnyResponse:
    """POST /desk/reports/<YYYY-MM>/items: the same rows as a file; at once where it is short, else by a worker."""
    with work() as unit:
        asked = asked_items.read(request.form)
        name = report_state.checked(unit, month)
        query = exporting_items.query(unit, name, asked)
        is_short = listing.count(unit, name, asked) < exporting_lists.AT_ONCE
        return list_files.answer(unit, query, list_files.form_asked(), file_name(query), is_short=is_short)


def file_name(query: str) -> str:
    """Of the file of the list that a query asks for, without its ending."""
    given = asked_items.fields(query)
    asked = asked_items.read(given)
    return f"{given[asked_items.MONTH]}-{KIND_LABELS[DeadlineKind(asked.kind)]}-{FIGURES[asked.figure]}"


def place() -> Place[str]:
    """Where in its list the address stands."""
    after, before = (request.args.get(name) or None for name in ("after", "before"))
    return Place(after) if after else Place(before=before)


def _asked() -> Asked:
    """`where` is the area that was typed; a link says `area`, also that of what has none."""
    given = request.args.to_dict()
    if "where" in given:
        given.pop("area", None)
        given |= {"area": given["where"]} if given["where"].strip() else {}
    return asked_items.read(given)


def _words(asked: Asked, **less: None) -> dict[str, Any]:
    return asked_items.words(asked) | less


def _context(work: Work, month: str, asked: Asked, page: listing.Page) -> dict[str, Any]:
    here = _words(asked)
    back = report_links.way_back(
        month, "items", here | {"after": request.args.get("after"), "before": request.args.get("before")}
    )
    return {
        "title": title(work, page.month, asked),
        "definition": DEFINITIONS.get(asked.kind, OTHER_KINDS),
        "state": report_state.badge(work, page.month, page.version),
        "back_url": report_links.month_url(month, unit=asked.unit_id, version=asked.version),
        "filters": filters(work, asked),
        "values": here | {"where": asked.area or ""},
        "hidden": {
            name: value
            for name, value in here.items()
            if name in ("alone", "direct", "urgent", "point", "since", "until", "age", "version")
        },
        "chips": list(_chips(month, asked)),
        "export_url": url_for("staff.export_items", month=month),
        "asked": here,
        "items": [line(item, back) for item in page.items],
        "total": page.total,
        "next_url": url_for("staff.items", month=month, **here, after=page.after) if page.after else None,
        "prev_url": url_for("staff.items", month=month, **here, before=page.before) if page.before else None,
    }


def title(work: Work, month: Any, asked: Asked) -> str:
    """Of which month, whose, and what."""
    of = narrowed(work, asked.category_id, asked.area, asked.channel, asked.source, asked.point_id)
    middle = "、".join([scope(work, asked.unit_id), *of, *(["紧急件"] if asked.urgent else [])])
    return f"{month.year}年{month.number}月 {middle} {kind_label(asked.kind)}：{FIGURES[asked.figure]}"


def title_of(work: Work, query: str) -> str:
    """The title of the list that a query asks for."""
    given = asked_items.fields(query)
    return title(work, report_state.month_of(work, given[asked_items.MONTH]), asked_items.read(given))


def kind_label(kind: str) -> str:
    """A rate by its name, another promise by what it is."""
    return RateKind(kind).label if kind in list(RateKind) else f"{KIND_LABELS[DeadlineKind(kind)]}时限"


def scope(work: Work, unit_id: int | None) -> str:
    """Whose figures they are."""
    of_unit = unit_id or work.actor.unit_id
    city_wide = of_unit in (None, work.rules.root.id)
    return "全市" if city_wide else work.session.get_one(Unit, of_unit).name


def narrowed(
    work: Work,
    category_id: int | None,
    area: str | None,
    channel: str | None,
    source: str | None,
    point_id: int | None = None,
) -> Iterator[str]:
    """What a list is narrowed to besides a unit, in words."""
    if category_id is not None:
        category = work.session.get(Category, category_id) if category_id else None
        yield category.name if category else NO_CATEGORY
    if area is not None:
        yield area or reporting.NO_AREA
    if channel is not None:
        yield reporting.CHANNELS.get(channel, "")
    if source is not None:
        yield reporting.SOURCES.get(source, "")
    if point_id is not None:
        yield points.name_of(work, point_id) or "一个点位"


def filters(work: Work, asked: Asked) -> list[dict[str, Any]]:
    """The conditions as the form has them."""
    return [
        select("kind", "承诺", {kind.value: kind_label(kind.value) for kind in DeadlineKind}, blank=None),
        select("figure", "数字", FIGURES, blank=None),
        *narrowing(work, asked.unit_id),
        select("sort", "排序", picking.SORTS, blank=None),
    ]


def narrowing(work: Work, unit_id: int | None) -> list[dict[str, Any]]:
    """What any list of a month can be narrowed by. `unit_id`: the one that is asked for."""
    return [
        {"name": "unit", "label": "单位", "type": "select", "blank": "全部", "options": _units(work, unit_id)},
        {"name": "category", "label": "类别", "type": "select", "blank": "全部", "options": categories(work)},
        {"name": "where", "label": "区域", "type": "text", "attrs": {"maxlength": "40"}},
        select("channel", "渠道", reporting.CHANNELS),
        select("source", "来源", reporting.SOURCES),
    ]


def select(name: str, label: str, choices: Mapping[str, str], blank: str | None = "全部") -> dict[str, Any]:
    """One condition with its choices, by the value of each its name."""
    offered = [{"value": value, "label": text} for value, text in choices.items()]
    return {"name": name, "label": label, "type": "select", "blank": blank, "options": offered}


def _units(work: Work, chosen: int | None) -> list[dict[str, Any]]:
    """The reader's own in force; and the one that is asked for, where it is closed since."""
    offered = options.subtree(work)
    if chosen is not None and all(option["value"] != chosen for option in offered):
        offered.append({"value": chosen, "label": work.session.get_one(Unit, chosen).name})
    return offered


def categories(work: Work) -> list[dict[str, Any]]:
    """Every category by its code, and what has none."""
    return [*options.categories(work), {"value": UNCATEGORISED, "label": NO_CATEGORY}]


def _chips(month: str, asked: Asked) -> Iterator[dict[str, str]]:
    """Conditions that the form does not show, each with the list without it."""
    if asked.since is not None or asked.until is not None:
        yield _chip(month, asked, _days(asked), "since", "until")
    if asked.alone:
        yield _chip(month, asked, "只看本级", "alone")
    if asked.age is not None:
        yield _chip(month, asked, f"已到期{ageing.BY_KEY[asked.age].name}", "age")
    if asked.direct is not None:
        yield _chip(month, asked, "只看当场答复" if asked.direct else "不含当场答复", "direct")
    if asked.urgent is not None:
        yield _chip(month, asked, "只看紧急件", "urgent")
    if asked.point_id is not None:
        yield _chip(month, asked, "只看这个点位", "point")
    if asked.area == "":
        yield _chip(month, asked, f"区域{reporting.NO_AREA}", "area")


def _chip(month: str, asked: Asked, label: str, *names: str) -> dict[str, str]:
    return {"label": label, "url": url_for("staff.items", month=month, **_words(asked, **dict.fromkeys(names)))}


def _days(asked: Asked) -> str:
    first, last = (day and f"{day.month}月{day.day}日" for day in (asked.since, asked.until))
    if first == last:
        return f"{first}到期"
    return f"{first}至{last}到期" if first and last else f"{first}起到期" if first else f"{last}及以前到期"


def line(item: Item, back: str) -> dict[str, Any]:
    """A promise as the templates have it. `back`: the query that leads back to the list."""
    way: dict[str, Any] = {"from": back}
    return {
        "number": item.ticket,
        "url": url_for("staff.ticket", number=item.ticket, **way) if item.ticket_open else None,
        "matter": item.matter or UNSEEN,
        "unit": item.unit,
        "kind_label": words.KINDS[item.kind],
        "due": {"due_at": item.due_at, "met_at": item.met_at} if item.standing != "void" else None,
        "original_due_at": item.original_due_at,
        "outcome": OUTCOMES[item.standing],
        "outcome_label": item.label,
        "note": item.lacks or item.why or ("当场答复" if item.direct else None),
        "reasons": "、".join(item.reasons),
        "hand": item.hand and item.hand.as_dict(),
    }
