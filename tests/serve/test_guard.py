"""Who may ask, how many at a time, and what every answer says in its headers."""

import asyncio
import socket
from typing import Any

import pytest
from starlette.testclient import TestClient

from served import Open, encoded, files, spotted
from teni.serve import Limits, Settings
from teni.serve.body import Held, read_body
from teni.serve.guard import Guard, State
from teni.serve.metrics import Metrics
from teni.serve.refused import Refused

TOKEN = "0123456789abcdef"
GOOD = encoded(spotted())


@pytest.mark.parametrize("path", ["/", "/card", "/health", "/page/app.js", "/nowhere", "/openapi.json"])
def test_headers_of_every_answer(client: TestClient, path: str):
    headers = client.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("LocalHost:9", 200),
        ("[::1]:8000", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example:8000", 421),
        ("localhost@evil.example", 421),
        ("", 421),
        ("[::1", 421),
    ],
)
def test_the_name_it_is_called_by(client: TestClient, host: str, status: int):
    answer = client.get("/health", headers={"Host": host})
    assert answer.status_code == status
    if status == 421:
        assert answer.json()["error"].startswith("this service does not answer to that host name")


def test_further_names(opened: Open):
    named = opened(Settings(names=("Faces.example",)))
    assert named.get("/health", headers={"Host": "faces.example"}).status_code == 200
    assert named.get("/health", headers={"Host": "other.example"}).status_code == 421
    everywhere = opened(Settings(host="0.0.0.0"))
    assert everywhere.get("/health", headers={"Host": "192.168.0.7:8000"}).status_code == 200
    assert everywhere.get("/health", headers={"Host": "other.example:8000"}).status_code == 421


@pytest.mark.parametrize(
    ("name", "open_to_all", "with_token", "with_name"),
    [
        ("192.168.0.7", True, True, True),
        ("fe80::1", True, True, True),
        ("gpu7", True, True, True),
        (f"{socket.gethostname().lower()}.local", True, True, True),
        ("faces.example", False, True, True),
        ("evil.example", False, True, False),
        ("192.168.0.7.evil.example", False, True, False),
        ("", False, True, False),
    ],
)
def test_names_on_an_address_that_others_reach(
    name: str, open_to_all: bool, with_token: bool, with_name: bool
):
    """A page may point a name of its own at this machine; it cannot do so with an address, or read a token."""
    assert Settings(host="0.0.0.0").answers_to(name) == open_to_all
    assert Settings(host="0.0.0.0", token=TOKEN).answers_to(name) == with_token
    assert Settings(host="0.0.0.0", names=("Faces.example",)).answers_to(name) == with_name


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:8000", 200),
        ("http://evil.example", 403),
        ("null", 403),
        ("http://127.0.0.1:8001", 403),
    ],
)
def test_pages_of_other_sites_may_not_send(client: TestClient, origin: str, status: int):
    answer = client.post("/predict", files=files(GOOD), headers={"Origin": origin})
    assert answer.status_code == status


def test_a_token(opened: Open):
    guarded = opened(Settings(token=TOKEN))
    for path in ("/", "/health", "/openapi.json", "/page/app.js"):
        assert guarded.get(path).status_code == 200
    for method, path in (("GET", "/card"), ("GET", "/metrics"), ("POST", "/predict"), ("POST", "/propose")):
        for said in (None, TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ", "Bearer é".encode()):
            answer = guarded.request(method, path, headers={} if said is None else {"Authorization": said})
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json() == {"error": "a token is needed: Authorization: Bearer TOKEN"}
    headers = {"Authorization": f"bearer {TOKEN}"}
    assert guarded.get("/card", headers=headers).status_code == 200
    assert guarded.post("/predict", files=files(GOOD), headers=headers).status_code == 200


def scope(path: str) -> dict[str, Any]:
    return {"type": "http", "method": "POST", "path": path, "headers": [(b"host", b"localhost")]}


def test_too_many_requests_at_a_time():
    """Three ask at once where two may: the third hears that it should come again, and later it may."""
    statuses: list[int] = []
    headers: list[dict[bytes, bytes]] = []

    async def ask_three() -> None:
        gate = asyncio.Event()

        async def app(_: Any, __: Any, send: Any) -> None:
            await gate.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                headers.append(dict(message["headers"]))

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        guard = Guard(app, Settings(limits=Limits(in_flight=2)), Metrics(), State())
        asked = [asyncio.create_task(guard(scope("/predict"), receive, send)) for _ in range(2)]
        await asyncio.sleep(0)
        await guard(scope("/predict"), receive, send)
        assert statuses == [503]
        assert headers[0][b"retry-after"] == b"1"
        gate.set()
        await asyncio.gather(*asked)
        await guard(scope("/predict"), receive, send)

    asyncio.run(ask_three())
    assert statuses == [503, 200, 200, 200]


def test_a_fault_is_told_in_one_sentence_and_logged(caplog: pytest.LogCaptureFixture):
    told: list[Any] = []

    async def broken(*_: Any) -> None:
        raise ZeroDivisionError("secret")

    async def send(message: Any) -> None:
        told.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    asyncio.run(Guard(broken, Settings(), Metrics(), State())(scope("/predict"), receive, send))
    assert told[0]["status"] == 500
    assert b"secret" not in told[1]["body"]
    assert "a request could not be answered" in caplog.text


def request_of(messages: list[Any]) -> Any:
    from starlette.requests import Request

    async def receive() -> Any:
        if not messages:
            await asyncio.sleep(60)
        return messages.pop(0)

    return Request(scope("/predict"), receive)


def part(size: int, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": bytes(size), "more_body": more}


@pytest.mark.parametrize(
    ("messages", "limits", "most", "status", "sentence"),
    [
        ([part(9)], Limits(seconds=0.05), 100, 408, "the request took longer than 0.05 s to arrive"),
        (
            [part(9), {"type": "http.disconnect"}],
            Limits(),
            100,
            400,
            "the request ended before its body was whole",
        ),
        ([part(60), part(60, False)], Limits(), 100, 503, "busy: try again in a moment"),
    ],
)
def test_bodies_that_do_not_come(messages: list[Any], limits: Limits, most: int, status: int, sentence: str):
    held = Held(most)
    with pytest.raises(Refused) as refused:
        asyncio.run(read_body(request_of(messages), limits, held))
    assert (refused.value.status, refused.value.sentence) == (status, sentence)
    assert held.now == 0


def test_a_body_is_counted_while_it_is_held():
    held = Held(100)
    assert asyncio.run(read_body(request_of([part(60), part(40, False)]), Limits(), held)) == bytes(100)
    assert held.now == 100
