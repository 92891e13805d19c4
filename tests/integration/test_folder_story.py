"""收取目录, as an operator tries it: the twenty sample calls are dropped in, most drafts need no correction, each
suggestion answers why, and a duplicate is joined behind one key."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass

import sqlalchemy as sa

from demo import today
from demo.lately import groups
from hotline.models import CameBy, Complaint, Draft, DraftState, Ticket
from hotline.services import confirming, matching, suggesting, transcribing
from tests.city import City
from tests.work import shift_of
from workers import folder

ENOUGH = 16  # of twenty


@dataclass(frozen=True)
class Filed:
    """What a person who has read the call would write in the form: the place in any of these ways, without what leads
    there; the number to call back; the category, or another that would do as well."""

    places: tuple[str, ...]
    phone: str
    codes: tuple[str, ...]


#: Written before anything was drawn out of them. Codes are those of `config/categories`.
FILED: dict[str, Filed] = {
    "01-lamps.txt": Filed(("长堰路粮食局家属院",), "19900000011", ("R0603", "B0137")),
    "02-sewage.txt": Filed(("文渡农贸市场",), "19900000012", ("R0703", "R0702", "S0503")),
    "03-gas.vtt": Filed(("书院府七号楼一单元", "书院府7号楼1单元"), "19900000013", ("R0307", "S0502")),
    "04-sofa.txt": Filed(("锦帆苑",), "", ("R1801", "R0804", "R0801", "S0135")),
    "05-bikes.json": Filed(("轻工学院公交站",), "19900000015", ("R0505", "S0493", "R0605")),
    "06-manhole.srt": Filed(("渡口路卫生院门",), "19900000016", ("R0602", "B0103")),
    "07-piling.json": Filed(("金桂湾三期工地",), "19900000017", ("R0101", "S0301")),
    "08-wages.json": Filed(("市民文化馆工地",), "19900000018", ("R1601",)),
    "09-thrown.json": Filed(("锦帆苑二号楼", "锦帆苑2号楼"), "19900000019", ("R1701", "S0596")),
    "10-lift.json": Filed(("凤栖名邸三号楼", "凤栖名邸3号楼"), "19900000020", ("R0205",)),
    "11-barbecue.txt": Filed(("文渡街中段",), "19900000021", ("R1003", "S0129")),
    "12-firelane.txt": Filed(("云锦华庭东门",), "19900000022", ("R1702", "S0496")),
    "13-heating.txt": Filed(("棉纺二区五号楼三单元五零二", "棉纺二区5号楼3单元502"), "19900000023", ("R0304",)),
    "14-branch.vtt": Filed(("凤栖路工人文化宫门口",), "19900000024", ("R1102", "R1101", "B0402")),
    "15-burst.srt": Filed(("石麓大街县医院门前",), "19900000025", ("R0301", "S0501", "R0302")),
    "16-rubbish.json": Filed(("柳浪花苑",), "19900000026", ("R0801", "S0192", "S0110")),
    "17-rooftop.json": Filed(("桑园佳境八号楼", "桑园佳境8号楼"), "19900000027", ("R0901", "S0101")),
    "18-dancing.json": Filed(("织锦广场",), "", ("R0104",)),
    "19-pothole.txt": Filed(("南津路铁路桥下",), "19900000028", ("R0601", "S0113")),
    "20-toilet.txt": Filed(("望江公园",), "19900000029", ("R0803", "B0301")),
}


def plain(text: str) -> str:
    """Numbers of houses and floors as digits, without strokes between."""
    figures = str.maketrans("一二三四五六七八九零〇，、 ", "12345678900\0\0\0")
    return text.translate(figures).replace("\0", "")


@dataclass(frozen=True)
class Drawn:
    """A draft as the operator finds it, with the first category that is suggested and all that is said for it."""

    name: str
    draft: Draft
    place: str
    phone: str
    suggested: list[suggesting.Reasoned]

    def misses(self) -> list[str]:
        """What the operator has to correct."""
        filed = FILED[self.name]
        wrong = []
        if not any(plain(place) in plain(self.place) for place in filed.places):
            wrong.append("place")
        if self.phone != filed.phone:
            wrong.append("phone")
        if not self.suggested or self.suggested[0].code not in filed.codes:
            wrong.append("category")
        return wrong


def drop_all(city: City) -> None:
    """As `cp demo/calls/* <folder>` does; a minute later a worker looks."""
    folder.collect(shift_of(city))
    for path in today.SAMPLES.iterdir():
        copied = shutil.copy(path, city.office.transcripts / path.name)
        os.utime(copied, (city.now.timestamp(), city.now.timestamp()))
    city.turn(minutes=1)
    while folder.collect(shift_of(city)):
        pass


def look(city: City) -> dict[str, Drawn]:
    """All drafts, opened by the operator, by the name of their file."""
    found = {}
    with city.work("olga") as work:
        for draft in work.session.scalars(sa.select(Draft)):
            fields = transcribing.proposed(work, draft)
            suggested = suggesting.for_staff(work, fields.text, fields.place)
            phone = fields.phone.removeprefix("+86")
            found[draft.filename] = Drawn(draft.filename, draft, fields.place, phone, suggested)
    return found


def complain(city: City) -> list[str]:
    """Those who were quicker: the first voices of the matters that the demo is full of; their numbers."""
    return [city.receive(text=group.voice[0].text, place=group.place).number for group in groups()]


def test_an_operators_morning(city: City) -> None:
    open_before = complain(city)
    drop_all(city)
    drawn = look(city)
    assert sorted(drawn) == today.samples() == sorted(FILED)
    assert {each.draft.came_by for each in drawn.values()} == {CameBy.FOLDER}
    assert [path.name for path in city.office.transcripts.rglob("*") if path.is_file()] == []

    misses = {name: each.misses() for name, each in drawn.items()}
    for field in ("place", "phone", "category"):
        corrected = {name: drawn[name] for name, wrong in misses.items() if field in wrong}
        assert len(drawn) - len(corrected) >= ENOUGH, told(field, corrected)

    assert [each.name for each in drawn.values() if not each.suggested] == []
    assert [each.name for each in drawn.values() if not all(one.reasons for one in each.suggested)] == []

    for name, number in (("02-sewage.txt", open_before[0]), ("07-piling.json", open_before[1])):
        join_with_one_key(city, drawn[name].draft, number)


def told(field: str, corrected: dict[str, Drawn]) -> str:
    """What was drawn out instead, for who mends it."""
    lines = [f"too many to correct: {field}"]
    for name, each in corrected.items():
        codes = [one.code for one in each.suggested]
        lines.append(f"{name}: {each.place!r} {each.phone!r} {codes}, filed as {FILED[name]}")
    return "\n".join(lines)


def join_with_one_key(city: City, draft: Draft, number: str) -> None:
    """The matter that is shown first is the right one, says why, and takes the call in."""
    with city.work("olga") as work:
        same = matching.same(work, draft)
    assert same[0].number == number
    assert same[0].likely and same[0].can_join and same[0].reasons
    with city.work("olga") as work:
        fields = transcribing.proposed(work, draft)
        receipt = confirming.join(work, draft.id, fields, number)
    (ticket,) = city.rows(sa.select(Ticket).where(Ticket.number == number))
    assert ticket.heat == 2
    (complaint,) = city.rows(sa.select(Complaint).where(Complaint.id == receipt.complaint_id))
    assert complaint.ticket_id == ticket.id
    (settled,) = city.rows(sa.select(Draft).where(Draft.id == draft.id))
    assert settled.state is DraftState.CONFIRMED
