"""What every request passes before and after its route: who may ask, how many at a time, what the headers say."""

import hmac
import logging
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from teni.serve.answers import error_response
from teni.serve.metrics import Metrics
from teni.serve.refused import Refused
from teni.serve.settings import Settings

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
HEAVY = ("/predict", "/propose")  # routes that are counted as in flight
GUARDED = (*HEAVY, "/card", "/metrics")  # what a token is needed for; the page and the schema hold no data
ROUTES = (*GUARDED, "/health", "/", "/openapi.json")

_log = logging.getLogger(__name__)


@dataclass
class State:
    """What the guard and the server share; the only thing here that changes.

    Args:
        stopping: whether connections are closed after their answer, because the service is about to end.
    """

    stopping: bool = False


class Guard:
    """Middleware around all routes.

    Args:
        app: the routes.
        settings: who may ask, and how many at a time.
        metrics: where requests are counted.
        state: whether the service is about to end.
    """

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics, state: State) -> None:
        self._app = app
        self._settings = settings
        self._token = None if settings.token is None else settings.token.encode()
        self._metrics = metrics
        self._state = state
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin = time.perf_counter()
        path = scope["path"]
        route = path if path in ROUTES else "/page" if path.startswith("/page/") else "other"
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(message)
            await send(message)

        heavy = path in HEAVY
        try:
            self._check(scope, path)
            if heavy and self._in_flight >= self._settings.limits.in_flight:
                raise Refused(503, "busy: try again in a moment", {"Retry-After": "1"})
            self._count(heavy, 1)
            try:
                await self._app(scope, receive, sending)
            finally:
                self._count(heavy, -1)
        except Refused as refused:
            await error_response(refused)(scope, receive, sending)
        except Exception:
            _log.exception("a request could not be answered")
            if not status:
                sorry = Refused(500, "something went wrong here; the log of the service says what")
                await error_response(sorry)(scope, receive, sending)
        finally:
            self._metrics.requests.labels(route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - begin)

    def _count(self, heavy: bool, one: int) -> None:
        if heavy:
            self._in_flight += one
            self._metrics.in_flight.set(self._in_flight)

    def _check(self, scope: Scope, path: str) -> None:
        """Refuse whoever may not ask."""
        headers = Headers(scope=scope)
        called = headers.get("host", "")
        if not self._settings.answers_to(_host(called)):
            raise Refused(
                421,
                "this service does not answer to that host name; call it by its address, or start it with --name",
            )
        origin = headers.get("origin")
        if (
            origin is not None
            and scope["method"] not in ("GET", "HEAD")
            and _origin(origin) != called.lower()
        ):
            raise Refused(403, "pages of other sites may not send anything here")
        if self._token is not None and path in GUARDED:
            kind, _, said = headers.get("authorization", "").partition(" ")
            given = said.strip().encode()
            if kind.lower() != "bearer" or not hmac.compare_digest(given, self._token):
                raise Refused(
                    401, "a token is needed: Authorization: Bearer TOKEN", {"WWW-Authenticate": "Bearer"}
                )

    def _add_headers(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in HEADERS.items():
            headers[name] = value
        headers.setdefault("Cache-Control", "no-store")
        if self._state.stopping:
            headers["Connection"] = "close"


def _host(header: str) -> str:
    """Take the name out of a Host header, without the port.

    >>> _host("Localhost:8000"), _host("[::1]:8000"), _host("a b")
    ('localhost', '::1', '')
    """
    try:
        return urlsplit(f"//{header}").hostname or "" if " " not in header else ""
    except ValueError:
        return ""


def _origin(header: str) -> str:
    """Take name and port out of an Origin header."""
    return header.lower().partition("://")[2]
