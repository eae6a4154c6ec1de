"""Images of many requests, run through the model together by one worker."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(eq=False)
class _Ticket:
    """What one request waits for."""

    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[Floats]"
    rows: list[Any]
    left: int
    error: Exception | None = None

    def settle(self) -> None:
        if self.done.done():  # nobody waits any more
            return
        if self.error is not None:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(np.stack(self.rows))


class Batcher:
    """A queue of images, and a thread that takes what is waiting and runs it as one batch of a fixed size.

    Nothing waits for a batch to fill: while one is computed, the next gathers by itself.

    Args:
        forward: from ``uint8 (N, H, W, C)`` to ``float32 (N, ...)``; it is only called with N of `sizes`.
        sizes: how many images a batch may have, from few to many; a batch is filled up to the next of them.
        on_batch: told how many images each batch really had.
    """

    def __init__(
        self,
        forward: Callable[[Images], Floats],
        sizes: Sequence[int],
        on_batch: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._forward = forward
        self._sizes = tuple(sizes)
        self._on_batch = on_batch
        self._waiting: deque[tuple[Images, _Ticket, int]] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._worker = threading.Thread(target=self._work, name="teni-batches", daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether the worker is at work and takes more."""
        return self._worker.is_alive() and not self._closing

    @property
    def waiting(self) -> int:
        """How many images wait."""
        return len(self._waiting)

    def start(self, shape: tuple[int, int, int]) -> None:
        """Run every batch size once, so that all is compiled, and begin to work.

        Args:
            shape: height, width, channels of the images.
        """
        for size in self._sizes:
            self._forward(np.zeros((size, *shape), np.uint8))
        self._worker.start()

    async def predict(self, images: Sequence[Images]) -> Floats:
        """Put images in the queue and wait for what the model says of them.

        Args:
            images: each ``uint8 (H, W, C)``.

        Returns:
            ``float32 (N, ...)``, in their order.

        Raises:
            RuntimeError: the queue is closed.
        """
        loop = asyncio.get_running_loop()
        ticket = _Ticket(loop, loop.create_future(), [None] * len(images), len(images))
        with self._changed:
            if self._closing:
                raise RuntimeError("the queue is closed")
            self._waiting.extend((image, ticket, i) for i, image in enumerate(images))
            self._changed.notify()
        return await ticket.done

    def close(self) -> None:
        """Take nothing more, finish what waits, and end the worker."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._worker.is_alive():
            self._worker.join()

    def _work(self) -> None:
        while batch := self._take():
            try:
                rows = self._run([image for image, _, _ in batch])
                error = None
            except Exception as raised:  # whatever the model raises belongs to those who asked
                rows, error = None, raised
            finished: dict[asyncio.AbstractEventLoop, list[_Ticket]] = {}
            for place, (_, ticket, i) in enumerate(batch):
                ticket.error = error or ticket.error
                ticket.rows[i] = None if rows is None else rows[place]
                ticket.left -= 1
                if not ticket.left:
                    finished.setdefault(ticket.loop, []).append(ticket)
            for loop, tickets in finished.items():
                loop.call_soon_threadsafe(_settle, tickets)

    def _take(self) -> list[tuple[Images, _Ticket, int]]:
        """Wait for images and take those that fit into a batch; none if the queue is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            many = min(len(self._waiting), self._sizes[-1])
            return [self._waiting.popleft() for _ in range(many)]

    def _run(self, images: Sequence[Images]) -> Floats:
        many = len(images)
        size = next(size for size in self._sizes if size >= many)
        filled = np.stack([*images, *[images[-1]] * (size - many)])
        self._on_batch(many)
        return self._forward(filled)[:many]


def _settle(tickets: Sequence[_Ticket]) -> None:
    for ticket in tickets:
        ticket.settle()


def batch_sizes(most: int) -> tuple[int, ...]:
    """Choose the sizes of batches: four times as many each, up to the most.

    Args:
        most: images that go through the model together.

    >>> batch_sizes(16), batch_sizes(2), batch_sizes(32)
    ((1, 4, 16), (1, 2), (1, 4, 16, 32))
    """
    sizes = [1]
    while sizes[-1] * 4 < most:
        sizes.append(sizes[-1] * 4)
    return tuple(sizes) if sizes[-1] == most else (*sizes, most)
