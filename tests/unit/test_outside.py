"""The way out: which addresses may be spoken to, and that the one that was checked is the one that is."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hotline.carriers import outside as outside_module
from hotline.carriers.outside import NotAllowed, Outside
from hotline.domain import signing

PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.cn",
        "http://hooks.example.cn/",
        "ftp://hooks.example.cn/",
        "https:///x",
        "https://user:word@hooks.example.cn/",
        "https://hooks.example.cn/#x",
        "https://hooks.example.cn/a b",
        "https://hooks.example.cn/\nHost: x",
        "https://热线.cn/",
        "https://hooks.example.cn:99999/",
        "https://hooks.example.cn/" + "a" * 500,
        "http://localhost/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/",
        "https://224.0.0.1/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
    ],
)
def test_is_no_address_of_ours(url: str) -> None:
    with pytest.raises(NotAllowed):
        Outside().check(url)


def test_may_be_spoken_to() -> None:
    Outside().check("https://hooks.example.cn:8443/path?x=1")
    Outside().check(f"https://{PUBLIC}/")
    Outside([ip_network("10.1.0.0/16")]).check("https://10.1.2.3/")
    Outside(trying_out=True).check("http://localhost:8000/")
    with pytest.raises(NotAllowed):
        Outside(trying_out=True).check("http://10.1.2.3/")


@pytest.mark.parametrize("found", [["10.0.0.1"], [PUBLIC, "127.0.0.1"], ["::1"], ["fd00::1"]])
def test_a_name_is_looked_up_when_it_is_spoken_to(monkeypatch: pytest.MonkeyPatch, found: list[str]) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: rows)
    answer = Outside().post("https://hooks.example.cn/", {}, b"{}")
    assert answer.status is None and "内部网络" in answer.failure


def test_a_name_that_is_not_there() -> None:
    answer = Outside().post("https://no-such-name.invalid/", {}, b"{}")
    assert (answer.status, answer.failure) == (None, "域名解析不到地址")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, Path, list[str]]]:
    """An https server here with a certificate for hooks.example.cn: port, certificate, Host headers heard."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    _sign(certificate, key)
    hosts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hosts.append(self.headers["Host"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_address[1], certificate, hosts
    server.shutdown()
    thread.join()
    server.server_close()


def _sign(certificate: Path, key: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example.cn")])
    now = datetime.datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example.cn")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def test_the_certificate_must_be_known_and_bear_the_name(
    monkeypatch: pytest.MonkeyPatch, server: tuple[int, Path, list[str]]
) -> None:
    port, certificate, hosts = server
    here: Any = lambda *args, **more: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]  # noqa: E731
    monkeypatch.setattr(socket, "getaddrinfo", here)
    outside = Outside([ip_network("127.0.0.0/8")])
    assert outside.post(f"https://hooks.example.cn:{port}/", {}, b"{}").failure == "对方的证书无效", "signed by itself"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert outside.post(f"https://hooks.example.cn:{port}/x", {}, b"{}").taken
    assert outside.post(f"https://other.example.cn:{port}/", {}, b"{}").failure == "对方的证书无效", "another name"
    assert hosts == [f"hooks.example.cn:{port}"]


def test_who_answers_byte_by_byte_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside_module, "MOST", 0.2)
    whole: list[bool] = []

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                for _ in range(3000):  # half a minute, and never silent
                    connection.sendall(b"x")
                    threading.Event().wait(0.01)
                whole.append(True)
            except OSError:
                whole.append(False)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        answer = Outside(trying_out=True).post(f"http://127.0.0.1:{listening.getsockname()[1]}/", {}, b"{}")
        thread.join()
    assert whole == [False], "it was not waited for"
    assert answer.taken, "what counts was said in the first line"


def test_a_signature_as_the_standards_own_example_has_it() -> None:
    """The vector of the Standard Webhooks libraries."""
    moment = datetime.datetime.fromtimestamp(1614265330, UTC)
    signed = signing.headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", moment, b'{"test": 2432232314}'
    )
    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signed["webhook-timestamp"] == "1614265330"
