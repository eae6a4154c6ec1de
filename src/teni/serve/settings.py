"""What the service listens on, and the limits it keeps."""

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
        names: host names under which the service may be called, beside its own; on a loopback address others are
            refused, so that no web page can reach it under a name of its own.
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

    @property
    def known_names(self) -> frozenset[str] | None:
        """The names under which the service may be called; None if any."""
        if not self.is_loopback and not self.names:
            return None
        own = ("localhost", "127.0.0.1", "::1") if self.is_loopback else ()
        return frozenset(name.lower() for name in (*own, self.host.strip("[]"), *self.names))


def is_loopback(host: str) -> bool:
    """Tell whether an address is of this machine alone.

    >>> is_loopback("localhost"), is_loopback("[::1]"), is_loopback("192.168.0.7"), is_loopback("example.org")
    (True, True, False, False)
    """
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
