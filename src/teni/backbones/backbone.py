"""The backbone: a network without its head, and all that is known about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import keras

from teni.backbones.preprocessing import Preprocessing
from teni.weights import LoadReport


@dataclass(frozen=True, eq=False)
class Backbone:
    """A network without its head, with the preprocessing that it was trained with.

    Args:
        name: the name it is known by, or the path of its file.
        model: a functional Keras model from the preprocessed image, ``float32 (N, H, W, C)``; it ends above
            the first layer that cannot be used.
        preprocessing: what turns a ``uint8`` image into the model's input.
        load_report: what became of every tensor of the weights file; None where there was no such file.
        licence: under which terms the weights were published, where that is known.
        unusable: the layers that were cut off, and for each why.
        notes: what a user should know, one sentence each.

    >>> x = keras.Input((8, 8, 1))
    >>> model = keras.Model(x, keras.layers.ReLU(name="relu")(x))
    >>> Backbone("tiny", model, Preprocessing(1, (1 / 255,), (0.0,))).size
    (8, 8)
    """

    name: str
    model: keras.Model
    preprocessing: Preprocessing
    load_report: LoadReport | None = None
    licence: str | None = None
    unusable: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the image that the model takes, in pixels."""
        return self.model.input_shape[1], self.model.input_shape[2]
