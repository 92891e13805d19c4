"""Writes a month: who complains when, through which way in, about what, and what becomes of it.

`month` is pure: the same seed, first day and length give the same scenes. See `demo` for where the words come from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import chain, cycle
from random import Random
from zoneinfo import ZoneInfo

from demo import cast, dressing, lately, telling
from demo.cast import City, DemoPlace, Matter
from demo.plotting import Slots, minutes, plot_of
from demo.scene import Plot, Scene, Supervised

CITY_TIME = ZoneInfo("Asia/Shanghai")
FULL_MONTH = (590, 610)  # first complaints in a month of 28 days or more; a shorter one gets 20 a day
DUPLICATED = 40  # matters that others complain about too
REPEATED = 14  # people who ask again with nothing new

CHANNELS = {"phone": 44, "web": 27, "sms": 20, "staff": 12}
SOURCES = {"leader": 18, "petition": 22, "media": 16, "opinion": 20, "inspection": 24}
AREAS = {"core": 50, "yunjin": 28, "shilu": 22}
WEEKDAYS = (120, 108, 104, 102, 105, 82, 72)  # Monday first: what piled up over the week-end comes then
HOURS = (4, 3, 2, 1, 2, 4, 9, 22, 42, 50, 46, 36, 24, 26, 38, 42, 38, 34, 32, 30, 26, 20, 13, 8)
LAST_JOIN = timedelta(hours=48)  # before the end: duplicates and repeats still fall into the month
RAIN = 2.2  # how much busier the day of heavy rain is
OF_TODAY = 100  # numbers from 199 0000 0000 on: of those who call when the play ends (`calls/`, `today.toml`)


@dataclass(frozen=True, slots=True)
class Opening:
    """The facts that a first complaint and its duplicates share."""

    matter: Matter
    place: DemoPlace
    slots: Slots


def month(seed: int, first_day: date, days: int) -> list[Scene]:
    """The scenes of `days` days from `first_day` (city time), in order of arrival.

    Raises ValueError for less than seven days: a week is the least that has a rhythm.
    """
    return _dressed(_begun(seed, first_day, days), seed)


def until(seed: int, first_day: date, ends: datetime) -> list[Scene]:
    """The month that ends on the day of `ends` (aware), and after it, whenever they come, the voices of `lately.toml`.

    Raises ValueError as `month` does.
    """
    begun = _begun(seed, first_day, (ends.astimezone(CITY_TIME).date() - first_day).days + 1)
    scenes = _dressed(begun, seed)
    return scenes + begun.write_lately(ends.astimezone(CITY_TIME), len(scenes))


def _begun(seed: int, first_day: date, days: int) -> _Month:
    if days < 7:
        raise ValueError("a demo needs at least seven days")
    return _Month(Random(f"{seed}/{first_day.isoformat()}/{days}"), first_day, days)  # noqa: S311  no secret


def _dressed(begun: _Month, seed: int) -> list[Scene]:
    beside = Random(f"{seed}/{begun.first_day.isoformat()}/{begun.days}/beside")  # noqa: S311
    return dressing.dressed(beside, begun.write())


class _Month:
    """The month being written; holds what must not be used twice."""

    def __init__(self, rng: Random, first_day: date, days: int) -> None:
        self.rng, self.first_day, self.days = rng, first_day, days
        self.city: City = cast.city()
        self.rainy = first_day + timedelta(days=rng.randrange(days // 3, days // 2 + 1))
        self.end = datetime.combine(first_day + timedelta(days=days), time(), CITY_TIME)
        self.deck = self._shuffled([m for m in cast.matters() if m.peak is None])
        self.rain_deck = self._shuffled([m for m in cast.matters() if m.peak == "rain"])
        self.phones = iter([number for number in rng.sample(range(10_000), 10_000) if number >= OF_TODAY])
        self.used: set[tuple[str, str]] = set()

    def write(self) -> list[Scene]:
        count = self.rng.randint(*FULL_MONTH) if self.days >= 28 else 20 * self.days
        opened = [self._open(at) for at in self._arrivals(count)]
        scenes = [scene for _, scene in opened]
        able = [i for i, s in enumerate(scenes) if _can_be_joined(s) and s.arrives < self.end - LAST_JOIN]
        chosen = self.rng.sample(able, min(DUPLICATED + REPEATED, len(able) // 3))
        groups = round(len(chosen) * DUPLICATED / (DUPLICATED + REPEATED))
        for index in chosen[:groups]:
            others = self.rng.choice([1, 1, 1, 2, 2, 3])
            if others > 1:
                scenes[index] = self._heated(scenes[index])
            scenes += [self._duplicate(opened[index][0], scenes[index], index) for _ in range(others)]
        callers = [i for i in chosen[groups:] if scenes[i].phone and scenes[i].channel != "staff"]
        scenes += [self._repeat(opened[index][0], scenes[index], index) for index in callers]
        return _in_order(scenes)

    def write_lately(self, ends: datetime, written: int) -> list[Scene]:
        """The groups of the last days; `written`: how many scenes stand before them."""
        scenes: list[Scene] = []
        for group in lately.groups():
            first = written + len(scenes)
            matter = next(each for each in cast.matters() if each.key == group.matter)
            place = next(each for each in cast.places() if each.name == group.place)
            for voice in group.voice:
                at = lately.moment(voice, ends)
                scene = self._scene(Opening(matter, place, self._slots(matter, place, at)), at, voice.channel)
                if voice is group.voice[0]:
                    scenes.append(lately.begun(scene, group, voice))
                else:
                    scenes.append(lately.joined(scene, group, voice, first))
        return scenes

    def _shuffled(self, matters: list[Matter]) -> Iterator[Matter]:
        return chain.from_iterable(self.rng.sample(deck, len(deck)) for deck in cycle([matters]))

    def _arrivals(self, count: int) -> list[datetime]:
        all_days = [self.first_day + timedelta(days=n) for n in range(self.days)]
        weights = [WEEKDAYS[day.weekday()] * (RAIN if day == self.rainy else 1) for day in all_days]
        return sorted(
            datetime.combine(day, time(hour, self.rng.randrange(60), self.rng.randrange(60)), CITY_TIME)
            for day, hour in zip(
                self.rng.choices(all_days, weights, k=count),
                self.rng.choices(range(24), HOURS, k=count),
                strict=True,
            )
        )

    def _open(self, at: datetime) -> tuple[Opening, Scene]:
        rains = at.date() == self.rainy and self.rng.random() < 0.6
        matter = next(m for m in (self.rain_deck if rains else self.deck) if at.month in m.months)
        place = self._place_for(matter)
        opening = Opening(matter, place, self._slots(matter, place, at))
        channel = _pick(self.rng, CHANNELS)
        if channel == "staff" and not matter.dispatched:
            channel = "phone"
        if matter.void:
            channel = self.rng.choice(["sms", "web"])
        return opening, self._scene(opening, at, channel)

    def _place_for(self, matter: Matter) -> DemoPlace:
        """A place of the right kind where this matter has not been yet, if there is one left."""
        area = _pick(self.rng, AREAS)
        fitting = [p for p in cast.places() if p.kind in matter.where]
        fresh = [p for p in fitting if (matter.key, p.name) not in self.used] or fitting
        place = self.rng.choice([p for p in fresh if p.area == area] or fresh)
        self.used.add((matter.key, place.name))
        return place

    def _when(self, matter: Matter, at: datetime) -> str:
        """Since when, in words that fit the hour and the day of the call."""
        words = cast.phrases()["when_urgent" if matter.urgency == "urgent" else "when"]
        unfit = ("今天中午",) * (at.hour < 13) + ("今天", "今儿") * (at.hour < 8) + ("这周一",) * (at.weekday() == 0)
        return self.rng.choice([w for w in words if not w.startswith(unfit)])

    def _since(self, matter: Matter) -> str:
        return str(self.rng.choice(cast.phrases()["since_urgent" if matter.urgency == "urgent" else "since"]))

    def _slots(self, matter: Matter, place: DemoPlace, at: datetime) -> Slots:
        words = cast.phrases()
        slots = {
            "place": place.name,
            "when": self._when(matter, at),
            "since": self._since(matter),
            "house": self.rng.choice(words["house"]),
            "shop": self.rng.choice(words["shop"][matter.shop]) if matter.shop else "",
            "n": self.rng.randint(2, 6),
            "day": "{day}",
        }
        return slots | {name: getattr(matter, name).format(**slots) for name in ("title", "found", "done")}

    def _scene(self, opening: Opening, at: datetime, channel: str) -> Scene:
        """A first complaint with its plot."""
        matter, place, rng = opening.matter, opening.place, self.rng
        source = self._source(matter) if channel == "staff" else "citizen"
        who = self._who(matter, channel, source)
        caller = self._name() if who != "nameless" else None
        phone = f"1990000{next(self.phones):04d}" if caller or channel == "sms" else None
        if channel == "sms" and rng.random() < 0.7:
            caller = None
        unit = self.city.unit_for(matter.unit, place.area)
        contact = {"unit": unit.name, "liaison": unit.liaison, "phone": unit.duty_phone}
        slots = {**opening.slots, **contact, "caller": caller or "市民朋友"}
        return Scene(
            arrives=at,
            channel=channel,
            source=source,
            matter=matter.key,
            title=opening.slots["title"],
            text=self._text(opening, at, channel, source, who, {**opening.slots, "caller": caller, "phone": phone}),
            place=place.name,
            area=place.area,
            lat=place.lat,
            lon=place.lon,
            caller=caller,
            phone=phone,
            wants_reply=who != "silent",
            confidential=who == "secret",
            anonymous=source == "citizen" and caller is None and phone is None,
            category=matter.category,
            type=matter.type,
            urgency=matter.urgency,
            unit=unit.key,
            assist=tuple(sorted({self.city.unit_for(key, place.area).key for key in matter.assist} - {unit.key})),
            plot=plot_of(rng, self.city, matter, unit.key, source, slots, reachable=phone is not None),
        )

    def _source(self, matter: Matter) -> str:
        """Inspectors report what stands in the street; what was told in confidence never comes through the press."""
        unfit = {"inspection"} if not matter.seen_in_the_street else set()
        unfit |= {"media", "opinion"} if matter.confidential else set()
        return _pick(self.rng, {source: weight for source, weight in SOURCES.items() if source not in unfit})

    def _who(self, matter: Matter, channel: str, source: str) -> str:
        """How the caller shows himself: named, nameless, secret (confidential) or silent (wants no reply),
        or asking."""
        if source != "citizen":
            return "named" if source == "petition" else "nameless"
        if matter.confidential and self.rng.random() < 0.8:
            return "secret"
        if matter.answer and matter.type == "question":
            return "asking" if channel == "phone" else "named"
        weights = {"named": 84, "nameless": 9, "silent": 6, "secret": 1}
        return "named" if channel == "sms" else _pick(self.rng, weights)

    def _name(self) -> str:
        words = cast.phrases()
        return self.rng.choice(words["surnames"].split()) + self.rng.choice(words["given"].split())

    def _text(self, opening: Opening, at: datetime, channel: str, source: str, who: str, slots: Slots) -> str:
        if channel == "staff":
            return telling.tell_staff(self.rng, opening.matter, slots, source)
        if channel == "sms":
            return telling.tell_sms(self.rng, opening.matter, slots)
        if channel == "web":
            return telling.tell_web(self.rng, opening.matter, slots)
        night = not 7 <= at.hour < 22
        return telling.tell_phone(self.rng, opening.matter, slots, opening.place.kind, who, night)

    def _heated(self, scene: Scene) -> Scene:
        """Three callers or more on one matter: the supervisor steps in."""
        demand = f"{scene.title}短时间内多人反映，请到场处置并说明情况。"
        supervised = scene.plot.supervised or Supervised(minutes(self.rng, 60, 300), "repeated", demand)
        explanation = scene.plot.explanation or f"关于{scene.title}的说明：已派人到场，明确专人负责，进展随时报告。"
        share = scene.plot.explain_share or 0.7
        return replace(
            scene, plot=replace(scene.plot, supervised=supervised, explanation=explanation, explain_share=share)
        )

    def _duplicate(self, opening: Opening, first: Scene, index: int) -> Scene:
        """The same matter at the same place from somebody else, in other words and by another way in."""
        at = _waking(first.arrives + minutes(self.rng, 12, 2100))
        fresh = {"when": self._when(opening.matter, at), "since": self._since(opening.matter)}
        told = replace(opening, slots=opening.slots | fresh)
        other = self._scene(told, at, self.rng.choice([w for w in ("phone", "web", "sms") if w != first.channel]))
        plot = Plot(other.plot.accept_after, merge=True, reply=other.plot.reply, survey=other.plot.survey)
        return replace(other, duplicates_of=index, plot=plot)

    def _repeat(self, opening: Opening, first: Scene, index: int) -> Scene:
        """The same person about the same matter, with nothing new."""
        asks = [f"我前几天反映的{first.title}，怎么样了", f"{first.place}那个事催一下，{first.title}还没动静"]
        asks += [f"再问一次，{first.title}到底哪天处理？", f"上次报的{first.title}，有人管了吗？请回话"]
        return replace(
            first,
            arrives=_waking(first.arrives + minutes(self.rng, 900, 2300)),
            channel="sms",
            text=self.rng.choice(asks),
            wants_reply=True,
            same_person_repeat=index,
            plot=Plot(minutes(self.rng, 3, 40), told=True, reply=f"您反映的{first.title}正在办理，办结后即回复您。"),
        )


def _waking(at: datetime) -> datetime:
    """Nobody calls about a neighbour's complaint before seven."""
    return at + timedelta(hours=7) if at.hour < 7 else at


def _can_be_joined(scene: Scene) -> bool:
    plot = scene.plot
    return not (plot.void or plot.declined or plot.answer or plot.withdrawn)


def _pick(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _in_order(scenes: list[Scene]) -> list[Scene]:
    """By arrival, with the references to earlier scenes turned to the new indexes."""
    order = sorted(range(len(scenes)), key=lambda i: scenes[i].arrives)
    new = {old: position for position, old in enumerate(order)}

    def moved(index: int | None) -> int | None:
        return None if index is None else new[index]

    return [
        replace(s, duplicates_of=moved(s.duplicates_of), same_person_repeat=moved(s.same_person_repeat))
        for s in (scenes[i] for i in order)
    ]
