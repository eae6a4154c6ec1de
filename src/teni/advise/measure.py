"""Measure what the 2x2 table asks: closed-form heads at every depth, a learning curve, and random weights beside."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.advise.advice import Advice
from teni.advise.data_size import measure_data_size
from teni.advise.similarity import Depth, Similarity
from teni.advise.transferability import h_score, log_evidence
from teni.backbones import Backbone, propose_taps
from teni.backbones.initial import clone_network
from teni.data import Dataset, Split
from teni.features import View, extract, feature_network, fit_projection
from teni.progress import OnProgress, silent
from teni.task import FlipCenter, measure_name
from teni.transfer import ClosedForm, Fitted

Ints = NDArray[np.intp]

TAPS = 6
CENTERS: tuple[FlipCenter, ...] = ("halves", "integers")
# Transferability scores settle on a few hundred images.
SCORED_IMAGES = 500


def measure_advice(
    dataset: Dataset,
    split: Split,
    backbone: Backbone,
    *,
    seed: int = 0,
    mirror: bool = True,
    on_progress: OnProgress = silent,
) -> Advice | None:
    """Say by measurement which quadrant of the 2x2 table of data and similarity this is.

    Ridge heads are solved at taps from early to late, the best again on all images, with its learning curve, and
    once more on the same network with random weights. The test rows are never looked at.

    Args:
        dataset: images with targets.
        split: which rows are whose.
        backbone: the pretrained network.
        seed: of the draws of subjects and of the random weights.
        mirror: whether mirror images are learned from.
        on_progress: told how far it has come.

    Returns:
        The advice; None where there are too few subjects for a learning curve.

    Raises:
        TeniError: the data cannot be learned from.
    """
    size = dataset.images.shape[1:3]
    taps = propose_taps(backbone, TAPS) or (backbone.model.operations[-1].name,)
    views = tuple(View((size[0], size[1]), tap) for tap in taps)

    def solve(views: tuple[View, ...], network: Backbone) -> Fitted:
        plan = ClosedForm(views, ("linear",), most_views=1, centers=CENTERS if mirror else ())
        return plan.fit(dataset, split, network, seed=seed, on_progress=on_progress)

    learned = solve(views, backbone)
    data_size = measure_data_size(learned.learning_curve)
    if data_size is None:
        return None
    best = View((size[0], size[1]), learned.about["choice"]["taps"][0])
    beside = replace(backbone, model=clone_network(backbone.model, backbone.size, seed=seed))
    random = solve((best,), beside)
    depths = _depths(learned, views, dataset.take(_spread(np.flatnonzero(split.parts != "test"))), backbone)
    return Advice(data_size, Similarity(depths, _error(learned, dataset), _error(random, dataset)))


def _error(fitted: Fitted, dataset: Dataset) -> float:
    return float(fitted.history.loc[fitted.history["chosen"], measure_name(dataset.task)].iloc[0])


def _spread(rows: Ints) -> Ints:
    return rows[np.unique(np.linspace(0, len(rows) - 1, min(len(rows), SCORED_IMAGES)).astype(np.intp))]


def _depths(learned: Fitted, views: tuple[View, ...], some: Dataset, backbone: Backbone) -> tuple[Depth, ...]:
    """Put together the error of each tap on the screening images and its transferability scores."""
    history = learned.history
    tried = history[history["stage"] == "views"] if len(views) > 1 else history[history["stage"] == "final"]
    errors = {
        view.tap: float(tried.loc[tried["taps"] == view.tap, measure_name(some.task)].min()) for view in views
    }
    network = feature_network(backbone, some.images.shape[1:], views)
    found: list[Depth] = []
    for view, output in zip(views, extract(network, some.images, mirror=False), strict=True):
        features = output[0]
        places = (features.shape[1], features.shape[2]) if features.ndim == 4 else None
        matrix = fit_projection(features[:96]).matrix
        reduced = (features if matrix is None else features @ matrix).reshape(len(features), -1)
        evidence, between = _scores(reduced, some)
        found.append(Depth(view.tap, places, errors[view.tap], evidence, between))
    return tuple(found)


def _scores(features: NDArray[np.float32], some: Dataset) -> tuple[float | None, float | None]:
    """Return LogME and, of classes, the H-score; None where the labels do not vary, so that nothing is told."""
    targets: NDArray[Any] | None = some.targets
    if targets is None:
        return None, None
    if targets.ndim == 1:
        known = targets >= 0
        if len(np.unique(targets[known])) < 2:
            return None, None
        columns = np.eye(int(targets.max()) + 1)[targets[known]]
        return log_evidence(features[known], columns), h_score(features, targets.astype(np.int64))
    rows, columns = _labelled_together(targets.reshape(len(targets), -1).astype(np.float64))
    if len(rows) < 2 or not (columns.std(axis=0) > 0).any():
        return None, None
    return log_evidence(features[rows], columns), None


def _labelled_together(columns: NDArray[np.float64]) -> tuple[Ints, NDArray[np.float64]]:
    """Take the columns that are labelled on all images, or else those most often labelled, where all of them are.

    Where gaps are scattered hardly an image labels all of those: the most often labelled column is then taken alone.
    """
    known = ~np.isnan(columns)
    share = known.mean(axis=0)
    often = np.flatnonzero(share >= share.max() - 0.05)
    rows = np.flatnonzero(known[:, often].all(axis=1))
    if 2 * len(rows) < len(columns) * share.max():
        often = np.array([int(share.argmax())])
        rows = np.flatnonzero(known[:, often[0]])
    return rows, columns[np.ix_(rows, often)]
