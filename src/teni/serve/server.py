"""The service as a process: a socket of its own, and an end at which no request is lost."""

import asyncio
import errno
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn

from teni.errors import TeniError
from teni.serve.app import create_app
from teni.serve.guard import State
from teni.serve.protocol import Protocol
from teni.serve.service import Service
from teni.serve.settings import Settings

BACKLOG = 1024
LINGER_SECONDS = 0.5  # requests that are on their way when the end begins are still answered
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def listening_socket(settings: Settings) -> socket.socket:
    """Take the port now, before the model is loaded; whoever calls before the server runs waits for it.

    A port that is bound but not listened on could be bound a second time, and the second service would find that
    out only when its model is loaded.

    Args:
        settings: host and port.

    Raises:
        TeniError: the port is taken or not permitted, or the host is not of this machine.
    """
    host, port = settings.host.strip("[]"), settings.port
    where = f"{settings.host}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise TeniError(
            f"{where}: is no address that can be listened on ({error.strerror or error}); give --host"
        ) from error
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise TeniError(f"{where}: another program listens there already; give another --port") from error
        raise TeniError(
            f"{where}: cannot be listened on ({os.strerror(error.errno or 0)}); give another --host or --port"
        ) from error
    listening.setblocking(False)
    return listening


def address_of(listening: socket.socket) -> str:
    """Write where a socket listens as the beginning of a URL.

    >>> with socket.socket() as each:
    ...     each.bind(("127.0.0.1", 0))
    ...     address_of(each).rpartition(":")[0]
    'http://127.0.0.1'
    """
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    service: Service,
    settings: Settings,
    listening: socket.socket,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or Ctrl-C; then answer everything that was accepted, and return.

    Args:
        service: from `teni.serve.open_service`.
        settings: who may ask, and the limits.
        listening: from `listening_socket`; it is closed at the end.
        on_ready: called once predictions are made and everybody is let in.
    """
    state = State()
    config = uvicorn.Config(
        create_app(service, settings, state),
        loop="asyncio",
        http=Protocol,
        ws="none",
        lifespan="on",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=30,
    )
    logging.getLogger("python_multipart").setLevel(
        logging.ERROR
    )  # it would write a line for every damaged form
    server = _Server(config, state, on_ready)
    with _quiet_signals(), listening:
        server.run([listening])


class _Server(uvicorn.Server):
    """uvicorn's server, which drops nothing when it ends.

    By itself it closes connections that wait to be accepted and those whose next request is just arriving.
    """

    def __init__(self, config: uvicorn.Config, state: State, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._state = state
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and not self.should_exit:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._state.stopping = True  # from now on every answer closes its connection
        waiting = [connection for listening in sockets or [] for connection in _accepted(listening)]
        for each in self.servers:
            each.close()  # at once: whoever comes now is refused by the system, and has sent nothing
        loop = asyncio.get_running_loop()
        for connection in waiting:
            await loop.connect_accepted_socket(self._protocol, connection)
        begin = time.monotonic()
        while self.server_state.connections and time.monotonic() - begin < LINGER_SECONDS:
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)

    def _protocol(self) -> asyncio.Protocol:
        return Protocol(self.config, self.server_state, self.lifespan.state)


def _accepted(listening: socket.socket) -> list[socket.socket]:
    """Take the connections with which the system has shaken hands already."""
    accepted: list[socket.socket] = []
    for _ in range(BACKLOG):
        try:
            connection, _ = listening.accept()
        except OSError:  # nobody waits
            break
        connection.setblocking(False)
        accepted.append(connection)
    return accepted


@contextmanager
def _quiet_signals() -> Generator[None]:
    """Take the signals that uvicorn sends once more to the process when it has ended in peace."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: None) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
