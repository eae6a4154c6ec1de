"""The training of heads, epoch by epoch: when to stop, what to keep, what to tell."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Any, Protocol

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.progress import OnProgress, Progress, silent
from teni.training import CURVES, Budget
from teni.training.heads.batches import draw_pass
from teni.training.heads.checkpoint import Kept, identity_of, read_kept, write_kept
from teni.training.heads.data import HeadData, head_loss, mean_outputs
from teni.training.heads.numpy_head import NumpyHead
from teni.training.heads.settings import MlpSettings, first_weights

Floats = NDArray[Any]
Floats32 = NDArray[np.float32]

# An epoch often takes less time than writing its state: what is lost with a killed process is this at most, or
# one epoch.
SECONDS_BETWEEN_FILES = 5.0


class Head(Protocol):
    """A head on its data; the state of its training goes in and comes out."""

    def start(self) -> Any:
        """Return the state before the first epoch."""
        ...

    def epoch(
        self, state: Any, rows: Floats, counts: Floats, kept: Sequence[Floats | None], rate: float
    ) -> tuple[Any, Floats, Floats]:
        """Return the state after an epoch, the loss of each step, and the outputs for the validation rows."""
        ...

    def arrays(self, state: Any) -> list[Floats]:
        """Take a state apart, to be kept in a file."""
        ...

    def from_arrays(self, arrays: Sequence[Floats]) -> Any:
        """Put a state together again."""
        ...

    def weights(self, state: Any) -> list[Floats]:
        """Return kernel and bias of each layer in a state."""
        ...


@dataclass(frozen=True, eq=False)
class TrainedHead:
    """What training hands over.

    Args:
        weights: kernel and bias of each layer, those that were best on the validation rows.
        curves: one row an epoch, columns ``CURVES``.
        best: the epoch that was best, from 1; 0 if training went astray at once.
        seconds: spent on epochs, those before an interruption included.
        earlier: its share of the time before an interruption, in which others may have been trained too.
    """

    weights: list[Floats]
    curves: pd.DataFrame
    best: int
    seconds: float
    earlier: float = 0.0


@dataclass(frozen=True, eq=False)
class Job:
    """One head to be trained.

    Args:
        name: of the phase in its curves.
        data: rows and targets.
        error: turns outputs for the validation rows ``(m, C)`` into the error that the curves show.
        checkpoints: where its state is kept; None keeps none.
    """

    name: str
    data: HeadData
    error: Callable[[Floats], float]
    checkpoints: Path | None = None


def train_heads(
    features: Floats,
    validation: Floats,
    jobs: Sequence[Job],
    settings: MlpSettings,
    *,
    seed: int,
    budget: Budget = Budget(),
    on_progress: OnProgress = silent,
) -> list[TrainedHead]:
    """Train heads on shared features, side by side where there are several.

    Args:
        features: ``(N, D)`` of the training rows of all heads, already scaled.
        validation: ``(M, D)`` of the validation rows.
        jobs: the heads.
        settings: the recipe.
        seed: of first weights, order and dropout; the same for each head.
        budget: seconds for all heads together, and epochs for each.
        on_progress: told how many epochs of all are done.

    Returns:
        The heads in the order of the jobs. The same seed gives the same numbers, however often training was
        interrupted and resumed, as long as no budget of seconds ends it.
    """
    alone = len(jobs) == 1
    first = [first_weights(settings, features.shape[1], mean_outputs(job.data), seed) for job in jobs]
    heads = _heads(features, validation, jobs, first, settings, alone)
    threads = 1 if keras.config.backend() != "jax" else min(os.cpu_count() or 1, len(jobs))
    clock = _Clock(budget, settings, len(jobs), threads, on_progress)
    keeps = any(job.checkpoints is not None for job in jobs)
    # The state of one backend is of no use to another: it has other arrays in another order.
    shared = identity_of(keras.config.backend(), settings, seed, features, validation) if keeps else ""

    def train(job: Job, head: Head) -> TrainedHead:
        return _train(job, head, settings, seed, _identity(shared, job.data) if keeps else "", clock)

    if threads == 1:
        return [train(job, head) for job, head in zip(jobs, heads, strict=True)]
    with ThreadPoolExecutor(threads) as pool:
        try:
            return list(pool.map(train, jobs, heads))
        except BaseException:
            clock.stop()  # the other heads end with their epoch instead of their last one
            raise


def _identity(shared: str, data: HeadData) -> str:
    labels = (data.targets, data.known, data.validation_targets, data.validation_known)
    return identity_of(shared, data.kind, data.rows, data.validation_rows, *labels)


class _Clock:
    """Counts the epochs of all heads, which may run in threads, and knows the budget of each; final."""

    def __init__(
        self, budget: Budget, settings: MlpSettings, heads: int, threads: int, on_progress: OnProgress
    ) -> None:
        self._on_progress, self.threads = on_progress, threads
        self._seconds = None if budget.seconds is None else budget.seconds * threads / heads
        self.epochs = min(settings.epochs, budget.epochs or settings.epochs)
        self._total, self._done = self.epochs * heads, 0
        self._lock, self._stopped = Lock(), Event()

    def stop(self) -> None:
        """End the training of every head after its epoch."""
        self._stopped.set()

    def tell(self, epochs: int) -> None:
        """Count some epochs as done."""
        with self._lock:
            self._done += epochs
            self._on_progress(Progress("training the head", self._done, self._total))

    @property
    def stopped(self) -> bool:
        """Tell whether all are to stop."""
        return self._stopped.is_set()

    def over(self, seconds: float) -> bool:
        """Tell whether a head has had its share of the time."""
        return self._seconds is not None and seconds >= self._seconds


def _heads(
    features: Floats,
    validation: Floats,
    jobs: Sequence[Job],
    first: Sequence[list[Floats32]],
    settings: MlpSettings,
    alone: bool,
) -> list[Head]:
    momentum, dropout = settings.momentum, settings.dropout
    pairs = list(zip(jobs, first, strict=True))
    if keras.config.backend() != "jax":
        return [NumpyHead(features, validation, job.data, w, momentum, dropout) for job, w in pairs]
    from teni.engine.heads import JaxHead, choose_form, share  # imported here: other backends need no jax

    shared = share(features, validation, choose_form(len(features), features.shape[1]))
    return [JaxHead(shared, job.data, w, momentum, dropout, alone) for job, w in pairs]


def _train(
    job: Job, head: Head, settings: MlpSettings, seed: int, identity: str, clock: _Clock
) -> TrainedHead:
    data, count = job.data, len(job.data.rows)
    rows: list[list[float]] = []
    state = best_state = head.start()
    best, lowest, seconds, over = 0, np.inf, 0.0, False
    kept = None if job.checkpoints is None else read_kept(job.checkpoints, identity)
    if kept is not None:
        rows, best, seconds, over = kept.curves.tolist(), kept.best, kept.seconds, kept.over
        lowest = rows[best][2]
        state, best_state = head.from_arrays(kept.state), head.from_arrays(kept.best_state)
        clock.tell(len(rows))
    written, earlier = time.perf_counter(), seconds / clock.threads

    def write() -> None:
        if job.checkpoints is not None:
            arrays, others = head.arrays(state), head.arrays(best_state)
            kept = Kept(identity, np.array(rows), best, seconds, arrays, others, over)
            write_kept(job.checkpoints, kept)

    fresh = False
    while not over and len(rows) < clock.epochs and len(rows) - best <= settings.patience:
        # One epoch at least is trained, however small the budget.
        if rows and (clock.stopped or not np.isfinite(rows[-1][2])):
            break
        started = time.perf_counter()
        epoch = len(rows)
        drawn, rate = draw_pass(settings, count, seed, epoch), settings.learning_rate(epoch)
        state, losses, outputs = head.epoch(state, drawn.rows, drawn.counts, drawn.kept, rate)
        loss = float(np.average(losses, weights=drawn.counts.sum(axis=1)))
        told = head_loss(outputs, data.validation_targets, data.validation_known, data.kind)
        rows.append([rate, loss, told, float(job.error(outputs))])
        if told < lowest:
            best, lowest, best_state = epoch, told, state
        ended = time.perf_counter()
        seconds += ended - started
        over = clock.over(seconds)
        fresh = ended - written < SECONDS_BETWEEN_FILES
        if not fresh:
            write()
            written = time.perf_counter()
        clock.tell(1)
    if fresh:
        write()
    table = pd.DataFrame(rows, columns=list(CURVES[2:]))
    table.insert(0, "phase", job.name)
    table.insert(1, "epoch", np.arange(1, len(rows) + 1))
    place = best + 1 if np.isfinite(lowest) else 0
    return TrainedHead(head.weights(best_state), table, place, seconds, earlier)
