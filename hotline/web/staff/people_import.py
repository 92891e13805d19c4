"""从 Excel 导入单位和人员: the template, the preview with its faults by line, and the links of those who were added."""

from __future__ import annotations

from flask import Response, current_app, render_template, request, url_for
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Invalid
from hotline.services import enrolling, organising, roster
from hotline.services.enrolling import Enrolled, Words
from hotline.services.roster import Row
from hotline.web import downloads
from hotline.web.door import work
from hotline.web.staff import words
from hotline.web.staff.people import link

Answer = str | AnyResponse | tuple[str, int]
WORDS = Words(
    {label: kind for kind, label in words.UNIT_KINDS.items()}, {label: role for role, label in words.ROLES.items()}
)
SHOWN = 200  # lines of the preview
_OUTDATED = "预览已失效，请重新选择文件。"


def show() -> str:
    """GET /desk/people/import."""
    return _page({})


def preview() -> Answer:
    """POST /desk/people/import: the file is tried out, and nothing is written."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid({"file": "请选择填好的 Excel 文件。"})
        with sent.stream as stream:
            data = stream.read(roster.LARGEST + 1)
        rows = roster.read(data)
    except Invalid as error:
        return _page(error.fields), 422
    tried = _tried(rows)
    return _preview(rows, tried), 422 if tried.faults else 200


def confirm() -> Answer:
    """POST /desk/people/import/confirmation: all that was previewed, or nothing."""
    try:
        rows = [Row(*each) for each in _signer("rows").loads(request.form.get("rows", ""))]
    except BadData:
        return _page({"file": _OUTDATED}), 422
    with work() as unit:
        done = enrolling.enrol(unit, rows, WORDS)
        if done.faults:
            unit.session.rollback()
    if done.faults:  # somebody was faster
        return _preview(rows, done), 422
    links = [[each.name, each.login, each.unit, link(each.key)] for each in done.people]
    return render_template(
        "staff/people_imported.html",
        units=done.units,
        people=[{"name": name, "login": login, "unit": unit, "link": address} for name, login, unit, address in links],
        packed=_signer("links").dumps(links),
        download_url=url_for("staff.invitations"),
        back_url=url_for("staff.people"),
    )


def invitations() -> Answer:
    """POST /desk/people/import/invitations.xlsx: the links that the page before has shown, as a file."""
    try:
        rows = _signer("links").loads(request.form.get("links", ""))
    except BadData:
        return _page({"file": "邀请名单已失效，请在人员页面逐个重新生成邀请。"}), 422
    return _file("邀请名单.xlsx", roster.written("邀请名单", ("姓名", "账号", "单位", "邀请链接"), rows))


def template() -> Response:
    """GET /desk/people/import/template.xlsx."""
    with work() as unit:
        units = [(node.unit.key, node.unit.name) for node in organising.tree(unit) if node.unit.active]
    return _file("单位人员模板.xlsx", roster.template(units, WORDS.kinds, WORDS.roles))


def _tried(rows: list[Row]) -> Enrolled:
    with work() as unit:
        tried = enrolling.enrol(unit, rows, WORDS)
        unit.session.rollback()
    return tried


def _preview(rows: list[Row], tried: Enrolled) -> str:
    faults = {(fault.sheet, fault.place): fault.told for fault in tried.faults}
    sheets = []
    for sheet, heads in ((roster.UNITS, roster.UNIT_HEADS), (roster.PEOPLE, roster.PERSON_HEADS)):
        of_sheet = [row for row in rows if row.sheet == sheet]
        # Those with faults first: they are what has to be done.
        ordered = sorted(of_sheet, key=lambda row: ((row.sheet, row.place) not in faults, row.place))
        lines = [
            {
                "place": row.place,
                "values": [row.values.get(head, "") for head in heads],
                "fault": faults.get((row.sheet, row.place)),
            }
            for row in ordered[:SHOWN]
        ]
        sheets.append({"name": sheet, "heads": heads, "lines": lines, "total": len(of_sheet)})
    return render_template(
        "staff/people_preview.html",
        sheets=[sheet for sheet in sheets if sheet["total"]],
        faults=len(tried.faults),
        units=tried.units,
        people=len(tried.people),
        packed=None if tried.faults else _signer("rows").dumps([[row.sheet, row.place, row.values] for row in rows]),
        confirm_url=url_for("staff.confirm_people"),
        again_url=url_for("staff.import_people"),
    )


def _page(errors: dict[str, str]) -> str:
    return render_template(
        "staff/people_import.html",
        errors=errors,
        action=url_for("staff.preview_people"),
        template_url=url_for("staff.people_template"),
        most=roster.MOST,
        back_url=url_for("staff.people"),
    )


def _signer(what: str) -> URLSafeSerializer:
    """What goes out with a page comes back as it was."""
    return URLSafeSerializer(current_app.secret_key or "", salt=f"people-import-{what}")


def _file(name: str, data: bytes) -> Response:
    return downloads.sent(data, name, roster.XLSX)
