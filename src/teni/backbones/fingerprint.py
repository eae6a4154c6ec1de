"""A fingerprint of a backbone's weights: two runs with the same one started from the same numbers."""

import hashlib

import numpy as np

from teni.backbones.backbone import Backbone


def weights_fingerprint(backbone: Backbone) -> str:
    """SHA-256 over the names of the backbone's layers and the values of their weights, as hexadecimal text.

    Args:
        backbone: any.

    >>> from teni.backbones import backbone
    >>> one, same, other = (backbone("facial-cnn-1", size=(8, 8), seed=seed) for seed in (0, 0, 1))
    >>> weights_fingerprint(one) == weights_fingerprint(same) != weights_fingerprint(other)
    True
    """
    digest = hashlib.sha256()
    for layer in backbone.model.layers:
        for values in layer.get_weights():
            digest.update(repr((layer.name, values.shape)).encode())
            digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()
