"""导出, answered: a list as a workbook or as CSV. A short one comes at once, a long one waits on its own page."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Refused
from hotline.models import ExportForm
from hotline.services import exporting_lists, sheets
from hotline.services.work import Work
from hotline.web import downloads


def form_asked() -> ExportForm:
    """Which button was pressed; a workbook where it cannot be told."""
    file = request.form.get("file")
    return ExportForm(file) if file in list(ExportForm) else ExportForm.XLSX


def answer(
    work: Work, query: str, form: ExportForm, name: str, *, is_short: bool, columns: Sequence[str] = ()
) -> Response | AnyResponse:
    """The file itself where the list is short; else it is written in the background. `name`: of the file, without its
    ending."""
    if is_short:
        return _at_once(work, query, form, name, columns)
    try:
        exporting_lists.ask(work, query, form, columns)
    except Refused as error:
        flash(error.message, "error")
    return redirect(url_for("staff.exports", _anchor="main"), 303)


def _at_once(work: Work, query: str, form: ExportForm, name: str, columns: Sequence[str]) -> Response:
    """Written into a folder that is gone again before the answer is sent."""
    with tempfile.TemporaryDirectory(prefix="hotline-export-") as folder:
        path = Path(folder) / "list"
        exporting_lists.write_now(work, query, form, columns, path)
        written = BytesIO(path.read_bytes())
    return sent(written, form, name)


def sent(file: BytesIO | Path, form: ExportForm, name: str) -> Response:
    """A download that nobody keeps on the way."""
    return downloads.sent(file, f"{name}.{form.value}", sheets.MEDIA[form])
