"""What features follow from, as fingerprints: the images, the network, the projection."""

import hashlib
import json
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.backbones import Backbone, weights_fingerprint
from teni.features.projection import Projection

Names = NDArray[np.bytes_]

# Counted up when the way from an image to features changes, so that features of the old way are not taken for new.
FEATURES_VERSION = 1

# Where a network's configuration says the names of layers; elsewhere the same word is something else, as "relu" is.
_NAMING = ("name", "keras_history", "input_layers", "output_layers")
_NOT_LAYERS = "dtype"  # whose policies have names of their own


def image_names(images: NDArray[np.uint8]) -> Names:
    """Name every image by its content: 128 bits as hexadecimal text.

    Args:
        images: ``uint8 (N, H, W, C)``; may be memory-mapped, one image at a time is looked at.

    Returns:
        ``(N,)`` of 32 bytes.

    >>> names = image_names(np.zeros((2, 4, 4, 1), np.uint8))
    >>> bool(names[0] == names[1] != image_names(np.ones((1, 4, 4, 1), np.uint8))[0])
    True
    """
    shape = repr(images.shape[1:]).encode()
    found = np.empty(len(images), "S32")
    for i in range(len(images)):
        digest = hashlib.blake2b(shape, digest_size=16)
        digest.update(np.ascontiguousarray(images[i]).data)
        found[i] = digest.hexdigest().encode()
    return found


def network_fingerprint(backbone: Backbone) -> str:
    """SHA-256 over all that turns an image into features: layers, weights, preprocessing, Keras's backend.

    The same network built twice in one process has other names for layers without weights; they do not count.

    Args:
        backbone: any.

    >>> from teni.backbones import backbone
    >>> one, same, other = (backbone("facial-cnn-1", size=(8, 8), seed=seed) for seed in (0, 0, 1))
    >>> network_fingerprint(one) == network_fingerprint(same) != network_fingerprint(other)
    True
    """
    config = backbone.model.get_config()
    places: dict[str, str] = {}
    _collect(config, places)
    told = json.dumps(_renamed(config, places), sort_keys=True, default=repr)
    parts = (
        FEATURES_VERSION,
        keras.config.backend(),
        weights_fingerprint(backbone),
        backbone.preprocessing,
        told,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def projection_fingerprint(projection: Projection | None) -> str:
    """SHA-256 over a projection's matrix, or ``none``.

    >>> projection_fingerprint(Projection(None, 1.0))
    'none'
    """
    if projection is None or projection.matrix is None:
        return "none"
    digest = hashlib.sha256(repr(projection.matrix.shape).encode())
    digest.update(np.ascontiguousarray(projection.matrix).data)
    return digest.hexdigest()


def _collect(config: Any, places: dict[str, str]) -> None:
    """Number the names of layers in the order in which they come."""
    if isinstance(config, dict):
        name = config.get("name")
        if isinstance(name, str):
            places.setdefault(name, f"#{len(places)}")
        for key, value in config.items():
            if key != _NOT_LAYERS:
                _collect(value, places)
    elif isinstance(config, list | tuple):
        for value in config:
            _collect(value, places)


def _renamed(config: Any, places: dict[str, str], naming: bool = False) -> Any:
    if isinstance(config, dict):
        return {
            str(key): value if key == _NOT_LAYERS else _renamed(value, places, naming or key in _NAMING)
            for key, value in config.items()
        }
    if isinstance(config, list | tuple):
        return [_renamed(value, places, naming) for value in config]
    return places.get(config, config) if naming and isinstance(config, str) else config
