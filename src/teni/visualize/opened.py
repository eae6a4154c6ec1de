"""A model of whatever kind, opened for looking into: pixels in, nested networks laid open, nothing shared."""

from dataclasses import dataclass
from typing import Any, Literal

import keras

from teni.backbones.inline import rebuilt
from teni.backbones.preprocessing import Preprocessing
from teni.errors import TeniError

Kind = Literal["features", "classes", "keypoints"]


@dataclass(frozen=True, eq=False)
class Opened:
    """A network that takes pixels, whatever the user's model took.

    Args:
        name: how messages call it.
        model: a functional network from ``float32 (N, H, W, C)`` pixels, 0 to 255, C one or three (RGB), to
            the output; gradients flow through all of it. Its layers and weights are its own.
        kind: what the output is.
        names: of the output's units, in the order of the flattened output; empty where they are numbered.
        taps: layers from which a run took its features.
        frozen: layers with weights that did not learn.
        notes: what a user should know, one sentence each.

    >>> x = keras.Input((4, 4, 1))
    >>> opened = open_network(keras.Model(x, keras.layers.Flatten()(x)), "tiny")
    >>> opened.shape, opened.kind
    ((4, 4, 1), 'features')
    """

    name: str
    model: keras.Model
    kind: Kind = "features"
    names: tuple[str, ...] = ()
    taps: tuple[str, ...] = ()
    frozen: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of the image."""
        _, height, width, channels = self.model.input_shape
        return int(height), int(width), int(channels)


def open_network(
    network: keras.Model,
    name: str = "",
    *,
    preprocessing: Preprocessing | None = None,
    kind: Kind | None = None,
    names: tuple[str, ...] = (),
    size: tuple[int, int] | None = None,
) -> Opened:
    """Open a Keras model; the model itself is left as it is.

    A model that takes ``uint8`` stops gradients at its first cast: it is opened behind that, with the same
    values for the same pixels.

    Args:
        network: a functional or sequential model of one image.
        name: how messages call it; its own name by default.
        preprocessing: what turns pixels into the network's input; None where it takes pixels as they are.
        kind: what the output is; None looks at its shape and its last activation.
        names: of the output's units.
        size: height and width, for a network whose input leaves them open.

    Returns:
        The opened model.

    Raises:
        TeniError: not a functional or sequential model of one image, or the wrong number of names.

    >>> x = keras.Input((4, 4, 1), dtype="uint8")
    >>> opened = open_network(keras.Model(x, keras.layers.Rescaling(1 / 255)(x)), "raw")
    >>> opened.model.inputs[0].dtype
    'float32'
    """
    name = name or network.name
    height, width, channels = _image_shape(network, name, size)

    def enter() -> tuple[Any, Any]:
        image: Any = keras.Input(
            (height, width, channels), name=network.inputs[0]._keras_history.operation.name
        )
        return image, image if preprocessing is None else _preprocessed(image, preprocessing)

    try:
        model = rebuilt(network, enter)
    except (ValueError, TypeError, NotImplementedError) as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise TeniError(
            f"{name}: cannot be rebuilt on an image of {width}x{height} pixels with values that gradients flow "
            f"through ({reason}); give a network of Keras's own layers"
        ) from error
    kind = kind or _kind(model)
    many = _count(model.outputs[0].shape)
    if names and len(names) != many:
        raise TeniError(f"{name}: {len(names)} names were given for {many} outputs; give one for each")
    layers = [layer for layer in model.layers if layer.weights]
    frozen = tuple(layer.name for layer in layers if not layer.trainable)
    return Opened(name, model, kind, tuple(names), frozen=frozen)


def _image_shape(network: Any, name: str, size: tuple[int, int] | None) -> tuple[int, int, int]:
    if not isinstance(network, keras.Sequential) and not hasattr(network, "operations"):
        raise TeniError(f"{name}: is no functional or sequential network, whose layers could be looked into")
    shapes = [tuple(each.shape) for each in getattr(network, "inputs", None) or []]
    if len(shapes) != 1 or len(shapes[0]) != 4 or shapes[0][3] not in (1, 3):
        told = " and ".join(map(str, shapes)) or "an input that is not known yet"
        raise TeniError(
            f"{name}: takes {told}; expected one image (None, height, width, 1 or 3), channels last"
        )
    _, height, width, channels = shapes[0]
    if None not in (height, width):
        size = (height, width)
    if size is None:
        raise TeniError(f"{name}: takes images of any size; say which with --size")
    return size[0], size[1], channels


def _preprocessed(image: Any, preprocessing: Preprocessing) -> Any:
    found = preprocessing.layers(image)
    for place, step in enumerate(keras.Model(image, found).operations[1:], start=1):
        step.name = f"preprocessing_{place}"
    return found


def _kind(model: keras.Model) -> Kind:
    """Tell an output of classes by its last activation, one of points by its shape."""
    shape, last = model.outputs[0].shape, model.outputs[0]._keras_history.operation
    if len(shape) == 3 and shape[-1] == 2:
        return "keypoints"
    squash = (keras.activations.softmax, keras.activations.sigmoid)
    if getattr(last, "activation", None) in squash or isinstance(last, keras.layers.Softmax):
        return "classes" if len(shape) == 2 else "features"
    return "features"


def _count(shape: Any) -> int:
    many = 1
    for side in shape[1:]:
        many *= side or 1
    return many
