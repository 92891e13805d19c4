"""Where the parts are put together. `with office.work(actor, now) as work:` is the transaction; only it commits."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from time import sleep
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from hotline.bell import Bell
from hotline.carriers.base import Carrier
from hotline.carriers.outside import Outside
from hotline.carriers.voice import Switchboard
from hotline.domain.actors import Actor
from hotline.domain.checklist import Checklist
from hotline.domain.circular import Sentences
from hotline.domain.guessing import Vocabulary
from hotline.domain.phone_script import PhoneScript
from hotline.domain.privacy import Privacy
from hotline.domain.publicity import Publicity, Withheld
from hotline.domain.reply_check import Manners
from hotline.domain.risks import Rule
from hotline.domain.scoring import Scheme
from hotline.domain.wordings import Wordings
from hotline.driver import LateCursor
from hotline.services import rulebook
from hotline.services.vault import Vault
from hotline.services.work import RECENT, Rules, Work

_AT_ONCE: Final[Mapping[str, Any]] = {"isolation_level": "AUTOCOMMIT"}
_ONE_MOMENT: Final[Mapping[str, Any]] = {"isolation_level": "REPEATABLE READ"}
_ATTEMPTS: Final = (100, 500, 1000, 2000, 2000)  # milliseconds that others may be kept waiting by one of them
RULES_STAND = timedelta(seconds=30)  # how long the rules read from the database are taken as they are


class Office:
    """The database, the keys, the wordings, the bell and the carrier of one city."""

    def __init__(
        self,
        engine: sa.Engine,
        vault: Vault,
        wordings: Wordings,
        bell: Bell,
        carrier: Carrier,
        files: Path,
        site: str,
        privacy: Privacy,
        publicity: Publicity = Publicity.REDACTED,
        withheld: Withheld | None = None,
        vocabulary: Vocabulary | None = None,
        category_names: Mapping[str, Mapping[str, str]] | None = None,
        risks: Sequence[Rule] = (),
        manners: Manners | None = None,
        phone_script: PhoneScript | None = None,
        checklist: Checklist | None = None,
        circular: Sentences | None = None,
        schemes: Mapping[str, Scheme] | None = None,
        switchboard: Switchboard | None = None,
        transcripts: Path | None = None,
        recent: timedelta = RECENT,
        outside: Outside | None = None,
    ) -> None:
        """`files`: the folder of attachments. `site`: the public address, without a slash at its end.

        `transcripts`: the folder that recording systems drop them in; beside that of the attachments if not said.

        `category_names`: by language what the categories are called in it, by their Chinese names. `risks` and
        `manners`: what the desk is told of, and by which answers are checked. `checklist`: what a unit is asked before
        it submits. `schemes`: by which units and points may be scored. `outside`: the way to other systems; public
        addresses only if not said.
        """
        self.engine = engine
        self._at_once = engine.execution_options(**_AT_ONCE)
        self.vault = vault
        self.carrier = carrier
        self.files = files
        self.transcripts = transcripts or files.parent / "transcripts"
        self.site = site
        self.privacy = privacy
        self.publicity = publicity
        self.withheld = withheld or Withheld()
        self.category_names = category_names or {}
        self.risks = risks
        self.manners = manners or Manners()
        self.phone_script = phone_script or PhoneScript()
        self.checklist = checklist or Checklist()
        self.circular = circular or Sentences({})
        self.schemes = schemes or {}
        self.switchboard = switchboard
        self.recent = recent
        self.outside = outside or Outside()
        self._wordings = wordings
        self._vocabulary = vocabulary or {}
        self._bell = bell
        self._sessions = sessionmaker(engine, expire_on_commit=False)
        self._serials: deque[int] = deque()
        self._rules: Rules | None = None
        self._versions: tuple[int, ...] = ()
        self._checked_at: datetime | None = None

    @contextmanager
    def work(self, actor: Actor, now: datetime, *, texts: bool = True, at_once: bool = False) -> Iterator[Work]:
        """One use case. Committed when the block ends, rolled back when it raises; bells ring after the commit.

        `at_once`: all that is written is one statement, which is its own transaction and saves two round trips.
        """
        with self._sessions() as session:
            if at_once:
                session.connection(execution_options=_AT_ONCE)
            work = self._work_in(session, actor, now, texts=texts)
            yield work
            session.commit()
        if work.bells:
            self._bell.ring(work.bells)

    @contextmanager
    def still(self, actor: Actor, now: datetime) -> Iterator[Work]:
        """One use case that sees the database as it stood at one moment at which nobody was about to change a promise
        or a ticket: whatever is not seen by it is written later, with a greater id.

        They are held for that moment only. Raises OperationalError when it does not come.
        """
        with self._sessions() as session:
            session.connection(execution_options=_ONE_MOMENT)
            with self._standstill():
                session.execute(sa.text("SELECT 1"))  # from here on it sees what stands now
            work = self._work_in(session, actor, now)
            yield work
            session.commit()
        if work.bells:
            self._bell.ring(work.bells)

    @contextmanager
    def _standstill(self) -> Iterator[None]:
        """Promises and tickets may be read, but not written, while the block runs. Who writes behind us in the queue
        never waits longer than one attempt."""
        for attempt in _ATTEMPTS:
            with self.engine.connect() as connection:
                connection.execute(sa.text(f"SET LOCAL lock_timeout = {attempt}"))
                try:
                    connection.execute(sa.text("LOCK TABLE deadline, ticket IN SHARE MODE"))
                except sa.exc.OperationalError:
                    if attempt == _ATTEMPTS[-1]:
                        raise
                else:
                    yield
                    return
            sleep(attempt / 1000)  # those who were kept waiting go first

    def _work_in(self, session: Session, actor: Actor, now: datetime, *, texts: bool = True) -> Work:
        rules = self._rules_at(session, now)
        return Work(
            session,
            actor,
            now,
            rules,
            self.vault,
            self.site,
            self.files,
            self.privacy.keeping(rules.keeps),
            self.transcripts,
            publicity=self.publicity,
            withheld=self.withheld,
            risks=self.risks,
            manners=self.manners,
            phone_script=self.phone_script,
            checklist=self.checklist,
            circular=self.circular,
            schemes=self.schemes,
            recent=self.recent,
            fills_templates=self.carrier.fills_templates,
            texts=texts,
            serials=self._serials,
        )

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A bare transaction, for seeding and for the health of the database."""
        with self._sessions() as session:
            yield session
            session.commit()

    def reading(self) -> sa.Connection:
        """For one statement that reads columns, without what a session does for whole rows: each request asks who is
        there."""
        return self._at_once.connect()

    @property
    def zone(self) -> tzinfo:
        """City time, as the calendar in force says."""
        with self._sessions() as session:
            return rulebook.zone(session)

    def forget_rules(self) -> None:
        """Read policy and calendar anew at the next use case: they have just been changed here."""
        self._checked_at = None

    def _rules_at(self, session: Session, now: datetime) -> Rules:
        if self._rules is None or self._checked_at is None or abs(now - self._checked_at) > RULES_STAND:
            found = rulebook.versions(session)
            if self._rules is None or found != self._versions or self._checked_at is None:
                self._rules = rulebook.read(session, self._wordings, self._vocabulary)
                self._versions = found
            self._checked_at = now
        return self._rules


def connect(url: str, *, pool_size: int = 5) -> sa.Engine:
    """An engine whose connections open at first use; safe to make before a fork."""
    return sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=5,
        pool_pre_ping=False,
        pool_recycle=1800,
        connect_args={"cursor_factory": LateCursor},
        query_cache_size=1000,
        hide_parameters=True,  # a fault is logged with its statement, never with what somebody wrote
    )
