"""A small server that speaks Twilio's published interface, over real HTTP, to Twilio's own client."""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests  # type: ignore[import-untyped,unused-ignore]
from requests.adapters import HTTPAdapter  # type: ignore[import-untyped,unused-ignore]

from tests.twilio_spec import Spec


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
    """Answers as its published description says, and keeps what was wrong with what it was sent in `faults`.

    `answers` replaces what it says to a path that ends so.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.asked: list[Asked] = []
        self.faults: list[str] = []
        self.answers: list[tuple[str, Callable[[Asked], Answer]]] = []
        self.port = 0

    def refuse(self, status: int, code: int | None, **headers: str) -> None:
        """Say no as Twilio does."""
        body = {"code": code, "message": "refused", "more_info": "", "status": status}
        self.answers.insert(0, ("Messages.json", lambda _: Answer(status, json.dumps(body).encode(), headers)))

    def say(self, asked: Asked) -> Answer:
        """One request, judged and answered."""
        self.asked.append(asked)
        if asked.method == "POST":
            self.faults += self.spec.faults_of_creating(asked.path, asked.user, asked.form)
        elif asked.host == "api.twilio.com":
            self.faults += self.spec.faults_of_fetching(asked.path, asked.user)
        for ending, answer in self.answers:
            if asked.path.endswith(ending):
                return answer(asked)
        if asked.method != "POST" or self.faults:
            return Answer(404, json.dumps({"code": 20404, "message": "not found", "status": 404}).encode())
        return self._created(asked.form)

    def _created(self, form: dict[str, str]) -> Answer:
        by_service = "MessagingServiceSid" in form
        said = self.spec.example("createWithMessagingService" if by_service else "create") | {
            "sid": f"SM{len(self.asked):032x}",
            "to": form["To"],
            "body": form["Body"],
            "from": form.get("From"),
            "messaging_service_sid": form.get("MessagingServiceSid"),
            "status": "accepted" if by_service else "queued",
            "num_segments": "0" if by_service else "1",
        }
        self.faults += self.spec.faults_of_answer(said)
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
            with suppress(ConnectionError):  # a client that does not wait for ever
                self._write(answer)

        def _write(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    class Patient(ThreadingHTTPServer):
        daemon_threads = False  # nobody is still being answered when the test is over

    with Patient(("127.0.0.1", 0), Handler) as http:
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
