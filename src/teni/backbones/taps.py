"""Taps: layers whose outputs are features, by name."""

import difflib
from collections.abc import Sequence
from typing import Any

import keras

from teni.backbones.backbone import Backbone
from teni.errors import TeniError


def check_tap(backbone: Backbone, tap: str) -> None:
    """Refuse a tap that the backbone does not have or that its weights do not reach.

    Args:
        backbone: the network.
        tap: name of one of its layers.

    Raises:
        TeniError: with the nearest names, or with the reason why the layer cannot be used.

    >>> from teni.backbones.preprocessing import Preprocessing
    >>> x = keras.Input((8, 8, 1))
    >>> model = keras.Model(x, keras.layers.ReLU(name="relu")(x))
    >>> check_tap(Backbone("tiny", model, Preprocessing(1, (1.0,), (0.0,))), "rely")
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: tiny has no layer 'rely'; did you mean relu?
    """
    if tap in backbone.unusable:
        raise TeniError(f"layer {tap!r} of {backbone.name} cannot be used as a tap: {backbone.unusable[tap]}")
    names = [operation.name for operation in backbone.model.operations]
    if tap not in names:
        near = difflib.get_close_matches(tap, names, n=3, cutoff=0.5)
        remedy = (
            f"did you mean {', '.join(near)}?" if near else f"its layers run from {names[0]} to {names[-1]}"
        )
        raise TeniError(f"{backbone.name} has no layer {tap!r}; {remedy}")


def tap_shape(backbone: Backbone, tap: str) -> tuple[int, ...]:
    """Tell the shape of a tap's features for one image, e.g. ``(12, 12, 256)``.

    Args:
        backbone: the network.
        tap: name of one of its layers.

    Raises:
        TeniError: see ``check_tap``.

    >>> from teni.backbones.preprocessing import Preprocessing
    >>> x = keras.Input((8, 8, 1))
    >>> model = keras.Model(x, keras.layers.MaxPooling2D(name="pool")(x))
    >>> tap_shape(Backbone("tiny", model, Preprocessing(1, (1.0,), (0.0,))), "pool")
    (4, 4, 1)
    """
    return tuple(_output(backbone, tap).shape[1:])


def cut(backbone: Backbone, taps: Sequence[str]) -> keras.Model:
    """Make a network that gives the features of several taps in one forward pass.

    Args:
        backbone: the network; the result shares its layers.
        taps: names of its layers, in the order in which the outputs are wanted.

    Returns:
        A model from the preprocessed image to a list with the features of each tap; Keras gives those of a
        single tap alone, in no list.

    Raises:
        TeniError: no tap at all; see ``check_tap`` for the rest.

    >>> from teni.backbones.preprocessing import Preprocessing
    >>> x = keras.Input((8, 8, 1))
    >>> model = keras.Model(x, keras.layers.MaxPooling2D(name="pool")(x))
    >>> cut(Backbone("tiny", model, Preprocessing(1, (1.0,), (0.0,))), ["pool"]).output_names
    ['pool']
    """
    if not taps:
        raise TeniError(f"no tap was named; name at least one layer of {backbone.name}")
    return keras.Model(backbone.model.inputs[0], [_output(backbone, tap) for tap in taps])


def _output(backbone: Backbone, tap: str) -> Any:
    check_tap(backbone, tap)
    return next(operation.output for operation in backbone.model.operations if operation.name == tap)
