"""The queue: fixed sizes, order, errors that reach only those who asked, and an end that loses nothing."""

import asyncio
import threading

import numpy as np
import pytest

from teni.serve.batching import Batcher, batch_sizes

SHAPE = (2, 2, 1)


def image(value: int) -> np.ndarray:
    return np.full(SHAPE, value, np.uint8)


class Model:
    """Add one to the first pixel, and remember the batches."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    def __call__(self, images: np.ndarray) -> np.ndarray:
        self.entered.set()
        self.gate.wait(10)
        self.sizes.append(len(images))
        if (images == 13).any():
            raise ValueError("thirteen")
        return images[:, 0, 0].astype(np.float32) + 1


def test_every_size_is_run_once_before_the_first_request():
    model = Model()
    batcher = Batcher(model, (1, 4, 16))
    assert not batcher.is_alive
    batcher.start(SHAPE)
    assert model.sizes == [1, 4, 16]
    assert batcher.is_alive
    batcher.close()
    assert not batcher.is_alive


def test_what_waits_becomes_one_batch_and_everybody_gets_their_own():
    model, seen = Model(), []

    async def ask() -> list[np.ndarray]:
        model.gate.clear()
        model.entered.clear()
        first = asyncio.create_task(batcher.predict([image(1)]))
        await asyncio.to_thread(model.entered.wait, 10)
        others = [asyncio.create_task(batcher.predict([image(10 * i), image(10 * i + 1)])) for i in (2, 3, 4)]
        await asyncio.sleep(0.01)
        assert batcher.waiting == 6
        model.gate.set()
        return await asyncio.gather(first, *others)

    batcher = Batcher(model, (1, 4, 16), seen.append)
    batcher.start(SHAPE)
    found = asyncio.run(ask())
    batcher.close()
    assert [each.ravel().tolist() for each in found] == [[2], [21, 22], [31, 32], [41, 42]]
    assert model.sizes[3:] == [1, 16]
    assert seen == [1, 6]


def test_more_than_a_batch():
    model = Model()
    batcher = Batcher(model, (1, 4))
    batcher.start(SHAPE)
    found = asyncio.run(batcher.predict([image(i) for i in range(11)]))
    batcher.close()
    assert found.ravel().tolist() == list(range(1, 12))
    assert set(model.sizes) == {1, 4}


def test_an_error_goes_to_those_in_the_batch_and_the_worker_lives_on():
    batcher = Batcher(Model(), (1, 4))
    batcher.start(SHAPE)
    with pytest.raises(ValueError, match="thirteen"):
        asyncio.run(batcher.predict([image(13), image(1)]))
    assert asyncio.run(batcher.predict([image(4)])).tolist() == [[5.0]]
    batcher.close()


def test_what_waits_at_the_end_is_finished_and_nothing_more_is_taken():
    model = Model()
    batcher = Batcher(model, (1,))
    batcher.start(SHAPE)

    async def ask() -> list[np.ndarray]:
        model.gate.clear()
        asked = [asyncio.create_task(batcher.predict([image(i)])) for i in range(5)]
        await asyncio.sleep(0.01)
        closing = asyncio.create_task(asyncio.to_thread(batcher.close))
        await asyncio.sleep(0.01)
        with pytest.raises(RuntimeError, match="closed"):
            await batcher.predict([image(9)])
        model.gate.set()
        await closing
        return await asyncio.gather(*asked)

    assert [each.item() for each in asyncio.run(ask())] == [1, 2, 3, 4, 5]


def test_who_does_not_wait_any_more_is_passed_over():
    model = Model()
    batcher = Batcher(model, (1,))
    batcher.start(SHAPE)

    async def ask() -> float:
        model.gate.clear()
        gone = asyncio.create_task(batcher.predict([image(1)]))
        here = asyncio.create_task(batcher.predict([image(2)]))
        await asyncio.sleep(0.01)
        gone.cancel()
        await asyncio.sleep(0)
        model.gate.set()
        return (await here).item()

    assert asyncio.run(ask()) == 3
    batcher.close()


def test_sizes():
    assert batch_sizes(1) == (1,)
    assert batch_sizes(4) == (1, 4)
    assert batch_sizes(5) == (1, 4, 5)
