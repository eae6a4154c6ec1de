"""Strategies of known error, and comparisons of them."""

from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd

from blobs import tiny_network
from teni.compare import Entry, Plan
from teni.data import Split
from teni.errors import TeniError
from teni.training import Budget, no_curves
from teni.transfer import Fitted


def split_of(data, test=3, validation=3):
    groups = np.unique(data.subjects, return_inverse=True)[1].astype(np.intp)
    parts = np.where(groups < test, "test", np.where(groups < test + validation, "validation", "train"))
    return Split(parts, groups, data.fingerprint)


@dataclass(frozen=True)
class Constant:
    """Predict the mean face, moved to the right by some pixels: its error is known."""

    shift: float
    fits: list
    fails: str = ""

    def fit(self, dataset, split, backbone, *, seed, budget, checkpoints, on_progress):
        self.fits.append((seed, budget, checkpoints, sorted(set(split.parts))))
        if self.fails:
            raise TeniError(self.fails)
        rows = split.rows("train")
        mean = np.nanmean(dataset.targets[rows], axis=0) + np.array([self.shift + 0.1 * seed, 0.0])
        x = keras.Input(dataset.images.shape[1:], dtype="uint8")
        flat = keras.layers.Flatten()(keras.ops.cast(x, "float32"))
        dense = keras.layers.Dense(6)
        points = keras.layers.Reshape((3, 2))(dense(flat))
        dense.set_weights([np.zeros((flat.shape[1], 6)), mean.ravel()])
        about = {"choice": {"taps": []}, "flip": {"center": None}, "compression": None}
        rows = split.rows("validation") if "validation" in split.parts else rows
        predicted = np.broadcast_to(mean, (len(rows), 3, 2)).copy()
        history = pd.DataFrame([], columns=["stage", "size", "taps", "kernel", "lambda", "rmse_px", "chosen"])
        curve = pd.DataFrame([], columns=["subjects", "images", "rmse_px", "rmse_px_low", "rmse_px_high"])
        return Fitted(keras.Model(x, points), rows, predicted, history, curve, about, {}, (), no_curves(), 6)


def entry(name, strategy, seed=0, trains=True):
    return Entry(name, "tiny", seed, lambda: (strategy, tiny_network()), trains)


def plan_of(data, folder, *entries, seconds=None, test=None):
    return Plan(data, split_of(data), test, entries, Budget(seconds), folder, 0)
