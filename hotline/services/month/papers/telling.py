"""通报, in words: the month said in the city's sentences (`domain.circular`), as blocks for paper and page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hotline.services.month.papers import lateness, of_units
from hotline.services.month.papers.blocks import Block, Circular
from hotline.services.month.papers.lateness import Lateness
from hotline.services.month.papers.material import Material
from hotline.services.month.papers.overall import overall
from hotline.services.month.papers.pen import Pen, missing, names
from hotline.services.work import Work


def tell(work: Work, material: Material, given: Mapping[str, str]) -> Circular:
    """The circular of the month, with what was typed at its head (`asking.FIELDS`)."""
    pen = Pen(work, material)
    late = lateness.read(pen)
    return Circular(
        agency=given.get("agency") or pen.write("agency", scope=material.name),
        number=given.get("number", ""),
        signer=given.get("signer", ""),
        title=pen.write("title", month=pen.month, scope=pen.scope),
        to=given.get("to") or pen.write("to", scope=pen.scope),
        blocks=list(_blocks(pen, late)),
        appendix=lateness.appendix(pen, late),
        dated=work.now.astimezone(work.rules.zone).date(),
        cc=given.get("cc", ""),
        foot=_foot(pen),
    )


def _blocks(pen: Pen, late: Lateness) -> Iterator[Block]:
    """Everything between 主送 and 落款."""
    yield from _opening(pen)
    yield from overall(pen)
    yield from of_units.units(pen)
    yield from of_units.ranking(pen)
    yield from lateness.said(pen, late)
    yield from _demands(pen)
    yield from pen.said("closing")


def _opening(pen: Pen) -> Iterator[Block]:
    report = pen.material.figures.report
    yield from pen.said("opening", month=pen.month, scope=pen.scope)
    if report is None:
        yield from pen.said("provisional", cut_off=pen.cut_off)
    elif report.reason:
        yield from pen.said("restated", version=report.version, reason=report.reason.rstrip("。"))


def _demands(pen: Pen) -> Iterator[Block]:
    yield pen.heading("demands")
    lacking = [group for group in pen.material.members if any(missing(group).values())]
    late = lateness.kept_late(pen.material)
    if lacking:
        yield from pen.said("demand_missing", units=names(lacking), count=len(lacking))
    if late:
        yield from pen.said("demand_late", count=late)
    if not lacking and not late:
        yield from pen.said("demand_whole")
    yield from pen.said("demand_always")


def _foot(pen: Pen) -> str:
    if pen.material.checksum:
        return f"{pen.month}月报第{pen.material.version}版　校验码 {pen.material.checksum}"
    return f"{pen.month}　统计至{pen.cut_off}，尚未冻结"
