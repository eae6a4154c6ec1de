"""What a head is solved on: the training images, and what the network says of them at its views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.data import Dataset
from teni.errors import TeniError
from teni.features import Projection, View, extract, feature_network, fit_projection
from teni.progress import OnProgress
from teni.transfer.parts import Parts, training_parts

Ints = NDArray[np.intp]

PROJECTION_IMAGES = 96


@dataclass(frozen=True, eq=False)
class Material:
    """Training images and who they show, the network, and whom to tell.

    Args:
        data: the training images alone.
        groups: ``(N,)`` subject of each.
        backbone: the network.
        seed: of everything random.
        on_progress: told how far the fit has come.
    """

    data: Dataset
    groups: Ints
    backbone: Backbone
    seed: int
    on_progress: OnProgress

    def take(self, rows: Ints) -> "Material":
        """Return the material of some images."""
        return replace(self, data=self.data.take(rows), groups=self.groups[rows])


def find_projections(material: Material, views: Sequence[View]) -> dict[View, Projection]:
    """Find each view's strongest channels on some images spread over the data.

    Raises:
        TeniError: features that are not finite numbers.
    """
    images = material.data.images
    some = images[np.unique(np.linspace(0, len(images) - 1, PROJECTION_IMAGES).astype(np.intp))]
    found: dict[View, Projection] = {}
    for group in _by_size(views):
        network = feature_network(material.backbone, images.shape[1:], group)
        for view, x in zip(group, extract(network, some, mirror=False), strict=True):
            _require_finite(view, x, material.backbone)
            found[view] = fit_projection(x[0])
    return found


def take_parts(
    material: Material, views: Sequence[View], projections: Mapping[View, Projection], mirror: bool
) -> dict[View, Parts]:
    """Take features at the views, one network for each size.

    Args:
        material: whose images.
        views: where.
        projections: of each view.
        mirror: whether to take the mirror images' features too.

    Raises:
        TeniError: features that are not finite numbers.
    """
    images = material.data.images
    found: dict[View, Parts] = {}
    for group in _by_size(views):
        network = feature_network(material.backbone, images.shape[1:], group, projections)
        features = extract(network, images, mirror=mirror, on_progress=material.on_progress)
        for view, x in zip(group, features, strict=True):
            found[view] = training_parts(x)
            # A single feature that is no number shows in the mean.
            _require_finite(view, found[view].mean, material.backbone)
    return {view: found[view] for view in views}


def _require_finite(view: View, features: NDArray[np.float32], backbone: Backbone) -> None:
    if not np.isfinite(features).all():
        raise TeniError(
            f"the features of {view} are not all finite numbers: the weights of {backbone.name} are broken, "
            "or do not belong to this network"
        )


def _by_size(views: Sequence[View]) -> list[list[View]]:
    """Group views by the size that the backbone sees: one forward pass each."""
    return [[view for view in views if view.size == size] for size in dict.fromkeys(v.size for v in views)]
