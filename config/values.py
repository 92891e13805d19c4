"""What one setting may look like: each function turns a text into a value or raises ValueError with what is expected
(Chinese, read after “应为”)."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import time
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def switch(value: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if value.lower() not in known:
        raise ValueError("1 或 0")
    return known[value.lower()]


def path(value: str) -> Path:
    path = Path(value).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError("目录,但那里是一个文件")
    return path


def module(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", value):
        raise ValueError("模块名,例如 console 或 twilio")
    return value


def existing_file(value: str) -> Path:
    path = Path(value).expanduser().absolute()
    if not path.is_file():
        raise ValueError("已有的文件")
    return path


def existing_directory(value: str) -> Path:
    path = Path(value).expanduser().absolute()
    if not path.is_dir():
        raise ValueError("已有的目录")
    return path


def city(value: str) -> dict[str, str]:
    chinese, latin = "[\u3400-\u9fff\U00020000-\U000323af]{2,15}", "[A-Za-zÀ-ɏ]"
    found = re.fullmatch(rf"(?P<zh>{chinese})(\s*[,，]\s*(?P<en>{latin}(?:{latin}|[' ’-]){{0,28}}{latin}))?", value)
    if not found:
        raise ValueError("中文名称,例如 合肥市,或加上英文名:合肥市,Hefei")
    return {language: name for language, name in found.groupdict().items() if name}


def host(value: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.:_-]+", value):
        raise ValueError("地址或主机名,例如 127.0.0.1 或 0.0.0.0")
    return value


def number(least: int, most: int) -> Callable[[str], int]:
    def convert(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise ValueError(f" {least} 到 {most} 的整数")
        return int(value)

    return convert


def database_url(value: str) -> str:
    """SQLAlchemy's form of it: other drivers' and the plain `postgres://` are rewritten to psycopg's."""
    scheme, separator, rest = value.partition("://")
    if not separator or not rest or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError(" postgresql://用户:密码@主机/库名")
    return f"postgresql+psycopg://{rest}"


def redis_url(value: str) -> str:
    parts = _split(value)
    network = parts.scheme in {"redis", "rediss"} and bool(parts.hostname)
    if not network and not (parts.scheme == "unix" and parts.path.startswith("/")):
        raise ValueError(" redis://主机:6379/0、rediss://… 或 unix:///套接字")
    return value


def public_url(value: str) -> str:
    parts = _split(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(" http:// 或 https:// 开头的网址,例如 https://12319.example.gov.cn")
    return value.rstrip("/")


def secret(value: str) -> str:
    if len(value) < 32:
        raise ValueError("至少 32 个字符的随机文字")
    return value


def fernet_keys(value: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in value.split(",") if key.strip())
    for key in keys:
        try:
            length = len(base64.b64decode(key, altchars=b"-_", validate=True))
        except (binascii.Error, ValueError):
            length = 0
        if length != 32:
            raise ValueError(" 密钥:32 字节的 URL 安全 base64,多个用逗号分隔")
    return keys


def time_of_day(value: str) -> time | None:
    if value.lower() == "off":
        return None
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value)
    if not found:
        raise ValueError("时刻,例如 08:00,或 off")
    return time(int(found[1]), int(found[2]))


def hours(value: str) -> tuple[time, time] | None:
    if value.lower() == "off":
        return None
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)", value)
    if not found or (found[1] == found[3] and found[2] == found[4]):
        raise ValueError("起止时刻,例如 22:00-07:00,或 off")
    return time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))


def phones(value: str) -> tuple[str, ...]:
    """As many as a carrier lets ring at once."""
    numbers = tuple(re.split(r"\s*[,，]\s*", value))
    if len(numbers) > 10 or not all(re.fullmatch(r"\+[1-9][0-9]{6,14}", number) for number in numbers):
        raise ValueError("带国家码的电话号码,例如 +8655112319,多个用逗号分隔,最多 10 个")
    return numbers


def networks(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Named as whoever runs the network writes them down: an address with the length of its prefix."""
    try:
        return tuple(ip_network(part) for part in re.split(r"\s*[,，]\s*", value))
    except ValueError:
        raise ValueError("网段,例如 10.20.0.0/16,多个用逗号分隔") from None


def one_of(*known: str) -> Callable[[str], str]:
    def convert(value: str) -> str:
        if value.lower() not in known:
            raise ValueError("、".join(known) + " 之一")
        return value.lower()

    return convert


def tiles(value: str) -> str:
    parts = _split(value.replace("{s}", "a"))
    if parts.scheme not in {"http", "https"} or not parts.hostname or not all(f"{{{axis}}}" in value for axis in "xyz"):
        raise ValueError("瓦片地址,例如 https://tiles.example.cn/{z}/{x}/{y}.png")
    return value


def position(value: str) -> tuple[float, float]:
    found = re.fullmatch(r"(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)", value)
    if not found or abs(float(found[1])) > 85 or abs(float(found[2])) > 180:
        raise ValueError("纬度,经度(WGS 84),例如 30.51,117.05")
    return float(found[1]), float(found[2])


def log_level(value: str) -> str:
    if value.upper() not in LOG_LEVELS:
        raise ValueError("、".join(LOG_LEVELS) + " 之一")
    return value.upper()


def matching(pattern: str, expected: str) -> Callable[[str], str]:
    def convert(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(expected)
        return value

    return convert


def _split(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port  # is only looked at when asked for
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts
