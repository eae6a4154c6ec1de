"""A run whose model finds the bright spot in each half of an image: small, real, and right by arithmetic."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from fake_run import make_run
from teni.run import write_run

SIZE = 96
NAMES = ("left_spot", "right_spot")  # the subject's: its left is on the right of the image


def spot_model(channels: int = 1, bias: tuple[float, float] = (0.0, 0.0), shift: float = 0.0) -> keras.Model:
    """Build a model that gives the centre of brightness of each half, in pixels.

    Args:
        channels: of the images.
        bias: what is added to every x and y; a mirror turns that of x round.
        shift: where the centre of the first pixel lies, minus 0.5.
    """
    at = np.arange(SIZE) + 0.5 + shift
    y, x = np.meshgrid(at, at, indexing="ij")
    weights, centres = [], []
    for half in (np.s_[:, SIZE // 2 :], np.s_[:, : SIZE // 2]):
        inside = np.zeros((SIZE, SIZE))
        inside[half] = 1
        for place in (x, y):
            weights.append(inside)
            centres.append(inside * place)
    image = keras.Input((SIZE, SIZE, channels), dtype="uint8", name="image")
    flat: Any = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(image))

    def sums(values: list[np.ndarray], name: str) -> Any:
        layer = keras.layers.Dense(4, use_bias=False, name=name)
        found = layer(flat)
        layer.set_weights([np.repeat(np.stack([v.ravel() for v in values], 1), channels, axis=0)])
        return found

    places = sums(centres, "centres") / (sums(weights, "weights") + 1e-9)
    biased = keras.layers.Dense(4, name="bias")
    points = biased(places)
    biased.set_weights([np.eye(4), np.array([*bias, *bias])])
    return keras.Model(image, keras.layers.Reshape((2, 2), name="keypoints")(points), name="spots")


def save_spot_run(folder: Path, center: str = "halves", **model: Any) -> Path:
    """Write a whole run folder around the model and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    run = make_run(NAMES, many=8)
    run.about["mean_prediction"] = [[70.0, 48.0], [26.0, 48.0]]
    run.about["flip"] = {"center": center, "validation_rmse_px": {"halves": 1.6, "integers": 1.7}}
    spot_model(**model).save(folder / "model.keras")
    write_run(folder, run)
    return folder


def pixels_lit(points: np.ndarray) -> np.ndarray:
    """Light one pixel for each ``(N, 2, 2)`` point: pixel (x, y) has its centre half a pixel further."""
    images = np.zeros((len(points), SIZE, SIZE, 1), np.uint8)
    for image, row in zip(images, points.astype(int), strict=True):
        for x, y in row:
            image[y, x] = 255
    return images


def blobs(points: np.ndarray, height: int, width: int, spread: float) -> np.ndarray:
    """Draw smooth bright spots, ``uint8 (height, width)``, pixel centres at halves."""
    y, x = np.mgrid[:height, :width] + 0.5
    light = sum(np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * spread**2)) for px, py in points)
    return (255 * np.clip(light, 0, 1)).round().astype(np.uint8)


def write_table(file: Path, images: np.ndarray, points: np.ndarray | None = None, names: Any = NAMES) -> Path:
    """Write a Kaggle-style CSV; without points it looks like ``test.csv``."""
    columns = ["ImageId"] if points is None else [f"{name}_{axis}" for name in names for axis in "xy"]
    lines = [",".join([*columns, "Image"])]
    for i, image in enumerate(images):
        cells = (
            [str(i + 1)] if points is None else ["" if np.isnan(v) else f"{v:g}" for v in points[i].ravel()]
        )
        lines.append(",".join([*cells, " ".join(map(str, image.ravel()))]))
    file.write_text("\n".join(lines) + "\n")
    return file
