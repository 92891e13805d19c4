"""A small server that speaks Twilio's published interface, over real HTTP, to Twilio's own client."""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests  # type: ignore[import-untyped,unused-ignore]
from requests.adapters import HTTPAdapter  # type: ignore[import-untyped,unused-ignore]

SPEC = Path(__file__).resolve().parents[2] / "shared" / "data" / "twilio" / "twilio_api_v2010.json"
MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    host: str
    path: str
    user: str | None
    form: dict[str, str]


@dataclass
class Answer:
    """What the server says."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class TwilioServer:
    """Checks what it is sent against the specification; `answers` replaces what it says to a path that ends so."""

    def __init__(self, spec: dict[str, Any]) -> None:
        post = spec["paths"][MESSAGES]["post"]
        form = post["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        self.known = set(form["properties"])
        self.created = post["responses"]["201"]["content"]["application/json"]["examples"]["create"]["value"]
        self.asked: list[Asked] = []
        self.answers: list[tuple[str, Callable[[Asked], Answer]]] = []
        self.port = 0

    def refuse(self, status: int, code: int | None) -> None:
        """Say no as Twilio does."""
        body = {"code": code, "message": "refused", "more_info": "", "status": status}
        self.answers.insert(0, ("Messages.json", lambda _: Answer(status, json.dumps(body).encode())))

    def say(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        for ending, answer in self.answers:
            if asked.path.endswith(ending):
                return answer(asked)
        unknown = set(asked.form) - self.known
        if asked.method != "POST" or not asked.path.endswith("/Messages.json") or unknown:
            return Answer(404, json.dumps({"code": 20404, "message": f"unknown {unknown}", "status": 404}).encode())
        sid = f"SM{len(self.asked):032x}"
        said = {**self.created, "sid": sid, "to": asked.form["To"], "body": asked.form["Body"]}
        return Answer(201, json.dumps(said).encode(), {"Content-Type": "application/json"})


@contextmanager
def running(server: TwilioServer) -> Iterator[TwilioServer]:
    """Serve on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            self._answer("POST", form)

        def do_GET(self) -> None:
            self._answer("GET", {})

        def _answer(self, method: str, form: dict[str, str]) -> None:
            kind, _, secret = self.headers.get("Authorization", "").partition(" ")
            user = b64decode(secret).decode() if kind == "Basic" else None
            asked = Asked(method, self.headers.get("X-Meant-For", ""), self.path, user, form)
            answer = server.say(asked)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.port = http.server_address[1]
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


class ToServer(HTTPAdapter):  # type: ignore[misc,unused-ignore]
    """Carries what is meant for any https address to the server instead."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        meant = urlsplit(str(request.url))
        request.headers["X-Meant-For"] = meant.netloc
        request.url = f"http://127.0.0.1:{self.port}{meant.path}"
        more["proxies"] = {}
        return super().send(request, *args, **more)
