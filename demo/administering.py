"""变更记录: what the administrator changes, through the services of those pages (`centre.toml`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from demo.centre import Draft, Head, Invited, Wording, centre, moment
from demo.company import Company
from demo.stage import Stage, Story, waking
from hotline.domain.actors import Role
from hotline.domain.policy_fields import values_of
from hotline.models import Unit
from hotline.services import amending, changing, organising, overlapping, rewording, staffing
from hotline.services.work import Work

Change = Head | Wording | Invited | Draft


class Administrator:
    """Keeps units, people, texts and the policy."""

    def __init__(self, stage: Stage, company: Company) -> None:
        self.stage = stage
        self.company = company
        self.actor = company.person("admin")

    def stories(self) -> Iterator[Story]:
        """One for each change."""
        what = centre()
        changes: list[Change] = [*what.head, *what.wording, *what.invited, what.policy]
        return (self._changes(each) for each in changes)

    def _changes(self, change: Change) -> Story:
        yield waking(moment(change.ago, self.stage.ends))  # also on a day off: the play may end on one
        match change:
            case Head():
                self._puts_in_charge(change)
            case Wording():
                yield from self._rewords(change)
            case Invited():
                self._invites(change)
            case Draft():
                self.stage.attempt(self.actor, _draft, change)

    def _puts_in_charge(self, head: Head) -> None:
        unit: Unit = self.stage.look(sa.select(Unit).where(Unit.key == head.unit))[0]
        contacts = {"head_phone": unit.head_phone or "", "duty_phone": unit.duty_phone or ""}
        wanted = organising.Wanted(unit.name, unit.kind, unit.parent_id, head.name, **contacts)
        seen = overlapping.seen_as(organising.values_of(unit))
        self.stage.attempt(self.actor, organising.change, unit.id, wanted, seen)

    def _rewords(self, wording: Wording) -> Story:
        self.stage.attempt(self.actor, rewording.change, wording.name, wording.text)
        if wording.undone_after is not None:
            yield self.stage.desk(self.stage.now + timedelta(days=wording.undone_after))
            self.stage.attempt(self.actor, _undo_newest, rewording.SUBJECT, wording.name)

    def _invites(self, person: Invited) -> None:
        unit = self.company.units[person.unit].id
        wanted = staffing.Wanted(person.login, person.name, unit, (Role(person.role),))
        self.stage.attempt(self.actor, staffing.add, wanted)


def _undo_newest(work: Work, subject: str, subject_id: str) -> None:
    changing.undo(work, changing.browse(work, changing.Filter(subject, subject_id))[0].id)


def _draft(work: Work, wanted: Draft) -> None:
    """A copy of the policy in force, with some fields changed."""
    in_force, _ = work.rules.policy_at(work.now)
    begun = amending.begin(work, in_force)
    amending.save(work, {**values_of(begun.policy), **wanted.values}, begun.turn)
