"""Networks with layers left out or of another width, untrained: what is each layer worth?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import keras

from teni.backbones.backbone import Backbone
from teni.backbones.initial import clone_network, twin
from teni.backbones.taps import check_tap
from teni.errors import TeniError

_WIDTH = ("filters", "units")  # what Keras's layers call it


@dataclass(frozen=True)
class Edit:
    """What is changed in a network.

    Args:
        without: names of layers that are left out; what went into one goes on to the next.
        widths: by the name of a layer, the factor on its filters or units.

    >>> str(Edit(("conv3", "relu3"), {"hidden1": 0.5})), str(Edit())
    ('without conv3, relu3; hidden1 x 0.5', 'whole')
    """

    without: tuple[str, ...] = ()
    widths: Mapping[str, float] = field(default_factory=dict[str, float])

    def __str__(self) -> str:
        """Say it in a few words."""
        parts = [f"without {', '.join(self.without)}"] if self.without else []
        parts += [f"{name} x {factor:g}" for name, factor in self.widths.items()]
        return "; ".join(parts) or "whole"


def edited(backbone: Backbone, edit: Edit, *, seed: int) -> Backbone:
    """Build a network anew with a change in it, and random weights.

    After M. Zeiler & R. Fergus, "Visualizing and Understanding Convolutional Networks" (2014), section 5.1, who
    removed layers and changed their sizes and trained each network again.

    Args:
        backbone: the network; it is left as it is.
        edit: what to change.
        seed: of the random weights.

    Raises:
        TeniError: no such layer, one that cannot be left out or has no width, or a network that no longer fits
            together.

    >>> from teni.backbones import backbone
    >>> small = edited(backbone("facial-cnn-2", size=(16, 16)), Edit(("conv3",), {"conv1": 0.5}), seed=0)
    >>> [layer.name for layer in small.model.layers][:4], small.model.get_layer("conv1").filters
    (['image', 'conv1', 'relu1', 'pool1'], 16)
    """
    for name in (*edit.without, *edit.widths):
        check_tap(backbone, name)
    network: Any = backbone.model
    layers = {operation.name: operation for operation in network.operations}
    for name in edit.without:
        _check_removable(layers[name], backbone)
    for name, factor in edit.widths.items():
        _check_width(layers[name], factor, backbone)

    def copy(operation: Any) -> Any:
        factor = edit.widths.get(operation.name)
        return twin(operation) if factor is None else _wider(operation, factor)

    def call(layer: Any, *inputs: Any, **more: Any) -> Any:
        return inputs[0] if layer.name in edit.without else layer(*inputs, **more)

    try:
        model = clone_network(network, backbone.size, seed=seed, call=call, copy=copy)
    except ValueError as error:
        first = str(error).splitlines()[0]
        raise TeniError(
            f"{backbone.name}, {edit}: the layers no longer fit together ({first}); leave out the layers that "
            "depend on it too, or change their width"
        ) from error
    return replace(backbone, model=model, load_report=None, notes=())


def trained_layers(backbone: Backbone) -> tuple[str, ...]:
    """Name the layers of a network that hold kernels, from the image on: what an ablation takes out in turn.

    >>> from teni.backbones import backbone
    >>> trained_layers(backbone("facial-cnn-2", size=(16, 16)))
    ('conv1', 'conv2', 'conv3', 'hidden1', 'hidden2')
    """
    network: Any = backbone.model
    return tuple(
        layer.name
        for layer in network.layers
        if hasattr(layer, "kernel") and any(hasattr(layer, name) for name in _WIDTH)
    )


def _check_removable(layer: Any, backbone: Backbone) -> None:
    inputs = layer.input if not isinstance(layer, keras.layers.InputLayer) else None
    if inputs is None or isinstance(inputs, Sequence):
        what = "is where the image comes in" if inputs is None else "joins several layers"
        raise TeniError(
            f"layer {layer.name!r} of {backbone.name} {what} and cannot be left out; name another"
        )


def _check_width(layer: Any, factor: float, backbone: Backbone) -> None:
    if not any(hasattr(layer, name) for name in _WIDTH):
        raise TeniError(
            f"layer {layer.name!r} of {backbone.name} has no width of its own; name one with filters or units, "
            f"e.g. {trained_layers(backbone)[0]}"
        )
    if not factor > 0:
        raise TeniError(f"width {factor:g} of layer {layer.name!r}: expected a factor above 0, e.g. 0.5")


def _wider(layer: Any, factor: float) -> Any:
    name = next(name for name in _WIDTH if hasattr(layer, name))
    copy = twin(layer)
    setattr(copy, name, max(1, round(factor * getattr(layer, name))))
    return copy
