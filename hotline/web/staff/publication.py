"""公开审核: which matters everybody may read, and in which words."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Invalid, Refused
from hotline.domain.publicity import Publicity
from hotline.services import screening, showing
from hotline.services.screening import Decision, Line, Sheet, View, Words
from hotline.services.work import Work
from hotline.web.door import office, work
from hotline.web.paging import place_of
from hotline.web.problems import status_of

Answer = str | AnyResponse | tuple[str, int]

LABELS = {View.WAITING: "待审核", View.SHOWN: "公开中", View.HIDDEN: "已隐藏"}
EMPTY = {
    View.WAITING: "没有待审核的工单。新受理的，以及有了新答复的，会出现在这里。",
    View.SHOWN: "还没有公开的工单。",
    View.HIDDEN: "没有隐藏的工单。审核时选择“不公开”的会列在这里，可以撤销。",
}
TOLD = {
    Publicity.REDACTED: "受理后由机器隐去个人信息，随即公开；在这里可以改得更好，或不再公开。",
    Publicity.REVIEWED: "受理后先在这里审核，放行的才公开；有了答复，还要再审核一次。",
}
TEXTS = {"matter": "事项", "place": "位置", "answer": "答复"}
ROWS = {"matter": 2, "place": 2, "answer": 6}


def show_all() -> Answer:
    """GET /desk/public: what waits, what is public, what is not."""
    _check_on()
    with work() as unit:
        view = _view(unit)
        lines = screening.queue(unit, view, place_of(request.args))
        if lines.astray:
            return redirect(url_for("staff.public", view=view.value))
        return render_template(
            "staff/public.html",
            views=[_tab(each, current=each is view) for each in View],
            told=TOLD[unit.publicity],
            tickets=[_line(line) for line in lines],
            next_url=url_for("staff.public", view=view.value, after=lines.after) if lines.after else None,
            prev_url=url_for("staff.public", view=view.value, before=lines.before) if lines.before else None,
            empty_text=EMPTY[view],
            public_url=url_for("public.tickets"),
        )


def show(number: str) -> str:
    """GET /desk/public/<number>: the words as written beside the words as everybody reads them."""
    _check_on()
    with work() as unit:
        return _page(unit, number)


def decide(number: str) -> Answer:
    """POST /desk/public/<number>: release, hide or undo; nothing typed is lost when it cannot be done."""
    _check_on()
    deed = _DEEDS.get(request.form.get("deed", "")) or abort(400)
    try:
        with work() as unit:
            told = deed(unit, number)
    except (Invalid, Refused) as error:
        errors = error.fields if isinstance(error, Invalid) else {"form": error.message}
        with work() as unit:
            return _page(unit, number, errors), status_of(error)
    flash(told, "success")
    return redirect(url_for("staff.publication", number=number, _anchor="main"), 303)


def _release(work: Work, number: str) -> str:
    texts = {name: request.form.get(name, "") for name in TEXTS}
    screening.release(work, number, Decision(**texts, seen=request.form.get("seen", "")))
    return f"工单{number}已按这些文字公开，最多一分钟后公开页随之更新。"


def _hide(work: Work, number: str) -> str:
    screening.hide(work, number, request.form.get("reason", ""), request.form.get("seen", ""))
    return f"工单{number}不再公开，最多一分钟后公开页随之更新。可以撤销。"


def _undo(work: Work, number: str) -> str:
    screening.undo(work, number, request.form.get("seen", ""))
    return f"工单{number}的审核已撤销。"


_DEEDS = {"release": _release, "hide": _hide, "undo": _undo}


def _check_on() -> None:
    """A city without public pages has nothing to review."""
    if office().publicity is Publicity.OFF:
        abort(404)


def _view(work: Work) -> View:
    asked = request.args.get("view", "")
    if asked in list(View):
        return View(asked)
    return View.WAITING if work.publicity is Publicity.REVIEWED else View.SHOWN


def _tab(view: View, *, current: bool) -> dict[str, Any]:
    url = url_for("staff.public", view=view.value)
    return {"label": LABELS[view], "url": url, "current": current}


def _line(line: Line) -> dict[str, Any]:
    return {
        "number": line.ticket.number,
        "url": url_for("staff.publication", number=line.ticket.number),
        "matter": line.matter,
        "place": line.place,
        "received_at": line.ticket.received_at,
        "reviewer": line.reviewer,
        "reviewed_at": line.reviewed.reviewed_at if line.reviewed is not None else None,
    }


def _page(work: Work, number: str, errors: dict[str, str] | None = None) -> str:
    """`errors` came with a form that is shown again as it was sent, with the present state beside it."""
    sheet = screening.sheet(work, number)
    typed = request.form if errors else {}
    hiding = errors is not None and typed.get("deed") == "hide"
    return render_template(
        "staff/publication.html",
        number=number,
        status=_status(sheet),
        withheld=sheet.withheld,
        shown=sheet.is_shown,
        reviewed_at=sheet.reviewed.reviewed_at if sheet.reviewed is not None else None,
        reviewer=sheet.reviewer,
        texts=[_text(words, typed) for words in sheet.words],
        photos=[url_for("attachments.show", token=photo.token) for photo in showing.result_photos(work, sheet.ticket)],
        seen=sheet.seen,
        action=url_for("staff.screen", number=number),
        errors={} if hiding else errors or {},
        hide={"errors": errors or {} if hiding else {}, "reason": typed.get("reason", "")},
        ticket_url=url_for("staff.ticket", number=number),
        list_url=url_for("staff.public"),
        public_url=url_for("public.ticket", number=number) if sheet.is_shown else None,
    )


def _status(sheet: Sheet) -> str:
    if sheet.withheld:
        return "按规则不公开"
    if sheet.reviewed is not None and not sheet.reviewed.shown:
        return "已隐藏"
    if sheet.is_shown:
        return "公开中" if sheet.reviewed is not None else "公开中（机器处理，尚未审核）"
    return "待审核"


def _text(words: Words, typed: Any) -> dict[str, Any]:
    return {
        "name": words.name,
        "label": TEXTS[words.name],
        "parts": words.parts,
        "covered": any(hidden for _, hidden in words.parts),
        "value": typed.get(words.name, words.shown),
        "now": words.shown if typed.get(words.name, words.shown) != words.shown else "",
        "rows": ROWS[words.name],
    }
