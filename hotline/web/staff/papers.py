"""通报和报表: a month onto paper. A worker writes it, the page tells how far it is; the circular can be printed."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Invalid, Refused
from hotline.domain.rates import Month, RateKind, percentage
from hotline.models import ExportState, PaperForm, ReportPaper
from hotline.services import writing_files
from hotline.services.month import frozen, overview, reporting
from hotline.services.month.figures import Group
from hotline.services.month.papers import asking, telling
from hotline.services.month.papers.asking import FIELDS, LABELS, SHELF
from hotline.services.month.papers.blocks import TREND, Heading, Paragraph, Picture, Table
from hotline.services.month.papers.charts import MOST
from hotline.services.month.papers.material import Material, gather
from hotline.services.sheets import MEDIA
from hotline.services.work import Work
from hotline.web import downloads
from hotline.web.door import office, work
from hotline.web.staff import report_items, report_links, report_state
from hotline.web.staff.expected import id_of
from hotline.web.staff.exports import size_of

FORMS: Final = {PaperForm.XLSX: "月报表", PaperForm.DOCX: "通报"}
STATES: Final = {
    ExportState.QUEUED: "等待生成",
    ExportState.RUNNING: "正在生成",
    ExportState.DONE: "已完成",
    ExportState.FAILED: "没有完成",
}
SUFFIXES: Final = {PaperForm.XLSX: "Excel", PaperForm.DOCX: "Word"}
HINTS: Final = {
    "agency": "版头和落款，例如：合肥市城市管理局。不填写的，用本单位名称",
    "number": "例如：合城管〔2026〕12号",
    "signer": "需要印在版头的，填写姓名",
    "to": "例如：各区县城市管理局，局属各单位",
    "cc": "例如：市政府办公室，市数据资源局",
}
WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES: Final = {PaperForm.XLSX: next(iter(MEDIA.values())), PaperForm.DOCX: WORD}


def show(month: str) -> str:
    """GET /desk/reports/<YYYY-MM>/papers: asked again every two seconds while one is on its way."""
    with work() as unit:
        return _page(unit, report_state.month_of(unit, month), asking.suggested(unit), {})


def ask(month: str) -> AnyResponse | tuple[str, int]:
    """POST /desk/reports/<YYYY-MM>/papers: have one written."""
    form = PaperForm.DOCX if request.form.get("form") == PaperForm.DOCX.value else PaperForm.XLSX
    given = {name: request.form.get(name, "") for name in FIELDS} if form is PaperForm.DOCX else {}
    with work() as unit:
        asked = report_state.month_of(unit, month)
        of = id_of(request.form, "unit")
        try:
            asking.ask(unit, str(asked), form, unit_id=of, version=report_links.version(), given=given)
        except Invalid as error:
            return _page(unit, asked, given, error.fields), 422
        except Refused as error:
            flash(error.message, "error")
    version = request.args.get("version")
    return redirect(url_for("staff.papers", month=month, unit=of, version=version, _anchor="main"), 303)


def _page(work: Work, month: Month, given: dict[str, str], errors: dict[str, str]) -> str:
    of, version = id_of(request.values, "unit"), report_links.version()
    reporting.chosen(reporting.overseen(work), of)
    report = frozen.find(work, str(month), version)
    lines = [_line(paper, month) for paper in asking.own(work, str(month))]
    here: dict[str, Any] = {"month": str(month), "unit": of, "version": version}
    return render_template(
        "reports/papers.html",
        month=f"{month.year}年{month.number}月",
        scope=report_items.scope(work, of),
        state=report_state.badge(work, month, report.version if report else None),
        begun=month.begins < work.now,
        unit=of,
        fields=[
            {
                "name": name,
                "label": LABELS[name],
                "value": given.get(name, ""),
                "hint": HINTS[name],
                "attrs": {"maxlength": longest},
            }
            for name, longest in FIELDS.items()
        ],
        errors=errors,
        papers=lines,
        waiting=any(line["waiting"] for line in lines),
        kept_days=writing_files.KEPT.days,
        url=url_for("staff.papers", **here),
        circular_url=url_for("staff.circular", **here),
    )


def _line(paper: ReportPaper, month: Month) -> dict[str, Any]:
    ready = paper.state is ExportState.DONE and paper.kept_until is not None
    return {
        "form": FORMS[paper.form],
        "suffix": SUFFIXES[paper.form],
        "number": paper.given.get("number", ""),
        "version": paper.version,
        "state": paper.state.value,
        "state_label": STATES[paper.state],
        "waiting": paper.state in writing_files.UNDER_WAY,
        "stage": paper.stage,
        "written": paper.written,
        "total": paper.total,
        "size": size_of(paper.size) if paper.size is not None else None,
        "failure": paper.failure,
        "asked_at": paper.asked_at,
        "kept_until": paper.kept_until if ready else None,
        "url": url_for("staff.paper", month=str(month), token=paper.token) if ready else None,
    }


def download(month: str, token: str) -> Response:
    """GET /desk/reports/<YYYY-MM>/papers/<token>: the file, for whose it is; else 404."""
    with work() as unit:
        paper = SHELF.find(unit, token)
        path, form = SHELF.path_of(office().files, paper), paper.form
        name = f"{FORMS[form]}-{paper.month:%Y年%m月}.{form.value}"
    return downloads.sent(path, name, MEDIA_TYPES[form])


def circular(month: str) -> str | AnyResponse:
    """GET /desk/reports/<YYYY-MM>/circular: the same words as on paper, to be printed or kept as PDF. One that takes
    long to count is written by a worker only."""
    with work() as unit:
        asked, of, version = report_state.month_of(unit, month), id_of(request.args, "unit"), report_links.version()
        if overview.is_large(unit, str(asked), of) and not frozen.figures(
            unit, frozen.find(unit, str(asked), version), of
        ):
            flash("本月数据量大，网页版要统计很久。请在这里生成 Word 版，由后台写好后下载。", "error")
            return redirect(url_for("staff.papers", month=month, unit=of, version=version))
        material = gather(unit, str(asked), unit_id=of, version=version)
        told = telling.tell(unit, material, asking.remembered(unit))
        return render_template(
            "reports/circular.html",
            letter=told,
            blocks=[_block(block, material) for block in told.blocks],
            back_url=url_for("staff.papers", month=month, unit=of, version=version),
        )


def _block(block: Heading | Paragraph | Table | Picture, material: Material) -> dict[str, Any]:
    """As the template has it: by its sort."""
    if isinstance(block, Heading):
        return {"sort": "heading", "text": block.text, "level": block.level}
    if isinstance(block, Paragraph):
        return {"sort": "paragraph", "text": block.text}
    if isinstance(block, Table):
        return {"sort": "table", "table": block}
    months = [*material.before, material.figures]
    if block.chart == TREND:
        bars = [_bars(f"{each.month.year}年{each.month.number}月", each.scope) for each in months]
    else:
        bars = [_bars(str(group.about["name"]), group) for group in material.members[:MOST]]
    return {"sort": "picture", "caption": block.caption, "bars": bars}


def _bars(name: str, group: Group) -> dict[str, Any]:
    told = {kind: percentage(group.tallies[kind].all["kept"], group.tallies[kind].all["owed"]) for kind in RateKind}
    rates = [
        {"kind": kind.value, "label": kind.label, "text": f"{rate}%" if rate else "—", "width": rate or "0"}
        for kind, rate in told.items()
    ]
    return {"name": name, "rates": rates}
