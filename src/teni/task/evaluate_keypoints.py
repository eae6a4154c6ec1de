"""How good predicted keypoints are: the block of ``metrics.json``, with intervals and beside the mean face."""

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.task.block import Metrics, people_of
from teni.task.bootstrap import interval, resampled_ratios, sums_by_subject
from teni.task.keypoints import Keypoints
from teni.task.metrics import (
    Points,
    nme_percent,
    nme_percent_each,
    pck,
    pck_each,
    relative_errors,
    rmse_px,
    rmse_px_each,
)


def evaluate_keypoints(
    predicted: Points,
    truth: Points,
    task: Keypoints,
    subjects: NDArray[np.str_] | None,
    mean_prediction: Points,
    seed: int,
) -> Metrics:
    """Measure a prediction: the block of ``metrics.json`` for one part of the data.

    Args:
        predicted: ``(N, K, 2)`` pixels.
        truth: ``(N, K, 2)`` pixels, NaN = unlabelled (or not asked for).
        task: the K keypoints.
        subjects: ``(N,)``, who each image shows; None takes each image for a subject of its own.
        mean_prediction: ``(K, 2)`` or ``(N, K, 2)`` pixels, the mean of the training labels.
        seed: of the bootstrap over subjects.

    Returns:
        Plain numbers, lists and dictionaries; None where something is not defined, e.g. NME without eye
        centres or an interval from a single subject.

    Raises:
        TeniError: shapes do not match, nothing is labelled, or a prediction is not a finite number.

    >>> task = Keypoints(("left_eye", "right_eye"), 96, 96, (1, 0))
    >>> truth = np.array([[[10.0, 0.0], [0.0, 0.0]]] * 2)
    >>> block = evaluate_keypoints(truth + 1, truth, task, None, truth[0] + 2, seed=0)
    >>> block["rmse_px"], block["rmse_px_ci95"], block["mean_predictor"]["rmse_px"], block["labels"]
    (1.0, [1.0, 1.0], 2.0, 4)
    """
    _check(predicted, truth, task, mean_prediction)
    people = people_of(subjects, len(truth))
    labelled: NDArray[np.bool_] = ~np.all(np.isnan(truth), axis=-1)  # (N, K): a keypoint with x or y
    share = relative_errors(predicted, truth, task)
    pixels = _intervals(_squares(predicted, truth), ~np.isnan(truth), people, seed, root=True)
    percent: list[list[float] | None] = [None] * (len(task.names) + 1)
    if share is not None:
        percent = _intervals(100 * np.nan_to_num(share)[..., None], ~np.isnan(share)[..., None], people, seed)
    rmse, nme = rmse_px_each(predicted, truth), nme_percent_each(predicted, truth, task)
    close, near = (pck_each(predicted, truth, task, within) for within in (0.05, 0.10))
    mean = np.broadcast_to(mean_prediction, truth.shape)
    mean_ci = _intervals(_squares(mean, truth), ~np.isnan(truth), people, seed, root=True)[0]
    return {
        "rmse_px": rmse_px(predicted, truth),
        "rmse_px_ci95": pixels[0],
        "nme_percent": nme_percent(predicted, truth, task),
        "nme_percent_ci95": percent[0],
        "pck_05": pck(predicted, truth, task, 0.05),
        "pck_10": pck(predicted, truth, task, 0.10),
        "mean_predictor": {
            "rmse_px": rmse_px(mean, truth),
            "rmse_px_ci95": mean_ci,
            "nme_percent": nme_percent(mean, truth, task),
        },
        "per_keypoint": {
            name: {
                "rmse_px": rmse[k],
                "rmse_px_ci95": pixels[k + 1],
                "nme_percent": nme[k],
                "nme_percent_ci95": percent[k + 1],
                "pck_05": close[k],
                "pck_10": near[k],
                "labels": int(labelled[:, k].sum()),
            }
            for k, name in enumerate(task.names)
        },
        "per_subject": _per_subject(predicted, truth, people),
        "images": len(truth),
        "labels": int(labelled.sum()),
        "subjects": len(np.unique(people)),
        "subjects_known": subjects is not None,
    }


def _intervals(
    values: NDArray[np.float64],
    known: NDArray[np.bool_],
    people: NDArray[np.str_],
    seed: int,
    root: bool = False,
) -> list[list[float] | None]:
    """Give the 95% intervals of the mean of ``values (N, K, D)``: over all, then for each keypoint."""
    above = sums_by_subject(values.sum(-1), people)
    below = sums_by_subject(known.sum(-1).astype(np.float64), people)
    if len(above) < 2:  # one person says nothing about the next
        return [None] * (values.shape[1] + 1)
    above, below = (np.hstack([x.sum(1, keepdims=True), x]) for x in (above, below))
    ratios = resampled_ratios(above, below, seed)
    return interval(np.sqrt(ratios) if root else ratios)


def _per_subject(predicted: Points, truth: Points, people: NDArray[np.str_]) -> Metrics:
    known = ~np.isnan(truth)
    cells = np.stack([_squares(predicted, truth).sum((1, 2)), known.sum((1, 2)), np.ones(len(truth))], 1)
    names = np.unique(people)
    sums = sums_by_subject(cells, people)
    names, sums = names[sums[:, 1] > 0], sums[sums[:, 1] > 0]
    rmse = np.sqrt(sums[:, 0] / sums[:, 1])
    worst = np.argsort(-rmse, kind="stable")[:5]
    return {
        "rmse_px_quartiles": [float(q) for q in np.percentile(rmse, [25, 50, 75])],
        "worst": [
            {"subject": str(names[i]), "rmse_px": float(rmse[i]), "images": int(sums[i, 2])} for i in worst
        ],
    }


def _squares(predicted: Points, truth: Points) -> NDArray[np.float64]:
    return np.where(np.isnan(truth), 0, (predicted.astype(np.float64) - truth) ** 2)


def _check(predicted: Points, truth: Points, task: Keypoints, mean_prediction: Points) -> None:
    shape = (len(truth), len(task.names), 2)
    for what, given in (("labels", truth), ("predictions", predicted)):
        if given.shape != shape:
            raise TeniError(
                f"the {what} have shape {given.shape}, expected {shape}: a row an image, an (x, y) a keypoint"
            )
    if mean_prediction.shape not in (shape, shape[1:]):
        raise TeniError(
            f"the mean prediction has shape {mean_prediction.shape}, expected {shape[1:]} or {shape}"
        )
    known = ~np.isnan(truth)
    if not known.any():
        raise TeniError("nothing to measure: no coordinate of these images is labelled; give labelled images")
    bad = np.argwhere(known & ~np.isfinite(predicted))
    if bad.size:
        row, k, _ = bad[0]
        raise TeniError(
            f"{len(bad)} predicted coordinates are not finite numbers, first {task.names[k]} of image {row}: "
            "the model is broken; fit it again"
        )
    bad = np.argwhere(known & ~np.isfinite(np.broadcast_to(mean_prediction, shape)))
    if bad.size:
        raise TeniError(
            f"the mean face has no {task.names[bad[0][1]]}, which these images ask for: "
            "training needs at least one label of every keypoint"
        )
