"""The other side of a template carrier, over real HTTP: takes what is signed, keeps who was sent what, pushes back."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

SECRET = "template-secret"


def signed(body: bytes, secret: str = SECRET) -> str:
    """As both sides sign."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class TemplateServer:
    """Knows which templates were approved and with which parameters; `refuses` answers a number with an error code."""

    def __init__(self, approved: Mapping[str, set[str]]) -> None:
        self.approved = approved
        self.sent: list[dict[str, Any]] = []
        self.refuses: dict[str, str] = {}
        self.port = 0

    def take(self, key_id: str, signature: str, body: bytes) -> dict[str, str]:
        """One request to send, as the carrier judges it."""
        if key_id != "key" or not hmac.compare_digest(signature, signed(body)):
            return {"code": "SIGNATURE_NOT_MATCH"}
        asked = json.loads(body)
        given = json.loads(asked["template_param"])
        if asked["sign"] != "12319" or set(given) != self.approved.get(asked["template_code"], {"no such template"}):
            return {"code": "TEMPLATE_ILLEGAL"}
        if code := self.refuses.get(asked["phone"]):
            return {"code": code}
        self.sent.append({**asked, "params": given, "biz_id": f"B{len(self.sent):06}"})
        return {"code": "OK", "biz_id": self.sent[-1]["biz_id"]}

    def report(self, sent: Mapping[str, Any], err_code: str = "DELIVERED", **more: Any) -> dict[str, Any]:
        """状态报告 of one text."""
        return {
            "phone_number": sent["phone"],
            "send_time": "2026-10-12 09:00:01",
            "report_time": "2026-10-12 09:00:04",
            "success": err_code == "DELIVERED",
            "err_code": err_code,
            "sms_size": "1",
            "biz_id": sent["biz_id"],
            "out_id": sent["out_id"],
        } | more

    @contextmanager
    def running(self) -> Iterator[TemplateServer]:
        """Serve on a free port of this machine."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                said = server.take(self.headers.get("X-Key-Id", ""), self.headers.get("X-Signature", ""), body)
                answer = json.dumps(said).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        class Patient(ThreadingHTTPServer):
            daemon_threads = False  # nobody is still being answered when the test is over

        with Patient(("127.0.0.1", 0), Handler) as http:
            self.port = http.server_address[1]
            thread = threading.Thread(target=http.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield self
            finally:
                http.shutdown()
                thread.join()


def push(app: Flask, about: str, items: Sequence[Mapping[str, Any]], *, secret: str = SECRET) -> TestResponse:
    """What the carrier posts to the hotline: an array, signed."""
    body = json.dumps(items, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "X-Signature": signed(body, secret)}
    return app.test_client().post(f"/carriers/template/{about}", data=body, headers=headers)
