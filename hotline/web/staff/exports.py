"""导出: a list as it stands, as a workbook or as CSV. A short one comes at once, a long one waits on its own page."""

from __future__ import annotations

import tempfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Refused
from hotline.models import ExportForm, ExportState, ListExport
from hotline.services import asked, desk, exporting_lists, sheets, writing_files
from hotline.services.exporting_lists import SHELF
from hotline.services.work import Work
from hotline.web import downloads
from hotline.web.door import actor, office, work
from hotline.web.staff import columns, report_items, report_links
from hotline.web.staff.asked import LABELS, Choices, begun, in_words, search_of, url

AT_ONCE = exporting_lists.AT_ONCE
FORMS = {ExportForm.XLSX: "Excel", ExportForm.CSV: "CSV"}
STATES = {
    ExportState.QUEUED: "等待导出",
    ExportState.RUNNING: "正在导出",
    ExportState.DONE: "已完成",
    ExportState.FAILED: "没有完成",
}


def ask() -> Response | AnyResponse:
    """POST /desk/exports: the file itself where the list is short; else it is written in the background."""
    query = request.form.get("query", "")
    search = begun(search_of(actor(), query))
    names = columns.chosen(actor(), f"columns={request.form.get('columns', '')}")
    form = ExportForm(request.form["file"]) if request.form.get("file") in list(ExportForm) else ExportForm.XLSX
    with work() as unit:
        if desk.count(unit, search) < desk.MOST:
            return _at_once(unit, search, names, form)
        try:
            exporting_lists.ask(unit, search, names, form)
        except Refused as error:
            flash(error.message, "error")
    return redirect(url_for("staff.exports", _anchor="main"), 303)


def _at_once(work: Work, search: desk.Search, names: tuple[str, ...], form: ExportForm) -> Response:
    """Written into a folder that is gone again before the answer is sent."""
    with tempfile.TemporaryDirectory(prefix="hotline-export-") as folder:
        path = Path(folder) / "list"
        exporting_lists.write_now(work, search, names, form, path)
        written = BytesIO(path.read_bytes())
    return _sent(written, form, work.now.astimezone(work.rules.zone))


def _sent(file: BytesIO | Path, form: ExportForm, at: datetime) -> Response:
    """A download that nobody keeps on the way; `at`: the city time in its name."""
    name = f"工单-{at:%Y%m%d-%H%M}.{form.value}"
    return downloads.sent(file, name, sheets.MEDIA[form])


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
    """What the list is, and where it stands: of tickets, or behind a figure of a month."""
    of_month = report_links.list_of(query)
    if of_month is not None:
        return {"view": report_items.title_of(work, query), "words": "", "list_url": of_month}
    search = asked.read(query)
    return {"view": LABELS[search.view], "words": in_words(search, found), "list_url": url(search)}


def size_of(size: int) -> str:
    """As it is told: KB, or MB."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, size // 1000)} KB"


def download(token: str) -> Response:
    """GET /desk/exports/<token>: the file, for whose it is; else 404."""
    with work() as unit:
        export = SHELF.find(unit, token)
        path = SHELF.path_of(office().files, export)
        at, form = export.asked_at.astimezone(unit.rules.zone), export.form
    return _sent(path, form, at)
