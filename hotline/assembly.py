"""Puts an office together from the settings, for every door alike: web, workers and commands."""

from __future__ import annotations

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.settings import Settings
from config.wordings import load_wordings
from hotline.bell import Bell, RqBell, SilentBell
from hotline.carriers.base import Carrier
from hotline.carriers.console import ConsoleCarrier
from hotline.domain.publicity import Publicity
from hotline.office import Office, connect
from hotline.services.vault import Vault

RING_WITHIN = 1  # seconds; a bell that cannot be rung must not keep a citizen waiting: the sweep comes soon
UNANSWERED = "没有设置 DATABASE_URL；请用 ./run up，它会启动自带的数据库。"


def open_office(settings: Settings, *, bell: Bell | None = None, pool_size: int = 5) -> Office:
    """The office of these settings. Nothing is connected yet: connections open at first use, after any fork.

    `bell`: another one than Redis's, for commands that do the work themselves. Raises LookupError without a database.
    """
    if settings.database_url is None:
        raise LookupError(UNANSWERED)
    return Office(
        engine=connect(settings.database_url, pool_size=pool_size),
        vault=Vault(settings.citizen_keys),
        wordings=load_wordings(settings.own_file("messages.toml")),
        bell=bell or _bell(settings),
        carrier=_carrier(settings),
        files=settings.data_dir / "files",
        site=settings.public_url,
        publicity=Publicity(settings.public),
    )


def _bell(settings: Settings) -> Bell:
    if settings.redis_url is None:
        return SilentBell()
    patience = {"socket_timeout": RING_WITHIN, "socket_connect_timeout": RING_WITHIN, "retry": Retry(NoBackoff(), 1)}
    return RqBell(Redis.from_url(settings.redis_url, **patience))


def _carrier(settings: Settings) -> Carrier:
    if settings.twilio_account_sid is None or settings.twilio_auth_token is None:
        return ConsoleCarrier()
    from hotline.carriers.twilio import TwilioCarrier  # its client is large: only who texts through it pays for it

    return TwilioCarrier(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token,
        from_number=settings.twilio_from_number,
        messaging_service_sid=settings.twilio_messaging_service_sid,
        site=settings.public_url,
    )
