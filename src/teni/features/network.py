"""From a raw image to features, as one plain Keras network: resize, preprocess, backbone, taps, projection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from teni.backbones import Backbone, at_size, cut
from teni.features.projection import Projection


@dataclass(frozen=True, order=True)
class View:
    """One way to look at an image: a tap of the backbone, and the size that the image is given before.

    Args:
        size: height and width in pixels that the backbone sees.
        tap: the name of the layer.

    >>> str(View((96, 96), "conv_pw_5_relu"))
    'conv_pw_5_relu at 96x96'
    """

    size: tuple[int, int]
    tap: str

    def __str__(self) -> str:
        """Name the view for people."""
        return f"{self.tap} at {self.size[1]}x{self.size[0]}"


def feature_outputs(
    image: Any, backbone: Backbone, views: Sequence[View], projections: Mapping[View, Projection]
) -> list[Any]:
    """Add to a Keras graph the features of an image at several views, one forward pass for each size.

    Args:
        image: symbolic ``(N, H, W, C)`` image, values 0 to 255.
        backbone: the network and its preprocessing.
        views: where to take features.
        projections: how to reduce each view's channels; a view that is not named keeps them all.

    Returns:
        One symbolic output for each view, in their order.

    Raises:
        TeniError: a tap that the backbone does not have, or a size that it does not take.
    """
    found: dict[View, Any] = {}
    for size in dict.fromkeys(view.size for view in views):
        here = [view for view in views if view.size == size]
        x = image
        if tuple(image.shape[1:3]) != size:
            # Keras gives back whole grey values for whole ones, and each backend rounds in its own way.
            x = keras.layers.Resizing(*size, interpolation="bilinear")(keras.ops.cast(x, "float32"))
        x = backbone.preprocessing.layers(x)
        network = cut(at_size(backbone, *size), [view.tap for view in here])
        outputs = network(x, training=False)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        for view, output in zip(here, outputs, strict=True):
            found[view] = _project(output, projections.get(view))
    return [found[view] for view in views]


def feature_network(
    backbone: Backbone,
    image_shape: tuple[int, int, int],
    views: Sequence[View],
    projections: Mapping[View, Projection] | None = None,
) -> keras.Model:
    """Build the network from raw images to the features of several views.

    Args:
        backbone: the network and its preprocessing.
        image_shape: height, width and channels of the images as given.
        views: where to take features.
        projections: see `feature_outputs`.

    Returns:
        A model from ``uint8 (N, H, W, C)`` to one ``float32`` output for each view; several come in a list.

    Raises:
        TeniError: see `feature_outputs`.

    >>> from teni.backbones import backbone
    >>> views = [View((32, 32), "pool1"), View((32, 32), "hidden2")]
    >>> feature_network(backbone("facial-cnn-2", size=(32, 32)), (24, 24, 3), views).output_shape
    [(None, 15, 15, 32), (None, 500)]
    """
    image = keras.Input(image_shape, dtype="uint8", name="image")
    return keras.Model(image, feature_outputs(image, backbone, views, projections or {}))


def by_size(views: Sequence[View]) -> list[list[View]]:
    """Group views by the size that the backbone sees: one forward pass each.

    >>> one, two, other = View((8, 8), "a"), View((8, 8), "b"), View((16, 16), "a")
    >>> [len(group) for group in by_size([one, other, two])]
    [2, 1]
    """
    return [[view for view in views if view.size == size] for size in dict.fromkeys(v.size for v in views)]


def _project(output: Any, projection: Projection | None) -> Any:
    if projection is None or projection.matrix is None:
        return output
    layer = keras.layers.Conv2D(projection.matrix.shape[1], 1, use_bias=False, trainable=False)
    projected = layer(output)
    layer.set_weights([projection.matrix[None, None]])
    return projected
