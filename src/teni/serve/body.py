"""The body of a request, read under limits while it streams."""

import asyncio

from starlette.requests import Request

from teni.serve.refused import Refused
from teni.serve.settings import Limits

# A client that sends too much is listened to a little longer: most first send all and then read the answer.
DRAINED_AT_MOST = 8  # times the limit of a request
DRAINED_SECONDS = 5.0


class Held:
    """How many bytes of bodies are in memory, all requests together.

    Args:
        most: how many may be.

    >>> held = Held(10)
    >>> held.take(8), held.take(8)
    (True, False)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.now = 0

    def take(self, size: int) -> bool:
        """Count further bytes, unless they are too many."""
        if self.now + size > self._most:
            return False
        self.now += size
        return True

    def give_back(self, size: int) -> None:
        """Count bytes no longer."""
        self.now -= size


async def read_body(request: Request, limits: Limits, held: Held) -> bytes:
    """Read the whole body of a request; nothing of it over the limit is kept.

    Args:
        request: whose body nobody has read yet.
        limits: bytes and seconds.
        held: what other requests hold; what is read stays counted there until `Held.give_back`.

    Raises:
        Refused: too large, too slow, gone, or the service holds too much already.
    """
    chunks: list[bytes] = []
    try:
        async with asyncio.timeout(limits.seconds):
            await _take(request, limits, held, chunks)
    except BaseException as error:
        held.give_back(sum(map(len, chunks)))
        if isinstance(error, TimeoutError):
            sentence = f"the request took longer than {limits.seconds:g} s to arrive"
            raise Refused(408, sentence, {"Connection": "close"}) from error
        raise
    return b"".join(chunks)


async def _take(request: Request, limits: Limits, held: Held, chunks: list[bytes]) -> None:
    """Add chunk after chunk until the body is whole."""
    size, more = 0, True
    too_large = _declared(request) > limits.request_bytes
    while more and not too_large:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "the request ended before its body was whole")
        chunk, more = message.get("body", b""), message.get("more_body", False)
        size += len(chunk)
        too_large = size > limits.request_bytes
        if too_large:
            break
        if not held.take(len(chunk)):
            raise Refused(503, "busy: try again in a moment", {"Retry-After": "1"})
        chunks.append(chunk)
    if too_large:
        if more:
            await _drain(request, DRAINED_AT_MOST * limits.request_bytes)
        raise _too_large(limits)


def _declared(request: Request) -> int:
    """Return what the header says of the size; 0 where it says nothing."""
    said = request.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0


async def _drain(request: Request, most: int) -> None:
    """Take in and forget a little more of what is being sent."""
    try:
        async with asyncio.timeout(DRAINED_SECONDS):
            while most > 0:
                message = await request.receive()
                most -= len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return


def _too_large(limits: Limits) -> Refused:
    return Refused(
        413,
        f"the request is larger than {limits.request_mb} MB; send smaller pictures, or fewer at a time",
        {"Connection": "close"},
    )
