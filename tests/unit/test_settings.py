"""Settings: each in its table of good and bad values, all faults at once, keys made once."""

import base64
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from config.settings import VARIABLES, Settings, SettingsError, load

TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "0123456789abcdef",
    "TWILIO_FROM_NUMBER": "+8655112319",
}
KEY = base64.urlsafe_b64encode(bytes(32)).decode()

GOOD: list[tuple[dict[str, str], Callable[[Settings], object], object]] = [
    ({}, lambda s: (s.host, s.port, s.public_url), ("127.0.0.1", 8319, "http://127.0.0.1:8319")),
    ({}, lambda s: (s.database_url, s.redis_url, s.carrier, s.demo), (None, None, "console", False)),
    ({}, lambda s: s.quiet_hours, (time(22), time(7))),
    ({"HOTLINE_PORT": " 9000 "}, lambda s: s.public_url, "http://127.0.0.1:9000"),
    ({"HOTLINE_PORT": ""}, lambda s: s.port, 8319),
    ({"HOTLINE_HOST": "0.0.0.0"}, lambda s: s.local_url, "http://127.0.0.1:8319"),
    ({"HOTLINE_HOST": "::"}, lambda s: s.local_url, "http://[::1]:8319"),
    ({"HOTLINE_PUBLIC_URL": "https://12319.example.gov.cn/"}, lambda s: s.public_url, "https://12319.example.gov.cn"),
    ({}, lambda s: s.city, {}),
    ({"HOTLINE_CITY": "合肥市"}, lambda s: s.city, {"zh": "合肥市"}),
    ({"HOTLINE_CITY": "西安市, Xi'an"}, lambda s: s.city, {"zh": "西安市", "en": "Xi'an"}),
    ({"HOTLINE_CITY": "乌鲁木齐市,Ürümqi"}, lambda s: s.city, {"zh": "乌鲁木齐市", "en": "Ürümqi"}),
    ({"HOTLINE_CITY": "西安市,Xi’an"}, lambda s: s.city, {"zh": "西安市", "en": "Xi’an"}),
    ({"HOTLINE_CITY": "宽城满族自治县，Kuancheng"}, lambda s: s.city, {"zh": "宽城满族自治县", "en": "Kuancheng"}),
    ({}, lambda s: s.proxies, 0),
    ({"HOTLINE_PUBLIC_URL": "https://12319.example.gov.cn"}, lambda s: s.proxies, 1),
    ({"HOTLINE_PUBLIC_URL": "https://12319.example.gov.cn", "HOTLINE_PROXIES": "2"}, lambda s: s.proxies, 2),
    ({"DATABASE_URL": "postgres://a:b@db/x"}, lambda s: s.database_url, "postgresql+psycopg://a:b@db/x"),
    ({"DATABASE_URL": "postgresql+psycopg://db/x"}, lambda s: s.database_url, "postgresql+psycopg://db/x"),
    ({"REDIS_URL": "unix:///run/redis.sock"}, lambda s: s.redis_url, "unix:///run/redis.sock"),
    ({"HOTLINE_DATA": "/srv/x"}, lambda s: s.data_dir, Path("/srv/x")),
    ({"HOTLINE_DATA": "/srv/x", "HOTLINE_DEMO": "1"}, lambda s: s.data_dir, Path("/srv/x/demo")),
    ({"HOTLINE_DATA": "/srv/x"}, lambda s: s.transcripts_dir, Path("/srv/x/transcripts")),
    ({"HOTLINE_DATA": "/srv/x", "HOTLINE_DEMO": "1"}, lambda s: s.transcripts_dir, Path("/srv/x/demo/transcripts")),
    ({"HOTLINE_TRANSCRIPTS": "/srv/calls"}, lambda s: s.transcripts_dir, Path("/srv/calls")),
    ({"HOTLINE_QUIET_HOURS": "21:30-6:00"}, lambda s: s.quiet_hours, (time(21, 30), time(6))),
    ({"HOTLINE_QUIET_HOURS": "off"}, lambda s: s.quiet_hours, None),
    ({}, lambda s: s.briefs_at, time(8)),
    ({"HOTLINE_BRIEFS_AT": "7:30"}, lambda s: s.briefs_at, time(7, 30)),
    ({"HOTLINE_BRIEFS_AT": "off"}, lambda s: s.briefs_at, None),
    ({"HOTLINE_RECENT_DAYS": "14"}, lambda s: s.recent_days, 14),
    (
        {"HOTLINE_WEBHOOK_NETWORKS": "10.20.0.0/16，fd00::/8"},
        lambda s: s.webhook_networks,
        (ip_network("10.20.0.0/16"), ip_network("fd00::/8")),
    ),
    ({"HOTLINE_LOG_LEVEL": "debug"}, lambda s: s.log_level, "DEBUG"),
    ({"HOTLINE_CITIZEN_KEYS": f"{KEY}, {KEY}"}, lambda s: s.citizen_keys, (KEY, KEY)),
    ({"HOTLINE_SECRET_KEY": "x" * 32}, lambda s: s.secret_key, "x" * 32),
    (TWILIO, lambda s: (s.carrier, s.carrier_settings["from_number"]), ("twilio", "+8655112319")),
    (TWILIO | {"HOTLINE_CARRIER": "console"}, lambda s: s.carrier, "console"),
    (TWILIO, lambda s: s.voice_token, "0123456789abcdef"),
    ({}, lambda s: (s.voice_token, s.operator_phones), (None, ())),
    (
        {"HOTLINE_OPERATOR_PHONE": "+8655112319，+8655112320"},
        lambda s: s.operator_phones,
        ("+8655112319", "+8655112320"),
    ),
    ({"TWILIO_LEFT_OVER": "x"}, lambda s: s.carrier, "console"),
    ({"PATH": "/usr/bin", "LANG": "zh_CN.UTF-8"}, lambda s: s.port, 8319),
]

BAD = [
    ("HOTLINE_PORT", "0"),
    ("HOTLINE_PORT", "65536"),
    ("HOTLINE_PORT", "八三一九"),
    ("HOTLINE_PORT", "８３１９"),
    ("HOTLINE_PORT", "1e3"),
    ("HOTLINE_HOST", "a b"),
    ("HOTLINE_PUBLIC_URL", "12319.example.gov.cn"),
    ("HOTLINE_PUBLIC_URL", "ftp://example.gov.cn"),
    ("HOTLINE_PUBLIC_URL", "http://["),
    ("HOTLINE_PUBLIC_URL", "http://example.gov.cn:99999"),
    ("HOTLINE_CITY", "Hefei"),
    ("HOTLINE_CITY", "合肥市,"),
    ("HOTLINE_CITY", "合肥市,Hefei,Anhui"),
    ("HOTLINE_CITY", "<b>合肥</b>"),
    ("HOTLINE_PROXIES", "-1"),
    ("DATABASE_URL", "mysql://db/x"),
    ("DATABASE_URL", "db"),
    ("REDIS_URL", "http://db"),
    ("REDIS_URL", "redis:6379"),
    ("HOTLINE_DATA", __file__),
    ("HOTLINE_TRANSCRIPTS", __file__),
    ("HOTLINE_CALENDAR", "/nonexistent.toml"),
    ("HOTLINE_POLICY", "/nonexistent"),
    ("HOTLINE_QUIET_HOURS", "25:00-07:00"),
    ("HOTLINE_QUIET_HOURS", "22:00-22:00"),
    ("HOTLINE_BRIEFS_AT", "8"),
    ("HOTLINE_WEBHOOK_NETWORKS", "10.20.0.1/16"),
    ("HOTLINE_WEB_WORKERS", "0"),
    ("HOTLINE_WEB_THREADS", "-1"),
    ("HOTLINE_JOB_WORKERS", "two"),
    ("HOTLINE_LOG_LEVEL", "LOUD"),
    ("HOTLINE_DEMO", "maybe"),
    ("HOTLINE_CARRIER", "../x"),
    ("HOTLINE_SECRET_KEY", "short"),
    ("HOTLINE_CITIZEN_KEYS", "short"),
    ("HOTLINE_CITIZEN_KEYS", f"{KEY},错"),
    ("HOTLINE_OPERATOR_PHONE", "12319"),
    ("HOTLINE_OPERATOR_PHONE", "+8655112319,"),
    ("HOTLINE_OPERATOR_PHONE", ",".join(["+8655112319"] * 11)),
    ("TWILIO_ACCOUNT_SID", "SK" + "0" * 32),
]

SECRET = {"DATABASE_URL", "REDIS_URL", "HOTLINE_SECRET_KEY", "HOTLINE_CITIZEN_KEYS"}


@pytest.mark.parametrize(("environ", "read", "expected"), GOOD)
def test_good_values(environ: dict[str, str], read: Callable[[Settings], object], expected: object) -> None:
    assert read(load(environ)) == expected


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_named_with_what_is_expected(name: str, value: str) -> None:
    environ = TWILIO | {name: value} if name.startswith("TWILIO_") else {name: value}
    with pytest.raises(SettingsError) as caught:
        load(environ)
    (fault,) = caught.value.faults
    assert name in fault
    assert "应为" in fault
    assert (value in fault) == (name not in SECRET)


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"HOTLINE_PORT": "x", "HOTLINE_DEMO": "x", "HOTLINE_PROT": "9000", "TWILIO_AUTH_TOKEN": "0123456789"})
    text = "\n".join(caught.value.faults)
    assert len(caught.value.faults) == 4
    for name in ("HOTLINE_PORT", "HOTLINE_DEMO", "HOTLINE_PROT", "TWILIO_ACCOUNT_SID"):
        assert name in text


def test_a_mistyped_variable_is_a_fault_and_the_right_one_is_offered() -> None:
    with pytest.raises(SettingsError, match="HOTLINE_SECRET_KEY") as caught:
        load({"HOTLINE_SECRETKEY": "almost-right-and-very-secret"})
    assert "almost-right" not in str(caught.value)


@pytest.mark.parametrize("missing", sorted(TWILIO))
def test_half_a_carrier_is_a_fault(missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        load({name: value for name, value in TWILIO.items() if name != missing})


def test_a_carrier_that_is_chosen_names_all_that_it_lacks() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"HOTLINE_CARRIER": "twilio"})
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM_NUMBER"):
        assert name in str(caught.value)


def test_a_setting_that_the_carrier_does_not_know_is_a_fault() -> None:
    with pytest.raises(SettingsError, match="TWILIO_AUTH_TOKN") as caught:
        load(TWILIO | {"TWILIO_AUTH_TOKN": "almost-right"})
    assert "almost-right" not in str(caught.value)


def test_a_carrier_that_does_not_exist_is_a_fault() -> None:
    with pytest.raises(SettingsError, match=r"docs/carriers\.md"):
        load({"HOTLINE_CARRIER": "smoke_signals"})


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = load(TWILIO | {"DATABASE_URL": "postgresql://u:geheim@db/x", "HOTLINE_SECRET_KEY": "geheim" * 8})
    assert "geheim" not in repr(settings)
    assert TWILIO["TWILIO_AUTH_TOKEN"] not in repr(settings)


def test_keys_are_made_once_readable_by_nobody_else_and_usable(tmp_path: Path) -> None:
    settings = load({"HOTLINE_DATA": str(tmp_path / "data")})
    assert settings.secret_key == settings.secret_key
    (key,) = settings.citizen_keys
    assert (
        Fernet(key).decrypt(Fernet(load({"HOTLINE_DATA": str(tmp_path / "data")}).citizen_keys[0]).encrypt(b"x"))
        == b"x"
    )
    assert key != settings.secret_key
    for name in ("secret.key", "citizen.key"):
        assert stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) == 0o600
    assert sorted(entry.name for entry in (tmp_path / "data").iterdir()) == ["citizen.key", "secret.key"]


def test_processes_that_start_together_get_the_same_key(tmp_path: Path) -> None:
    settings = load({"HOTLINE_DATA": str(tmp_path)})
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: settings.secret_key, range(64)))) == 1


def test_every_variable_is_explained() -> None:
    assert all(meaning for meaning in VARIABLES.values())
    load(dict.fromkeys(VARIABLES, ""))
