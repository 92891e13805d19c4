"""What somebody typed into the complaint form: read, cleaned, checked; every fault beside its field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from hotline.domain.dangers import urgency_of
from hotline.domain.places import place_of
from hotline.domain.texts import clean
from hotline.models import Channel, Urgency
from hotline.services.attaching import Kept
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.receiving import LONGEST, Intake

LONGEST_PLACE, LONGEST_NAME = 200, 50
IDENTITIES = ("named", "confidential", "anonymous")


@dataclass(frozen=True)
class Typed:
    """The fields as they go back to the page."""

    text: str = ""
    place: str = ""
    name: str = ""
    phone: str = ""
    identity: str = "named"
    wants_reply: str = "yes"

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Typed:
        """Without what can be neither stored nor shown."""
        typed = {name: clean(form.get(name, "")) for name in cls.__dataclass_fields__}
        if typed["identity"] not in IDENTITIES:
            typed["identity"] = "named"
        if typed["wants_reply"] not in ("yes", "no"):
            typed["wants_reply"] = "yes"
        return cls(**typed)

    def values(self) -> dict[str, str]:
        """For the page."""
        return asdict(self)

    def check(self) -> dict[str, str]:
        """What is wrong, by field, and what to do about it."""
        faults = {
            "text": _text_fault(self.text),
            "place": _place_fault(self.place, self.text),
            "phone": self._phone_fault(),
            "name": f"称呼请在{LONGEST_NAME}字以内。" if len(self.name) > LONGEST_NAME else "",
        }
        return {name: fault for name, fault in faults.items() if fault}

    def intake(self, key: str, secret: str) -> Intake:
        """For the services. `key` makes it one complaint however often it is sent, `secret` is the citizen's key."""
        anonymous = self.identity == "anonymous"
        urgency, reason = urgency_of(f"{self.text}\n{self.place}")
        return Intake(
            text=self.text,
            channel=Channel.WEB,
            place=self.place or _place_in(self.text),
            name="" if anonymous else self.name,
            phone="" if anonymous else normalise_phone(self.phone),
            wants_reply=self.wants_reply == "yes",
            confidential=self.identity == "confidential",
            urgency=Urgency(urgency),
            urgency_reason=reason,
            idempotency_key=key,
            key=secret,
        )

    def idempotency_key(self, form_key: str, photos: Sequence[Kept]) -> str:
        """The same form sent twice is one complaint; sent again after something was changed it is another one."""
        content = json.dumps([form_key, self.values(), [photo.digest for photo in photos]], ensure_ascii=False)
        return "web:" + hashlib.sha256(content.encode()).hexdigest()

    def _phone_fault(self) -> str:
        if self.identity == "anonymous":
            return ""
        if not self.phone:
            return "请填写手机号码，或在上面选择“匿名”。"
        try:
            normalise_phone(self.phone)
        except PhoneError as fault:
            return str(fault)
        return ""


def _text_fault(text: str) -> str:
    if not text:
        return "请写下您要反映的问题，例如：路灯不亮三天了，晚上看不清路。"
    if len(text) > LONGEST:
        return f"内容过长，现有{len(text)}字，请精简到{LONGEST}字以内。您写的内容都还在。"
    return ""


def _place_fault(place: str, text: str) -> str:
    if len(place) > LONGEST_PLACE:
        return f"位置请在{LONGEST_PLACE}字以内，其他情况请写在“什么事”里。"
    if not place and text and len(text) <= LONGEST and not _place_in(text):
        return "请写明大致位置，例如：香溪路与大桥路口。"
    return ""


def _place_in(text: str) -> str:
    found = place_of(text)
    return found.value if found else ""
