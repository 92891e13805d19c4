"""One batch of each kind of work. How many there were is returned; 0: nothing is left.

No network inside a transaction: claim, send, write down (design §8).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from time import monotonic

import structlog

from hotline.carriers.base import Carrier, CarrierError, Sent
from hotline.domain.actors import SYSTEM
from hotline.services import (
    attending,
    clearing,
    collecting,
    delivering,
    enforcing,
    erasing,
    fetching,
    finding,
    heating,
    sending_once,
    shredding,
    sweeping,
    talking,
    telling,
)
from hotline.services.delivering import Outcome, Parcel
from workers.shift import Shift, stopping

log = structlog.get_logger()

WRITTEN_WITHIN = 0.1  # seconds from the carrier's word to our writing it down: what a killed sender may send twice
HANDS = 2  # a sweep has while a lot is due; as many connections as a worker keeps
IN_A_ROW = 8  # batches of one hand before the worker looks up
AHEAD = 4  # texts claimed for each that is sent at the same time, with carriers that take a while


def sweep(shift: Shift) -> int:
    """督办 by the clock. After a full batch by two hands: one works out while the database writes for the other."""
    dealt = _sweep_once(shift)
    if dealt < enforcing.BATCH:
        return dealt
    with ThreadPoolExecutor(HANDS) as hands:
        return dealt + sum(hands.map(_sweep_on, [shift] * HANDS))


def _sweep_on(shift: Shift) -> int:
    """Some batches in a row: not so many that a worker which is asked to stop would keep others waiting."""
    total = 0
    for _ in range(IN_A_ROW):
        dealt = _sweep_once(shift)
        total += dealt
        if dealt < enforcing.BATCH:
            break
    return total


def _sweep_once(shift: Shift) -> int:
    with shift.office.work(SYSTEM, shift.clock()) as work:
        return enforcing.run_pass(work)


def resume(shift: Shift) -> int:
    """挂账到期."""
    with shift.office.work(SYSTEM, shift.clock()) as work:
        return sweeping.resume_paused(work)


def survey(shift: Shift) -> int:
    """回访."""
    with shift.office.work(SYSTEM, shift.clock()) as work:
        return sweeping.ask_surveys(work)


def erase(shift: Shift) -> int:
    """到期删除. Each kind in a transaction of its own; what is killed is found again."""
    done = 0
    loose = (erasing.erase_calls, erasing.erase_messages, erasing.erase_briefs, collecting.forget_set_aside)
    for step in (erasing.erase_due, *loose, shredding.shred):
        with shift.office.work(SYSTEM, shift.clock()) as work:
            done += step(work)
    return done


def clear(shift: Shift) -> int:
    """照片清理: once through all folders, each in a transaction of its own; and what else is only kept for a while."""
    with shift.office.work(SYSTEM, shift.clock()) as work:
        attending.forget(work)
        telling.forget(work)
        sending_once.forget(work)
    for folder in clearing.folders(shift.office.files):
        with shift.office.work(SYSTEM, shift.clock()) as work:
            clearing.clear(work, folder)
        if stopping.is_set():
            break
    return 0


def hang_up(shift: Shift) -> int:
    """语音接听: calls whose end nobody told."""
    with shift.office.work(SYSTEM, shift.clock()) as work:
        return talking.abandon(work)


def heat(shift: Shift) -> int:
    """热点: counted once, whatever comes of it."""
    with shift.office.work(SYSTEM, shift.clock()) as work:
        heating.count(work)
    return 0


def enter(shift: Shift) -> int:
    """全文检索: the words of what is new or has changed."""
    with shift.office.work(SYSTEM, shift.clock()) as work:
        return finding.catch_up(work)


def fetch(shift: Shift) -> int:
    """彩信图片."""
    office = shift.office
    with office.work(SYSTEM, shift.clock()) as work:
        claimed = fetching.claim(work)
    for wanted in claimed:
        found = fetching.fetch(office.carrier, office.files, wanted)
        with office.work(SYSTEM, shift.clock()) as work:
            fetching.write_down(work, wanted, found)
    return len(claimed)


def deliver(shift: Shift) -> int:
    """短信."""
    carrier = shift.office.carrier
    limit = delivering.BATCH if carrier.at_once == 1 else carrier.at_once * AHEAD
    with shift.office.work(SYSTEM, shift.clock()) as work:
        parcels = delivering.claim(work, shift.quiet, limit)
    said: list[Outcome] = []
    written = monotonic()
    for outcome in _send_all(carrier, parcels):
        said.append(outcome)
        if monotonic() - written > WRITTEN_WITHIN:
            _write_down(shift, said)
            said, written = [], monotonic()
    _write_down(shift, said)
    return len(parcels)


def _send_all(carrier: Carrier, parcels: Sequence[Parcel]) -> Iterator[Outcome]:
    """As the carrier answers; several at the same time where it is far away."""
    if carrier.at_once == 1 or len(parcels) <= 1:
        yield from (_send(carrier, parcel) for parcel in parcels)
        return
    with ThreadPoolExecutor(min(carrier.at_once, len(parcels))) as threads:
        for future in as_completed([threads.submit(_send, carrier, parcel) for parcel in parcels]):
            yield future.result()


def _send(carrier: Carrier, parcel: Parcel) -> Outcome:
    if parcel.fault is not None:
        return Outcome(parcel, parcel.fault)
    said: Sent | CarrierError
    try:
        said = carrier.send(parcel.to, parcel.body, parcel.token, parcel.wording, parcel.fields)
    except CarrierError as fault:
        said = fault
    except Exception as fault:  # a carrier's client fails in more ways than it documents; one text stops no other
        log.error("carrier_failed", message=parcel.id, error=type(fault).__name__)
        said = CarrierError("carrier_failed", type(fault).__name__, final=False)
    return Outcome(parcel, said)


def _write_down(shift: Shift, said: Sequence[Outcome]) -> None:
    """Answers one by one, each with its ticket; all others together."""
    plain = [outcome for outcome in said if outcome.parcel.answers is None]
    for outcome in said:
        if outcome.parcel.answers is None:
            continue
        try:
            with shift.office.work(SYSTEM, shift.clock()) as work:
                delivering.write_down_answer(work, outcome)
        except Exception as fault:  # that it was sent must be known, or it would be sent again
            log.error("answer_not_followed", message=outcome.parcel.id, error=repr(fault))
            plain.append(outcome)
    if plain:
        with shift.office.work(SYSTEM, shift.clock()) as work:
            delivering.write_down(work, plain)
