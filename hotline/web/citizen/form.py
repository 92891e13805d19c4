"""What somebody typed into the complaint form: read, cleaned, checked; every fault beside its field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from hotline.domain.dangers import danger_in
from hotline.domain.places import place_of
from hotline.domain.texts import clean
from hotline.domain.written import point
from hotline.models import Channel, Urgency
from hotline.services.attaching import Kept
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.receiving import LONGEST, Intake
from hotline.web.languages import gettext as _
from hotline.web.languages import translated

LONGEST_PLACE, LONGEST_NAME = 200, 50
#: Of each choice what may be sent; the first is what stands there untouched.
CHOICES = {
    "identity": ("named", "confidential", "anonymous"),
    "wants_reply": ("yes", "no"),
    "urgency": ("auto", "urgent", "calm"),
    #: "no": the page's script has put its guess there. Without scripts nobody but the citizen chooses.
    "category_by_hand": ("", "yes", "no"),
}
#: Words of danger decide (`receiving`); what the citizen thinks is noted for the operator, in the words of the desk.
OPINIONS = {
    "auto": (Urgency.NORMAL, ""),
    "urgent": (Urgency.URGENT, "市民认为有危险，很急"),
    "calm": (Urgency.NORMAL, "市民认为不急"),
}
PLACES = 6  # digits of a degree that are kept: a hand's breadth


@dataclass(frozen=True)
class Typed:
    """The fields as they go back to the page. `latitude` and `longitude`: degrees, WGS 84, both or neither."""

    text: str = ""
    place: str = ""
    latitude: str = ""
    longitude: str = ""
    category: str = ""
    category_by_hand: str = ""
    urgency: str = "auto"
    name: str = ""
    phone: str = ""
    identity: str = "named"
    wants_reply: str = "yes"

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Typed:
        """Without what can be neither stored nor shown, and without what the form had guessed of other words."""
        typed = {name: clean(form.get(name, "")) for name in cls.__dataclass_fields__}
        for name, known in CHOICES.items():
            if typed[name] not in known:
                typed[name] = known[0]
        position = _degrees(typed["latitude"], 90), _degrees(typed["longitude"], 180)
        typed["latitude"], typed["longitude"] = position if all(position) else ("", "")
        if typed["category_by_hand"] == "no":
            typed["category"] = ""
        return cls(**typed)

    def with_category_of(self, known: Iterable[int]) -> Typed:
        """Only a category that the form has offered stays."""
        return self if self.category in {str(number) for number in known} else replace(self, category="")

    def values(self) -> dict[str, str]:
        """For the page."""
        return asdict(self)

    @property
    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude, if a point was given."""
        return (float(self.latitude), float(self.longitude)) if self.latitude else None

    @property
    def leaves_category_to_guess(self) -> bool:
        """The form guesses it while typing, and nobody has chosen another one or none."""
        return self.category_by_hand == "no"

    @property
    def category_id(self) -> int | None:
        """The one chosen, or guessed at the end; None leaves it to the hotline."""
        return int(self.category) if self.category else None

    @property
    def is_urgent(self) -> bool:
        """By its words or by the citizen's."""
        return self.urgency == "urgent" or bool(self.danger)

    @property
    def danger(self) -> str:
        """Which danger the words tell of; empty for none."""
        found = danger_in(self._words)
        return found[0].reason if found else ""

    def phone_number(self) -> str:
        """E.164; empty for none, for one that cannot be called, and for who stays anonymous."""
        if self.identity == "anonymous" or not self.phone:
            return ""
        try:
            return normalise_phone(self.phone)
        except PhoneError:
            return ""

    def check(self) -> dict[str, str]:
        """What is wrong, by field, and what to do about it."""
        faults = {
            "text": _text_fault(self.text),
            "place": self._place_fault(),
            "phone": self._phone_fault(),
            "name": self._name_fault(),
        }
        return {name: fault for name, fault in faults.items() if fault}

    def intake(self, key: str, secret: str, *, notice_version: str, language: str) -> Intake:
        """For the services. `key` makes it one complaint however often it is sent, `secret` is the citizen's key."""
        latitude, longitude = self.position or (None, None)
        urgency, reason = OPINIONS[self.urgency]
        return Intake(
            text=self.text,
            channel=Channel.WEB,
            place=self.place or _place_in(self.text) or self._point_in_words(),
            name="" if self.identity == "anonymous" else self.name,
            phone=self.phone_number(),
            wants_reply=self.wants_reply == "yes",
            confidential=self.identity == "confidential",
            urgency=urgency,
            urgency_reason=reason,
            category_id=self.category_id,
            category_guessed=self.leaves_category_to_guess and self.category_id is not None,
            idempotency_key=key,
            key=secret,
            latitude=latitude,
            longitude=longitude,
            notice_version=notice_version,
            language=language,
        )

    def idempotency_key(self, form_key: str, photos: Sequence[Kept]) -> str:
        """The same form sent twice is one complaint; sent again after something was changed it is another one."""
        content = json.dumps([form_key, self.values(), [photo.digest for photo in photos]], ensure_ascii=False)
        return "web:" + hashlib.sha256(content.encode()).hexdigest()

    @property
    def _words(self) -> str:
        return f"{self.text}\n{self.place}"

    def _point_in_words(self) -> str:
        """In the words of the desk, whose lists show the place."""
        return point(self.latitude, self.longitude) if self.latitude else ""

    def _place_fault(self) -> str:
        if len(self.place) > LONGEST_PLACE:
            return _("位置请在%(n)s字以内，其他情况请写在“什么事”里。", n=LONGEST_PLACE)
        told = self.place or self.position or not self.text or len(self.text) > LONGEST or _place_in(self.text)
        return "" if told else _("请写明大致位置，例如：香溪路与大桥路口。")

    def _name_fault(self) -> str:
        """What an anonymous citizen has typed is thrown away unread, and its field is folded away."""
        too_long = self.identity != "anonymous" and len(self.name) > LONGEST_NAME
        return _("称呼请在%(n)s字以内。", n=LONGEST_NAME) if too_long else ""

    def _phone_fault(self) -> str:
        if self.identity == "anonymous":
            return ""
        if not self.phone:
            return _("请填写手机号码，或在上面选择“匿名”。")
        try:
            normalise_phone(self.phone)
        except PhoneError as fault:
            return translated(fault.message)
        return ""


def _text_fault(text: str) -> str:
    if not text:
        return _("请写下您要反映的问题，例如：路灯不亮三天了，晚上看不清路。")
    if len(text) > LONGEST:
        return _("内容过长，现有%(n)s字，请精简到%(most)s字以内。您写的内容都还在。", n=len(text), most=LONGEST)
    return ""


def _place_in(text: str) -> str:
    found = place_of(text)
    return found.value if found else ""


def _degrees(typed: str, most: int) -> str:
    """A number of degrees as it is stored; empty for anything else. 0,0 is where broken receivers say they are."""
    try:
        degrees = float(typed)
    except ValueError:
        return ""
    return f"{degrees:.{PLACES}f}" if -most <= degrees <= most and degrees != 0 else ""
