"""HTTP as uvicorn reads it, with what it leaves open: heads without end, and connections that say nothing."""

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 64_000  # of the request line and headers
HEAD_SECONDS = 15.0  # for these to arrive, from when the connection is made


class Protocol(HttpToolsProtocol):
    """One connection; a head that is too long, too slow, or no HTTP is refused in one sentence."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._in_head = True
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes in, as long as they lead somewhere."""
        if self._in_head:
            self._head_bytes += len(data)
            self._timer = self._timer or self.loop.call_later(HEAD_SECONDS, self._give_up)
        super().data_received(data)
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("the head of the request is longer than 64,000 bytes")

    def on_headers_complete(self) -> None:
        """Go on to the body."""
        self._in_head = False
        self._wait_no_longer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Begin to count the next head."""
        self._in_head, self._head_bytes = True, 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, as everything else is refused."""
        sentence = "this is no HTTP request" if msg.startswith("Invalid HTTP") else msg
        body = json.dumps({"error": sentence}).encode()
        head = (
            f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        )
        self.transport.write(
            f"{head}x-content-type-options: nosniff\r\nconnection: close\r\n\r\n".encode() + body
        )
        self.transport.close()

    def _give_up(self) -> None:
        self._timer = None
        cycle: Any = self.cycle  # None before the first request, whatever its type says
        answering = cycle is not None and not cycle.response_complete
        if self._in_head and not answering and not self.transport.is_closing():
            self.transport.close()

    def _wait_no_longer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
