"""What the service listens on, and the limits it keeps."""

import socket
from dataclasses import dataclass, field
from ipaddress import ip_address

FORMATS = (
    "PNG",
    "JPEG",
    "BMP",
    "WEBP",
)  # pictures that are taken; TIFF and GIF are not worth their risk here
MAX_SCANS = (
    100  # of a progressive JPEG, each of which passes over all its pixels; cameras and programs write ten
)
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
CONFIDENCE = 0.95  # of the radius, where nobody asks for another


@dataclass(frozen=True)
class Limits:
    """How much the service takes on.

    Args:
        request_mb: bytes of one request, in millions.
        megapixels: pixels of one picture, in millions; 178 at most.
        images: pictures of one request.
        in_flight: requests that are being answered at a time.
        held_mb: bytes of all of these together, in millions.
        seconds: for a request to arrive.

    >>> Limits().request_bytes
    16000000
    """

    request_mb: int = 16
    megapixels: int = 24
    images: int = 32
    in_flight: int = 128
    held_mb: int = 256
    seconds: float = 30.0

    @property
    def request_bytes(self) -> int:
        """Bytes of one request."""
        return self.request_mb * 1_000_000


@dataclass(frozen=True)
class Settings:
    """Where the service listens and to whom.

    Args:
        host: the address; only this machine can reach a loopback address.
        port: 0 takes a free one.
        token: what ``Authorization: Bearer`` must say; None asks for nothing.
        names: host names under which the service may be called, beside its own (`answers_to`).
        limits: how much the service takes on.

    >>> Settings().is_loopback, Settings(host="0.0.0.0").is_loopback
    (True, False)
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = field(default=None, repr=False)
    names: tuple[str, ...] = ()
    limits: Limits = Limits()

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        return is_loopback(self.host)

    def answers_to(self, name: str) -> bool:
        """Tell whether the service may be called by a name, as a Host header says it.

        A web page of somebody else's can point a name of its own at this machine and so speak to the service from
        the browser of whoever can reach it. It cannot do so with an address or a name without a dot, nor with a
        name that is known here; and where a token is asked for, nothing comes of it.

        Args:
            name: without the port, in small letters; an address without brackets.

        >>> Settings().answers_to("localhost"), Settings().answers_to("192.168.0.7")
        (True, False)
        >>> open_to_all = Settings(host="0.0.0.0", names=("faces.example",))
        >>> [open_to_all.answers_to(each) for each in ("192.168.0.7", "gpu7", "faces.example", "evil.example")]
        [True, True, True, False]
        """
        if name in {each.lower() for each in (self.host.strip("[]"), *self.names)}:
            return True
        if self.is_loopback:
            return name in LOOPBACK_NAMES
        own = socket.gethostname().lower()
        known = name in (own, f"{own}.local") or (name != "" and "." not in name)
        return known or _is_address(name) or (self.token is not None and not self.names)


def is_loopback(host: str) -> bool:
    """Tell whether an address is of this machine alone.

    >>> is_loopback("localhost"), is_loopback("[::1]"), is_loopback("192.168.0.7"), is_loopback("example.org")
    (True, True, False, False)
    """
    if host.lower() == "localhost":
        return True
    return _is_address(host) and ip_address(host.strip("[]")).is_loopback


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
