"""公开: what a stranger may see of a ticket, on the public page and as a hint that somebody has complained already."""

from __future__ import annotations

import sqlalchemy as sa

from hotline.domain.errors import Said
from hotline.domain.known import Known
from hotline.domain.publicity import Publicity
from hotline.domain.redaction import for_everybody, only_known
from hotline.domain.workflow import State
from hotline.domain.written import known_again, point
from hotline.models import Category, Complaint, Publication, RequestType, Ticket
from hotline.services.work import Work

NEVER = (State.DECLINED, State.MERGED, State.VOIDED)
ANSWERED = (State.REPLIED, State.CLOSED)
NEARBY = 3  # decimals of a degree, about 100 m: the street, not the door

Condition = sa.ColumnElement[bool]


def strangers_may_see(work: Work) -> Condition:
    """The condition on `Ticket`, outer-joined to `Publication`: nothing that may never be shown, nothing hidden."""
    return sa.and_(never_withheld(work), released(work))


def released(work: Work) -> Condition:
    """The part of it that the city's rule and a reviewer decide."""
    if work.publicity is Publicity.OFF:
        return sa.false()
    if work.publicity is Publicity.REVIEWED:
        return sa.func.coalesce(Publication.shown, sa.false())
    return not_hidden()


def not_hidden() -> Condition:
    """No reviewer has kept it back."""
    return sa.func.coalesce(Publication.shown, sa.true())


def never_withheld(work: Work) -> Condition:
    """The condition on `Ticket` that no reviewer can lift.

    A matter that names a unit stays hidden from everybody, or the unit would read here what is kept from it
    (信访条例 第三十条). What speaks of a withheld subject in the citizen's own words is hidden with all of it.
    """
    return sa.and_(
        sa.not_(Ticket.confidential),
        Ticket.request_type != RequestType.REPORT,
        Ticket.state.not_in(NEVER),
        Ticket.named_unit_ids == sa.literal_column("CAST('{}' AS bigint[])"),  # PostgreSQL knows how many these are
        Ticket.source.not_in(sorted(work.withheld.sources)),
        _category_is_not_withheld(work),
        _subject_is_not_withheld(work),
    )


def _category_is_not_withheld(work: Work) -> Condition:
    if not work.withheld.categories:
        return sa.true()
    withheld = sa.select(Category.id).where(Category.code.in_(sorted(work.withheld.categories)))
    return sa.or_(Ticket.category_id.is_(None), Ticket.category_id.not_in(withheld))


def _subject_is_not_withheld(work: Work) -> Condition:
    if not work.withheld.pattern:
        return sa.true()
    pattern = sa.literal(work.withheld.pattern)
    shown = sa.func.concat_ws(" ", Ticket.matter, Ticket.place, Ticket.outcome, Ticket.answer)
    # No EXISTS: PostgreSQL would rather read all complaints once than those of the twenty tickets on a page.
    said = sa.select(sa.func.bool_or(Complaint.text.regexp_match(pattern))).where(Complaint.ticket_id == Ticket.id)
    return sa.not_(sa.or_(shown.regexp_match(pattern), sa.func.coalesce(said.scalar_subquery(), sa.false())))


def why_withheld(work: Work, ticket: Ticket) -> str:
    """Why strangers never see the ticket, for staff; empty where a person may decide. The twin of the condition."""
    if ticket.confidential:
        return "保密件"
    if ticket.request_type is RequestType.REPORT:
        return "举报"
    if ticket.state in NEVER:
        return "不予受理、并案、作废或撤回的工单"
    if ticket.named_unit_ids:
        return "反映了具体单位，该单位应当回避"
    if ticket.source in work.withheld.sources:
        return "来源为信访、批示等内部渠道"
    code = work.session.scalar(sa.select(Category.code).where(Category.id == ticket.category_id))
    if code in work.withheld.categories:
        return "所属类别不公开"
    said = work.session.scalars(sa.select(Complaint.text).where(Complaint.ticket_id == ticket.id))
    texts = (ticket.matter, ticket.place, ticket.outcome, ticket.answer, *said)
    subject = next((found for text in texts if (found := work.withheld.reason(text))), "")
    return f"内容涉及{subject}" if subject else ""


def public_matter(ticket: Ticket, reviewed: Publication | None, known: Known) -> str:
    """The matter in the words for everybody: as a person has written them, else redacted; in both nobody is `known`."""
    return worded(reviewed, "matter", ticket.matter, known)


def public_place(ticket: Ticket, reviewed: Publication | None, known: Known) -> str:
    """The place, likewise; one that is only a point on the map no nearer than the map shows it."""
    point_only = "" if reviewed is not None and reviewed.place else _coarse(ticket.place)
    return point_only or worded(reviewed, "place", ticket.place, known)


def worded(reviewed: Publication | None, name: str, original: str, known: Known) -> str:
    """One text as a person has written it, else redacted. Whom the hotline knows stays covered in both."""
    written: str = getattr(reviewed, name) if reviewed is not None else ""
    return only_known(written, known) if written else for_everybody(original, known)


def _coarse(place: str) -> str:
    """The point that a citizen has marked, to about 100 m; empty for a place in words."""
    known = known_again(place)
    if not isinstance(known, Said) or known.template != point("", "").template:
        return ""
    try:
        latitude, longitude = (float(str(degrees)) for degrees in known.fields.values())
    except ValueError:
        return ""
    if abs(latitude) > 90 or abs(longitude) > 180:  # somebody has typed the word before a number of his own
        return ""
    return point(f"{latitude:.{NEARBY}f}", f"{longitude:.{NEARBY}f}")


def public_answer(work: Work, ticket: Ticket, reviewed: Publication | None, known: Known) -> str:
    """The answer, likewise, once it was given; empty before that, and while nobody has looked who must."""
    if ticket.state not in ANSWERED or not ticket.answer:
        return ""
    if is_current(ticket, reviewed):
        return worded(reviewed, "answer", ticket.answer, known)
    return "" if work.publicity is Publicity.REVIEWED else for_everybody(ticket.answer, known)


def is_current(ticket: Ticket, reviewed: Publication | None) -> bool:
    """Whether whoever reviewed has seen the answer that stands now; without one, whether anybody has."""
    if reviewed is None:
        return False
    return ticket.replied_at is None or reviewed.reviewed_at >= ticket.replied_at


def public_position(ticket: Ticket) -> tuple[float, float] | None:
    """Latitude and longitude (degrees, WGS 84) to about 100 m, where the ticket has a position."""
    if ticket.latitude is None or ticket.longitude is None:
        return None
    return round(ticket.latitude, NEARBY), round(ticket.longitude, NEARBY)
