"""The load: several keep-alive connections, each sending its next request as soon as the last one is answered, or as
people do: some time later.

One thread over raw sockets and requests that stand ready, since it takes its time from the same cores as the server.
"""

from __future__ import annotations

import heapq
import random
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

Request = Callable[[int], bytes]  # the bytes of the request of that number
PATIENCE = 30  # seconds for an answer


class Unexpected(Exception):
    """The server answered something else than was asked for; the text is the answer."""


@dataclass(frozen=True)
class Timings:
    """How long each answer took, in seconds, sorted; and how many came in a second."""

    latencies: list[float]
    rate: float

    def at(self, share: float) -> float:
        """The latency that this share of the answers kept, in milliseconds."""
        return 1000 * self.latencies[min(int(share * len(self.latencies)), len(self.latencies) - 1)]


def drive(
    port: int, request: Request, *, status: int, seconds: float, connections: int = 8, first: int = 0, pause: float = 0
) -> Timings:
    """Ask for so many seconds, longer where too little came; the first fifth warms up and is not counted.

    `first`: the number of the first request. `pause`: so many seconds on the average, now more, now less (exponentially
    distributed, the same in every run), a connection waits before each request.

    Raises Unexpected for any other status than the one that is right.
    """
    begin = time.perf_counter()
    counting, end = begin + seconds / 5, begin + seconds
    expected = f"HTTP/1.1 {status} ".encode()
    latencies: list[float] = []
    chance = random.Random(1)  # noqa: S311 - nothing is to be kept secret
    with selectors.DefaultSelector() as selector, ExitStack() as sockets:
        lines = [_Line(port, expected) for _ in range(connections)]
        waiting = [(begin + pause * chance.expovariate(1), place) for place in range(connections)]
        heapq.heapify(waiting)
        for line in lines:
            sockets.enter_context(line.socket)
            selector.register(line.socket, selectors.EVENT_READ, line)
        while (now := time.perf_counter()) < end or len(latencies) < connections:
            while waiting and waiting[0][0] <= now:
                lines[heapq.heappop(waiting)[1]].ask(request(first))
                first += 1
            ready = selector.select(waiting[0][0] - now if waiting else PATIENCE)
            if not ready and not waiting:
                raise Unexpected(f"{PATIENCE} 秒没有回答")
            for key, _ in ready:
                line = key.data
                if not line.answered():
                    continue
                now = time.perf_counter()
                if line.asked_at >= counting:
                    latencies.append(now - line.asked_at)
                heapq.heappush(waiting, (now + pause * chance.expovariate(1), lines.index(line)))
        idle = {place for _, place in waiting}
        for place, line in enumerate(lines):
            if place not in idle:
                line.finish()
    return Timings(sorted(latencies), len(latencies) / (now - counting))


class _Line:
    """One connection with its request under way."""

    def __init__(self, port: int, expected: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._expected = expected
        self._got = b""
        self.asked_at = 0.0

    def ask(self, request: bytes) -> None:
        self._got = b""
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def answered(self) -> bool:
        """Whether the whole answer has come."""
        more = self.socket.recv(262144)
        self._got += more
        head, _, body = self._got.partition(b"\r\n\r\n")
        if not more or not self._got.startswith(self._expected[: len(self._got)]):
            raise Unexpected(self._got.decode(errors="replace")[:2000] or "连接被关闭")
        if len(body) == 0 and b"\r\n\r\n" not in self._got:
            return False
        return len(body) >= _length(head)

    def finish(self) -> None:
        """Wait for the answer that is under way."""
        while not self.answered():
            pass


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def post(path: str, body: bytes, *, media_type: str, **headers: str) -> bytes:
    """A request that stands ready; `headers` with underscores for hyphens."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {media_type}\r\n{more}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def get(path: str, **headers: str) -> bytes:
    """The same for reading."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n".encode()
