"""Ten gigabytes: what is larger than any form is refused by the real server before it is read, and stored nowhere."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.serving import served
from tests.city import City
from tests.clockwork import environment

TEN_GIGABYTES = 10 * 1024**3
MEGABYTE = b"0" * 1024 * 1024
BOUNDARY = b"----a"
PART = (
    b"------a\r\nContent-Disposition: form-data; name=\"photos\"; filename=\"a.jpg\"\r\n"
    b"Content-Type: image/jpeg\r\n\r\n"
)  # fmt: skip
FORM = b"multipart/form-data; boundary=" + BOUNDARY


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Where the server may put what it does not keep in memory."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def port(city: City, redis_url: str, stored: Path) -> Iterator[int]:
    with served({**environment(city, redis_url), "TMPDIR": str(stored)}, workers=1) as port:
        yield port


def call(port: int, path: str, *headers: bytes) -> socket.socket:
    """A request whose body has yet to come."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=120)
    lines = [f"POST {path} HTTP/1.1".encode(), b"Host: localhost", *headers, b"", b""]
    connection.sendall(b"\r\n".join(lines))
    return connection


def pour(connection: socket.socket, chunked: bool, most: int = 500) -> int:
    """Megabyte after megabyte until the server hangs up; how many it has taken. A server that only waits fails."""
    piece = b"%x\r\n%b\r\n" % (len(MEGABYTE), MEGABYTE) if chunked else MEGABYTE
    for sent in range(most):
        try:
            connection.sendall(piece)
        except ConnectionError:
            return sent
    return most


def status(connection: socket.socket) -> int:
    """What the server has answered."""
    return int(connection.makefile("rb").readline().split()[1])


def lies_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def is_alive(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return status(connection) == 200


def assert_who_announces_it_is_refused_before_the_first_byte(port: int) -> None:
    length = f"Content-Length: {TEN_GIGABYTES}".encode()
    doors = {"/complaints/new": 413, "/q/20261012000001/additions": 413, "/login": 413, "/twilio/sms": 403}
    for path, answer in doors.items():  # the last one is shut: no carrier has been set
        with call(port, path, b"Content-Type: " + FORM, length) as connection:
            connection.sendall(PART)
            assert status(connection) == answer, path
    with call(port, "/complaints/new", b"Content-Type: " + FORM, length) as connection:
        connection.sendall(PART)
        assert pour(connection, chunked=False) < 50, "who goes on sending is hung up on"


def assert_who_does_not_say_how_much_is_stopped_at_the_limit(port: int) -> None:
    with call(port, "/complaints/new", b"Content-Type: " + FORM, b"Transfer-Encoding: chunked") as connection:
        connection.sendall(b"%x\r\n%b\r\n" % (len(PART), PART))
        assert pour(connection, chunked=True) < 150
    words = b"Content-Type: application/x-www-form-urlencoded"
    with call(port, "/complaints/new", words, b"Transfer-Encoding: chunked") as connection:
        connection.sendall(b"5\r\ntext=\r\n")
        assert pour(connection, chunked=True) < 20, "words alone are no seventy megabytes"


def test_ten_gigabytes_are_refused_and_stored_nowhere_whether_announced_or_not(
    port: int, stored: Path, city: City
) -> None:
    """One scene, because the start of a server takes ten times as long as all that is asked of it."""
    assert_who_announces_it_is_refused_before_the_first_byte(port)
    assert lies_in(stored) == 0 and is_alive(port)
    assert_who_does_not_say_how_much_is_stopped_at_the_limit(port)
    assert lies_in(stored) == 0 and lies_in(city.office.files) < 10_000 and is_alive(port)
