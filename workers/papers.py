"""月报上纸: a worker writes workbooks and circulars."""

from __future__ import annotations

from pathlib import Path

from hotline.models import PaperForm, ReportPaper
from hotline.services.month.papers import book, letter
from hotline.services.month.papers.asking import SHELF
from hotline.services.month.papers.material import Material, gather
from workers.shift import Shift
from workers.writers import Hold, Writer


def begin(shift: Shift) -> int:
    """See that papers are written if any wait."""
    return WRITER.begin(shift, write_alone)


def write_all(shift: Shift) -> int:
    """Write what waits here and now; how many there were."""
    return WRITER.write_all(shift)


def write_alone() -> None:
    """The process that writes them."""
    WRITER.write_alone()


def _fill(shift: Shift, hold: Hold[ReportPaper], made: Path) -> None:
    actor, paper = hold.claim.actor, hold.claim.row
    assert actor is not None

    def tell(stage: str, written: int = 0, total: int | None = None) -> None:
        hold.tell(written, stage=stage, total=total)

    with shift.office.work(actor, shift.clock()) as work:
        tell("统计数字")
        material: Material = gather(work, f"{paper.month:%Y-%m}", unit_id=paper.unit_id, version=paper.version)
        write = book.write if paper.form is PaperForm.XLSX else letter.write
        write(work, material, paper.given, made, tell, hold.live)


WRITER = Writer("papers", SHELF, _fill)
