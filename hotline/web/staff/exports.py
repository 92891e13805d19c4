"""导出: a list as it stands, as a workbook or as CSV. A short one comes at once, a long one waits on its own page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.models import ExportForm, ExportState, ListExport
from hotline.services import asked, desk, writing_files
from hotline.services.exporting_lists import SHELF
from hotline.services.month import asked_items
from hotline.services.work import Work
from hotline.web.door import actor, office, work
from hotline.web.staff import columns, list_files, report_cases, report_items, report_links, reports
from hotline.web.staff.asked import LABELS, Choices, begun, in_words, search_of, url

FORMS = {ExportForm.XLSX: "Excel", ExportForm.CSV: "CSV"}
STATES = {
    ExportState.QUEUED: "等待导出",
    ExportState.RUNNING: "正在导出",
    ExportState.DONE: "已完成",
    ExportState.FAILED: "没有完成",
}
#: By the word that names a list of a month: its title, and the name of its file.
TITLES: Final[Mapping[str, Callable[[Work, str], str]]] = {
    asked_items.PROMISES: report_items.title_of,
    asked_items.CASES: report_cases.title_of,
    asked_items.WHOLE: reports.title_of,
}
NAMES: Final[Mapping[str, Callable[[str], str]]] = {
    asked_items.PROMISES: report_items.file_name,
    asked_items.CASES: report_cases.file_name,
    asked_items.WHOLE: reports.file_name,
}


def ask() -> Response | AnyResponse:
    """POST /desk/exports: the file itself where the list is short; else it is written in the background."""
    search = begun(search_of(actor(), request.form.get("query", "")))
    names = columns.chosen(actor(), f"columns={request.form.get('columns', '')}")
    with work() as unit:
        is_short = desk.count(unit, search) < desk.MOST
        query, name = asked.write(search), _name_of_tickets(unit, unit.now)
        return list_files.answer(unit, query, list_files.form_asked(), name, is_short=is_short, columns=names)


def _name_of_tickets(work: Work, at: datetime) -> str:
    return f"工单-{at.astimezone(work.rules.zone):%Y%m%d-%H%M}"


def show() -> str:
    """GET /desk/exports: one's own, with how far they are; asked again every two seconds while one is on its way."""
    with work() as unit:
        found = SHELF.own(unit)
        named = Choices(unit, desk.Search())
        lines = [_line(unit, export, named) for export in found]
    return render_template(
        "staff/exports.html",
        exports=lines,
        waiting=any(line["waiting"] for line in lines),
        kept_days=writing_files.KEPT.days,
        back_url=url_for("staff.tickets"),
        url=url_for("staff.exports"),
    )


def _line(work: Work, export: ListExport, found: Choices) -> dict[str, Any]:
    waiting = export.state in (ExportState.QUEUED, ExportState.RUNNING)
    ready = export.state is ExportState.DONE and export.kept_until is not None and export.kept_until > work.now
    return {
        **_named(work, export.query, found),
        "form": FORMS[export.form],
        "state": export.state.value,
        "state_label": STATES[export.state],
        "waiting": waiting,
        "written": export.written,
        "size": size_of(export.size) if export.size is not None else None,
        "failure": export.failure,
        "asked_at": export.asked_at,
        "kept_until": export.kept_until if ready else None,
        "url": url_for("staff.exported", token=export.token) if ready else None,
    }


def _named(work: Work, query: str, found: Choices) -> dict[str, str | None]:
    """What the list is, and where it stands: of tickets, or of a month."""
    if asked_items.is_of_month(query):
        title = TITLES[_list_of(query)](work, query)
        return {"view": title, "words": "", "list_url": report_links.list_of(query)}
    search = asked.read(query)
    return {"view": LABELS[search.view], "words": in_words(search, found), "list_url": url(search)}


def _list_of(query: str) -> str:
    return asked_items.fields(query)[asked_items.LIST]


def size_of(size: int) -> str:
    """As it is told: KB, or MB."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, size // 1000)} KB"


def download(token: str) -> Response:
    """GET /desk/exports/<token>: the file, for whose it is; else 404."""
    with work() as unit:
        export = SHELF.find(unit, token)
        path = SHELF.path_of(office().files, export)
        return list_files.sent(path, export.form, _name_of(unit, export))


def _name_of(work: Work, export: ListExport) -> str:
    if asked_items.is_of_month(export.query):
        return NAMES[_list_of(export.query)](export.query)
    return _name_of_tickets(work, export.asked_at)
