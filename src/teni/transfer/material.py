"""What a head is solved on: the training images, and what the network says of them at its views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.data import Dataset
from teni.features import EXTRACTED, Projection, Source, View, require_finite
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
        source: where features come from.
    """

    data: Dataset
    groups: Ints
    backbone: Backbone
    seed: int
    on_progress: OnProgress
    source: Source = EXTRACTED

    def take(self, rows: Ints) -> "Material":
        """Return the material of some images."""
        return replace(self, data=self.data.take(rows), groups=self.groups[rows])


def find_projections(material: Material, views: Sequence[View]) -> dict[View, Projection]:
    """Find each view's strongest channels on some images spread over the data.

    Raises:
        TeniError: features that are not finite numbers.
    """
    images = material.data.images
    return material.source.projections(material.backbone, images[spread_rows(len(images))], views)


def spread_rows(count: int) -> Ints:
    """Choose the rows on which projections are found.

    Args:
        count: of all rows.

    >>> spread_rows(3).tolist(), len(spread_rows(1000))
    ([0, 1, 2], 96)
    """
    return np.unique(np.linspace(0, count - 1, PROJECTION_IMAGES).astype(np.intp))


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
    features = material.source.features(
        material.backbone,
        material.data.images,
        {view: projections[view] for view in views},
        mirror=mirror,
        on_progress=material.on_progress,
    )
    found: dict[View, Parts] = {}
    for view in views:
        found[view] = training_parts(features.pop(view))
        # A single feature that is no number shows in the mean.
        require_finite(view, found[view].mean, material.backbone)
    return found
