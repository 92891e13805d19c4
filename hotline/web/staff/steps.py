"""现在可以办理: the steps that this person may take now, as forms. What waits most is the page's one main button.

Beside them stand, greyed, those that would be this person's but for a rule: with the rule's own words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from hotline.domain import workflow
from hotline.domain.actors import Actor
from hotline.domain.errors import Invalid
from hotline.domain.workflow import BY_NAME, Facts
from hotline.domain.written import channel_named
from hotline.models import Ticket
from hotline.services import foretelling, risking
from hotline.services.attaching import MOST, Kept
from hotline.services.messaging import page_of
from hotline.services.work import Work
from hotline.web import resources, uploads
from hotline.web.resources import BEFORE_FIELD, BEFORE_LABEL, PHOTOS_FIELD, PHOTOS_HINT, PHOTOS_LABEL, Resource
from hotline.web.staff import assigning_preview, forms, ladder, leading, suggestions
from hotline.web.staff.options import Options
from hotline.web.staff.phrases import INSERT, Phrases

ASSIST = "assist"
NOTE = "note"  # stands in its own place on the page, not among the steps
SEEN = "seen"  # the hidden field with what the form began with, so that it can be told what has changed since
UNDOES = frozenset({"declination", "voiding", "rejection", "return", "recall"})
#: What reaches the citizen can be read as the citizen will read it, before it is sent.
PREVIEWED = frozenset({"reply", "answer", "declination"})
#: And what each of several callers will be told.
FORETOLD = frozenset({"merger", "separation"})
PHOTOS = {"name": PHOTOS_FIELD, "label": PHOTOS_LABEL, "type": "photos", "most": MOST, "hint": PHOTOS_HINT,
          "required": False}  # fmt: skip
BEFORE = PHOTOS | {"name": BEFORE_FIELD, "label": BEFORE_LABEL, "hint": "与办理后照片并排供核查对照，没有可以不传。"}
#: The request that a decision is about.
DECIDES = {"extension/decision": "extension", "pause/decision": "pause", "return/decision": "return",
           "appeal/review": "appeal"}  # fmt: skip
#: Guards that only say that there is nothing of the kind to do: a line that says so would be noise.
IDLE = frozenset({"no_return", "no_extension", "no_pause", "no_explanation", "not_explained", "no_order", "no_survey",
                  "all_answered", "no_appeal", "signed", "not_late"})  # fmt: skip
#: Keys of the forms; two with the same letter never stand on one page.
KEYS = {
    "acceptance": "a", "declination": "d", "merger": "m", "separation": "u", "voiding": "v", "assignment": "a",
    "answer": "w", "recall": "c", "signature": "s", "submission": "s", "explanation": "e", "assistance": "i",
    "handler": "h", "transfer": "t", "extension": "x", "extension/decision": "y", "pause": "p", "pause/decision": "q",
    "resumption": "r", "return": "b", "return/decision": "o", "supervision": "d", "explanation/decision": "f",
    "supervision/lifting": "l", "approval": "a", "rejection": "b", "reply": "r", "call": "c", "survey": "v",
    "closure": "z", "rework": "w", "appeal": "k", "appeal/review": "o", "note": "j",
}  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """A form that came back: what was typed, what is wrong with it, the pictures that came with it and are kept.

    `taken`: the value of the suggestion that was pressed, empty if none was; `looks`: it is only to be looked at.
    """

    resource: Resource
    form: MultiDict[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    photos: Sequence[Kept] = ()
    looks: bool = False

    @property
    def taken(self) -> str:
        return self.form.get(suggestions.TAKE, "")

    @property
    def typed(self) -> dict[str, Any]:
        kept = {"kept_photos": uploads.notes_of(self.photos)} if self.photos else {}
        return forms.typed(self.resource.schema, self.form) | kept


def offered(
    work: Work,
    ticket: Ticket,
    facts: Facts,
    requests: Sequence[Mapping[str, Any]],
    explanation: str,
    phrases: Phrases,
    sent: Sent | None = None,
) -> list[dict[str, Any]]:
    """The forms in the order of the chain, the main one first. `requests` and `explanation` tell what is decided on."""
    names = allowed(work.actor, facts)
    found = [each for each in resources.RESOURCES if not names.isdisjoint(each.steps) and each.noun != NOTE]
    found.sort(key=lambda each: not each.primary)
    options = Options(work, ticket, _chosen_category(sent))
    made: list[dict[str, Any]] = []
    for resource in found:
        hint = _hint(ticket, resource, requests, explanation)
        step = _step(ticket, resource, names, options, hint)
        if any(spec["required"] and spec.get("options") == [] for spec in step["fields"]):
            continue  # nobody to choose: a unit with nothing below it passes nothing down
        step["primary"] = not made and resource.primary
        if resource.noun == "supervision":
            step["ladder"] = ladder.lines(work, ticket)
        if sent is not None and sent.resource is resource:
            step |= _again(work, ticket, sent, phrases)
        if offer := suggestions.offer(work, ticket, resource.noun):
            step |= _suggested(step, offer, sent.taken if sent is not None and sent.resource is resource else "")
        made.append(phrases.beside(step, resource.noun))
    return made


def asking_why(step: dict[str, Any], why: str) -> dict[str, Any]:
    """核查通过 where the remarks on the result want a word (`reviewing.say_why`); the others as they are."""
    if step["noun"] != "approval":
        return step
    return step | {"fields": [forms.insisted(spec, why) for spec in step["fields"]]}


def allowed(actor: Actor, facts: Facts) -> set[str]:
    """The steps of the chain's table that this person may take now; an opinion only where one is asked for."""
    names = {step.name for step in workflow.allowed(actor, facts)}
    assists = any(actor.unit_path.startswith(path) for path in facts.assist_paths)
    return names if assists else names - {ASSIST}


def refused(actor: Actor, facts: Facts) -> list[dict[str, str]]:
    """Steps of this person's that a rule forbids now, each with what the rule says."""
    names = allowed(actor, facts)
    shown = []
    for resource in resources.RESOURCES:
        if not names.isdisjoint(resource.steps):
            continue
        near = [BY_NAME[name] for name in resource.steps if workflow.is_offered(BY_NAME[name], actor, facts)]
        guards = [guard for guard in (workflow.why_not(step, actor, facts) for step in near) if guard is not None]
        if guards and not any(guard.code in IDLE for guard in guards):
            shown.append({"label": near[0].label, "reason": str(guards[0].text)})
    return shown


def name_of(resource: Resource) -> str:
    """The step's name in the page's ids."""
    return resource.noun.replace("/", "-")


def _step(ticket: Ticket, resource: Resource, names: set[str], options: Options, hint: str | None) -> dict[str, Any]:
    typed = _initial(ticket, resource)
    step: dict[str, Any] = {
        "name": name_of(resource),
        "noun": resource.noun,
        "label": _label(resource, names),
        "url": url_for("staff.act", number=ticket.number, noun=resource.noun),
        "hidden": {"version": ticket.version, **({leading.FROM: leading.back()} if leading.back() else {})},
        "fields": _fields(resource, options),
        "typed": typed,
        "errors": {},
        "danger": resource.noun in UNDOES,
        "anchored": True,
        "hint": hint,
        "key": KEYS.get(resource.noun),
    }
    if resource.noun == "acceptance":
        step["look"] = "列出该类别的立案条件"
        step["hidden"] |= {SEEN: json.dumps(typed, ensure_ascii=False)}
    elif resource.noun in PREVIEWED:
        step["look"] = "预览"
    elif resource.noun in FORETOLD:
        step["look"] = "预览将怎样告知每位诉求人"
    elif resource.noun == "assignment":
        step["look"] = "预览承办单位和时限"
    return step


def _fields(resource: Resource, options: Options) -> list[dict[str, Any]]:
    """Those of the schema; a list with nothing to tick is left out. Pictures are sent beside them."""
    found = forms.specs(resource.schema, options)
    shown = [spec for spec in found if spec["type"] != "checkboxes" or spec["options"]]
    return [*shown, BEFORE, PHOTOS] if resource.takes_photos else shown


def _label(resource: Resource, names: set[str]) -> str:
    """退回, or 申请退回 under 督办: the words of the line that holds now."""
    possible = [BY_NAME[name].label for name in resource.steps if name in names]
    return possible[0] if len(possible) == 1 and len(resource.steps) > 1 else resource.label


def _initial(ticket: Ticket, resource: Resource) -> dict[str, Any]:
    if resource.noun == "acceptance":
        return forms.initial(resource.schema, ticket)
    if resource.noun == "reply":
        return {"text": ticket.outcome}
    return {}


def _hint(ticket: Ticket, resource: Resource, requests: Sequence[Mapping[str, Any]], explanation: str) -> str | None:
    """What is to be decided on, where the decision is made."""
    if resource.noun in DECIDES:
        kind = DECIDES[resource.noun]
        asked = next((each for each in reversed(requests) if each["kind"] == kind and each["granted"] is None), None)
        return f"{asked['asked_by'] or '承办单位'}{asked['label']}申请：{asked['reason']}" if asked else None
    if resource.noun == "explanation/decision":
        return f"书面说明：{explanation}" if explanation else None
    return f"办理结果：{ticket.outcome}" if resource.noun == "approval" else None


def _suggested(step: Mapping[str, Any], offer: suggestions.Offer, value: str) -> dict[str, Any]:
    """The same step with what is suggested above its field; filled in, if one of them was taken."""
    taken = offer.taken(value)
    typed = offer.filled(step["typed"], taken) if taken else step["typed"]
    box = offer.box(typed, taken)
    fields = [spec | {"suggested": box} if spec["name"] == offer.name else spec for spec in step["fields"]]
    return {"typed": typed, "fields": fields, "takes": bool(offer.choices)}


def _chosen_category(sent: Sent | None) -> int | None:
    if sent is None or sent.resource.noun != "acceptance":
        return None
    chosen = sent.taken or sent.form.get("category_id", "")
    return int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19 else None


def _again(work: Work, ticket: Ticket, sent: Sent, phrases: Phrases) -> dict[str, Any]:
    again: dict[str, Any] = {"typed": _not_lowered(work, ticket, sent), "errors": dict(sent.errors), "open": True}
    if INSERT in sent.form:
        again["typed"] = phrases.inserted(again["typed"], sent.form)
    elif sent.resource.noun in PREVIEWED and not sent.errors:
        again["preview"] = _preview(work, ticket, sent)
    elif sent.resource.noun == "assignment":
        again["would_be"] = assigning_preview.of_form(work, ticket, again["typed"])
    elif sent.resource.noun in FORETOLD and sent.looks:
        again |= _foretold(work, ticket, sent)
    return again


def _not_lowered(work: Work, ticket: Ticket, sent: Sent) -> dict[str, Any]:
    """What was typed; if the ticket has become urgent since the form was made, that it is: nobody decided otherwise."""
    typed, version = sent.typed, sent.form.get("version", "")
    seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
    if "urgency" in typed and risking.was_raised(work, ticket, since=seen):
        typed["urgency"] = ticket.urgency.value
    return typed


def _preview(work: Work, ticket: Ticket, sent: Sent) -> str | None:
    typed = {name: str(value).strip() for name, value in sent.typed.items()}
    fields = forms.fields_of(sent.resource.schema)
    if not all(typed.get(name) for name in ("reason", "channel", "text") if name in fields):
        return None
    wordings, about = work.rules.wordings, {"number": ticket.number, "url": page_of(work, ticket.number)}
    if sent.resource.noun == "declination":
        return wordings.render("declined", **about, reason=typed["reason"], channel=channel_named(typed["channel"]))
    return wordings.render("answered", **about, answer=typed["text"])


def _foretold(work: Work, ticket: Ticket, sent: Sent) -> dict[str, Any]:
    """What each caller will be told; a number that cannot be joined to is said at its field."""
    try:
        if sent.resource.noun == "separation":
            found = foretelling.unmerge(work, ticket.number)
        else:
            found = foretelling.merge(work, ticket.number, str(sent.typed.get("into") or "").strip())
    except Invalid as error:
        return {"errors": dict(error.fields)}
    return {"foreseen": found}
