"""Filling any layer: the right way for its class, wrapped and nested ones too."""

from dataclasses import replace
from functools import partial
from typing import Any

import keras

from teni.weights import remap
from teni.weights.fill import Ask, Fill, misfit, need_count, only, plain, shape_of
from teni.weights.fill_composed import fill_composed
from teni.weights.fill_kernels import fill_convolution, fill_separable
from teni.weights.fill_nested import fill_nested
from teni.weights.fill_recurrent import GATES, fill_bidirectional, fill_recurrent, scale_hard_sigmoid
from teni.weights.keras3_paths import fill_by_own_path

CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
SEPARABLE = ("SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D")


def fill_layer(ask: Ask) -> list[Fill]:
    """Decide for each variable of a layer which tensors fill it and how they are changed.

    Args:
        ask: the layer and the file's tensors for it.

    Returns:
        One filling for each variable.

    Raises:
        TeniError: the tensors don't fit: layer, expected and found are named.
    """
    by_path = fill_by_own_path(ask) if ask.age == "keras-3" else None
    if by_path is not None:
        return by_path
    fills = _fill(ask)
    activation = getattr(ask.layer, "activation", None)
    recurrent = type(ask.layer).__name__ in GATES
    if activation is keras.activations.hard_sigmoid and ask.age != "keras-3" and not recurrent:
        fills = [scale_hard_sigmoid(fill) for fill in fills]
    return fills


def _fill(ask: Ask) -> list[Fill]:
    kind = type(ask.layer).__name__
    composition = ask.hints.composed.get(ask.layer.name)
    if composition is not None:
        return fill_composed(ask, composition)
    if isinstance(ask.layer, keras.Model):
        return fill_nested(ask, fill_layer)
    if kind in CONVOLUTIONS:
        return fill_convolution(ask)
    if kind in SEPARABLE:
        return fill_separable(ask)
    if kind in GATES:
        return fill_recurrent(ask)
    if kind == "Bidirectional":
        return fill_bidirectional(ask)
    if kind == "TimeDistributed":
        return fill_layer(replace(ask, layer=ask.layer.layer))
    if kind == "BatchNormalization":
        return _normalization(ask)
    need_count(ask)
    fills = [_other(v, t, ask) for v, t in zip(ask.variables, ask.tensors, strict=True)]
    if kind == "Dense" and ask.image is not None:
        fills[0] = _rows(fills[0], ask.image)
    return fills


def _other(variable: Any, tensor: Any, ask: Ask) -> Fill:
    """Load as it is, but the slopes of a PReLU over a channels-first image with the channels moved last."""
    image = len(tensor.shape) > 1 and type(ask.layer).__name__ == "PReLU"
    if image and ask.reading.ordering == "channels_first" and ask.image is not None:
        if (*tensor.shape[1:], tensor.shape[0]) != shape_of(variable):
            raise misfit(variable, tensor, ask)
        why = "slopes of a channels-first image, channels moved last"
        return Fill(variable, (tensor,), only(remap.first_to_last), "transposed", why)
    return plain(variable, tensor, ask)


def _rows(fill: Fill, image: tuple[int, ...]) -> Fill:
    why = f"rows of a flattened {image} image, channels moved last"
    change = only(partial(remap.permute_rows, image=image))
    return Fill(fill.variable, fill.tensors, change, "rows-permuted", why)


def _normalization(ask: Ask) -> list[Fill]:
    need_count(ask)
    fills = [plain(v, t, ask) for v, t in zip(ask.variables, ask.tensors, strict=True)]
    if ask.reading.statistics == "variance" or not ask.old:
        return fills
    epsilon = float(ask.layer.epsilon)
    why = "running deviation to variance (Keras up to 1.0.5 divided by deviation + epsilon)"
    old = epsilon if ask.reading.epsilon is None else ask.reading.epsilon
    change = only(partial(remap.deviation_to_variance, old_epsilon=old, epsilon=epsilon))
    return [
        Fill(fill.variable, fill.tensors, change, "squared", why)
        if fill.variable.name == "moving_variance"
        else fill
        for fill in fills
    ]
