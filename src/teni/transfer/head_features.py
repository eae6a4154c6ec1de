"""Features of one view for a trained head: mirror images beforehand as further rows, all of it on one scale."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.errors import TeniError
from teni.features import Projection, View, extract, feature_network, fit_projection
from teni.progress import OnProgress, silent

Floats32 = NDArray[np.float32]
Images = NDArray[np.uint8]

PROJECTION_IMAGES = 96
# The mean squared length of a row. What a step of gradient descent changes in a row's own prediction grows with it,
# and rates that suit one length blow up at another.
SQUARED_LENGTH = 1000.0
# Features that hardly ever differ are not blown up to the size of the others: this share of the mean variance is
# added to each.
SMALLEST_VARIANCE = 0.1


@dataclass(frozen=True, eq=False)
class HeadFeatures:
    """What a head is trained on.

    Args:
        view: where the features come from.
        projection: of the view's channels.
        train: ``(flags * N, D)`` of the training images, then of their mirror images if there are any.
        validation: ``(M, D)``.
        mean: ``(D,)`` what was taken off each feature.
        factor: ``(D,)`` what each was multiplied by then.
    """

    view: View
    projection: Projection
    train: Floats32
    validation: Floats32
    mean: Floats32
    factor: Floats32


def head_features(
    backbone: Backbone,
    view: View,
    train: Images,
    validation: Images,
    *,
    mirror: bool,
    on_progress: OnProgress = silent,
) -> HeadFeatures:
    """Take the features of a view and bring them to one scale.

    Args:
        backbone: the network.
        view: tap and size.
        train: ``uint8 (N, H, W, C)``.
        validation: ``uint8 (M, H, W, C)``.
        mirror: whether the mirror images of the training images are rows too.
        on_progress: told how many images are done.

    Raises:
        TeniError: features that are not all finite numbers, or a view that the backbone does not have.
    """
    shape = train.shape[1:]
    some = np.unique(np.linspace(0, len(train) - 1, min(len(train), PROJECTION_IMAGES)).astype(np.intp))
    raw = extract(feature_network(backbone, shape, [view]), train[some], mirror=False)[0][0]
    _require_finite(view, raw, backbone)
    projection = fit_projection(raw)
    network = feature_network(backbone, shape, [view], {view: projection})
    seen = extract(network, train, mirror=mirror, on_progress=on_progress)[0]
    flat = seen.reshape(seen.shape[0] * seen.shape[1], -1)
    held = extract(network, validation, mirror=False)[0][0].reshape(len(validation), -1)
    _require_finite(view, flat.mean(axis=0), backbone)
    _require_finite(view, held.mean(axis=0), backbone)
    mean, factor = one_scale(flat)
    for features in (flat, held):
        features -= mean
        features *= factor
    return HeadFeatures(view, projection, flat, held, mean, factor)


def one_scale(features: Floats32) -> tuple[Floats32, Floats32]:
    """Work out the mean of each feature and the factor that brings it to the scale of the others.

    Args:
        features: ``(N, D)``.

    Returns:
        Mean and factor ``(D,)``; rows with the mean taken off and multiplied by the factor have a mean squared
        length of 1,000.

    >>> mean, factor = one_scale(np.array([[0.0, 1.0], [4.0, 1.0]], np.float32))
    >>> mean.tolist(), round(float(((4.0 - mean[0]) * factor[0]) ** 2), 3)
    ([2.0, 1.0], 1000.0)
    """
    mean = features.mean(axis=0, dtype=np.float64)
    variance = np.maximum(np.square(features, dtype=np.float64).mean(axis=0) - mean**2, 0.0)
    total = variance.mean()
    scale = np.sqrt(variance + SMALLEST_VARIANCE * total) if total > 0 else np.ones_like(mean)
    squared = float((variance / scale**2).sum())
    factor = np.sqrt(SQUARED_LENGTH / squared) / scale if squared > 0 else scale
    return mean.astype(np.float32), factor.astype(np.float32)


def _require_finite(view: View, features: Floats32, backbone: Backbone) -> None:
    if not np.isfinite(features).all():
        raise TeniError(
            f"the features of {view} are not all finite numbers: the weights of {backbone.name} are broken, "
            "or do not belong to this network"
        )
