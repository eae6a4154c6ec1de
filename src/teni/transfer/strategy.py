"""The contract of every way to transfer: what goes in, and what comes out."""

from dataclasses import dataclass, field
from typing import Any, Protocol

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.progress import OnProgress

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a strategy hands over.

    Args:
        model: a plain Keras model, raw ``uint8`` images in, ``(N, K, 2)`` pixels out; needs no teni to be loaded.
        rows: positions in the data set of the images that were predicted without having been learned from.
        predicted: ``(n, K, 2)`` honest predictions for those rows, in pixels; NaN where there is none.
        history: what was tried, columns stage, size, taps, kernel, lambda, rmse_px, chosen.
        learning_curve: error over the number of subjects: subjects, images, rmse_px, rmse_px_low, rmse_px_high.
        about: what was chosen and what it means, plain values: ``choice``, ``flip``, ``compression``.
        seconds: what each step took.
        notes: what a reader should know, one sentence each.
    """

    model: keras.Model
    rows: Ints
    predicted: Floats
    history: pd.DataFrame
    learning_curve: pd.DataFrame
    about: dict[str, Any]
    seconds: dict[str, float]
    notes: tuple[str, ...] = field(default=())


class Strategy(Protocol):
    """One way to transfer: what is frozen, what is trained, how."""

    def fit(
        self, dataset: Dataset, split: Split, backbone: Backbone, *, seed: int, on_progress: OnProgress
    ) -> Fitted:
        """Fit a model to the training and validation rows of a split; the test rows are never looked at.

        Args:
            dataset: images with targets.
            split: which rows are whose.
            backbone: the pretrained network.
            seed: of everything random.
            on_progress: told how far the fit has come.
        """
        ...
