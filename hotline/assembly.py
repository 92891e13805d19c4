"""Puts an office together from the settings, for every door alike: web, workers and commands."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config import carriers
from config.categories.names import load_names
from config.categories.words import load_vocabulary
from config.checklists import load_checklist
from config.circular import load_circular
from config.notices import load_privacy
from config.publicity import load_withheld
from config.replies import load_manners
from config.risks import load_risks
from config.scoring import load_schemes
from config.settings import Settings
from config.wordings import load_wordings
from config.wordings.calls import load_phone_script
from config.wordings.voice import load_script
from hotline.bell import Bell, RqBell, SilentBell
from hotline.carriers import console
from hotline.carriers.base import Carrier
from hotline.carriers.outside import Outside
from hotline.carriers.voice import Switchboard
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
        transcripts=settings.transcripts_dir,
        site=settings.public_url,
        privacy=load_privacy(settings.own_file("privacy.toml"), settings.own_file("retention.toml")),
        publicity=Publicity(settings.public),
        withheld=load_withheld(settings.own_file("public.toml")),
        vocabulary=load_vocabulary(settings.own_file("words.toml")),
        category_names=load_names(settings.own_file),
        risks=load_risks(settings.own_file("risks.toml")),
        manners=load_manners(settings.own_file("replies.toml")),
        phone_script=load_phone_script(settings.own_file("calls.toml")),
        checklist=load_checklist(settings.own_file("checklist.toml")),
        circular=load_circular(settings.own_file("circular.toml")),
        schemes=load_schemes(settings.own_file),
        switchboard=_switchboard(settings),
        recent=timedelta(days=settings.recent_days),
        outside=Outside(settings.webhook_networks, trying_out=settings.demo),
    )


def _bell(settings: Settings) -> Bell:
    if settings.redis_url is None:
        return SilentBell()
    patience = {"socket_timeout": RING_WITHIN, "socket_connect_timeout": RING_WITHIN, "retry": Retry(NoBackoff(), 1)}
    return RqBell(Redis.from_url(settings.redis_url, **patience))


def _carrier(settings: Settings) -> Carrier:
    """Its module is loaded only where it is used: some bring a large client. The console's alone knows of the demo."""
    module = import_module(carriers.module_of(settings.carrier))
    if module is console:
        return console.ConsoleCarrier(trying_out=settings.demo)
    carrier: Carrier = module.open_carrier(settings.carrier_settings, settings.public_url)
    return carrier


def _switchboard(settings: Settings) -> Switchboard:
    """Who answers calls; without a token only the page for trying out has any."""
    script = load_script(settings.own_file("voice.toml"))
    if settings.voice_token is None:
        return Switchboard(script, settings.operator_phones)
    module = import_module("hotline.carriers.twilio_voice")
    carrier = module.TwilioVoice(
        auth_token=settings.voice_token, site=settings.public_url, hints=script.hints, records=script.records
    )
    return Switchboard(script, settings.operator_phones, carrier)
