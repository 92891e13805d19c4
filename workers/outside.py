"""对外通知, in a thread of its own: another system that is slow to answer keeps no text and no order waiting.

The job only starts the thread, or tells the one that is at work to look once more. What a killed worker leaves undone
is found by the next pass.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

import structlog

from hotline.carriers.outside import Answer
from hotline.domain.actors import SYSTEM
from hotline.services import telling
from hotline.services.telling import Outcome, Parcel, Seen
from workers.shift import Shift, stopping

log = structlog.get_logger()

HANDS = 8  # requests on their way at the same time


class Teller:
    """What one process tells. It remembers what its last pass saw, so that the next can move the marks."""

    def __init__(self, shift: Shift) -> None:
        self._shift = shift
        self._seen: Seen | None = None
        self._lock = threading.Lock()
        self._busy = self._again = False

    def look(self) -> None:
        """Start a thread, unless one is at work: that one looks once more before it ends."""
        with self._lock:
            self._again = True
            if self._busy:
                return
            self._busy = True
        threading.Thread(target=self._work, name="tell", daemon=True).start()

    def _work(self) -> None:
        while self._is_wanted():
            try:
                while self.tell() and not stopping.is_set():
                    pass
            except Exception as fault:  # the database is away: the timetable rings again
                log.error("telling_failed", error=repr(fault))

    def _is_wanted(self) -> bool:
        with self._lock:
            wanted = self._again and not stopping.is_set()
            self._again, self._busy = False, wanted
            return wanted

    def tell(self) -> int:
        """One pass: rows for what has happened, and what is due sent. How many; called again until it returns 0."""
        shift = self._shift
        with shift.office.work(SYSTEM, shift.clock()) as work:
            made, self._seen = telling.collect(work, self._seen)
        with shift.office.work(SYSTEM, shift.clock()) as work:
            parcels = telling.claim(work)
        for outcome in self._send(parcels):
            with shift.office.work(SYSTEM, shift.clock()) as work:
                telling.write_down(work, [outcome])
        return made + len(parcels)

    def _send(self, parcels: Sequence[Parcel]) -> Iterator[Outcome]:
        """As they are answered: what is killed has little to send twice."""
        if parcels:
            with ThreadPoolExecutor(min(HANDS, len(parcels))) as threads:
                for future in as_completed([threads.submit(self._post, each) for each in parcels]):
                    yield future.result()

    def _post(self, parcel: Parcel) -> Outcome:
        if parcel.fault:
            return Outcome(parcel, Answer(None, parcel.fault))
        answer = self._shift.office.outside.post(parcel.url, parcel.headers(self._shift.clock()), parcel.body)
        if not answer.taken:
            log.warning("not_told", webhook=parcel.webhook_id, delivery=parcel.id, why=answer.failure)
        return Outcome(parcel, answer)


_tellers: dict[int, Teller] = {}


def begin(shift: Shift) -> int:
    """Have the process's teller look. Nothing is waited for."""
    _tellers.setdefault(id(shift), Teller(shift)).look()
    return 0
