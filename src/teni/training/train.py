"""Train a network phase by phase; keep the weights that were best on the validation images; go on after a stop."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.progress import OnProgress, Progress, silent
from teni.task import Keypoints
from teni.training.budget import Budget
from teni.training.checkpoint import read_checkpoint, write_checkpoint
from teni.training.curves import CURVES
from teni.training.data import TrainingData
from teni.training.learner import Learner, plain_afterwards
from teni.training.phases import Phase, within
from teni.training.settings import TrainingSettings
from teni.training.steps import training_form
from teni.training.units import to_answers

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Trained:
    """What a training came to; the network holds the best weights.

    Args:
        predicted: for the validation images, in pixels or probabilities.
        curves: columns `teni.training.CURVES`.
        best_epoch: whose weights were kept; 0 for those that it began with.
        start_error: validation error before the first epoch, in pixels or as log loss.
        best_error: of the weights that were kept.
        parameters: how many numbers learned, in the phase in which most did.
        seconds: of training, the parts before a resumption included; compiling is not.
        notes: what a reader should know, one sentence each.
        earlier: how many of the seconds were spent before a resumption.
    """

    predicted: NDArray[np.float64]
    curves: pd.DataFrame
    best_epoch: int
    start_error: float
    best_error: float
    parameters: int
    seconds: float
    notes: tuple[str, ...] = ()
    earlier: float = 0.0


@dataclass
class _Course:
    """What has happened so far; all of it goes into a checkpoint."""

    phase: int = 0
    in_phase: int = 0  # epochs done in this phase
    epoch: int = 0  # epochs done in all phases
    waited: int = 0  # epochs of this phase since its best
    phase_best: float = float("inf")
    start_error: float = float("inf")
    best_error: float = float("inf")
    best_epoch: int = 0
    seconds: float = 0.0
    spent_in_phase: float = 0.0
    over: bool = False  # the phase ended before its epochs did
    diverged: bool = False
    rows: list[list[Any]] = field(default_factory=list[list[Any]])


def train(
    network: keras.Model,
    data: TrainingData,
    phases: Sequence[Phase],
    settings: TrainingSettings,
    *,
    seed: int,
    budget: Budget = Budget(),
    checkpoints: Path | None = None,
    on_progress: OnProgress = silent,
) -> Trained:
    """Train a network in place.

    Each phase begins with the best weights so far, those before the first epoch among them. What happens to the
    images of an epoch follows from the seed and the epoch's number alone, so that a training that was killed and
    goes on gives the same numbers as one that was not (unless a budget of seconds ends it).

    Args:
        network: flat and functional, from ``float32 (N, H, W, C)`` images, 0 to 255, to raw outputs: ``(N, K, 2)``
            from -1 to 1 over the image, or ``(N, C)`` logits; its output layer is called ``head``.
        data: what to learn from and to stop by.
        phases: one after the other.
        settings: batch, optimiser, patience, augmentation, precision.
        seed: of everything random.
        budget: the most to spend; phases are shortened alike.
        checkpoints: a folder for the state after each epoch, and to go on from; None keeps none.
        on_progress: told how many epochs are done.

    Returns:
        What came out.

    >>> from teni.task import Classes
    >>> x = keras.Input((2, 2, 1))
    >>> net = keras.Model(x, keras.layers.Dense(2, name="head")(keras.layers.Flatten()(x)))
    >>> images = np.repeat(np.array([0, 9], np.uint8), 4)[:, None, None, None] * np.ones((1, 2, 2, 1), np.uint8)
    >>> data = TrainingData(Classes(("dark", "light"), 2, 2), images, np.repeat([0, 1], 4), images[::4], np.arange(2))
    >>> from teni.training import flips_only
    >>> plain = TrainingSettings(augment=flips_only(), batch=4)
    >>> trained = train(net, data, [Phase("all", {"head": 1.0}, 20, 0.02)], plain, seed=0)
    >>> trained.best_error < trained.start_error, len(trained.curves)
    (True, 20)
    """
    planned = within(phases, _fewest(settings.epochs, budget.epochs))
    key = _key(network, data, planned, settings, seed)
    best: list[Floats] = network.get_weights()
    course, state, outputs, fast = _Course(), None, None, training_form(network)
    kept = None if checkpoints is None else read_checkpoint(checkpoints, key)
    if kept is not None:
        course, state = _Course(**kept["course"]), kept["state"]
        best, outputs = kept["best"], kept["outputs"]
    parameters, total, earlier = 0, sum(phase.epochs for phase in planned), course.seconds
    with plain_afterwards(fast):
        for number in range(course.phase, len(planned)):
            phase = planned[number]
            if number > course.phase:
                course.phase, course.in_phase, course.waited, course.over = number, 0, 0, False
                course.phase_best, course.spent_in_phase, state = float("inf"), 0.0, None
            fast.set_weights(best)
            learner = Learner(fast, phase, data, settings, seed)
            parameters = max(parameters, learner.parameters)
            state = learner.start() if state is None else state
            if course.epoch == 0:
                outputs, _, course.start_error = _measure(learner, state, data)
                course.best_error = course.start_error
            learner.compile(state)
            allowed = _seconds_of(planned, number, budget)
            while not course.over and course.in_phase < phase.epochs:
                state, found = _one_epoch(learner, state, course, data, allowed)
                if course.best_epoch == course.epoch:
                    learner.write(state)
                    best, outputs = fast.get_weights(), found
                waited_enough = settings.patience is not None and course.waited >= settings.patience
                in_time = allowed is None or course.spent_in_phase < allowed
                course.over = waited_enough or not in_time or course.diverged
                if checkpoints is not None:
                    kept = {"course": vars(course), "state": state, "best": best, "outputs": outputs}
                    write_checkpoint(checkpoints, key, kept)
                on_progress(Progress(f"training: {phase.name}", course.epoch, total))
            if course.diverged:
                break
    network.set_weights(best)
    predicted = np.asarray(to_answers(outputs, data.task), np.float64)
    curves = pd.DataFrame(course.rows, columns=list(CURVES))
    return Trained(
        predicted,
        curves,
        course.best_epoch,
        course.start_error,
        course.best_error,
        parameters,
        course.seconds,
        _notes(course),
        earlier,
    )


def _one_epoch(
    learner: Learner, state: Any, course: _Course, data: TrainingData, allowed: float | None
) -> tuple[Any, Floats]:
    """Train for an epoch, measure, and write both down; returns the state and the outputs for validation."""
    started = time.perf_counter()
    phase = learner.phase
    begin, end = course.in_phase / phase.epochs, (course.in_phase + 1) / phase.epochs
    if allowed is not None:  # time may be shorter than the epochs
        begin = max(begin, course.spent_in_phase / allowed)
        end = max(end, begin)
    course.epoch += 1
    course.in_phase += 1
    shares = begin + (end - begin) * (np.arange(learner.steps) + 0.5) / learner.steps
    rates = phase.learning_rates(shares)
    state, losses = learner.epoch(state, course.epoch, rates)
    loss = float(losses.mean())
    outputs, validation_loss, error = _measure(learner, state, data)
    course.rows.append([phase.name, course.epoch, float(rates.mean()), loss, validation_loss, error])
    course.diverged = not np.isfinite([loss, validation_loss]).all()
    better = error < course.phase_best
    course.waited = 0 if better else course.waited + 1
    course.phase_best = error if better else course.phase_best
    if error < course.best_error:
        course.best_error, course.best_epoch = error, course.epoch
    spent = time.perf_counter() - started
    course.seconds += spent
    course.spent_in_phase += spent
    return state, outputs


def _measure(learner: Learner, state: Any, data: TrainingData) -> tuple[Floats, float, float]:
    """Return the validation outputs, their loss, and the error: RMSE in pixels, or log loss."""
    outputs, loss = learner.validate(state)
    if not isinstance(data.task, Keypoints):
        return outputs, loss, loss
    answers, known = np.asarray(to_answers(outputs, data.task)), ~np.isnan(data.validation_targets)
    missed = answers[known].astype(np.float64) - data.validation_targets[known]
    return outputs, loss, float(np.sqrt(np.mean(missed**2)))


def _seconds_of(phases: Sequence[Phase], number: int, budget: Budget) -> float | None:
    """Give each phase its share of the seconds, by its epochs."""
    if budget.seconds is None:
        return None
    return budget.seconds * phases[number].epochs / sum(phase.epochs for phase in phases)


def _fewest(*numbers: int | None) -> int | None:
    return min((n for n in numbers if n is not None), default=None)


def _key(
    network: keras.Model,
    data: TrainingData,
    phases: Sequence[Phase],
    settings: TrainingSettings,
    seed: int,
) -> str:
    """Fingerprint all that decides the numbers of a training."""
    digest = hashlib.sha256()
    plan = [(p.name, sorted(p.rates.items()), *list(vars(p).values())[2:]) for p in phases]
    digest.update(repr((data.task, data.center, plan, settings, seed, keras.config.backend())).encode())
    arrays = (data.images, data.targets, data.validation_images, data.validation_targets)
    for array in (*arrays, *network.get_weights()):
        digest.update(repr(array.shape).encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _notes(course: _Course) -> tuple[str, ...]:
    notes: list[str] = []
    if course.diverged:
        notes.append(
            f"Training diverged in epoch {course.epoch} (a loss that is no number) and stopped; the best weights "
            "before were kept."
        )
    elif course.best_epoch == 0:
        notes.append(
            "No epoch of training was better on the validation images than the start, which was kept."
        )
    return tuple(notes)
