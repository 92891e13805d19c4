"""The addresses of the desk: method, address, name, what answers, and for whom it is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hotline.domain.actors import Role
from hotline.web import away
from hotline.web.staff import (
    administration,
    calls,
    dispatch,
    drafts,
    hot,
    inbox,
    learning,
    new_call,
    publication,
    reports,
    rights,
    texts,
    ticket,
)

MOST = 2**63 - 1  # no id is larger

PAGES: tuple[tuple[str, str, str, Callable[..., Any], frozenset[Role]], ...] = (
    ("GET", "/", "home", inbox.home, rights.STAFF),
    ("GET", "/tickets", "tickets", inbox.show, rights.STAFF),
    ("GET", "/tickets/<number>", "ticket", ticket.show, rights.TICKETS),
    ("GET", f"/tickets/<number>/deadlines/<int(max={MOST}):deadline_id>", "why", ticket.why, rights.TICKETS),
    ("POST", "/tickets/<number>/complaints/<complaint>/contact", "reveal", ticket.reveal, rights.TICKETS),
    ("GET", "/tickets/<number>/<path:noun>", "step", ticket.step_page, rights.TICKETS),
    ("POST", "/tickets/<number>/<path:noun>", "act", ticket.act, rights.TICKETS),
    ("GET", "/drafts", "drafts", drafts.show_all, rights.OPERATORS),
    ("POST", "/drafts", "upload_transcript", drafts.upload, rights.OPERATORS),
    ("POST", "/drafts/files/<token>", "read_again", drafts.read_again, rights.OPERATORS),
    ("GET", f"/drafts/<int(max={MOST}):draft_id>", "draft", drafts.show, rights.OPERATORS),
    ("POST", f"/drafts/<int(max={MOST}):draft_id>/confirmation", "confirm_draft", drafts.confirm, rights.OPERATORS),
    ("POST", f"/drafts/<int(max={MOST}):draft_id>/join", "join_draft", drafts.join, rights.OPERATORS),
    ("POST", f"/drafts/<int(max={MOST}):draft_id>/answer", "answer_draft", drafts.answer, rights.OPERATORS),
    ("POST", f"/drafts/<int(max={MOST}):draft_id>/discard", "discard_draft", drafts.discard, rights.OPERATORS),
    ("GET", "/calls", "calls", calls.show, rights.CALLS),
    ("GET", "/calls/new", "new_call", new_call.show, rights.OPERATORS),
    ("POST", "/calls/new", "receive_call", new_call.receive, rights.OPERATORS),
    ("POST", "/calls/<complaint>/contact", "reveal_call", calls.reveal, rights.CALLS),
    ("POST", "/calls/<complaint>", "log_call", calls.log, rights.CALLS),
    ("GET", "/reports", "report", reports.current, rights.TICKETS),
    ("GET", "/reports/<month>", "month", reports.show, rights.TICKETS),
    ("GET", "/reports/<month>/items", "items", reports.items, rights.TICKETS),
    ("GET", "/reports/<month>/deadlines.csv", "month_csv", reports.items_csv, rights.TICKETS),
    ("GET", "/public", "public", publication.show_all, rights.SCREENING),
    ("GET", "/public/<number>", "publication", publication.show, rights.SCREENING),
    ("POST", "/public/<number>", "screen", publication.decide, rights.SCREENING),
    ("GET", "/hot", "hot", hot.show_all, rights.CENTRE),
    ("GET", f"/hot/<int(max={MOST}):hot_id>", "hot_matter", hot.show, rights.CENTRE),
    ("POST", f"/hot/<int(max={MOST}):hot_id>/merger", "merge_hot", hot.merge, rights.CENTRE),
    ("POST", f"/hot/<int(max={MOST}):hot_id>/supervision", "supervise_hot", hot.supervise, rights.CENTRE),
    ("GET", "/away", "away", away.show, rights.STAFF),
    ("GET", "/dispatch", "dispatch", dispatch.show, rights.KEEPERS),
    ("POST", "/dispatch", "add_line", dispatch.add, rights.KEEPERS),
    ("GET", "/dispatch.toml", "dispatch_file", dispatch.download, rights.KEEPERS),
    ("GET", f"/dispatch/<int(max={MOST}):line_id>", "line", dispatch.edit, rights.KEEPERS),
    ("POST", f"/dispatch/<int(max={MOST}):line_id>", "change_line", dispatch.change, rights.KEEPERS),
    ("POST", f"/dispatch/<int(max={MOST}):line_id>/removal", "remove_line", dispatch.remove, rights.KEEPERS),
    ("GET", "/units", "units", administration.units, rights.ADMINISTRATORS),
    ("GET", "/rules", "rules", administration.rules, rights.STAFF),
    ("GET", "/learning", "learning", learning.show, rights.LEARNING),
    ("GET", "/rules/texts", "texts", texts.show, rights.STAFF),
)
