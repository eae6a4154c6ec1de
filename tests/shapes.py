"""Tiny pictures of classes: which corner of a frame is light; seconds instead of minutes."""

from pathlib import Path

import numpy as np
from PIL import Image

from teni.data import Dataset
from teni.task import Classes

TASK = Classes(("top", "left", "right"), 16, 20)
PLACES = np.array([[10.0, 3.0], [4.0, 9.0], [16.0, 9.0]])
# Of these a mirror image shows the same.
UPRIGHT = Classes(("top", "middle", "bottom"), 16, 20)
UPRIGHT_PLACES = np.array([[10.0, 3.0], [10.0, 8.0], [10.0, 13.0]])


def shapes(
    images: int = 60,
    subjects: int = 30,
    *,
    channels: int = 1,
    gap: float = 0.0,
    upright: bool = False,
    noise: float = 12.0,
    seed: int = 0,
) -> Dataset:
    """Draw a light spot; where it lies is the class. `upright` makes classes that a mirror leaves as they are."""
    rng = np.random.default_rng(seed)
    classes = rng.permutation(np.arange(images) % 3)
    places = (UPRIGHT_PLACES if upright else PLACES)[classes] + rng.normal(0, 1.5, (images, 2))
    rows, columns = np.arange(16) + 0.5, np.arange(20) + 0.5
    square = (columns - places[:, 0, None, None]) ** 2 + (rows[:, None] - places[:, 1, None, None]) ** 2
    grey = np.clip(100 + 100 * np.exp(-square / 8) + rng.normal(0, noise, square.shape), 0, 255)
    pictures = np.repeat(grey[..., None].astype(np.uint8), channels, axis=3)
    targets = np.where(rng.random(images) < gap, -1, classes)
    who = np.array([f"s{i}" for i in np.arange(images) % subjects])
    ids = np.array([str(i) for i in range(images)])
    return Dataset(pictures, targets.astype(np.int64), UPRIGHT if upright else TASK, who, ids)


def write_shapes(folder: Path, data: Dataset) -> Path:
    """Write a folder of PNGs for each class; unlabelled images are left out."""
    for image, target, name in zip(data.images, data.targets, data.ids, strict=True):
        if target >= 0:
            file = folder / data.task.names[target] / f"{name}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image[..., 0]).save(file)
    return folder
