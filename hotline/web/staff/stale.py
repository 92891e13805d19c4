"""A form that came too late: what was typed is kept whole, and what has changed meanwhile is told field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hotline.models import Ticket
from hotline.services.work import Work
from hotline.web.staff import forms
from hotline.web.staff.options import Options
from hotline.web.staff.steps import SEEN, Sent

Spec = Mapping[str, Any]

NOTHING = "（空）"


def differences(work: Work, ticket: Ticket, sent: Sent) -> list[dict[str, Any]]:
    """Of a form that began with what the ticket said: {label, before, now, yours} of each field that others changed.

    `same`: what was typed is what it is now, so that nothing has to be decided.
    """
    seen = _seen(sent)
    if not seen:
        return []
    category = sent.form.get("category_id", "")
    options = Options(work, ticket, int(category) if category.isascii() and category.isdecimal() else None)
    now, typed = forms.initial(sent.resource.schema, ticket), sent.typed
    return compared(forms.specs(sent.resource.schema, options), seen, now, typed)


def compared(
    specs: Sequence[Spec], seen: Mapping[str, Any], now: Mapping[str, Any], typed: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The same of any form, from what it began with, what there is now and what was typed."""
    told = []
    for spec in specs:
        name = spec["name"]
        if spec["type"] == "hidden" or name not in seen or _plain(seen[name]) == _plain(now.get(name)):
            continue
        before, current, yours = (forms.in_words(spec, each.get(name)) or NOTHING for each in (seen, now, typed))
        told.append(
            {"label": spec["label"], "before": before, "now": current, "yours": yours, "same": yours == current}
        )
    return told


def kept(work: Work, ticket: Ticket, sent: Sent) -> list[dict[str, str]]:
    """All that was sent, in words, where its form is offered no more; the pictures by their names."""
    told = forms.kept(sent.resource.schema, sent.form, Options(work, ticket))
    if sent.photos:
        names = "、".join(note["name"] for note in sent.typed["kept_photos"])
        told.append({"label": "照片", "value": f"{names}（共{len(sent.photos)}张，没有随工单保存，请留存原照片）"})
    return told


def _seen(sent: Sent) -> dict[str, Any]:
    """What the form began with, as it says itself; nothing where it does not, or says rubbish."""
    try:
        read = json.loads(sent.form.get(SEEN, ""))
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _plain(value: Any) -> Any:
    return "" if value is None else value
