"""时限政策: how long each step may take, for which source and urgency, and what follows when it took longer.

A policy is data: `from_mapping` reads what a city wrote (TOML, or the JSON that is stored with a ticket) and names all
faults at once. Nothing in here knows a moment; the calendar turns limits into due times.

Which limit holds for `handle` (运城 case standards, 北京条例 13, 信访条例 34, 国办发〔2016〕61号):
1. a citizen's ordinary matter: the condition's own limit; without one, the request type's, else the ordinary one;
2. an urgent matter, or a source with a clock of its own: that limit; the condition can only make it shorter, and is
   read on the same clock (what is urgent runs day and night).

What surrounds the handling follows its pace (`Pace`): the steps before and after by a table, and the two promises to
the citizen as the handling plus a margin on the same clock, so that handle < reply < close holds by construction.
Both start at acceptance and never restart; the margins leave room for dispatch and check, and for the survey.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from hotline.domain import policy_rules as rules
from hotline.domain.ladder import Rung, read_ladder
from hotline.domain.lengths import Pace, on_the_clock_of, pace_of, part_of, shorter
from hotline.domain.limits import Limit
from hotline.domain.policy_rules import KINDS, PROMISES, REQUEST_TYPES, SOURCES, URGENCIES, written
from hotline.domain.reading import Reading

Part = TypeVar("Part")


class PolicyError(ValueError):
    """The policy cannot be used, or does not know a word. `reasons` names every fault with its place, in Chinese."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the rules, in force from `effective_from` (a day of city time) until a later version is."""

    version: str
    effective_from: date
    accept: Mapping[str, Limit]  # by urgency
    handle: Mapping[str, Limit]  # by urgency
    types: Mapping[str, Limit]  # ordinary handling by request type, where it differs
    paces: Mapping[Pace, rules.PaceRule]
    sources: Mapping[tuple[str, str], Mapping[str, Limit]]  # (source, urgency) → limits of its own
    warnings: Mapping[str, Fraction]  # kind → share of the limit after which to warn; 0 = never
    ladder: tuple[Rung, ...]
    returns: rules.ReturnRule
    extensions: rules.ExtensionRule
    source_extensions: Mapping[str, rules.ExtensionRule]  # where the law has a rule of its own
    pauses: rules.PauseRule
    reopen: Limit  # 重办: how long after closing the citizen may ask for it
    survey: rules.SurveyRule
    asking: Limit  # 补问: how long a missing place that was asked for by text is waited for
    appeals: rules.AppealRule

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Policy:
        """Read a policy as TOML or JSON gave it. Raises PolicyError naming all faults."""
        reading = Reading(mapping)
        survey = rules.read_survey(reading.table("survey"))
        extensions, source_extensions = rules.read_extensions(reading.table("extensions"))
        handle = reading.table("handle")
        policy = cls(
            version=reading.text("version"),
            effective_from=reading.day("effective_from"),
            accept=_closed(rules.read_by_urgency, reading.table("accept")),
            handle=rules.read_by_urgency(handle),
            types=_closed(rules.read_types, handle.table("types")),
            paces=rules.read_paces(reading.table("paces"), survey),
            sources=rules.read_sources(reading.table("sources")),
            warnings=rules.read_warnings(reading.table("warnings")),
            ladder=read_ladder(reading, KINDS),
            returns=rules.read_returns(reading.table("returns")),
            extensions=extensions,
            source_extensions=source_extensions,
            pauses=rules.read_pauses(reading.table("pauses")),
            reopen=rules.read_reopen(reading.table("reopen")),
            survey=survey,
            asking=rules.read_asking(reading),
            appeals=rules.read_appeals(reading.table("appeals")),
        )
        handle.close()
        reading.close()
        if reading.faults:
            raise PolicyError(reading.faults)
        return policy

    def to_mapping(self) -> dict[str, Any]:
        """The policy in words and numbers that JSON knows; `from_mapping` reads back an equal one."""
        sources: dict[str, dict[str, Any]] = {}
        for (source, urgency), own in self.sources.items():
            sources.setdefault(source, {})[urgency] = rules.spelt(own)
        by_source = {source: written(rule) for source, rule in self.source_extensions.items()}
        return {
            "version": self.version,
            "effective_from": self.effective_from.isoformat(),
            "accept": rules.spelt(self.accept),
            "handle": {**rules.spelt(self.handle), "types": rules.spelt(self.types)},
            "paces": {pace.value: written(rule) for pace, rule in self.paces.items()},
            "sources": sources,
            "warnings": {kind: str(share) for kind, share in self.warnings.items()},
            "ladder": [rung.to_mapping() for rung in self.ladder],
            "returns": written(self.returns),
            "extensions": {**written(self.extensions), **by_source},
            "pauses": written(self.pauses),
            "reopen": {"within": str(self.reopen)},
            "survey": written(self.survey),
            "asking": {"wait": str(self.asking)},
            "appeals": written(self.appeals),
        }

    def limit(
        self,
        kind: str,
        *,
        source: str = "citizen",
        urgency: str = "normal",
        condition: Limit | None = None,
        request_type: str | None = None,
        own_limit: Limit | None = None,
    ) -> Limit:
        """How long a promise of this kind is. `condition` is the limit of the chosen 立案条件, None without one.

        `own_limit` was promised with the ticket itself (自带时限, from an older system): it holds for the handling
        whatever source and urgency say, and what surrounds the handling follows its pace.
        Raises PolicyError for words that no policy knows.
        """
        _check_words(kind, source, urgency, request_type)
        if kind == "survey":
            return self.survey.limit
        if kind == "explain":
            return next(rung.explain for rung in self.ladder if rung.explain)
        own = self._own(source, urgency)
        if kind == "accept":
            return own.get("accept", self.accept[urgency])
        if own_limit is not None:
            return own_limit if kind == "handle" else self.paces[pace_of(own_limit)].limit(kind, own_limit)
        handle = self._handle(own, urgency, condition, request_type)
        return handle if kind == "handle" else self._around(own, kind, handle)

    def warn_limit(self, kind: str, limit: Limit) -> Limit | None:
        """The length after which, from the start of a promise, its owner is warned; None for no warning."""
        share = self.warnings.get(kind, self.warnings["default"])
        return part_of(limit, share) if share else None

    def rungs(self, kind: str) -> tuple[Rung, ...]:
        """The levels that a broken promise of this kind climbs, lowest first."""
        return tuple(rung for rung in self.ladder if kind in rung.kinds)

    def rung(self, level: str) -> Rung:
        """The level by its word, for a supervisor's own order. Raises PolicyError where the city does not have it."""
        for rung in self.ladder:
            if rung.level == level:
                return rung
        raise PolicyError([f"没有督办级别“{level}”，可用的有 {'、'.join(rung.level for rung in self.ladder)}。"])

    def extension(self, source: str) -> rules.ExtensionRule:
        """The rule on extensions for a source."""
        return self.source_extensions.get(source, self.extensions)

    def _own(self, source: str, urgency: str) -> Mapping[str, Limit]:
        """What a source sets for itself; where it says nothing of urgent matters, they run as everybody's do."""
        own = self.sources.get((source, urgency), {})
        return own if urgency == "normal" else {"handle": self.handle[urgency], **own}

    def _handle(
        self, own: Mapping[str, Limit], urgency: str, condition: Limit | None, request_type: str | None
    ) -> Limit:
        if "handle" in own:
            limit = own["handle"]
            return limit if condition is None else shorter(limit, on_the_clock_of(condition, limit))
        return condition or self.types.get(request_type or "", self.handle[urgency])

    def _around(self, own: Mapping[str, Limit], kind: str, handle: Limit) -> Limit:
        """A step or promise around the handling: the source's own where it fits, else by the pace of the handling."""
        usual = self.paces[pace_of(handle)].limit(kind, handle)
        if kind not in own:
            return usual
        if kind in PROMISES:
            # On another clock than the handling's, an own promise could fall due before it.
            return shorter(own[kind], usual) if pace_of(own[kind]) is pace_of(handle) else usual
        at_own_pace = "handle" in own and pace_of(own["handle"]) is pace_of(handle)
        return own[kind] if at_own_pace else shorter(own[kind], usual)


def _closed(read: Callable[[Reading], Part], table: Reading) -> Part:
    """Read a table that should hold nothing more, and name what else it holds."""
    result = read(table)
    table.close()
    return result


def _check_words(kind: str, source: str, urgency: str, request_type: str | None) -> None:
    asked = [("时限种类", kind, KINDS), ("来源", source, SOURCES), ("紧急程度", urgency, URGENCIES)]
    if request_type is not None:
        asked.append(("诉求类型", request_type, REQUEST_TYPES))
    reasons = [
        f"不认识的{what}“{word}”，可用的有 {'、'.join(known)}。" for what, word, known in asked if word not in known
    ]
    if reasons:
        raise PolicyError(reasons)
