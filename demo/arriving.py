"""How a complaint of a scene comes in, each channel through its own door: form, text message, telephone, desk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from demo.album import Album
from demo.company import Company
from demo.scene import Scene
from demo.stage import Stage
from hotline.domain.actors import a_citizen
from hotline.models import Channel, Citizen, Complaint, RequestType, Source, Urgency
from hotline.services import attaching, confirming, conversing, joining, receiving, transcribing
from hotline.services.attaching import Kept
from hotline.services.listening import Heard
from hotline.services.phones import normalise_phone
from hotline.services.receiving import Intake, Receipt
from hotline.services.work import Work

CALL = timedelta(minutes=3)  # how long a call takes before its transcript is there


@dataclass(frozen=True, slots=True)
class Known:
    """What the caller has in hand; the key is empty where it came by text and is not asked for again."""

    number: str
    key: str
    joined: bool = False  # "me too", to what somebody else had said


class Door:
    """Where scenes come in."""

    def __init__(self, stage: Stage, company: Company, album: Album) -> None:
        self.stage = stage
        self.album = album
        self.company = company
        self._texts = count(1)

    def take_in(self, scene: Scene, same: str | None) -> Known:
        """By any channel but the telephone. `same`: the ticket that is looked upon as the same matter."""
        if scene.channel == "sms":
            return self.texted(scene)
        return self._noted(scene) if scene.channel == "staff" else self._written(scene, same)

    def _written(self, scene: Scene, same: str | None) -> Known:
        """The web form, with a photo perhaps."""
        photo = self.album.of_citizen(scene)

        def sent(work: Work) -> Receipt:
            intake = replace(self._intake(scene), notice_version=work.notice_version, language=scene.language)
            receipt = joining.join(work, intake, same) if same else receiving.receive(work, intake)
            if photo is not None:
                attaching.attach(work, photo, complaint_id=receipt.complaint_id, by_citizen=True)
            return receipt

        receipt = self.stage.do(a_citizen(), sent)
        return Known(receipt.number, receipt.key, receipt.joined)

    def _noted(self, scene: Scene) -> Known:
        """领导批示, 信访, 媒体, 舆情, 督查: an operator enters what the official source has sent."""
        settled = replace(
            self._intake(scene),
            matter=scene.title,
            category_id=self._category(scene),
            urgency=Urgency(scene.urgency),
            request_type=RequestType(scene.type),
        )
        receipt = self.stage.do(self.company.operator(scene.arrives), receiving.receive, settled)
        return Known(receipt.number, receipt.key)

    def texted(self, scene: Scene) -> Known:
        """A text message that becomes a complaint, or belongs to the one that the number has."""
        photo = self.album.of_citizen(scene)
        self.text(scene, scene.text, () if photo is None else (photo,))
        return self._last_of(scene)

    def text(self, scene: Scene, words: str, pictures: tuple[Kept, ...] = ()) -> None:
        """Any words from the caller's telephone."""
        sid = f"demo-{_phone(scene)}-{next(self._texts)}"
        heard = Heard(sid=sid, sender=_phone(scene), text=words, pictures=pictures)
        self.stage.do(a_citizen(), conversing.hear, heard)

    def _last_of(self, scene: Scene) -> Known:
        """What came of the last text of this number; its key was in the answer."""
        mark = self.stage.office.vault.fingerprint(_phone(scene))
        query = sa.select(Complaint).join(Citizen, Citizen.id == Complaint.citizen_id)
        rows = self.stage.look(query.where(Citizen.phone_print == mark).order_by(Complaint.id.desc()).limit(1))
        return Known(rows[0].number, "")

    def called(self, scene: Scene) -> int:
        """The recogniser's transcript of a call that has just ended; the id of its draft."""
        call = transcribing.Call(
            called_at=scene.arrives,
            recording=f"{scene.arrives:%Y%m%d-%H%M%S}.wav",
            caller=scene.phone or "",
            content_type="text/plain; charset=utf-8",
        )
        operator = self.company.operator(scene.arrives)
        draft, _ = self.stage.do(operator, transcribing.send, scene.text.encode(), call)
        return draft.id

    def confirm(self, scene: Scene, draft_id: int) -> Known:
        """The operator goes over what was drawn out, corrects it, and makes a complaint of it."""

        def confirmed(work: Work) -> Receipt:
            drawn = transcribing.proposed(work, transcribing.find(work, draft_id))
            return confirming.confirm(work, draft_id, replace(drawn, **self._corrections(scene)))

        receipt = self.stage.do(self.company.operator(self.stage.now), confirmed)
        return Known(receipt.number, receipt.key)

    def answer_call(self, draft_id: int, text: str) -> None:
        """A question, answered on the telephone: no ticket."""
        self.stage.do(self.company.operator(self.stage.now), confirming.answer, draft_id, text)

    def _corrections(self, scene: Scene) -> dict[str, Any]:
        return {
            "matter": scene.title,
            "place": scene.place,
            "name": scene.caller or "",
            "phone": _phone(scene),
            "category_id": self._category(scene),
            "urgency": Urgency(scene.urgency),
            "request_type": RequestType(scene.type),
            "wants_reply": scene.wants_reply,
            "confidential": scene.confidential,
        }

    def _intake(self, scene: Scene) -> Intake:
        centre = self.company.units[self.company.centre_of(scene)]
        return Intake(
            text=scene.text,
            channel=Channel(scene.channel),
            source=Source(scene.source),
            place=scene.place,
            area=self.company.area_names[scene.area],
            name=scene.caller or "",
            phone=_phone(scene),
            wants_reply=scene.wants_reply,
            confidential=scene.confidential,
            centre=(centre.id, centre.path),
            latitude=scene.lat,
            longitude=scene.lon,
        )

    def _category(self, scene: Scene) -> int:
        return self.stage.rules.category_ids[scene.category]


def _phone(scene: Scene) -> str:
    return normalise_phone(scene.phone) if scene.phone else ""
