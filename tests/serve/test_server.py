"""The service as a process of its own: started, asked, and ended while requests are on their way."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from served import SPOTS, encoded, spotted
from spot_run import NAMES
from teni.errors import TeniError
from teni.serve import Settings, listening_socket

PROGRAM = [sys.executable, "-c", "from teni.cli import main; main()"]
BOUNDARY = "b0undary"


def form(picture: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    return head.encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()


BODY = form(encoded(spotted()))
HEADERS = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


@dataclass
class Started:
    """A service that runs."""

    process: subprocess.Popen[str]
    port: int

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, method: str, path: str) -> tuple[int, str, bytes]:
        """Return the status, the headers and the body of an answer."""
        with closing(self.connect()) as connection:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, str(answer.headers), answer.read()


@pytest.fixture
def started(spots: Path) -> Iterator[Started]:
    """Start the service on a free port, and end it afterwards if the test has not."""
    words = [*PROGRAM, "serve", spots, "--port", "0", "--json"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    assert told["url"].startswith("http://127.0.0.1:")
    assert told["seconds_to_ready"] > 0
    yield Started(process, int(told["url"].rpartition(":")[2]))
    if process.poll() is None:
        process.kill()
    process.communicate()


@dataclass
class Counted:
    """What clients saw."""

    answered: int = 0
    lost: list[str] = field(default_factory=list)
    refused: int = 0


def keep_asking(started: Started, counted: Counted, lock: threading.Lock, keep: bool) -> None:
    """Ask until nobody is there any more; a request that was sent must be answered."""
    with closing(started.connect()) as connection:
        while True:
            try:
                if connection.sock is None:
                    connection.connect()
            except ConnectionRefusedError:
                with lock:
                    counted.refused += 1
                return
            try:
                connection.request("POST", "/predict", BODY, HEADERS)
                answer = connection.getresponse()
                whole = json.loads(answer.read())
                assert answer.status == 200
                assert abs(whole[0]["keypoints"][NAMES[0]]["x"] - SPOTS[0, 0]) < 0.1
            except Exception as error:
                with lock:
                    counted.lost.append(repr(error))
                return
            with lock:
                counted.answered += 1
            if not keep:
                connection.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_no_request_is_lost_at_the_end(started: Started, number: signal.Signals):
    """Half of the clients keep their connections, half make a new one for each request; then the end comes."""
    assert json.loads(started.ask("GET", "/health")[2]) == {"status": "ok"}
    counted, lock = Counted(), threading.Lock()
    clients = [
        threading.Thread(target=keep_asking, args=(started, counted, lock, i % 2 == 0)) for i in range(16)
    ]
    for client in clients:
        client.start()
    while counted.answered < 32 and not counted.lost:
        time.sleep(0.01)
    os.kill(started.process.pid, number)
    for client in clients:
        client.join(30)
    _, said = started.process.communicate(timeout=30)
    assert counted.lost == []
    assert counted.refused == 16  # every client was answered until it found nobody
    assert started.process.returncode == 0
    loading, ready, *ended = said.splitlines()
    assert loading == "Loading and compiling the model …"
    assert ready.startswith("Ready after ")
    assert ready.endswith("predicts 2 keypoints; Ctrl-C ends it.")
    assert ended == ["Ended; every request that was accepted has been answered."]


def test_a_request_that_is_half_sent_when_the_end_comes(started: Started):
    with socket.create_connection(("127.0.0.1", started.port), timeout=30) as connection:
        head = f"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {HEADERS['Content-Type']}\r\n"
        connection.sendall(f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY[:100])
        time.sleep(0.2)
        started.process.send_signal(signal.SIGTERM)
        time.sleep(0.8)
        connection.sendall(BODY[100:])
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"connection: close" in answer.lower()
    assert started.process.wait(30) == 0


def test_a_port_that_is_taken(started: Started, spots: Path):
    done = subprocess.run(
        [*PROGRAM, "serve", spots, "--port", str(started.port)], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: 127.0.0.1:{started.port}: another program listens there already; give another --port\n"
    )


def test_a_port_is_taken_from_the_beginning_and_not_only_when_the_model_is_loaded():
    with listening_socket(Settings(port=0)) as first:
        port = first.getsockname()[1]
        with pytest.raises(TeniError, match=f"127.0.0.1:{port}: another program listens there already"):
            listening_socket(Settings(port=port))


def test_a_host_that_is_not_here():
    with pytest.raises(TeniError, match=r"192\.0\.2\.1:0: cannot be listened on \(.*\); give another --host"):
        listening_socket(Settings(host="192.0.2.1", port=0))
    with pytest.raises(TeniError, match=r"no\.such\.invalid:1: is no address that can be listened on"):
        listening_socket(Settings(host="no.such.invalid", port=1))


def test_no_header_tells_a_version_or_a_path(started: Started, spots: Path):
    for path in ("/", "/card", "/health", "/nowhere", "/metrics", "/openapi.json"):
        _, headers, body = started.ask("GET", path)
        assert "server:" not in headers.lower()
        for secret in ("uvicorn", "python/", str(spots.parent), "site-packages"):
            assert secret not in f"{headers}{body.decode()}".lower()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (b"\x16\x03\x01\x02\x00 not HTTP\r\n\r\n", "this is no HTTP request"),
        (
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000,
            "the head of the request is longer than",
        ),
    ],
)
def test_heads_that_are_none(started: Started, sent: bytes, sentence: str):
    with socket.create_connection(("127.0.0.1", started.port), timeout=30) as connection:
        connection.sendall(sent)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"].startswith(sentence)
    assert started.ask("GET", "/health")[0] == 200


def test_who_sends_too_much_reads_why(started: Started):
    with closing(started.connect()) as connection:
        connection.request("POST", "/predict", bytes(20_000_000), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 413
        assert json.loads(answer.read())["error"].startswith("the request is larger than 16 MB")
