"""Targets as a trained head wants them: columns around zero, gaps marked, mirror images as further rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.task import FlipCenter, Keypoints, Targets, Task, flip_targets
from teni.training.heads import HeadData
from teni.training.heads.data import head_loss

Floats32 = NDArray[np.float32]


def head_data(
    train: Targets, validation: Targets, task: Task, own: Sequence[int], center: FlipCenter | None
) -> HeadData:
    """Put together what one head is trained on: the rows that have a label of its own.

    Args:
        train: of the training images; keypoints ``(N, K, 2)`` pixels, NaN = unlabelled, or classes ``(N,)``, -1.
        validation: of the validation images.
        task: what they are.
        own: which keypoints the head predicts; it predicts every class.
        center: where the mirror's axis lies; None where there are no mirror images among the rows.

    Returns:
        Positions of the training rows among ``flags * N``, mirror images behind the images.
    """
    both = train if center is None else np.concatenate([train, flip_targets(train, task, center)])
    targets, known = _columns(both, task, own)
    held, held_known = _columns(validation, task, own)
    rows, held_rows = np.flatnonzero(known.any(axis=1)), np.flatnonzero(held_known.any(axis=1))
    kind = "squares" if isinstance(task, Keypoints) else "cross-entropy"
    return HeadData(rows, targets[rows], known[rows], held_rows, held[held_rows], held_known[held_rows], kind)


def head_error(outputs: NDArray[Any], data: HeadData, task: Task) -> float:
    """Return a head's error on its validation rows: RMSE in pixels, or log loss.

    Args:
        outputs: ``(m, C)`` for those rows.
        data: with their targets.
        task: the image size.
    """
    if not isinstance(task, Keypoints):
        return head_loss(outputs, data.validation_targets, data.validation_known, data.kind)
    half = np.tile(np.array([task.width, task.height]) / 2, outputs.shape[1] // 2)
    known = data.validation_known
    squares = known * ((outputs - data.validation_targets) * half) ** 2
    return float(np.sqrt(squares.sum() / max(known.sum(), 1.0)))


def _columns(targets: Targets, task: Task, own: Sequence[int]) -> tuple[Floats32, Floats32]:
    """Return values and, 1 or 0, where there is a label."""
    if isinstance(task, Keypoints):
        half = np.array([task.width, task.height], np.float32) / 2
        values = (targets[:, list(own)] / half - 1).reshape(len(targets), -1)
        known = ~np.isnan(values)
        return np.where(known, values, 0).astype(np.float32), known.astype(np.float32)
    known = np.repeat((targets >= 0)[:, None], len(task.names), axis=1)
    return np.eye(len(task.names), dtype=np.float32)[np.maximum(targets, 0)], known.astype(np.float32)
