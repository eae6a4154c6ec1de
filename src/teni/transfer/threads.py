"""Two cores for linear algebra: one thread for each part of the work, instead of many threads inside each product.

NumPy and SciPy each bring a BLAS with threads of its own, which wait for more work by spinning. Where one follows
the other, as here, they keep the cores from each other: choosing on 705 faces took 51 s with two threads each and
20 s with one. NumPy lets go of the interpreter's lock in its products and decompositions, so that the even and the
odd part, or two candidates, run side by side on one thread each.
"""

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

Found = TypeVar("Found")

AT_ONCE = 2


@contextmanager
def one_blas_thread() -> Generator[None]:
    """Let every BLAS of this process use one thread while the block runs.

    >>> with one_blas_thread():
    ...     side_by_side(abs, [-1, -2])
    [1, 2]
    """
    with threadpool_limits(1, user_api="blas"):
        yield


def side_by_side(function: Callable[..., Found], *arguments: Iterable[Any]) -> list[Found]:
    """Call a function on each of some arguments, two calls at a time, and return what they gave in order.

    Args:
        function: lets go of the interpreter's lock where it takes long, as NumPy does.
        arguments: one iterable for each argument of the function, all of one length.

    Raises:
        Exception: whatever a call raised, the first in order.

    >>> side_by_side(lambda x, y: x + y, [1, 2], [10, 20])
    [11, 22]
    """
    calls = list(zip(*arguments, strict=True))
    if len(calls) < 2:
        return [function(*call) for call in calls]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [done.result() for done in [threads.submit(function, *call) for call in calls]]
