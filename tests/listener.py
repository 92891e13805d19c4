"""Another system that is told: a real HTTP server in a thread. It verifies signatures with code of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Heard:
    """One request as it came; names of headers in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    def is_signed_with(self, secret: str) -> bool:
        """As the Standard Webhooks specification says, written from its text and not from ours."""
        key = base64.b64decode(secret.split("_", 1)[1])
        content = f"{self.id}.{self.headers['webhook-timestamp']}.{self.body.decode()}"
        expected = base64.b64encode(hmac.new(key, content.encode(), hashlib.sha256).digest()).decode()
        return f"v1,{expected}" in self.headers["webhook-signature"].split(" ")


@dataclass
class Listener:
    """`answers` are given one after the other, the last one for ever."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [204])
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, heard: Heard) -> int:
        with self.lock:
            self.heard.append(heard)
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def ids(self) -> list[str]:
        """Several are on their way at the same time: in the order of the events, not of their coming."""
        return sorted((each.id for each in self.heard), key=lambda id: int(id.partition("-")[2]))

    @property
    def in_order(self) -> list[Heard]:
        """The same, as they came."""
        return sorted(self.heard, key=lambda each: each.told["data"]["event"])


@contextmanager
def listening() -> Iterator[Listener]:
    """A listener on a free port of this machine."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            named = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(listener.hear(Heard(self.path, named, body)))
            for name, value in listener.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    listener.url = f"http://127.0.0.1:{server.server_address[1]}/hook?city=1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
