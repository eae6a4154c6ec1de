"""Labelled images decide how a file is to be read, where it does not say it itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teni.data import Dataset
from teni.errors import TeniError
from teni.weights.parity import predict
from teni.weights.reading import Kernels, Reading, choose_reading
from teni.weights.saved import Ordering, SavedWeights

Array = NDArray[Any]
MOST_IMAGES = 400
FEWEST_IMAGES = 20
# A network whose outputs are no keypoints is judged by a linear map of its outputs, with this much ridge.
RIDGE = 1e-2
MOST_FEATURES = 128


@dataclass(frozen=True)
class Tried:
    """One reading and its error.

    Args:
        reading: the reading.
        error_px: RMSE in pixels on the half of the images that nothing was fitted to.
    """

    reading: Reading
    error_px: float


def possible_readings(saved: SavedWeights) -> tuple[Reading, ...]:
    """List the readings worth trying: both kinds of kernels, and both axis orders where nothing tells.

    Args:
        saved: the file.

    >>> [r.kernels for r in possible_readings(SavedWeights("w.h5", "keras-2", None, None, None, ()))]
    ['correlation', 'convolution']
    """
    likely = choose_reading(saved)
    kernels: tuple[Kernels, ...] = ("correlation", "convolution")
    orderings: tuple[Ordering, ...] = (likely.ordering,)
    if any(sentence.startswith("channels_") for sentence in likely.assumed):
        orderings = ("channels_first", "channels_last")
    readings = [replace(likely, kernels=k, ordering=o, assumed=()) for k in kernels for o in orderings]
    return tuple(sorted(readings, key=lambda r: (r.kernels, r.ordering) != (likely.kernels, likely.ordering)))


def probe(
    readings: Sequence[Reading], make: Callable[[Reading], keras.Model], dataset: Dataset
) -> tuple[Tried, ...]:
    """Try readings on labelled images and sort them by error, best first.

    The network's outputs are compared up to a scale and an offset for each coordinate, since nobody knows in
    which units it was trained; if they are no keypoints, up to a linear map. Both are fitted to one half of
    the images and judged on the other.

    Args:
        readings: what is tried.
        make: gives the network under a reading.
        dataset: at least 20 images with keypoints.

    Returns:
        Every reading that the file fits, best first.

    Raises:
        TeniError: too few labelled images, or no reading fits the file.
    """
    if dataset.targets is None or len(dataset) < FEWEST_IMAGES:
        raise TeniError(f"the probe needs at least {FEWEST_IMAGES} labelled images; found {len(dataset)}")
    rows = np.unique(np.linspace(0, len(dataset) - 1, min(len(dataset), MOST_IMAGES)).round().astype(np.intp))
    part = dataset.take(rows)
    targets = np.asarray(part.targets, np.float64).reshape(len(rows), -1)
    tried: list[Tried] = []
    problems: list[str] = []
    for reading in readings:
        try:
            model = make(reading)
            outputs = np.concatenate(
                [
                    predict(model, [_inputs(model, part.images[i : i + 50])])[0]
                    for i in range(0, len(rows), 50)
                ]
            )
        except TeniError as error:
            problems.append(str(error))
            continue
        tried.append(Tried(reading, _error(outputs.astype(np.float64), targets)))
    if not tried:
        raise TeniError(f"no reading fits the file: {problems[0]}")
    return tuple(sorted(tried, key=lambda each: each.error_px))


def _inputs(model: keras.Model, images: Array) -> Array:
    """Bring images to a network's input: its size, its channels, its axis order, values from 0 to 1."""
    tensors: Any = model.inputs
    shape = tuple(tensors[0].shape[1:])
    if len(tensors) != 1 or len(shape) != 3:
        raise TeniError(
            f"the probe needs a network of one image; this one takes {[t.shape for t in tensors]}"
        )
    first = shape[0] in (1, 3) and shape[2] not in (1, 3)
    height, width, channels = (shape[1], shape[2], shape[0]) if first else shape
    height, width = height or images.shape[1], width or images.shape[2]
    resized = np.stack([_resize(image, height, width) for image in images])
    grey = resized.mean(axis=-1, keepdims=True) if channels == 1 else resized
    values = (np.broadcast_to(grey, (*grey.shape[:3], channels)) / 255).astype(np.float32)
    return np.moveaxis(values, -1, 1) if first else values


def _resize(image: Array, height: int, width: int) -> Array:
    if image.shape[:2] == (height, width):
        return image.astype(np.float32)
    planes = [
        Image.fromarray(image[..., c]).resize((width, height), Image.Resampling.BILINEAR)
        for c in range(image.shape[2])
    ]
    return np.stack([np.asarray(plane, np.float32) for plane in planes], axis=-1)


def _error(outputs: Array, targets: Array) -> float:
    """Fit on the first half, judge on the second; gaps in the labels count nowhere."""
    half = len(outputs) // 2
    if not np.isfinite(outputs).all():
        return float("inf")
    flat = outputs.reshape(len(outputs), -1)
    if flat.shape[1] == targets.shape[1]:
        predicted = np.stack(
            [_line(flat[:, k], targets[:, k], half) for k in range(targets.shape[1])], axis=1
        )
    else:
        predicted = _linear(_pooled(outputs), targets, half)
    misses = (predicted - targets[half:])[np.isfinite(targets[half:])]
    return float(np.sqrt(np.square(misses).mean())) if misses.size else float("inf")


def _line(output: Array, target: Array, half: int) -> Array:
    known = np.isfinite(target[:half])
    if known.sum() < 2:
        return np.full(len(output) - half, np.nan)
    design = np.stack([output[:half][known], np.ones(int(known.sum()))], axis=1)
    slope, offset = np.linalg.lstsq(design, target[:half][known], rcond=None)[0]
    return output[half:] * slope + offset


def _pooled(outputs: Array) -> Array:
    """Average feature maps over a 4x4 grid, so that where something is still counts; few features suffice."""
    if outputs.ndim == 4:
        rows, cols = (np.array_split(np.arange(size), min(4, size)) for size in outputs.shape[1:3])
        cells = [outputs[:, r][:, :, c].mean((1, 2)) for r in rows for c in cols]
        outputs = np.stack(cells, axis=1)
    flat = outputs.reshape(len(outputs), -1)
    return flat[:, np.argsort(-flat.std(0), kind="stable")[:MOST_FEATURES]]


def _linear(features: Array, targets: Array, half: int) -> Array:
    mean, spread = features[:half].mean(0), features[:half].std(0) + 1e-9
    design = np.concatenate([(features - mean) / spread, np.ones((len(features), 1))], axis=1)
    predicted = np.full((len(features) - half, targets.shape[1]), np.nan)
    for k in range(targets.shape[1]):
        known = np.isfinite(targets[:half, k])
        if known.any():
            x, y = design[:half][known], targets[:half, k][known]
            gram = x.T @ x + RIDGE * len(x) * np.diag([*[1.0] * (x.shape[1] - 1), 1e-9])
            predicted[:, k] = design[half:] @ np.linalg.solve(gram, x.T @ y)
    return predicted
