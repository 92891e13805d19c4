"""A city in which every subtree has something of everything, each with a word that stands nowhere else.

Three subtrees: the city itself, the county 东县, the county 西县. What may be read by whom is said here, in the
`seen_by` of each, by the rule and not by the code that is tested: the city centre sees everything, everybody else his
own subtree, a unit that is named sees nothing, and what is one person's own is that person's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher

from hotline.domain.actors import Role
from hotline.models import (
    Attachment,
    Channel,
    Complaint,
    Deadline,
    DispatchRule,
    ExportForm,
    ExportState,
    Ground,
    HotMatter,
    ListExport,
    Message,
    MessageState,
    PaperForm,
    QuickText,
    ReportPaper,
    SavedView,
    Staff,
    Ticket,
    Unit,
    Webhook,
)
from hotline.services import (
    accepting,
    appealing,
    assigning,
    attaching,
    changing,
    checking,
    clients,
    exporting_lists,
    extending,
    handling,
    instructing,
    receiving,
    replying,
    sampling,
    seeding,
    supervising,
    transcribing,
)
from hotline.services.month.papers import asking
from hotline.services.transcribing import Call
from hotline.services.work import Work
from tests.city import FOUNDED_AT, City
from tests.rights_briefs import plant_briefs
from tests.rights_cast import MORE_PEOPLE, MORE_UNITS, SCOPES, Marker, Planted, Reader, Seen
from tests.rights_points import plant_points

_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_PIXEL = b"\x89PNG\r\n\x1a\n picture "
DAY = date(2026, 11, 1)


def plant(city: City) -> Planted:
    """Everything, in all three subtrees."""
    _found(city)
    planted = Planted()
    with city.office.session() as session:
        planted.paths = dict(session.execute(sa.select(Unit.key, Unit.path)).all())
        for staff, path in session.execute(sa.select(Staff, Unit.path).join(Unit, Unit.id == Staff.unit_id)):
            planted.readers[staff.login] = Reader(staff.login, Role(staff.roles[0]), path, staff.id)
    for scope in SCOPES:
        _own_things(city, planted, scope)
    plant_briefs(city, planted)
    plant_points(city, planted)
    closed = {scope: _Chain(city, planted, scope, "done", wants_reply=False) for scope in SCOPES}
    for chain in closed.values():
        chain.handled()
    city.turn(days=20)
    for chain in closed.values():
        chain.closed()
    for scope in SCOPES:
        _chains(city, planted, scope)
    _special(city, planted)
    return planted


def _found(city: City) -> None:
    with city.office.session() as session:
        for table in ("unit", "staff"):  # their ids are found again in a page, and are no other number in it
            session.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 700100)"))
        seeding.store_units(session, MORE_UNITS)
        people = [
            {"login": login, "name": name, "unit": unit, "roles": [role], "password": "not-used-not-used"}
            for login, (name, unit, role) in MORE_PEOPLE.items()
        ]
        seeding.store_staff(session, people, FOUNDED_AT)
        session.execute(sa.update(Staff).values(must_change_password=False))
        session.commit()
    city.office.forget_rules()


class _Chain:
    """One ticket on its way through the chain of its subtree."""

    def __init__(self, city: City, planted: Planted, scope: str, name: str, **said: Any) -> None:
        self.city, self.planted, self.scope, self.cast, self.name = city, planted, scope, SCOPES[scope], name
        centre = planted.paths[self.cast["centre"]]
        self.places = [centre]  # whoever oversees one of them sees the ticket
        self.named = ""
        self.hides_caller = bool(said.get("confidential"))
        matter, place, caller = self.word("matter"), self.word("place"), self.word("caller", lambda reader: False)
        phone = f"+86138{7000 + len(planted.markers):04}{3000 + len(planted.markers):04}"
        unit_id = int(centre.rstrip("/").rpartition("/")[2])
        with city.work("citizen") as work:
            intake = receiving.Intake(
                text=f"{matter}路口路灯不亮三天了", matter=f"{matter}路口路灯不亮", place=f"{place}路", name=caller,
                phone=phone, centre=(unit_id, centre), channel=said.pop("channel", Channel.WEB), **said,
            )  # fmt: skip
            receipt = receiving.receive(work, intake)
        self.number, planted.keys[receipt.number] = receipt.number, receipt.key
        dialled = phone.removeprefix("+86")
        self.mark(self.number, "number", lambda reader: self.sees(reader) or self.stands_in_the_way(reader))
        self.mark(dialled, "phone", lambda reader: False)
        self.mark(f"{dialled[:3]}****{dialled[-4:]}", "masked phone", self.sees_caller)
        self.address("ticket", number=self.number)
        self.address("complaint", number=self.number, complaint=self.number)

    def sees(self, reader: Reader) -> bool:
        if reader.role is Role.ADMINISTRATOR:
            return False  # keeps the house, not the files
        if reader.is_root:
            return True
        if self.named and reader.path.startswith(self.named):
            return False
        return any(reader.oversees(path) for path in self.places)

    def stands_in_the_way(self, reader: Reader) -> bool:
        """Who closes a unit or locks a person is told the numbers of what is still in their hands, and no more."""
        named = bool(self.named) and reader.path.startswith(self.named)
        return reader.role is Role.ADMINISTRATOR and not named and any(reader.oversees(path) for path in self.places)

    def sees_caller(self, reader: Reader) -> bool:
        if self.hides_caller and not (reader.role in _CENTRE and reader.oversees(self.places[0])):
            return False
        return self.sees(reader)

    def word(self, about: str, seen_by: Seen | None = None) -> str:
        return self.planted.word(f"{about} of {self.scope}/{self.name}", seen_by or self.sees)

    def mark(self, word: str, about: str, seen_by: Seen) -> None:
        self.planted.markers.append(Marker(word, f"{about} of {self.scope}/{self.name}", seen_by))

    def address(self, kind: str, **values: Any) -> None:
        self.planted.add(kind, self.scope, self.sees, self.name, **values)

    @contextmanager
    def by(self, role: str) -> Iterator[Work]:
        with self.city.work(self.cast[role]) as work:
            yield work

    def accepted(self, **settled: Any) -> _Chain:
        with self.by("operator") as work:
            accepting.accept(work, self.number, accepting.Classification(**settled))
        return self

    def assigned(self, *assists: str) -> _Chain:
        self.accepted()
        with self.by("dispatcher") as work:
            assigning.assign(
                work, self.number, self.city.unit_id(self.cast["lead"]),
                assist_ids=[self.city.unit_id(key) for key in assists], instruction=f"请办理{self.word('instruction')}",
            )  # fmt: skip
        self.places += [self.planted.paths[key] for key in (self.cast["lead"], *assists)]
        with self.by("handler") as work:
            handling.sign(work, self.number)
            replying.note(work, self.number, f"现场看过{self.word('note')}")
        return self

    def handled(self) -> _Chain:
        return self.assigned()

    def submitted(self) -> _Chain:
        with self.by("handler") as work:
            handling.submit(work, self.number, f"已更换灯头{self.word('outcome')}，恢复照明。")
        return self

    def replied(self) -> _Chain:
        with self.by("supervisor") as work:
            checking.approve(work, self.number)
        with self.by("operator") as work:
            replying.reply(work, self.number, f"您反映的路灯{self.word('answer')}已修复，感谢监督。")
        return self

    def closed(self) -> None:
        """Late, closed, appealed against, drawn for a sample."""
        self.submitted().replied()
        with self.by("handler") as work:
            appealing.appeal(work, self.number, f"当日台风停工{self.word('appeal')}，有通知为证。")


_CENTRE = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER})


def _chains(city: City, planted: Planted, scope: str) -> None:
    """One ticket for each place where tickets wait."""
    cast = SCOPES[scope]
    _Chain(city, planted, scope, "new")
    _Chain(city, planted, scope, "waiting").accepted()
    worked = _Chain(city, planted, scope, "worked").assigned(*(("cleaning",) if scope == "city" else ()))
    with worked.by("handler") as work:
        extending.request(work, worked.number, f"等待配件{worked.word('extension')}到货")
    with worked.by("supervisor") as work:
        text = f"速办{worked.word('leader')}"
        row = instructing.enter(work, worked.number, "副市长", text, DAY, None)
        worked.address("instruction", instruction_id=row.id)
    with city.office.session() as session:
        ticket = session.scalars(sa.select(Ticket).where(Ticket.number == worked.number)).one()
        owed = sa.select(Deadline).where(Deadline.ticket_id == ticket.id).order_by(Deadline.id)
        for deadline in session.scalars(owed):
            worked.address("deadline", number=worked.number, deadline_id=deadline.id)
    _picture(city, worked)
    _hot(city, planted, worked)
    _Chain(city, planted, scope, "checked").assigned().submitted()
    late = _Chain(city, planted, scope, "late").assigned()
    with late.by("supervisor") as work:
        supervising.supervise(work, late.number, "red", Ground.REFUSAL, f"立即办理{late.word('demand')}")
    with late.by("handler") as work:
        supervising.explain(work, late.number, f"人手不足{late.word('explanation')}，三日内完成。")
    called = _Chain(city, planted, scope, "called").assigned().submitted().replied()
    _undelivered(city, called)
    drawn = _Chain(city, planted, scope, "drawn", wants_reply=False).assigned().submitted().replied()
    with city.work(cast["supervisor"]) as work:
        pool = sampling.Pool(date(2026, 11, 1), date(2026, 11, 30), unit_id=city.unit_id(cast["lead"]))
        drawn_id = work.session.scalar(sa.select(Ticket.id).where(Ticket.number == drawn.number))
        check = next(each for each in sampling.draw(work, 5, pool, f"seed-{scope}") if each.ticket_id == drawn_id)
        check.finding = f"灯罩松动{drawn.word('finding')}"
        drawn.address("sample", check_id=check.id)


def _special(city: City, planted: Planted) -> None:
    """A ticket at a station below, a confidential one, and one that names the county that would see it."""
    passed = _Chain(city, planted, "city", "passed down").assigned()
    with passed.by("handler") as work:
        handling.transfer(work, passed.number, city.unit_id("lamps-east"), f"东片{passed.word('transfer')}")
    passed.places.append(planted.paths["lamps-east"])
    _Chain(city, planted, "city", "secret", confidential=True).assigned()
    named = _Chain(city, planted, "east", "named")
    with city.work("olga") as work:
        accepting.accept(work, named.number, accepting.Classification(named_unit_ids=(city.unit_id("county"),)))
    named.named = planted.paths["county"]


def _picture(city: City, chain: _Chain) -> None:
    data = _PIXEL + chain.word("picture").encode()
    digest = hashlib.sha256(data).hexdigest()
    with city.office.session() as session:
        path = attaching.place_of(city.office.files, digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        ticket_id = session.scalar(sa.select(Ticket.id).where(Ticket.number == chain.number))
        name = f"{chain.word('file name', chain.sees)}.png"
        token = f"picture-{chain.scope}-{chain.number}"
        session.add(
            Attachment(token=token, ticket_id=ticket_id, round=1, name=name, media_type="image/png", digest=digest,
                       size=len(data), by_citizen=False, added_at=city.now)
        )  # fmt: skip
        session.commit()
    chain.address("picture", number=chain.number, token=token)


def _hot(city: City, planted: Planted, chain: _Chain) -> None:
    with city.office.session() as session:
        ticket_id = session.scalar(sa.select(Ticket.id).where(Ticket.number == chain.number))
        row = HotMatter(place=f"{chain.word('hot place')}路", category_id=None, counted_at=city.now,
                        words=[chain.word("hot words")], this_week=5, usual=1, ticket_ids=[ticket_id])  # fmt: skip
        session.add(row)
        session.commit()
        chain.address("hot", hot_id=row.id)


def _undelivered(city: City, chain: _Chain) -> None:
    """The answer has not arrived: somebody has to be called."""
    about = sa.select(Complaint.id).where(Complaint.number == chain.number).scalar_subquery()
    with city.work() as work:
        work.session.execute(
            sa.update(Message)
            .where(Message.complaint_id == about, Message.purpose == "answered")
            .values(state=MessageState.FAILED, next_at=None, failed_at=city.now)
        )


def _own_things(city: City, planted: Planted, scope: str) -> None:
    """What the people of a subtree keep besides tickets."""
    cast, readers = SCOPES[scope], planted.readers
    centre, lead = planted.paths[cast["centre"]], planted.paths[cast["lead"]]

    def inside(reader: Reader) -> bool:
        return reader.oversees(centre)

    def below(reader: Reader) -> bool:
        return reader.path.startswith(centre)

    def only(login: str) -> Seen:
        return lambda reader: reader.login == login

    def keeps(reader: Reader) -> bool:
        return reader.oversees(lead)

    handler, supervisor = readers[cast["handler"]], readers[cast["supervisor"]]
    idle = planted.word(f"person of {scope}", lambda reader: reader.oversees(lead))
    with city.office.session() as session:
        unit_id = session.scalar(sa.select(Unit.id).where(Unit.key == cast["lead"]))
        session.execute(
            sa.update(Unit).where(Unit.id == unit_id).values(head_name=planted.word(f"head of {scope}", keeps))
        )
        person = Staff(login=f"idle-{scope}", name=idle, unit_id=unit_id, roles=[Role.HANDLER.value],
                       password_hash=_QUICK.hash("never-used"), created_at=city.now)  # fmt: skip
        views = [
            SavedView(owner_id=handler.staff_id, name=planted.word(f"own list of {scope}", only(handler.login)),
                      query="view=open", unit_path=handler.path, created_at=city.now),
            SavedView(owner_id=supervisor.staff_id, name=planted.word(f"shared list of {scope}", below),
                      query="view=open", shared=True, unit_path=centre, created_at=city.now),
        ]  # fmt: skip
        own_text = QuickText(name=planted.word(f"own text of {scope}", only(handler.login)), text="本人用语",
                             unit_path=handler.path, owner_id=handler.staff_id, created_at=city.now,
                             changed_at=city.now)  # fmt: skip
        unit_text = QuickText(name=planted.word(f"text of {scope}", below), text="本单位用语", unit_path=centre,
                              created_at=city.now, changed_at=city.now)  # fmt: skip
        line = DispatchRule(position=900 + len(planted.things), lead_id=unit_id, category_code="",
                            words=["路灯不亮"], area="", assist_ids=[],
                            note=planted.word(f"dispatch line of {scope}", keeps))  # fmt: skip
        hook = Webhook(name=planted.word(f"webhook of {scope}", inside), url=f"https://hook.{scope}.invalid/",
                       secret_sealed=b"x", unit_id=unit_id, unit_path=lead, created_at=city.now)  # fmt: skip
        name = planted.word(f"client of {scope}", inside)
        session.add_all([person, *views, own_text, unit_text, line, hook])
        session.commit()
        clients.create(session, name, cast["lead"], [Role.HANDLER], city.now)
        client_id = session.scalar(sa.text("SELECT max(id) FROM api_client"))
        planted.add("person", scope, inside, staff_id=person.id)
        planted.add("unit", scope, inside, unit_id=unit_id)
        planted.add("unit key", scope, lambda reader: reader.oversees(lead), key=cast["lead"])
        planted.add("client", scope, inside, client_id=client_id)
        planted.add("webhook", scope, inside, webhook_id=hook.id)
        planted.add("own view", scope, only(handler.login), view_id=views[0].id)
        planted.add("text", scope, only(handler.login), text_id=own_text.id)
        planted.add("text", scope, lambda reader: reader.path == centre and reader.role in _TEXT_KEEPERS,
                    text_id=unit_text.id)  # fmt: skip
        planted.add("line", scope, keeps, line_id=line.id)
    _files(city, planted, scope)
    with city.work(cast["administrator"]) as work:
        made = changing.record(
            work, "unit", unit_id, planted.word(f"change of {scope}", inside), {"name": "甲"}, {"name": "乙"}, lead
        )
        planted.add("change", scope, inside, change_id=made)
    with city.work(cast["operator"]) as work:
        draft, _ = transcribing.send(
            work, f"坐席：您好\n市民：{planted.word(f'draft of {scope}', inside)}路灯不亮".encode(), Call()
        )
        planted.add("draft", scope, inside, draft_id=draft.id)
        takes = frozenset({Role.OPERATOR})
        planted.add(
            "operators' draft", scope, lambda reader: inside(reader) and reader.role in takes, draft_id=draft.id
        )


_TEXT_KEEPERS = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR})


def _files(city: City, planted: Planted, scope: str) -> None:
    """A list and a month on paper that were written for the supervisor of the subtree."""
    owner = planted.readers[SCOPES[scope]["supervisor"]]
    when = {"asked_at": city.now, "finished_at": city.now, "kept_until": city.turn(days=0).replace(year=2027)}
    whose = {"staff_id": owner.staff_id, "unit_path": owner.path, "state": ExportState.DONE, **when}
    a_list = ListExport(token=f"export-{scope}", query="view=all", columns=["number"], form=ExportForm.CSV, **whose)
    a_paper = ReportPaper(token=f"paper-{scope}", month=city.now.date().replace(day=1), form=PaperForm.XLSX, **whose)

    def mine(reader: Reader) -> bool:
        return reader.login == owner.login

    lies = exporting_lists.SHELF.path_of(city.office.files, a_list), asking.SHELF.path_of(city.office.files, a_paper)
    for kind, path, row in zip(("export", "paper"), lies, (a_list, a_paper), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(planted.word(f"{kind} of {scope}", mine).encode())
        with city.office.session() as session:
            session.add(row)
            session.commit()
        planted.add(kind, scope, mine, token=f"{kind}-{scope}")
