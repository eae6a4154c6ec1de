"""Tiny pictures whose keypoints are known exactly, and a tiny network to look at them: seconds instead of minutes."""

from dataclasses import replace
from functools import cache

import keras
import numpy as np

from teni.backbones import Backbone
from teni.backbones.preprocessing import Preprocessing
from teni.data import Dataset, Split
from teni.task import Keypoints

TASK = Keypoints(("left_eye", "right_eye", "nose"), 16, 20, (1, 0, 2))
PLACES = np.array([[14.0, 5.0], [6.0, 5.0], [10.0, 11.0]])


def blobs(
    images: int = 60,
    subjects: int = 12,
    *,
    channels: int = 1,
    integers: bool = False,
    gap: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Draw two light eyes and a dark nose; `integers` says labels from the middle of the first pixel."""
    rng = np.random.default_rng(seed)
    points = PLACES + rng.normal(0, 1, (images, 1, 2)) + rng.normal(0, 0.4, (images, 3, 2))
    rows, columns = np.arange(TASK.height) + 0.5, np.arange(TASK.width) + 0.5
    square = (columns - points[:, :, None, None, 0]) ** 2 + (rows[:, None] - points[:, :, None, None, 1]) ** 2
    light = np.einsum("nkhw,k->nhw", np.exp(-square / 5), np.array([100.0, 100.0, -100.0]))
    grey = np.clip(128 + light + rng.normal(0, 2, light.shape), 0, 255)
    pictures = np.repeat(grey[..., None].astype(np.uint8), channels, axis=3)
    targets = (points - (0.5 if integers else 0.0)).astype(np.float32)
    targets[rng.random((images, 3)) < gap] = np.nan
    targets[0] = points[0]
    who = np.array([f"s{i}" for i in rng.permutation(np.arange(images) % subjects)])
    return Dataset(pictures, targets, TASK, who, np.array([str(i) for i in range(images)]))


def split_of(data: Dataset, test: int = 3, validation: int = 0) -> Split:
    """Take the first subjects for the test and the next for validation."""
    assert data.subjects is not None
    groups = np.unique(data.subjects, return_inverse=True)[1].astype(np.intp)
    parts = np.where(groups < test, "test", np.where(groups < test + validation, "validation", "train"))
    return Split(parts, groups, data.fingerprint)


def same_split(split: Split, data: Dataset) -> Split:
    """Use a split for data of which something was changed on purpose."""
    return replace(split, data=data.fingerprint)


@cache
def tiny_network(channels: int = 1, size: tuple[int, int] = (16, 20)) -> Backbone:
    """Make two convolutions with random weights, a batch norm, and a dense layer on top."""
    layers = keras.layers
    x = keras.Input((*size, channels))
    h = layers.Conv2D(8, 3, padding="same", use_bias=False, name="c1")(x)
    h = layers.BatchNormalization(name="b1")(h)
    h = layers.ReLU(name="r1")(h)
    h = layers.MaxPooling2D(name="p1")(h)
    h = layers.DepthwiseConv2D(3, padding="same", name="d2")(h)
    h = layers.Conv2D(12, 1, activation="relu", name="c2")(h)
    h = layers.Dense(30, activation="relu", name="flat")(layers.Flatten(name="f")(h))
    model = keras.Model(x, h)
    rng = np.random.default_rng(7)
    for layer in model.layers:
        if layer.name == "b1":
            layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
        else:
            layer.set_weights(
                [rng.normal(0, 1 / np.sqrt(w[..., 0].size + 1), w.shape) for w in layer.get_weights()]
            )
    return Backbone("tiny", model, Preprocessing(channels, (1 / 64,) * channels, (-2.0,) * channels))
