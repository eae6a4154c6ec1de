"""Where features come from: the network, each time anew, or whatever else keeps the same contract."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.errors import TeniError
from teni.features.extract import extract
from teni.features.network import View, by_size, feature_network
from teni.features.projection import Projection, fit_projection
from teni.features.stream import stream_features
from teni.progress import OnProgress

Images = NDArray[np.uint8]
Floats = NDArray[np.float32]
Projections = Mapping[View, Projection]


class Source(Protocol):
    """What gives projections and features."""

    def projections(
        self, backbone: Backbone, images: Images, views: Sequence[View]
    ) -> dict[View, Projection]:
        """Find each view's strongest channels on some images.

        Args:
            backbone: the network.
            images: ``uint8 (N, H, W, C)``, a hundred or so.
            views: where to look.

        Raises:
            TeniError: features that are not finite numbers, or a view that the backbone does not have.
        """
        ...

    def features(
        self,
        backbone: Backbone,
        images: Images,
        projections: Projections,
        *,
        mirror: bool,
        on_progress: OnProgress,
    ) -> dict[View, Floats]:
        """Give features of images.

        Args:
            backbone: the network.
            images: ``uint8 (N, H, W, C)``.
            projections: of each view that is asked for.
            mirror: whether to take the mirror images' features too.
            on_progress: told how many images are done.

        Returns:
            For each view ``float32 (flags, N, ...)``, which may be overwritten.
        """
        ...

    def blocks(
        self,
        backbone: Backbone,
        images: Images,
        projections: Projections,
        *,
        mirror: bool,
        on_progress: OnProgress,
    ) -> Iterator[dict[View, Floats]]:
        """Give the same features as `features`, some hundred images at a time, for more than memory holds.

        The arguments are those of `features`; the images may be memory-mapped.

        Returns:
            Block after block, for each view ``float32 (flags, n, ...)``, which may be overwritten.
        """
        ...


@dataclass(frozen=True)
class Extracted:
    """Everything comes from the network, each time it is asked for."""

    def projections(
        self, backbone: Backbone, images: Images, views: Sequence[View]
    ) -> dict[View, Projection]:
        """Find projections; see `Source`."""
        found: dict[View, Projection] = {}
        for group in by_size(views):
            network = feature_network(backbone, images.shape[1:], group)
            for view, x in zip(group, extract(network, images, mirror=False), strict=True):
                require_finite(view, x, backbone)
                found[view] = fit_projection(x[0])
        return found

    def features(
        self,
        backbone: Backbone,
        images: Images,
        projections: Projections,
        *,
        mirror: bool,
        on_progress: OnProgress,
    ) -> dict[View, Floats]:
        """Extract; see `Source`."""
        found: dict[View, Floats] = {}
        for group in by_size(list(projections)):
            network = feature_network(backbone, images.shape[1:], group, projections)
            found |= dict(
                zip(group, extract(network, images, mirror=mirror, on_progress=on_progress), strict=True)
            )
        return {view: found[view] for view in projections}

    def blocks(
        self,
        backbone: Backbone,
        images: Images,
        projections: Projections,
        *,
        mirror: bool,
        on_progress: OnProgress,
    ) -> Iterator[dict[View, Floats]]:
        """Extract block after block; see `Source`."""
        return stream_features(backbone, images, projections, mirror=mirror, on_progress=on_progress)


EXTRACTED = Extracted()


def require_finite(view: View, features: Floats, backbone: Backbone) -> None:
    """Refuse features that are not finite numbers.

    Args:
        view: where they were taken.
        features: of any shape; a mean over images shows a single one that is no number.
        backbone: whose they are.

    Raises:
        TeniError: some are not.
    """
    if not np.isfinite(features).all():
        raise TeniError(
            f"the features of {view} are not all finite numbers: the weights of {backbone.name} are broken, "
            "or do not belong to this network"
        )
