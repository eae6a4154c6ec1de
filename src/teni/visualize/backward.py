"""The way back from a layer to the image, as a gradient, a deconvnet or guided backpropagation.

The three differ at rectifiers alone: a gradient passes where the rectifier's input was positive; a deconvnet passes
what is positive in the signal itself (Zeiler & Fergus 2014); guided backpropagation asks for both (Springenberg,
Dosovitskiy, Brox & Riedmiller 2015, https://arxiv.org/abs/1412.6806). The cap of a ReLU6 stops a gradient and guided
backpropagation as zero does; a deconvnet, which does not look at what came in, lets the signal pass.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import keras

from teni.errors import TeniError
from teni.gradients import value_and_grad
from teni.visualize.flow import Flow, Step
from teni.visualize.kernels import Map
from teni.visualize.taken_apart import Apart, take_apart
from teni.visualize.unpool import switches, unpool, unpool_whole, window_of

Tensor = Any
Rule = Literal["gradient", "deconv", "guided"]


def check_way(flow: Flow, place: int, rule: Rule) -> None:
    """Refuse a way back on which a step has no defined backward step.

    Args:
        flow: the network.
        place: where the signal starts.
        rule: what rectifiers do. Only a deconvnet needs a rule for every step: the other two are gradients
            wherever there is no rectifier.

    Raises:
        TeniError: with the steps' names; or that guided backpropagation would be the gradient.
    """
    way = way_back(flow, place)
    apart = {step.path: take_apart(step) for step in way}
    unknown = [step for step in way if apart[step.path] is None]
    if rule == "deconv" and unknown:
        told = ", ".join(f"{step.path} ({_kind(step)})" for step in unknown[-3:])
        raise TeniError(
            f"{flow.model.name}: a deconvnet has no backward step for {told}; start at a layer before, "
            "or take guided or saliency"
        )
    if rule == "guided" and not any(each is not None and each.cap is not None for each in apart.values()):
        raise TeniError(
            f"{flow.model.name}: there is no rectifier on the way back, so that guided backpropagation is the "
            "gradient; take saliency"
        )


def way_back(flow: Flow, place: int) -> list[Step]:
    """List the steps from the image to a value, in the order in which they run."""
    wanted, found = {place}, list[Step]()
    for step in reversed(flow.steps):
        if wanted.intersection(step.outputs):
            wanted.update(step.inputs)
            found.append(step)
    return found[::-1]


def send_back(
    flow: Flow,
    weights: Sequence[Tensor],
    values: Mapping[int, Tensor],
    start: int,
    signal: Tensor,
    rule: Rule,
) -> Tensor:
    """Send a signal from a layer's output back to the image.

    Args:
        flow: the network.
        weights: of the network, see `Flow.weights`.
        values: of one forward pass, see `Flow.values`.
        start: where the signal starts.
        signal: as large as the value there.
        rule: what rectifiers do.

    Returns:
        The signal at the image, ``(N, H, W, C)``.
    """
    signals = {start: signal}
    with flow.holding(weights):
        for step in reversed(way_back(flow, start)):
            arriving = [signals.pop(place, None) for place in step.outputs]
            if all(each is None for each in arriving):
                continue
            cotangents = [
                keras.ops.zeros_like(values[place]) if each is None else each
                for place, each in zip(step.outputs, arriving, strict=True)
            ]
            inputs = [values[place] for place in step.inputs]
            outputs = [values[place] for place in step.outputs]
            for place, back in zip(step.inputs, _back(step, inputs, outputs, cotangents, rule), strict=True):
                signals[place] = signals[place] + back if place in signals else back
    return signals.get(flow.image, keras.ops.zeros_like(values[flow.image]))


def _back(
    step: Step, inputs: Sequence[Tensor], outputs: Sequence[Tensor], signals: Sequence[Tensor], rule: Rule
) -> list[Tensor]:
    apart = take_apart(step) or Apart(step.run)
    if apart.is_maximum:
        return [_unpooled(step.operation, inputs[0], signals[0])]
    if apart.cap is not None:
        signals = [_rectified(signals[0], outputs[0], apart.cap, rule)]
    return list(signals) if apart.linear is None else _transposed(apart.linear, inputs, signals)


def _rectified(signal: Tensor, output: Tensor, cap: float, rule: Rule) -> Tensor:
    if rule != "gradient":
        signal = keras.ops.maximum(signal, 0.0)
    if rule == "deconv":
        return signal
    passed = keras.ops.logical_and(output > 0, output < cap)
    return keras.ops.where(passed, signal, 0.0)


def _transposed(function: Map, inputs: Sequence[Tensor], signals: Sequence[Tensor]) -> list[Tensor]:
    """Apply the transpose of a linear map, as the gradient of its inner product with the signal."""

    def product(values: list[Tensor]) -> Tensor:
        parts: list[Any] = [
            keras.ops.sum(keras.ops.cast(value, "float32") * signal)
            for value, signal in zip(function(values), signals, strict=True)
        ]
        return sum(parts[1:], parts[0])

    return value_and_grad(product)(list(inputs))[1]


def _unpooled(layer: Any, x: Tensor, signal: Tensor) -> Tensor:
    """Put the signal back where the layer found its maxima."""
    first = layer.data_format == "channels_first"
    if first:
        x = keras.ops.transpose(x, (0, 2, 3, 1))
    if isinstance(layer, keras.layers.GlobalMaxPooling2D):
        back = unpool_whole(keras.ops.reshape(signal, (-1, 1, 1, x.shape[3])), x)
    else:
        shape = (x.shape[1], x.shape[2])
        window = window_of(shape, layer.pool_size, layer.strides, layer.padding)
        signal = keras.ops.transpose(signal, (0, 2, 3, 1)) if first else signal
        back = unpool(signal, switches(x, window), window, shape)
    return keras.ops.transpose(back, (0, 3, 1, 2)) if first else back


def _kind(step: Step) -> str:
    """Name the kind of a layer, and its activation where that is what has no backward step."""
    kind, activation = type(step.operation).__name__, getattr(step.operation, "activation", None)
    return kind if activation is None else f"{kind} with {getattr(activation, '__name__', activation)}"
