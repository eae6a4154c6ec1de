"""Count what a network must compute."""

from typing import Any

import numpy as np


def count_operations(model: Any) -> float:
    """Count multiplications and additions of one image's way through convolutions and dense layers.

    Args:
        model: a Keras model; nested ones are counted too.
    """
    import keras

    total = 0.0
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            total += count_operations(layer)
        elif isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D):
            places = float(np.prod(layer.output.shape[1:3]))
            total += 2 * places * float(np.prod(layer.kernel.shape))
        elif isinstance(layer, keras.layers.Dense):
            total += 2 * float(np.prod(layer.kernel.shape))
    return total
