"""The control: the same network from a random start, trained for a given time. Did transfer help at all?"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.errors import TeniError
from teni.progress import OnProgress, Progress, silent
from teni.task import FlipCenter, flip_targets
from teni.training import Budget
from teni.transfer.learning_curve import COLUMNS
from teni.transfer.strategy import Fitted

Floats32 = NDArray[np.float32]


@dataclass(frozen=True)
class Scratch:
    """Train backbone and a dense head by Adam on masked squared errors, mirror images included.

    Args:
        seconds: how long to train; the first epoch, which compiles, does not count.
        learning_rate: of Adam; falls to a tenth over the time, by a cosine.
        batch: images a step.
        center: where the mirror's axis lies.

    >>> Scratch(seconds=20.0).batch
    32
    """

    seconds: float
    learning_rate: float = 1e-3
    batch: int = 32
    center: FlipCenter = "halves"

    def fit(
        self,
        dataset: Dataset,
        split: Split,
        backbone: Backbone,
        *,
        seed: int,
        budget: Budget = Budget(),
        checkpoints: Path | None = None,
        on_progress: OnProgress = silent,
    ) -> Fitted:
        """Train on the training rows and keep the weights that were best on the validation rows.

        Args:
            dataset: images with targets.
            split: needs validation rows.
            backbone: with random weights (``weights="random"``); they are trained in place.
            seed: of the order of the images and of the head's first weights.
            on_progress: told how many seconds of training are done.

        Raises:
            TeniError: no targets, or no validation rows to choose the weights by.
        """
        del budget, checkpoints
        if dataset.targets is None or not len(split.rows("validation")):
            raise TeniError(
                "training from scratch needs targets and validation rows to choose the weights by"
            )
        keras.utils.set_random_seed(seed)
        train, validation = (dataset.take(split.rows(part)) for part in ("train", "validation"))
        model: Any = _with_head(train, backbone)
        images, targets, weights = _rows(train, self.center)
        watch = _Watch(self, validation, on_progress)
        model.compile(keras.optimizers.Adam(self.learning_rate), loss=_masked, jit_compile="auto")
        started = time.perf_counter()
        packed = np.concatenate([targets, weights], axis=-1)
        model.fit(
            images, packed, batch_size=self.batch, epochs=10_000, shuffle=True, verbose=0, callbacks=[watch]
        )
        model.set_weights(watch.best_weights)
        rows = split.rows("validation")
        predicted = np.asarray(model.predict(validation.images, verbose=0), np.float64)
        about: dict[str, Any] = {
            "choice": {"taps": [], "size": list(backbone.size), "kernel": "trained", "epochs": watch.epochs},
            "flip": {"center": self.center, "validation_rmse_px": {}},
            "compression": None,
        }
        seconds = {"training": time.perf_counter() - started}
        # Handed over as it was before it was compiled: a saved model must not ask for teni's loss.
        model = keras.Model(model.inputs, model.outputs, name="teni")
        curve = pd.DataFrame(columns=list(COLUMNS))
        return Fitted(model, rows, predicted, watch.history, curve, about, seconds)


class _Watch(keras.callbacks.Callback):
    """Measures each epoch on the validation rows, keeps the best weights, stops when the time is up."""

    def __init__(self, plan: Scratch, validation: Dataset, on_progress: OnProgress) -> None:
        super().__init__()
        self._plan, self._validation, self._on_progress = plan, validation, on_progress
        self._spent = 0.0
        self._mark = 0.0
        self._rows: list[dict[str, Any]] = []
        self._best = np.inf
        self._network: Any = None
        self.best_weights: list[Any] = []
        self.epochs = 0

    @property
    def history(self) -> pd.DataFrame:
        """Return the error after each epoch in the columns of a run's history."""
        return pd.DataFrame(self._rows)

    def on_train_begin(self, logs: Any = None) -> None:
        """Take hold of the model that is trained."""
        del logs
        self._network = self.model

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Set this epoch's learning rate."""
        del epoch, logs
        share = min(self._spent / self._plan.seconds, 1.0)
        rate = self._plan.learning_rate * (0.1 + 0.9 * (1 + np.cos(np.pi * share)) / 2)
        self._network.optimizer.learning_rate.assign(rate)
        self._mark = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Measure, and stop when the time is up."""
        del logs
        if epoch > 0:
            self._spent += time.perf_counter() - self._mark
        predicted = np.asarray(self._network.predict(self._validation.images, verbose=0))
        error = float(np.sqrt(np.nanmean((predicted - self._validation.targets) ** 2)))
        self._rows.append(
            {
                "stage": "epochs",
                "size": "",
                "taps": "",
                "kernel": "trained",
                "lambda": float(epoch + 1),
                "rmse_px": error,
                "chosen": False,
            }
        )
        if error < self._best:
            self._best, self.best_weights = error, self._network.get_weights()
        self.epochs = epoch + 1
        self._on_progress(Progress("training from scratch", round(self._spent), round(self._plan.seconds)))
        self._network.stop_training = self._spent >= self._plan.seconds


def _with_head(dataset: Dataset, backbone: Backbone) -> keras.Model:
    """Put one dense layer on the network, with its output in pixels; it starts out as the mean face."""
    task = dataset.task
    network: Any = backbone.model
    image = keras.Input(dataset.images.shape[1:], dtype="uint8", name="image")
    features = keras.layers.Flatten()(network(backbone.preprocessing.layers(image)))
    size = np.array([task.width, task.height])
    mean = np.nanmean(dataset.targets, axis=0) / (size / 2) - 1 if dataset.targets is not None else 0.0
    head = keras.layers.Dense(2 * len(task.names), name="head")
    points: Any = keras.layers.Reshape((len(task.names), 2))(head(features))
    nothing = np.zeros((features.shape[-1], 2 * len(task.names)), np.float32)
    head.set_weights([nothing, np.asarray(mean, np.float32).ravel()])
    axes: Any = (size / 2).tolist()
    scaled: Any = keras.layers.Rescaling(axes, axes, name="keypoints")(points)
    return keras.Model(image, scaled)


def _rows(train: Dataset, center: FlipCenter) -> tuple[NDArray[np.uint8], Floats32, Floats32]:
    """Return images and mirror images, their targets (0 where there is none), and 1 where there is one."""
    targets = train.targets if train.targets is not None else np.zeros((0, 0, 2), np.float32)
    mirrored = flip_targets(targets, train.task, center)
    images = np.concatenate([train.images, train.images[:, :, ::-1]])
    both = np.concatenate([targets, mirrored])
    known = ~np.isnan(both)
    return images, np.where(known, both, 0.0).astype(np.float32), known.astype(np.float32)


def _masked(packed: Any, predicted: Any) -> Any:
    """Return the mean squared error over the labelled coordinates; the mask comes behind the targets."""
    targets, known = packed[..., :2], packed[..., 2:]
    total = keras.ops.sum(known * keras.ops.square(predicted - targets))
    labels: Any = keras.ops.sum(known)
    return total / (labels + 1e-6)
