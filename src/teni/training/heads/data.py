"""What a head is trained on: rows of features with targets, and the rows that tell when to stop."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats32 = NDArray[np.float32]
Kind = Literal["squares", "cross-entropy"]


@dataclass(frozen=True, eq=False)
class HeadData:
    """Targets of the rows of one head; the features are shared by all heads and stand elsewhere.

    Args:
        rows: ``int (n,)`` positions of the training rows among the features.
        targets: ``(n, C)`` values, or one-hot classes; where there is no label any finite number.
        known: ``(n, C)``, 1 where there is a label and 0 elsewhere; for classes the columns of a row are alike.
        validation_rows: ``int (m,)`` positions among the validation features.
        validation_targets: ``(m, C)``.
        validation_known: ``(m, C)``.
        kind: mean squared error over the labelled values, or cross-entropy over the labelled rows.
    """

    rows: NDArray[np.intp]
    targets: Floats32
    known: Floats32
    validation_rows: NDArray[np.intp]
    validation_targets: Floats32
    validation_known: Floats32
    kind: Kind = "squares"


def head_loss(outputs: Floats32, targets: Floats32, known: Floats32, kind: Kind) -> float:
    """Return the mean loss over what is labelled, as `teni.task.loss` does; 0 where nothing is.

    Args:
        outputs: ``(n, C)`` values or logits.
        targets: ``(n, C)``, see `HeadData`.
        known: ``(n, C)``.
        kind: which loss.

    >>> one, zero = np.ones((1, 2), np.float32), np.zeros((1, 2), np.float32)
    >>> head_loss(2 * one, zero, one, "squares"), head_loss(zero, one / 2, one, "cross-entropy")
    (4.0, 0.693...)
    """
    exact = outputs.astype(np.float64)
    if kind == "squares":
        return float((known * (exact - targets) ** 2).sum() / max(known.sum(), 1.0))
    shifted = exact - exact.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    labelled = known[:, 0]
    return float(-(labelled * (targets * logs).sum(axis=1)).sum() / max(labelled.sum(), 1.0))


def mean_outputs(data: HeadData) -> Floats32:
    """Return what whoever has seen the labels but no feature would say: the mean, or the logarithm of each share.

    Args:
        data: of the head.

    Returns:
        ``(C,)`` values or logits; 0 where there is no label.
    """
    labels = data.known.sum(axis=0)
    mean = (data.known * data.targets).sum(axis=0) / np.maximum(labels, 1.0)
    if data.kind == "squares":
        return mean.astype(np.float32)
    return np.log(np.maximum(mean, 1e-3)).astype(np.float32)  # a class of no row is not ruled out
