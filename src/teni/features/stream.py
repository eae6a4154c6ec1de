"""Features of more images than memory holds: block after block, through programs that are compiled once."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.features.extract import forward_pass
from teni.features.network import View, by_size, feature_network
from teni.features.projection import Projection
from teni.progress import OnProgress, Progress, silent

Images = NDArray[np.uint8]
Floats = NDArray[np.float32]

BLOCK = 512  # images; at two views with mirror images a block is 47 MB


def stream_features(
    backbone: Backbone,
    images: Images,
    projections: Mapping[View, Projection],
    *,
    mirror: bool,
    on_progress: OnProgress = silent,
) -> Iterator[dict[View, Floats]]:
    """Extract features of some hundred images at a time.

    Args:
        backbone: the network.
        images: ``uint8 (N, H, W, C)``, may be memory-mapped.
        projections: of each view that is asked for.
        mirror: whether to take the mirror images' features too.
        on_progress: told how many images are done.

    Returns:
        Block after block, for each view ``float32 (flags, n, ...)``.

    >>> from teni.backbones import backbone
    >>> net, view = backbone("facial-cnn-2", weights="random", size=(32, 32)), View((32, 32), "hidden2")
    >>> images = np.zeros((3, 32, 32, 1), np.uint8)
    >>> [block[view].shape for block in stream_features(net, images, {view: Projection(None, 1.0)}, mirror=True)]
    [(2, 3, 500)]
    """
    passes = [
        (group, forward_pass(feature_network(backbone, images.shape[1:], group, projections), mirror=mirror))
        for group in by_size(list(projections))
    ]
    for start in range(0, len(images), BLOCK):
        some = np.asarray(images[start : start + BLOCK])
        found: dict[View, Floats] = {}
        for group, run in passes:
            batches = list(run(some))
            for i, view in enumerate(group):
                found[view] = np.concatenate([batch[i] for batch in batches], axis=1)
        on_progress(Progress("features", start + len(some), len(images)))
        yield {view: found[view] for view in projections}
