"""The same network for an image of another size."""

from dataclasses import replace

import keras

from teni.backbones.backbone import Backbone
from teni.backbones.catalogue import RESCALED, architectures, build_application
from teni.backbones.initial import clone_network, copy_values
from teni.backbones.partial import cut_below
from teni.errors import TeniError


def at_size(backbone: Backbone, height: int, width: int) -> Backbone:
    """Make the same network, with the same weights and layer names, for an image of another size.

    Layers whose weights only fit one size, such as a dense layer on a flattened map, are cut off.

    Args:
        backbone: the network; it is left as it is.
        height: of the image, in pixels.
        width: of the image, in pixels.

    Returns:
        A backbone with weights of its own.

    Raises:
        TeniError: the network does not take an image of that size.

    >>> from teni.backbones.preprocessing import Preprocessing
    >>> x = keras.Input((8, 8, 1))
    >>> model = keras.Model(x, keras.layers.Conv2D(2, 3, name="conv")(x))
    >>> at_size(Backbone("tiny", model, Preprocessing(1, (1.0,), (0.0,))), 16, 16).model.output_shape
    (None, 14, 14, 2)
    """
    if backbone.size == (height, width):
        return backbone
    model = _rebuilt(backbone, (height, width))
    misfits = copy_weights(backbone.model, model)
    before = f"its weights fit images of {backbone.size[0]} x {backbone.size[1]} pixels only"
    broken = {**backbone.unusable, **dict.fromkeys(misfits, before)}
    kept, unusable = cut_below(model, {name: broken[name] for name in broken if _has(model, name)})
    notes = backbone.notes
    if misfits:
        notes = (
            *notes,
            f"{backbone.name}: cut off from {misfits[0]} on, its weights fit images of {backbone.size[0]} x "
            f"{backbone.size[1]} pixels only",
        )
    return replace(backbone, model=kept, unusable={**backbone.unusable, **unusable}, notes=notes)


def copy_weights(source: keras.Model, target: keras.Model) -> tuple[str, ...]:
    """Copy the weights of every layer into the layer of the same name.

    Args:
        source: the network to copy from.
        target: the network to copy into; what it has beyond the source's layers is left alone.

    Returns:
        The layers whose weights have another shape in the target, which were left alone.

    >>> x = keras.Input((2,))
    >>> one, other = (keras.Model(x, keras.layers.Dense(n, name="d")(x)) for n in (1, 3))
    >>> copy_weights(one, other)
    ('d',)
    """
    layers = {layer.name: layer for layer in target.layers}
    misfits: list[str] = []
    for layer in source.layers:
        other = layers[layer.name]
        if [tuple(each.shape) for each in layer.weights] != [tuple(each.shape) for each in other.weights]:
            misfits.append(layer.name)
            continue
        copy_values(layer, other)
    return tuple(misfits)


def _rebuilt(backbone: Backbone, size: tuple[int, int]) -> keras.Model:
    """Let Keras build its own networks: some pad by the parity of their maps, which a copy would not."""
    architecture = architectures().get(backbone.name)
    if architecture is not None:
        published = _has(backbone.model, RESCALED)
        return build_application(architecture, size, seed=None, published=published)
    try:
        return clone_network(backbone.model, size, seed=None)
    except ValueError as error:
        reason = next(iter(str(error).strip().splitlines()), "")
        raise TeniError(
            f"{backbone.name} does not take images of {size[0]} x {size[1]} pixels; "
            f"keep {backbone.size[0]} x {backbone.size[1]} ({reason})"
        ) from error


def _has(model: keras.Model, name: str) -> bool:
    return any(operation.name == name for operation in model.operations)
