"""Layers by name, and the network up to one of them."""

import difflib
from dataclasses import dataclass
from typing import Any, Literal

import keras

from teni.backbones.initial import copy_values, twin
from teni.errors import TeniError
from teni.visualize.opened import Opened

PartKind = Literal["filters", "units", "classes", "keypoints"]
_SQUASH = (keras.activations.softmax, keras.activations.sigmoid)


@dataclass(frozen=True, eq=False)
class Part:
    """A network from pixels up to one layer, and what its units are called.

    Args:
        model: from ``float32 (N, H, W, C)`` pixels to ``(N, h, w, units)`` for filters, ``(N, units)`` else.
        layer: the layer's name.
        kind: filters (maps), units (numbers), or the network's output: classes or keypoint coordinates.
        names: of the units, in order.
        logits: whether a final softmax or sigmoid was cut off.
    """

    model: keras.Model
    layer: str
    kind: PartKind
    names: tuple[str, ...]
    logits: bool = False


def find_layer(opened: Opened, name: str) -> str:
    """Find a layer anywhere in a network, however deep it lay.

    Args:
        opened: the network.
        name: the layer's name; where two nested networks have one of that name, ``network/layer``.

    Returns:
        The name that the layer has in ``opened.model``.

    Raises:
        TeniError: there is none; the nearest names are offered.

    >>> from teni.visualize.opened import open_network
    >>> x = keras.Input((4, 4, 1))
    >>> opened = open_network(keras.Model(x, keras.layers.Conv2D(2, 3, name="conv1")(x)), "tiny")
    >>> find_layer(opened, "conv2")
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: tiny has no layer 'conv2'; did you mean conv1? (--method network draws them all)
    """
    names = [operation.name for operation in opened.model.operations]
    for spelled in (name, name.replace("/", "_"), name.rsplit("/", 1)[-1]):
        if spelled in names:
            return spelled
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    remedy = f"did you mean {', '.join(near)}?" if near else f"its layers run from {names[0]} to {names[-1]}"
    raise TeniError(f"{opened.name} has no layer {name!r}; {remedy} (--method network draws them all)")


def operation_of(model: keras.Model, name: str) -> Any:
    """Return the operation of that name.

    >>> x = keras.Input((2,), name="x")
    >>> operation_of(keras.Model(x, keras.layers.ReLU(name="y")(x)), "y").name
    'y'
    """
    return next(operation for operation in model.operations if operation.name == name)


def output_of(model: keras.Model, name: str) -> Any:
    """Return a layer's symbolic output.

    Of a layer that is called several times, such as on an image and on its mirror image, that of the first call
    that sees the image as it is.

    >>> x = keras.Input((2,), name="x")
    >>> tuple(output_of(keras.Model(x, keras.layers.Dense(3, name="y")(x)), "y").shape)
    (None, 3)
    """
    nodes = operation_of(model, name)._inbound_nodes
    tensors = min((node.output_tensors for node in nodes), key=lambda outputs: _flips(outputs[0]))
    if len(tensors) != 1:
        raise TeniError(f"layer {name!r} gives {len(tensors)} outputs; name a layer that gives one")
    return tensors[0]


def layers_above(model: keras.Model, name: str) -> list[str]:
    """List the layers with weights on whose output a layer depends, itself included.

    >>> x = keras.Input((2,), name="x")
    >>> h = keras.layers.Dense(2, name="h")(x)
    >>> layers_above(keras.Model(x, keras.layers.Dense(1, name="y")(h)), "h")
    ['h']
    """
    found: dict[str, Any] = {}
    waiting = [output_of(model, name)]
    while waiting:
        operation = waiting.pop()._keras_history.operation
        if operation.name not in found:
            found[operation.name] = operation
            for node in operation._inbound_nodes:
                waiting += node.input_tensors
    return [each.name for each in model.layers if each.name in found and each.weights]


def _flips(tensor: Any) -> int:
    """Count how many times the image was flipped on its way to a tensor."""
    found = 0
    while not isinstance(tensor._keras_history.operation, keras.layers.InputLayer):
        history = tensor._keras_history
        found += type(history.operation).__name__ == "Flip"
        tensor = history.operation._inbound_nodes[history.node_index].input_tensors[0]
    return found


def part(opened: Opened, layer: str | None = None, *, logits: bool = True) -> Part:
    """Cut a network at a layer, or take it whole.

    A network that ends in a softmax or a sigmoid is cut exactly in front of that, unless `logits` is False: a
    probability can also be raised by lowering the others, a logit cannot (Simonyan et al., 2014, section 2).

    Args:
        opened: the network.
        layer: a name as `find_layer` gives it; None is the output.
        logits: whether to look at the output before its softmax or sigmoid.

    Returns:
        The network up to there.

    Raises:
        TeniError: the layer's output has no units to look at.

    >>> from teni.visualize.opened import open_network
    >>> x = keras.Input((4, 4, 1))
    >>> y = keras.layers.Dense(2, activation="softmax", name="y")(keras.layers.Flatten()(x))
    >>> part(open_network(keras.Model(x, y), "tiny")).names
    ('0', '1')
    """
    model, last = opened.model, opened.model.outputs[0]._keras_history.operation.name
    layer = layer or last
    is_output = layer == last
    tensor = model.outputs[0] if is_output else output_of(model, layer)
    before = _before_squash(tensor) if logits and is_output else None
    tensor = tensor if before is None else before
    if isinstance(operation_of(model, layer), keras.layers.InputLayer) or None in tuple(tensor.shape[1:]):
        raise TeniError(
            f"{opened.name}: layer {layer!r} gives {tuple(tensor.shape)}, which has no units to look at; name a "
            "convolution, a dense layer, or what stands behind one"
        )
    kind: PartKind = "filters" if len(tensor.shape) == 4 else "units"
    if is_output and opened.kind != "features":
        kind = opened.kind
    if kind != "filters" and len(tensor.shape) != 2:
        tensor = keras.layers.Flatten(name="flat_units")(tensor)
    names = opened.names if is_output and opened.names else tuple(map(str, range(tensor.shape[-1])))
    return Part(keras.Model(model.inputs[0], tensor), layer, kind, names, before is not None)


def _before_squash(tensor: Any) -> Any:
    """Return what a final softmax or sigmoid was computed from; None where there is none."""
    operation = tensor._keras_history.operation
    taken = operation._inbound_nodes[tensor._keras_history.node_index].input_tensors[0]
    if isinstance(operation, keras.layers.Softmax):
        return taken
    if getattr(operation, "activation", None) not in _SQUASH:
        return None
    if isinstance(operation, keras.layers.Activation):
        return taken
    linear = twin(operation)
    linear.activation = keras.activations.linear
    linear.name = f"{operation.name}_logits"
    found = linear(taken)
    copy_values(operation, linear)
    return found
