"""The one way in which the service says no: a status and one sentence."""

from collections.abc import Mapping
from types import MappingProxyType


class Refused(Exception):  # noqa: N818  it is an answer, not a fault
    """A request that is answered with ``{"error": sentence}``.

    Args:
        status: of the answer, 400 to 599.
        sentence: what was found, what was expected, what to do.
        headers: further headers, such as ``Retry-After``.

    >>> str(Refused(413, "too large"))
    'too large'
    """

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.headers = headers
