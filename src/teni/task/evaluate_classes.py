"""How good predicted classes are: the block of ``metrics.json``, with intervals and beside the majority class."""

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.task.block import Metrics, people_of
from teni.task.bootstrap import interval, resampled_ratios, sums_by_subject
from teni.task.class_metrics import (
    Floats,
    Ints,
    Probabilities,
    calibration_error,
    confusion,
    hits,
    image_log_loss,
    reliability,
)
from teni.task.classes import Classes


def evaluate_classes(
    predicted: Probabilities,
    truth: Ints,
    task: Classes,
    subjects: NDArray[np.str_] | None,
    mean_prediction: Probabilities,
    seed: int,
) -> Metrics:
    """Measure predicted probabilities: the block of ``metrics.json`` for one part of the data.

    Args:
        predicted: ``(N, C)`` probabilities.
        truth: ``(N,)`` classes, -1 = unlabelled (or not asked for).
        task: the C classes.
        subjects: ``(N,)``, who or what each image shows; None takes each image for a subject of its own.
        mean_prediction: ``(C,)`` or ``(N, C)``, the shares of the classes among the training images.
        seed: of the bootstrap over subjects.

    Returns:
        Plain numbers, lists and dictionaries; None where something is not defined, e.g. the precision of a class
        that was never predicted, or an interval from a single subject.

    Raises:
        TeniError: shapes do not match, nothing is labelled, or a prediction is no probability.

    >>> task, truth = Classes(("cat", "dog"), 96, 96), np.array([0, 1, 1])
    >>> predicted = np.array([[0.8, 0.2], [0.4, 0.6], [0.7, 0.3]])
    >>> block = evaluate_classes(predicted, truth, task, None, np.array([0.5, 0.5]), seed=0)
    >>> round(block["accuracy"], 3), block["confusion"], block["per_class"]["dog"]["recall"]
    (0.667, [[1, 0], [1, 1]], 0.5)
    """
    _check(predicted, truth, task, mean_prediction)
    known = truth >= 0
    predicted, truth = predicted[known], truth[known]
    people = people_of(subjects, len(known))[known]
    mean = np.broadcast_to(mean_prediction, (len(known), len(task.names)))[known]
    right, loss = hits(predicted, truth).astype(np.float64), image_log_loss(predicted, truth)
    own, said = np.eye(len(task.names))[truth], np.eye(len(task.names))[predicted.argmax(axis=1)]
    both, one = own * said, np.ones((len(truth), 1))
    mean_right, mean_loss = hits(mean, truth).astype(np.float64), image_log_loss(mean, truth)
    overall = np.stack([right, loss, mean_right, mean_loss], axis=1)
    whole = _intervals(overall, np.repeat(one, 4, axis=1), people, seed)
    recalls, precisions = (_intervals(both, below, people, seed) for below in (own, said))
    table = confusion(predicted, truth)
    asked, given, hit = table.sum(axis=1), table.sum(axis=0), np.diag(table)
    return {
        "accuracy": float(right.mean()),
        "accuracy_ci95": whole[0],
        "balanced_accuracy": float((hit[asked > 0] / asked[asked > 0]).mean()),
        "log_loss": float(loss.mean()),
        "log_loss_ci95": whole[1],
        "calibration_error": calibration_error(predicted, truth),
        "mean_predictor": {
            "accuracy": float(mean_right.mean()),
            "accuracy_ci95": whole[2],
            "log_loss": float(mean_loss.mean()),
            "log_loss_ci95": whole[3],
        },
        "per_class": {
            name: {
                "recall": _share(hit[c], asked[c]),
                "recall_ci95": recalls[c],
                "precision": _share(hit[c], given[c]),
                "precision_ci95": precisions[c],
                "labels": int(asked[c]),
                "predicted": int(given[c]),
            }
            for c, name in enumerate(task.names)
        },
        "confusion": table.tolist(),
        "reliability": reliability(predicted, truth),
        "per_subject": _per_subject(right, people),
        "images": len(known),
        "labels": int(known.sum()),
        "subjects": len(np.unique(people)),
        "subjects_known": subjects is not None,
    }


def _intervals(
    values: Floats, counts: Floats, people: NDArray[np.str_], seed: int
) -> list[list[float] | None]:
    """Give the 95% interval of the sum of values over the sum of counts, ``(N, M)`` each."""
    above, below = sums_by_subject(values, people), sums_by_subject(counts, people)
    if len(above) < 2:  # one subject says nothing about the next
        return [None] * values.shape[1]
    return interval(resampled_ratios(above, below, seed))


def _per_subject(right: Floats, people: NDArray[np.str_]) -> Metrics:
    names = np.unique(people)
    sums = sums_by_subject(np.stack([right, np.ones(len(right))], axis=1), people)
    accuracy = sums[:, 0] / sums[:, 1]
    worst = np.argsort(accuracy, kind="stable")[:5]
    return {
        "accuracy_quartiles": [float(q) for q in np.percentile(accuracy, [25, 50, 75])],
        "worst": [
            {"subject": str(names[i]), "accuracy": float(accuracy[i]), "images": int(sums[i, 1])}
            for i in worst
        ],
    }


def _share(part: np.int_, whole: np.int_) -> float | None:
    return float(part / whole) if whole else None


def _check(predicted: Probabilities, truth: Ints, task: Classes, mean_prediction: Probabilities) -> None:
    many = len(task.names)
    shape = (len(truth), many)
    if truth.ndim != 1 or not np.issubdtype(truth.dtype, np.integer):
        raise TeniError(
            f"the labels have shape {truth.shape} and type {truth.dtype}, expected whole numbers (N,): the class "
            "of each image, -1 where it is not known"
        )
    if predicted.shape != shape:
        raise TeniError(
            f"the predictions have shape {predicted.shape}, expected {shape}: a row an image, a probability a class"
        )
    if mean_prediction.shape not in (shape, shape[1:]):
        raise TeniError(
            f"the mean prediction has shape {mean_prediction.shape}, expected {shape[1:]} or {shape}"
        )
    if len(truth) and truth.max() >= many:
        raise TeniError(f"a label is {truth.max()}, but there are {many} classes, counted from 0")
    known = truth >= 0
    if not known.any():
        raise TeniError("nothing to measure: no class of these images is known; give labelled images")
    bad = known & ~_is_distribution(predicted)
    if bad.any():
        raise TeniError(
            f"{bad.sum()} predictions are no probabilities that add up to 1, first that of image "
            f"{int(bad.argmax())}: the model is broken; fit it again"
        )


def _is_distribution(predicted: Probabilities) -> NDArray[np.bool_]:
    inside = np.isfinite(predicted).all(axis=1) & (predicted > -1e-3).all(axis=1)
    return np.asarray(inside & (np.abs(predicted.sum(axis=1) - 1) < 1e-2))
