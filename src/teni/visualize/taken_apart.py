"""Layers taken apart for the way back: a linear map, then a rectifier; or a maximum.

What is linear is run backwards by its transpose, filters and all else alike: batch norm in inference multiplies by
its scale, a sum hands its signal to every summand, a concatenation hands each part its own. That is what a gradient
does, and deconvnets differ from gradients at rectifiers alone (Simonyan, Vedaldi & Zisserman 2014, section 4,
https://arxiv.org/abs/1312.6034), so that it also says what to do at layers that deconvnets did not know in 2014.
"""

from dataclasses import dataclass
from math import inf
from typing import Any

import keras

from teni.visualize.flow import Step
from teni.visualize.kernels import WITH_KERNEL, Map, kernel_map

# fmt: off
_LINEAR_LAYERS = frozenset((
    "Add", "ActivityRegularization", "AlphaDropout", "Average", "AveragePooling2D", "BatchNormalization",
    "CenterCrop", "Concatenate", "Cropping2D", "Dropout", "Flatten", "GaussianDropout", "GaussianNoise",
    "GlobalAveragePooling2D", "Identity", "Normalization", "Permute", "RepeatVector", "Rescaling",
    "Reshape", "Resizing", "SpatialDropout2D", "Subtract", "UpSampling2D", "ZeroPadding2D",
))
# Operations on tensors: linear in all of them.
_LINEAR_OPERATIONS = frozenset((
    "Add", "Average", "AveragePool", "BroadcastTo", "Cast", "Concatenate", "ExpandDims", "Flip", "GetItem",
    "Identity", "Mean", "Moveaxis", "Negative", "Pad", "Ravel", "Repeat", "Reshape", "Resize", "Slice",
    "Split", "Squeeze", "Stack", "Subtract", "Sum", "Swapaxes", "Take", "Tile", "Transpose", "Unstack",
))
# Linear in one tensor while the rest are numbers.
_SCALING_OPERATIONS = frozenset((
    "Conv", "ConvTranspose", "DepthwiseConv", "Dot", "Matmul", "Multiply", "SeparableConv",
))
_QUOTIENTS = frozenset(("Divide", "TrueDivide"))
# fmt: on


@dataclass(frozen=True, eq=False)
class Apart:
    """A step as a linear map and what comes after it.

    Args:
        linear: the linear map, on the values of the step's inputs; None where there is none.
        cap: the rectifier behind it: 0 below zero, and no more than this; None where there is none.
        is_maximum: whether the step takes maxima over windows or over the whole map.
    """

    linear: Map | None = None
    cap: float | None = None
    is_maximum: bool = False


def take_apart(step: Step) -> Apart | None:
    """Take a step apart; None for one that is neither linear, nor a rectifier, nor a maximum, nor made of them.

    >>> from teni.visualize.flow import lay_open
    >>> x = keras.Input((4, 4, 1))
    >>> model = keras.Model(x, keras.layers.Conv2D(2, 3, activation="relu6", name="conv")(x))
    >>> take_apart(lay_open(model).find("conv")[0]).cap
    6.0
    """
    operation, kind = step.operation, type(step.operation)
    if kind in (keras.layers.MaxPooling2D, keras.layers.GlobalMaxPooling2D):
        return Apart(is_maximum=True)
    if kind in WITH_KERNEL:
        return _capped(kernel_map(operation), operation.activation)
    if kind is keras.layers.Activation:
        return _capped(None, operation.activation)
    home, name = kind.__module__, kind.__name__
    if home.startswith(("keras.src.layers.activations", "keras.src.activations")) and name == "ReLU":
        plain = not operation.negative_slope and not operation.threshold
        return (
            Apart(None, inf if operation.max_value is None else float(operation.max_value)) if plain else None
        )
    if home.startswith("keras.src.layers"):
        return Apart(step.run) if name in _LINEAR_LAYERS else None
    return _operation(step) if home.startswith("keras.src.ops") else None


def _capped(linear: Map | None, activation: Any) -> Apart | None:
    """Put an activation behind a linear map, if it is a rectifier or none at all."""
    if activation is None or activation is keras.activations.linear:
        return Apart(linear or list)
    caps = {keras.activations.relu: inf, keras.activations.relu6: 6.0}
    return Apart(linear, caps[activation]) if activation in caps else None


def _operation(step: Step) -> Apart | None:
    name, alone = type(step.operation).__name__, len(step.call.arguments.keras_tensors) == 1
    if name in ("Relu", "Relu6"):
        return Apart(None, inf if name == "Relu" else 6.0)
    if name == "Cast" and "float" not in str(step.operation.dtype):
        return None
    linear = (
        name in _LINEAR_OPERATIONS
        or (name in _SCALING_OPERATIONS and alone)
        or (name in _QUOTIENTS and alone and step.call.arguments.args[0] is step.call.tensors[0])
    )
    return Apart(step.run) if linear else None
