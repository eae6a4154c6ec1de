"""How far a predicted point may be from the true one: from the errors on images that the fit had not seen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from teni.run import Run, predictions_arrays
from teni.task import Keypoints

Floats = NDArray[np.float64]

PARTS = ("validation", "test")  # which errors count, the first that a keypoint has


@dataclass(frozen=True, eq=False)
class Residuals:
    """The errors of each keypoint on images that were left out of the fit.

    Args:
        by_keypoint: for each of the K keypoints ``(n, 2)``, x and y in pixels of the run's images; n may be 0.
        part: for each where they are from, ``validation`` (cross-validated), ``test``, or empty.
    """

    by_keypoint: tuple[Floats, ...]
    part: tuple[str, ...]

    def radii(self, confidence: float, scale_x: float = 1.0, scale_y: float = 1.0) -> list[float | None]:
        """Return for each keypoint the radius that holds the true point with the confidence asked for.

        It is the error that stands at place ceil((n + 1) confidence) of n sorted errors: for an image drawn as
        these were, the true point lies within it with at least this probability (split conformal prediction:
        V. Vovk et al., Algorithmic Learning in a Random World, 2005). Where n is too small for that, it is the
        largest error there was.

        Args:
            confidence: between 0 and 1.
            scale_x: pixels of the picture for one pixel of the run's images, to the right.
            scale_y: the same downwards.

        Returns:
            A radius in pixels of the picture; None for a keypoint that was never labelled.

        >>> errors = np.array([[3.0, 4.0], [0, 1], [0, 2], [0, 3]])
        >>> Residuals((errors, errors[:0]), ("test", "")).radii(0.6)
        [3.0, None]
        """
        radii = _radii(self, confidence, round(scale_x / scale_y, 3) or 0.001)
        return [None if radius is None else radius * scale_y for radius in radii]


@lru_cache(maxsize=256)
def _radii(residuals: Residuals, confidence: float, stretched: float) -> tuple[float | None, ...]:
    """Return the radii where one pixel downwards is one, and one to the right is `stretched`."""
    return tuple(_quantile(errors * (stretched, 1.0), confidence) for errors in residuals.by_keypoint)


def _quantile(errors: Floats, confidence: float) -> float | None:
    many = len(errors)
    if not many:
        return None
    place = min(math.ceil((many + 1) * confidence - 1e-9), many)
    return float(np.partition(np.hypot(errors[:, 0], errors[:, 1]), place - 1)[place - 1])


def read_residuals(run: Run, task: Keypoints) -> Residuals:
    """Take the errors out of a run's predictions: cross-validated ones, or else those on its test images.

    Args:
        run: as `teni.run.read_run` gives it.
        task: its keypoints.
    """
    predicted, truth = predictions_arrays(run.predictions, task.names)
    errors = predicted - truth
    parts = run.predictions["part"].to_numpy(np.str_)
    chosen = [_of_keypoint(errors[:, k], parts) for k in range(len(task.names))]
    return Residuals(tuple(each for each, _ in chosen), tuple(part for _, part in chosen))


def _of_keypoint(errors: Floats, parts: NDArray[np.str_]) -> tuple[Floats, str]:
    known = np.isfinite(errors).all(axis=1)
    for part in PARTS:
        rows = errors[known & (parts == part)]
        if len(rows):
            return rows, part
    return errors[:0], ""


def described(residuals: Residuals, names: Sequence[str]) -> dict[str, dict[str, float | str | None]]:
    """Say for each keypoint what its radius rests on.

    Args:
        residuals: the errors.
        names: the K keypoints.

    >>> described(Residuals((np.array([[3.0, 4.0]]),), ("test",)), ["nose"])
    {'nose': {'labels': 1, 'part': 'test'}}
    """
    return {
        name: {"labels": len(errors), "part": part or None}
        for name, errors, part in zip(names, residuals.by_keypoint, residuals.part, strict=True)
    }
