"""The way out to other systems: which addresses may be spoken to, and one request to one of them.

Whoever enters an address must not reach through us what only we can reach: the machines beside us, the address that
tells a cloud's machine its passwords. So the name is looked up when something is sent, every address found must be a
public one or of a network that the settings name, and the connection goes to the very address that was checked.
Nothing is followed elsewhere.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError, TimeoutError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

WAIT = Timeout(connect=5, read=10)  # seconds, of silence
MOST = 30  # seconds for a whole answer: who sends a byte at a time would hold up all that others are to be told
LONGEST = 500  # characters of an address
_CARRIED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))  # NAT64: an IPv4 address within


class NotAllowed(ValueError):
    """An address that must not be spoken to. The message is Chinese and says why."""


@dataclass(frozen=True)
class Answer:
    """What came of a request: the status, or why there is none. `wait`: seconds for which it asks to be left alone."""

    status: int | None
    failure: str = ""
    wait: int = 0

    @property
    def taken(self) -> bool:
        """Whether the other side has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether it wants nothing more."""
        return self.status == 410


@dataclass(frozen=True)
class Outside:
    """`networks`: of our own house that may be spoken to as well. `trying_out`: this machine too, and without TLS."""

    networks: Sequence[Network] = ()
    trying_out: bool = False

    def check(self, url: str) -> None:
        """Raises NotAllowed for what cannot be an address of ours, as far as it can be seen without looking it up."""
        parts = _split(url)
        if parts.scheme == "http" and not (self.trying_out and parts.hostname in ("localhost", "127.0.0.1", "::1")):
            raise NotAllowed("网址应以 https:// 开头。")
        try:
            literal = ip_address(parts.hostname or "")
        except ValueError:
            return
        self._check_address(literal)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send it. Nothing is raised: whatever goes wrong is an answer."""
        try:
            self.check(url)
            parts = _split(url)
            addresses = self._look_up(parts)
        except NotAllowed as fault:
            return Answer(None, str(fault))
        answer = Answer(None, "连接不上")
        for address in addresses:
            try:
                return _ask(parts, address, headers, body)
            except (NewConnectionError, ConnectTimeoutError):
                continue
            except SSLError:
                return Answer(None, "对方的证书无效")
            except TimeoutError:
                return Answer(None, "对方没有在 10 秒内答复")
            except (HTTPError, OSError, ValueError) as fault:
                answer = Answer(None, f"连接中断（{type(fault).__name__}）")
        return answer

    def _look_up(self, parts: SplitResult) -> list[str]:
        """Raises NotAllowed where one of the addresses is not to be spoken to, or where there is none."""
        try:
            found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise NotAllowed("域名解析不到地址") from None
        addresses = [ip_address(str(row[4][0]).partition("%")[0]) for row in found]
        for address in addresses:
            self._check_address(address)
        return [str(address) for address in sorted(dict.fromkeys(addresses), key=lambda each: each.version)]

    def _check_address(self, address: Address) -> None:
        address = _within(address)
        if any(address in network for network in self.networks):
            return
        if self.trying_out and address.is_loopback:
            return
        if not address.is_global or address.is_multicast:
            raise NotAllowed(
                "不能发往内部网络的地址；确需发往本单位内网的，请系统维护人员设置 HOTLINE_WEBHOOK_NETWORKS。"
            )


def _within(address: Address) -> Address:
    """The address that is really meant, where one of the old kind is wrapped in one of the new kind."""
    if isinstance(address, IPv4Address):
        return address
    if any(address in network for network in _CARRIED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, address))[1]


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.port != 0 and parts.scheme in ("https", "http") and parts.hostname
    except ValueError:
        usable = ""
    if not usable or len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise NotAllowed("请填写完整的网址，例如 https://example.gov.cn/hook。")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise NotAllowed("网址中不能有用户名、密码或“#”。")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _ask(parts: SplitResult, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """One request to that very address, in the name that the certificate must bear."""
    pool = _pool(parts, address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        response = pool.urlopen(
            "POST",
            path,
            body=body,
            headers={"Host": parts.netloc, "User-Agent": "hotline-webhooks", **headers},
            retries=False,
            redirect=False,
            timeout=WAIT,
            preload_content=False,
        )
        asked = response.headers.get("Retry-After", "")
        wait = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 0
        response.close()  # what it says beside the status is not read: nobody looks at it
    finally:
        pool.close()
    failure = "" if 200 <= response.status < 300 else f"对方答复 {response.status}"
    return Answer(response.status, failure, wait)


class _Cut(HTTPConnection):
    """A connection that ends when the time is up, whatever still comes."""

    _watch: threading.Timer | None = None

    def connect(self) -> None:
        super().connect()
        self._watch = threading.Timer(MOST, self._cut)
        self._watch.daemon = True
        self._watch.start()

    def _cut(self) -> None:
        try:
            self.sock.shutdown(socket.SHUT_RDWR)  # who is reading reads the end
        except (OSError, AttributeError):  # it has just ended by itself
            return

    def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().close()


class _CutSecure(_Cut, HTTPSConnection):
    """The same under TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Cut


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _CutSecure


def _pool(parts: SplitResult, address: str) -> HTTPConnectionPool:
    if parts.scheme == "http":
        return _Pool(address, _port(parts))
    name = parts.hostname
    return _SecurePool(address, _port(parts), cert_reqs="CERT_REQUIRED", server_hostname=name, assert_hostname=name)
