"""How a complaint of a scene comes in, each channel through its own door: form, text message, telephone, desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from demo.company import Company
from demo.scene import Scene
from demo.stage import Stage
from hotline.domain.actors import a_citizen
from hotline.models import Channel, RequestType, Source, Urgency
from hotline.services import receiving, transcribing
from hotline.services.phones import normalise_phone
from hotline.services.receiving import Intake, Receipt
from hotline.services.work import Work

CALL = timedelta(minutes=3)  # how long a call takes before its transcript is there


class Door:
    """Where scenes come in."""

    def __init__(self, stage: Stage, company: Company) -> None:
        self.stage = stage
        self.company = company

    def written(self, scene: Scene) -> Receipt:
        """The web form, or a text message."""
        return self.stage.do(a_citizen(), receiving.receive, self._intake(scene))

    def noted(self, scene: Scene) -> Receipt:
        """领导批示, 信访, 媒体, 舆情, 督查: an operator enters what the official source has sent."""
        settled = {
            "matter": scene.title,
            "category_id": self._category(scene),
            "urgency": Urgency(scene.urgency),
            "request_type": RequestType(scene.type),
        }
        operator = self.company.operator(scene.arrives)
        return self.stage.do(operator, receiving.receive, replace(self._intake(scene), **settled))

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

    def confirm(self, scene: Scene, draft_id: int) -> Receipt:
        """The operator goes over what was drawn out, corrects it, and makes a complaint of it."""

        def confirmed(work: Work) -> Receipt:
            drawn = transcribing.proposed(work, transcribing.find(work, draft_id))
            return transcribing.confirm(work, draft_id, replace(drawn, **self._corrections(scene)))

        return self.stage.do(self.company.operator(self.stage.now), confirmed)

    def answer_call(self, draft_id: int, text: str) -> None:
        """A question, answered on the telephone: no ticket."""
        self.stage.do(self.company.operator(self.stage.now), transcribing.answer, draft_id, text)

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
        on_map = {"latitude": scene.lat, "longitude": scene.lon} if scene.channel != "sms" else {}
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
            **on_map,
        )

    def _category(self, scene: Scene) -> int:
        return self.company.category_ids[scene.category]


def _phone(scene: Scene) -> str:
    return normalise_phone(scene.phone) if scene.phone else ""
