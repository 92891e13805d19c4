"""Settings from the environment. The only reader of the environment; standard library only, so `./run` can check
them before anything is installed. Every fault is named at once."""

import base64
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TypeVar

from config import carriers, values

T = TypeVar("T")
D = TypeVar("D")

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_PORT = 8319
DEFAULT_QUIET_HOURS = (time(22, 0), time(7, 0))
DEFAULT_BRIEFS_AT = time(8, 0)

#: Every variable that is read, and what it is for (shown by `./run help settings`).
VARIABLES = {
    "DATABASE_URL": "PostgreSQL 15 以上的地址;不设则用自带的",
    "REDIS_URL": "Redis 6.2 以上的地址;不设则用自带的",
    "HOTLINE_DATA": "数据目录,默认 ./var",
    "HOTLINE_HOST": "监听地址,默认 127.0.0.1(只本机);0.0.0.0 对外开放",
    "HOTLINE_PORT": f"监听端口,默认 {DEFAULT_PORT}",
    "HOTLINE_PUBLIC_URL": "市民和运营商看到的网址,默认 http://监听地址:端口",
    "HOTLINE_CITY": "城市或区县的名称,写在每页的页眉,例如 合肥市;有英文名的写 合肥市,Hefei",
    "HOTLINE_PROXIES": "前面有几层反向代理,按其所报认来访地址;默认网址是 https 时 1 层,否则 0 层",
    "HOTLINE_SECRET_KEY": "登录会话的密钥;不设则在数据目录生成一次",
    "HOTLINE_CITIZEN_KEYS": "诉求人信息的加密密钥(32 字节 base64),多个用逗号分隔,新的在前;不设则在数据目录生成",
    "HOTLINE_CALENDAR": "工作日历文件,默认用项目自带的",
    "HOTLINE_POLICY": "本市规则文件的目录(default.toml、case_standards.csv、类别、words.toml、messages.toml、"
    "public.toml、privacy.toml、retention.toml、risks.toml、replies.toml、checklist.toml、circular.toml、voice.toml、"
    "calls.toml、scoring.toml、points.toml),缺的用项目自带的",
    "HOTLINE_TRANSCRIPTS": "收取目录:录音系统把通话转写放进来,默认为数据目录下的 transcripts,见 docs/transcripts.md",
    "HOTLINE_QUIET_HOURS": "不发短信的时段,默认 22:00-07:00;off 不设",
    "HOTLINE_BRIEFS_AT": "工作日几点出日报、周报,默认 08:00;off 不出",
    "HOTLINE_PUBLIC": "公开页面:redacted 自动隐去个人信息后公开(默认)、reviewed 人工审核后公开、off 不公开",
    "HOTLINE_WEBHOOK_NETWORKS": "对外通知可以发往的内网网段,例如 10.20.0.0/16,多个用逗号分隔;不设则只发往公网地址",
    "HOTLINE_RECENT_DAYS": "办结多少天以内的工单仍提示为“可能是同一件事”,1 到 366,默认 30",
    "HOTLINE_MAP_TILES": "地图瓦片地址,含 {z}、{x}、{y};不设则不用底图",
    "HOTLINE_MAP_ATTRIBUTION": "地图的版权说明和审图号,与瓦片一起显示",
    "HOTLINE_MAP_COORDINATES": "瓦片所用坐标:wgs84(默认)或 gcj02(国内多数地图)",
    "HOTLINE_MAP_CENTRE": "地图的中心:纬度,经度(WGS 84)",
    "HOTLINE_WEB_WORKERS": "网页进程数,默认 1",
    "HOTLINE_WEB_THREADS": "每个网页进程的线程数,默认 8",
    "HOTLINE_JOB_WORKERS": "后台任务进程数,默认 1",
    "HOTLINE_LOG_LEVEL": "日志级别:DEBUG、INFO、WARNING、ERROR,默认 INFO",
    "HOTLINE_DEMO": "1 为演示(由 ./run demo 设置)",
    "HOTLINE_VENV": "运行环境目录,默认 ./.venv",
    "HOTLINE_OPERATOR_PHONE": "人工坐席的电话,如 +8655112319,多个用逗号分隔,一起振铃;不设则语音接听不转人工",
    "HOTLINE_CARRIER": "短信运营商:console 短信台、twilio,或 docs/carriers.md 所说的模块;默认有 Twilio 设置即 twilio",
    "TWILIO_ACCOUNT_SID": "Twilio 账号;四项都不设又没有别的运营商,短信发不出去,见 docs/carriers.md",
    "TWILIO_AUTH_TOKEN": "Twilio 令牌;设了就接听 Twilio 的来电,见 docs/voice.md",
    "TWILIO_FROM_NUMBER": "Twilio 发信号码(与下一项二选一)",
    "TWILIO_MESSAGING_SERVICE_SID": "Twilio 消息服务",
}

#: How Twilio's own must look. Those of other carriers are as their modules say.
TWILIO = {
    "TWILIO_ACCOUNT_SID": values.matching(r"AC[0-9a-fA-F]{32}", "AC 加 32 位十六进制"),
    "TWILIO_AUTH_TOKEN": values.matching(r"\S{8,}", "不含空格的令牌"),
    "TWILIO_FROM_NUMBER": values.matching(r"\+?[0-9]{3,15}", "号码,例如 +8655112319"),
    "TWILIO_MESSAGING_SERVICE_SID": values.matching(r"MG[0-9a-fA-F]{32}", "MG 加 32 位十六进制"),
}


class SettingsError(Exception):
    """The environment cannot be used; `faults` holds one Chinese sentence for each thing that is wrong."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    """Everything that whoever runs the hotline may choose. Quiet hours, and when briefs are made, are city time; None
    means none."""

    database_url: str | None = field(repr=False)
    redis_url: str | None = field(repr=False)
    data_dir: Path
    host: str
    port: int
    public_url: str
    city: Mapping[str, str]  # its name by language: zh, and en where it has one
    given_proxies: int | None
    given_secret_key: str | None = field(repr=False)
    given_citizen_keys: tuple[str, ...] = field(repr=False)
    calendar_file: Path | None
    policy_dir: Path | None
    transcripts_dir: Path
    quiet_hours: tuple[time, time] | None
    briefs_at: time | None
    public: str
    recent_days: int
    webhook_networks: tuple[IPv4Network | IPv6Network, ...]  # of our own house, that other systems may be told in
    map_tiles: str | None
    map_attribution: str
    map_coordinates: str
    map_centre: tuple[float, float] | None
    web_workers: int
    web_threads: int
    job_workers: int
    log_level: str
    demo: bool
    venv_dir: Path
    carrier: str
    carrier_settings: Mapping[str, str] = field(repr=False)  # by the names that the carrier's module gives them
    voice_token: str | None = field(repr=False)  # with which the carrier of calls signs; None where none is connected
    operator_phones: tuple[str, ...]  # 人工坐席

    @property
    def local_url(self) -> str:
        """Where this machine itself reaches the web server, whatever the address it listens on."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - read, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def own_file(self, name: str) -> Path | None:
        """The city's own file of that name in HOTLINE_POLICY; None where the project's own holds."""
        own = self.policy_dir / name if self.policy_dir else None
        return own if own is not None and own.is_file() else None

    @property
    def proxies(self) -> int:
        """How many proxies stand before us. Who is not there could be spoken for by anybody; https needs one."""
        return int(self.public_url.startswith("https:")) if self.given_proxies is None else self.given_proxies

    @property
    def secret_key(self) -> str:
        """Signs sessions. Made once in the data directory where none is given; every process reads the same."""
        return self.given_secret_key or _kept_key(self.data_dir / "secret.key")

    @property
    def citizen_keys(self) -> tuple[str, ...]:
        """Keys for citizens' data, newest first: the first encrypts, all decrypt. Losing them loses the data."""
        return self.given_citizen_keys or (_kept_key(self.data_dir / "citizen.key"),)


def current() -> Settings:
    """The settings of this process. Raises SettingsError."""
    return load(os.environ)


def load(environ: Mapping[str, str]) -> Settings:
    """Read and check all settings. Raises SettingsError with every fault."""
    reader = _Reader(environ)
    reader.refuse_unknown()
    demo = reader.read("HOTLINE_DEMO", values.switch, False)
    data_dir = reader.read("HOTLINE_DATA", values.path, PROJECT / "var")
    host = reader.read("HOTLINE_HOST", values.host, "127.0.0.1")
    port = reader.read("HOTLINE_PORT", values.number(1, 65535), DEFAULT_PORT)
    own_data = data_dir / "demo" if demo else data_dir  # a demo never mixes with real data
    carrier = reader.read("HOTLINE_CARRIER", values.module, "") or reader.usual_carrier()
    settings = Settings(
        database_url=reader.read("DATABASE_URL", values.database_url, None),
        redis_url=reader.read("REDIS_URL", values.redis_url, None),
        data_dir=own_data,
        host=host,
        port=port,
        public_url=reader.read("HOTLINE_PUBLIC_URL", values.public_url, ""),
        city=reader.read("HOTLINE_CITY", values.city, {}),
        given_proxies=reader.read("HOTLINE_PROXIES", values.number(0, 9), None),
        given_secret_key=reader.read("HOTLINE_SECRET_KEY", values.secret, None),
        given_citizen_keys=reader.read("HOTLINE_CITIZEN_KEYS", values.fernet_keys, ()),
        calendar_file=reader.read("HOTLINE_CALENDAR", values.existing_file, None),
        policy_dir=reader.read("HOTLINE_POLICY", values.existing_directory, None),
        transcripts_dir=reader.read("HOTLINE_TRANSCRIPTS", values.path, own_data / "transcripts"),
        quiet_hours=reader.read("HOTLINE_QUIET_HOURS", values.hours, DEFAULT_QUIET_HOURS),
        briefs_at=reader.read("HOTLINE_BRIEFS_AT", values.time_of_day, DEFAULT_BRIEFS_AT),
        public=reader.read("HOTLINE_PUBLIC", values.one_of("redacted", "reviewed", "off"), "redacted"),
        recent_days=reader.read("HOTLINE_RECENT_DAYS", values.number(1, 366), 30),
        webhook_networks=reader.read("HOTLINE_WEBHOOK_NETWORKS", values.networks, ()),
        map_tiles=reader.read("HOTLINE_MAP_TILES", values.tiles, None),
        map_attribution=reader.read("HOTLINE_MAP_ATTRIBUTION", str, ""),
        map_coordinates=reader.read("HOTLINE_MAP_COORDINATES", values.one_of("wgs84", "gcj02"), "wgs84"),
        map_centre=reader.read("HOTLINE_MAP_CENTRE", values.position, None),
        web_workers=reader.read("HOTLINE_WEB_WORKERS", values.number(1, 64), 1),
        web_threads=reader.read("HOTLINE_WEB_THREADS", values.number(1, 64), 8),
        job_workers=reader.read("HOTLINE_JOB_WORKERS", values.number(1, 64), 1),
        log_level=reader.read("HOTLINE_LOG_LEVEL", values.log_level, "INFO"),
        demo=demo,
        venv_dir=reader.read("HOTLINE_VENV", values.path, PROJECT / ".venv"),
        carrier=carrier,
        carrier_settings=reader.read_carrier(carrier),
        voice_token=reader.read("TWILIO_AUTH_TOKEN", TWILIO["TWILIO_AUTH_TOKEN"], None),
        operator_phones=reader.read("HOTLINE_OPERATOR_PHONE", values.phones, ()),
    )
    if reader.faults:
        raise SettingsError(list(dict.fromkeys(reader.faults)))
    return settings if settings.public_url else _with_default_public_url(settings)


class _Reader:
    """Reads one variable after the other and collects what is wrong instead of stopping at the first."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = {name: value.strip() for name, value in environ.items()}
        self.faults: list[str] = []

    def read(self, name: str, convert: Callable[[str], T], default: D) -> T | D:
        value = self.environ.get(name, "")
        if not value:
            return default
        try:
            return convert(value)
        except ValueError as wrong:
            shown = "(内容不显示)" if name in SECRETS else f"“{value}”"
            self.faults.append(f"{name} 的值{shown}不能用:应为{wrong}。")
            return default

    def refuse_unknown(self) -> None:
        for name in sorted(self.environ):
            if name.startswith("HOTLINE_") and name not in VARIABLES:
                near = get_close_matches(name, VARIABLES, n=1)
                hint = f"是不是 {near[0]}?" if near else "可用的变量见 ./run help settings。"
                self.faults.append(f"{name} 不是本系统的设置(值不显示),{hint}")

    def usual_carrier(self) -> str:
        """Twilio where anything is said of it, else the page for trying out."""
        return "twilio" if any(self.environ.get(name) for name in TWILIO) else "console"

    def read_carrier(self, carrier: str) -> dict[str, str]:
        """The carrier's own settings, as its module names them. One that is missing or not known to it is a fault."""
        asked = carriers.declared(carrier)
        if asked is None:
            self.faults.append(f"HOTLINE_CARRIER 的值“{carrier}”不能用:没有这个短信运营商,见 docs/carriers.md。")
            return {}
        prefix = carriers.prefix_of(carrier)
        given = {
            name.removeprefix(prefix).lower(): value
            for name, value in self.environ.items()
            if name.startswith(prefix) and value
        }
        missing = [
            f"{prefix}{name.upper()}({meaning})" for name, meaning in asked.required.items() if name not in given
        ]
        if carrier == "twilio" and not given.keys() & {"from_number", "messaging_service_sid"}:
            missing.append("TWILIO_FROM_NUMBER 或 TWILIO_MESSAGING_SERVICE_SID")
        if missing:
            self.faults.append(f"短信运营商 {carrier} 的设置不全,还缺 {'、'.join(missing)}。")
        for name in sorted(given.keys() - asked.required.keys() - asked.optional.keys()):
            self.faults.append(f"{prefix}{name.upper()} 不是短信运营商 {carrier} 的设置(值不显示)。")
        if carrier == "twilio":
            for name, convert in TWILIO.items():
                self.read(name, convert, None)
        return given


#: Never shown, not even when they are wrong: they may be nearly right.
SECRETS = {"DATABASE_URL", "REDIS_URL", "HOTLINE_SECRET_KEY", "HOTLINE_CITIZEN_KEYS", "TWILIO_AUTH_TOKEN"}


def _with_default_public_url(settings: Settings) -> Settings:
    return replace(settings, public_url=settings.local_url)


def _kept_key(path: Path) -> str:
    """Read the key in `path`; where there is none make one. Of several processes at once all get the same."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        descriptor, new = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mode 0600
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.urlsafe_b64encode(os.urandom(32)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(new, path)  # unlike a rename, refuses when another process was first
        except FileExistsError:
            pass
        finally:
            Path(new).unlink()
    return path.read_text().strip()
