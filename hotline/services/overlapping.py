"""Two people who change the same thing at once: the later of them does not put back what he has not seen.

A form carries what its thing was when it was opened (`seen_as`). Who saves it, after the thing's locks and with its
values read anew, asks `check` first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from hotline.domain.errors import Refused
from hotline.models import Change
from hotline.services import changing
from hotline.services.work import Work

Values = Mapping[str, Any]


def seen_as(values: Values) -> str:
    """What a person has before him, to be sent back with his form."""
    return json.dumps(dict(values), ensure_ascii=False)


def read(seen: str) -> dict[str, Any]:
    """The same read back; nothing where the form does not say it, or says rubbish."""
    try:
        found = json.loads(seen)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def check(work: Work, subject: str, subject_id: int, seen: str, now: Values, wanted: Values) -> None:
    """Raises Refused where `wanted` would undo what somebody has made of the thing since it was `seen`.

    What others have changed to the very same is no matter: a form that is sent twice is taken twice.
    """
    had, stands = read(seen), read(seen_as(now))
    fields = [
        name
        for name, value in read(seen_as(wanted)).items()
        if value != stands[name] and (name not in had or had[name] != stands[name])
    ]
    if not fields:
        return
    labels = "、".join(changing.SUBJECTS[subject].fields[name] for name in fields)
    by = _last_hand(work, subject, subject_id, fields) or "别人"
    raise Refused(
        f"{by}刚刚改过这里的{labels}。您填写的内容还在下面，请对照现在的内容核对；再次保存，将以您填写的内容替换。",
        code="stale",
    )


def _last_hand(work: Work, subject: str, subject_id: object, fields: list[str]) -> str | None:
    """Who was the last to change one of these fields."""
    return work.session.scalar(
        sa.select(Change.actor_name)
        .where(
            Change.subject == subject,
            Change.subject_id == str(subject_id),
            Change.after.has_any(sa.cast(fields, sa.ARRAY(sa.Text))),
        )
        .order_by(Change.id.desc())
        .limit(1)
    )
