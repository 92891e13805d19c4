"""Is it alive, is it ready, how is it: for whoever runs the hotline."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from redis import Redis
from redis.exceptions import RedisError

from hotline.models import Deadline, Draft, DraftState, Message, MessageState, Ticket
from hotline.web.door import now, office

blueprint = Blueprint("ops", __name__)

SWEEP_LATE = timedelta(minutes=5)  # what has been due for longer shows that nobody sweeps


@blueprint.get("/healthz")
def healthz() -> str:
    """Alive: the process answers."""
    return "ok"


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Ready: database with the newest migration, Redis, no text and no deadline waiting too long."""
    found: dict[str, Any] = {"database": _database(), "redis": _redis()}
    ready = found["database"]["ok"]  # without Redis complaints are still received; the sweep catches up later
    if ready:
        found |= _waiting(now())
    return jsonify({"ready": ready, **found}), 200 if ready else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """Figures in the format of Prometheus; no person and no text among them."""
    registry = CollectorRegistry()
    gauges = {
        "hotline_tickets_open": ("Tickets not ended", sa.select(sa.func.count()).where(Ticket.ended_at.is_(None))),
        "hotline_drafts_open": (
            "Drafts to be confirmed",
            sa.select(sa.func.count()).where(Draft.state == DraftState.OPEN),
        ),
        "hotline_texts_waiting": (
            "Texts waiting to be sent",
            sa.select(sa.func.count()).where(Message.next_at <= now(), Message.state == MessageState.QUEUED),
        ),
        "hotline_deadlines_waiting": (
            "Deadlines whose moment has come and that no sweep has taken",
            sa.select(sa.func.count()).where(Deadline.next_at <= now()),
        ),
    }
    with office().session() as session:
        for name, (text, query) in gauges.items():
            Gauge(name, text, registry=registry).set(session.scalar(query) or 0)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _database() -> dict[str, Any]:
    try:
        with office().session() as session:
            revision = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except sa.exc.SQLAlchemyError as error:
        return {"ok": False, "error": type(error).__name__}
    newest = current_app.config["NEWEST_MIGRATION"]
    return {"ok": revision == newest, "migration": revision, "newest_migration": newest}


def _redis() -> dict[str, Any]:
    client: Redis | None = current_app.config.get("REDIS")
    if client is None:
        return {"ok": False, "error": "not configured"}
    try:
        return {"ok": bool(client.ping())}
    except RedisError as error:
        return {"ok": False, "error": type(error).__name__}


def _waiting(moment: datetime) -> dict[str, Any]:
    with office().session() as session:
        text = session.scalar(sa.select(sa.func.min(Message.next_at)).where(Message.state == MessageState.QUEUED))
        deadline = session.scalar(sa.select(sa.func.min(Deadline.next_at)))
    return {
        "oldest_text_waiting_since": text.isoformat() if text and text <= moment else None,
        "oldest_deadline_waiting_since": deadline.isoformat() if deadline and deadline <= moment else None,
        "sweep_late": deadline is not None and moment - deadline > SWEEP_LATE,
    }
