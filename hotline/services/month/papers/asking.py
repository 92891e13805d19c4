"""A month onto paper, asked for: whose, of what, with what is written at its head; what was typed is remembered."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.domain.rates import Month
from hotline.domain.texts import clean
from hotline.models import ExportState, PaperForm, ReportPaper
from hotline.services import writing_files
from hotline.services.month import frozen, reporting
from hotline.services.work import Work
from hotline.services.writing_files import TRIES, Shelf

TOLD: Final = timedelta(days=800)  # what was typed for last year's January serves this one's
GONE: Final = "没有找到这个文件。文件保留七天，请重新生成。"
GIVEN_UP: Final = f"写文件{TRIES}次都中断了，没有完成。请重新生成；仍不成功请联系管理员。"
SHELF: Final = Shelf(ReportPaper, "papers", TOLD, GONE, GIVEN_UP)

#: What is typed for a circular, and how long each may be.
FIELDS: Final = {"agency": 40, "number": 40, "signer": 20, "to": 300, "cc": 300}
LABELS: Final = {"agency": "发文机关", "number": "文号", "signer": "签发人", "to": "主送", "cc": "抄送"}
_NUMBER = re.compile(r"(.*[〔\[［])(\d{4})([〕\]］])(\d{1,4})(号)")


def ask(
    work: Work,
    month: str,
    form: PaperForm,
    *,
    unit_id: int | None = None,
    version: int | None = None,
    given: dict[str, str] | None = None,
) -> ReportPaper:
    """Have the month written. A frozen one is written as it is frozen now, also if it is restated meanwhile.

    The same that waits already is not asked for twice. Raises MonthError, NotFound for a unit or a version that is
    not the actor's to see, Invalid for what cannot be typed, Refused while too many of this person's are waiting.
    """
    asked = Month.parse(month, work.rules.zone)
    reporting.chosen(reporting.overseen(work), unit_id)
    report = frozen.find(work, month, version)
    typed = checked(given or {})
    wanted = (asked.first_day, report and report.version, unit_id, form, typed)
    found = SHELF.same(work, lambda each: (each.month, each.version, each.unit_id, each.form, each.given) == wanted)
    if found is not None:
        return found
    assert work.actor.staff_id is not None
    paper = ReportPaper(
        token=writing_files.new_token(),
        staff_id=work.actor.staff_id,
        month=asked.first_day,
        version=report and report.version,
        unit_id=unit_id,
        form=form,
        given=typed,
        state=ExportState.QUEUED,
        asked_at=work.now,
    )
    work.session.add(paper)
    work.session.flush()
    work.ring("paper")
    return paper


def checked(given: dict[str, str]) -> dict[str, str]:
    """What was typed, as it is written: only the fields there are. Raises Invalid."""
    typed = {name: clean(given.get(name, "")).strip() for name in FIELDS if given.get(name)}
    faults = {name: f"{LABELS[name]}最多{FIELDS[name]}字。" for name, text in typed.items() if len(text) > FIELDS[name]}
    if faults:
        raise Invalid(faults)
    return {name: text for name, text in typed.items() if text}


def suggested(work: Work) -> dict[str, str]:
    """What to begin the next circular with: what was typed for the last one, its number one further."""
    given = remembered(work)
    if "number" in given:
        given["number"] = following(given["number"], work.now.astimezone(work.rules.zone).year)
    return given


def remembered(work: Work) -> dict[str, str]:
    """What this person typed for the last circular; the unit's last where he typed none."""
    mine = sa.case((ReportPaper.staff_id == work.actor.staff_id, 0), else_=1)
    query = (
        sa.select(ReportPaper.given)
        .where(
            ReportPaper.form == PaperForm.DOCX,
            ReportPaper.given != {},
            sa.or_(ReportPaper.staff_id == work.actor.staff_id, ReportPaper.unit_path == work.actor.unit_path),
        )
        .order_by(mine, ReportPaper.id.desc())
        .limit(1)
    )
    given: dict[str, Any] = dict(work.session.scalar(query) or {})
    return given


def following(number: str, year: int) -> str:
    """The next one: 合城服〔2026〕5号 → 〔2026〕6号, the first one of a new year; as it is without such a form."""
    match = _NUMBER.fullmatch(number)
    if match is None:
        return number
    before, of, bracket, serial, after = match.groups()
    next_serial = int(serial) + 1 if int(of) == year else 1
    return f"{before}{year}{bracket}{next_serial}{after}"


def own(work: Work, month: str) -> list[ReportPaper]:
    """The actor's papers of the month, the newest first. Raises MonthError."""
    return SHELF.own(work, ReportPaper.month == Month.parse(month, work.rules.zone).first_day)
