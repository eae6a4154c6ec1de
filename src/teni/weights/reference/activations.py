"""Activation functions as Keras 1 and 2 computed them."""

import numpy as np
from scipy.special import erf

from teni.weights.reference.rules import Array, Layer, unknown


def activate(layer: Layer, values: Array) -> Array:
    """Apply the layer's own activation, if it has one."""
    return function(layer, layer.get("activation", default="linear"), values)


def function(layer: Layer, name: object, values: Array) -> Array:
    """Compute an activation by its name of Keras 1 or 2."""
    if name == "linear":
        return values
    if name == "relu":
        return np.maximum(values, 0)
    if name == "tanh":
        return np.tanh(values)
    if name == "sigmoid":
        return 1 / (1 + np.exp(-values))
    if name == "hard_sigmoid":
        return np.clip((values / 6 if layer.soft else 0.2 * values) + 0.5, 0, 1)
    if name == "softplus":
        return np.logaddexp(values, 0)
    if name == "softsign":
        return values / (1 + np.abs(values))
    if name == "elu":
        return np.where(values > 0, values, np.expm1(np.minimum(values, 0)))
    if name == "softmax":
        powers = np.exp(values - values.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)
    if name == "selu":
        return 1.0507009873554805 * np.where(
            values > 0, values, 1.6732632423543772 * np.expm1(np.minimum(values, 0))
        )
    if name == "exponential":
        return np.exp(values)
    if name == "relu6":
        return np.clip(values, 0, 6)
    if name == "gelu":
        return 0.5 * values * (1 + erf(values / np.sqrt(2)))
    if name in ("swish", "silu"):
        return values / (1 + np.exp(-values))
    raise unknown(layer)


def advanced(layer: Layer, values: Array) -> Array:
    """Compute LeakyReLU, PReLU, ELU, ThresholdedReLU, ParametricSoftplus, SReLU, ReLU or Softmax."""
    below = np.minimum(values, 0)
    if layer.kind == "LeakyReLU":
        return np.maximum(values, 0) + layer.get("negative_slope", "alpha", default=0.3) * below
    if layer.kind == "PReLU":
        return np.maximum(values, 0) + layer.tensors[0] * below
    if layer.kind == "ELU":
        return np.maximum(values, 0) + layer.get("alpha", default=1.0) * np.expm1(below)
    if layer.kind == "ThresholdedReLU":
        return values * (values > layer.get("theta", default=1.0))
    if layer.kind == "ParametricSoftplus":
        return layer.tensors[0] * np.logaddexp(layer.tensors[1] * values, 0)
    if layer.kind == "SReLU":
        return _srelu(layer, values)
    if layer.kind == "ReLU":
        return _relu(layer, values)
    if layer.kind == "Softmax" and layer.get("axis", default=-1) in (-1, values.ndim - 1):
        return function(layer, "softmax", values)
    raise unknown(layer)


def _relu(layer: Layer, values: Array) -> Array:
    threshold = layer.get("threshold", default=0.0)
    top = layer.get("max_value", default=np.inf)
    slope = layer.get("negative_slope", default=0.0)
    return np.where(values >= threshold, np.minimum(values, top), slope * (values - threshold))


def _srelu(layer: Layer, values: Array) -> Array:
    """Compute SReLU piece by piece; Keras kept the right threshold's distance from the left one."""
    left, slope_left, distance, slope_right = (tensor.astype(np.float64) for tensor in layer.tensors)
    width = np.abs(distance)
    above = values - left
    lower = np.minimum(np.where(above > 0, above, slope_left * above), width)
    return left + lower + slope_right * np.maximum(above - width, 0)
