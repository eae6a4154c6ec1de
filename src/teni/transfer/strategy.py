"""The contract of every way to transfer: what goes in, and what comes out."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.progress import OnProgress
from teni.training import Budget, no_curves

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

EARLIER = "training before it was interrupted"
"""The step of `Fitted.seconds` that another process took: it is no part of this one's time, but of the cost."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a strategy hands over.

    Args:
        model: a plain Keras model, raw ``uint8`` images in; ``(N, K, 2)`` pixels or ``(N, C)`` probabilities
            out; needs no teni to be loaded.
        rows: positions in the data set of the images that were predicted without having been learned from.
        predicted: honest predictions for those rows: ``(n, K, 2)`` pixels or ``(n, C)`` probabilities; NaN where
            there is none.
        history: what was tried, columns stage, size, taps, kernel, lambda, the error, chosen. The error is called
            what `teni.task.measure_name` says: rmse_px for keypoints, log_loss for classes.
        learning_curve: error over the number of subjects: subjects, images, and rmse_px, rmse_px_low, rmse_px_high,
            or the same of log_loss; `teni.transfer.learning_curve.curve_columns`.
        about: what was chosen and what it means, plain values: ``choice``, ``flip``, ``compression``.
        seconds: what each step took; under `EARLIER` what training had taken before it was interrupted.
        notes: what a reader should know, one sentence each.
        curves: loss curves of what was trained, columns `teni.training.CURVES`; empty where nothing was.
        parameters: how many numbers were trained, or solved for.
    """

    model: keras.Model
    rows: Ints
    predicted: Floats
    history: pd.DataFrame
    learning_curve: pd.DataFrame
    about: dict[str, Any]
    seconds: dict[str, float]
    notes: tuple[str, ...] = field(default=())
    curves: pd.DataFrame = field(default_factory=no_curves)
    parameters: int = 0


class Strategy(Protocol):
    """One way to transfer: what is frozen, what is trained, how."""

    def fit(
        self,
        dataset: Dataset,
        split: Split,
        backbone: Backbone,
        *,
        seed: int,
        budget: Budget = ...,
        checkpoints: Path | None = ...,
        on_progress: OnProgress = ...,
    ) -> Fitted:
        """Fit a model to the training and validation rows of a split; the test rows are never looked at.

        Args:
            dataset: images with targets.
            split: which rows are whose.
            backbone: the pretrained network.
            seed: of everything random.
            budget: the most to spend on training; by default what the strategy plans.
            checkpoints: a folder where training keeps its state after each epoch, and from which it goes on if
                state of the same fit is there; None keeps none. It need not exist.
            on_progress: told how far the fit has come.
        """
        ...
