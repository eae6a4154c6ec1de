"""A closed-form head on its backbone as one plain Keras model: raw uint8 image in, pixels or probabilities out.

Everything is Keras's own layers and operations, so that the saved file needs no teni to be loaded. The model looks
at the image and at its mirror image (with one backbone) where the head was solved on both.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.features import Projection, View, feature_network
from teni.task import Task
from teni.transfer.compress import Reduced
from teni.transfer.gram import INTERCEPT
from teni.transfer.head import Head
from teni.transfer.kernels import Kernel, layers
from teni.transfer.outputs import output_layer
from teni.transfer.parts import Parts

Floats32 = NDArray[np.float32]
Floats = NDArray[np.float64]

LARGEST_COSINE = (
    1.0 - 1e-6
)  # moves predictions by a thousandth of a pixel at most, on the training images alone


def assemble(
    task: Task,
    image_channels: int,
    backbone: Backbone,
    projections: Mapping[View, Projection],
    parts: Mapping[View, Parts],
    head: Head,
    kernel: Kernel,
    reduced: Reduced | None,
) -> keras.Model:
    """Build the model that a closed-form fit hands over.

    Args:
        task: what is predicted, and the image size.
        image_channels: channels of the images as given.
        backbone: the network.
        projections: of each view.
        parts: the training images' features at each view, as the head was solved on them.
        head: the solved head.
        kernel: its kernel.
        reduced: the components that the head was solved on; None for a linear head on the features themselves.

    Returns:
        A model from ``uint8 (N, H, W, C)`` to ``float32 (N, K, 2)`` pixels or ``(N, C)`` probabilities.
    """
    image = image_input(task, image_channels)
    bases = feature_weights(list(parts.values()), head) if reduced is None else reduced.bases
    products = part_products(image, backbone, projections, parts, bases)
    offset = head.offset + INTERCEPT * head.alpha.sum(axis=(0, 1))
    if reduced is None:
        total = products[0] + products[1] if len(products) == 2 else products[0]
        columns = total + offset.astype(np.float32)
    else:
        columns = _kernel_columns(products, reduced.components, head, kernel, offset)
    return keras.Model(image, output_layer(columns, task), name="teni")


def image_input(task: Task, channels: int) -> Any:
    """Begin a Keras graph with a raw image, ``uint8 (N, H, W, C)``."""
    return keras.Input((task.height, task.width, channels), dtype="uint8", name="image")


def part_products(
    image: Any,
    backbone: Backbone,
    projections: Mapping[View, Projection],
    parts: Mapping[View, Parts],
    bases: Sequence[NDArray[Any]],
) -> list[Any]:
    """Add to a Keras graph what an image's features, centred and scaled, give with a matrix for each part.

    Args:
        image: from `image_input`.
        backbone: the network.
        projections: of each view.
        parts: the training images' features at each view, even and odd where mirror images were learned from.
        bases: for each part ``(D, r)``, D running over the views.

    Returns:
        For each part symbolic ``(N, r)``.
    """
    views = list(parts)
    network = feature_network(backbone, tuple(image.shape[1:]), views, projections)
    network.name = "features"
    mirror = len(parts[views[0]].parts) == 2
    seen = [image, keras.ops.flip(image, axis=2)] if mirror else [image]
    features = [_side_by_side(network(x, training=False)) for x in seen]
    if mirror:
        features = [(features[0] + features[1]) * 0.5, (features[0] - features[1]) * 0.5]
    # Centring and scaling of the training features go into the first matrix product.
    scales = np.concatenate([np.full(p.parts[0].shape[1], p.scale, np.float32) for p in parts.values()])
    means = np.concatenate([p.mean * p.scale for p in parts.values()])
    return [
        dense(x, scales[:, None] * basis, -means @ basis if i == 0 else None, f"part_{i}")
        for i, (x, basis) in enumerate(zip(features, bases, strict=True))
    ]


def _side_by_side(outputs: Any) -> Any:
    listed = outputs if isinstance(outputs, list) else [outputs]
    flat = [keras.layers.Flatten()(x) for x in listed]
    return flat[0] if len(flat) == 1 else keras.layers.Concatenate()(flat)


def dense(x: Any, kernel: NDArray[Any], bias: NDArray[Any] | None, name: str) -> Any:
    """Add a dense layer with given weights to a Keras graph."""
    layer = keras.layers.Dense(kernel.shape[1], use_bias=bias is not None, name=name)
    found = layer(x)
    layer.set_weights([w.astype(np.float32) for w in (kernel, bias) if w is not None])
    return found


def feature_weights(views: Sequence[Parts], head: Head) -> list[Floats32]:
    """Return the primal weights of a linear head.

    Args:
        views: the training images' features at each view.
        head: solved on their linear kernel.

    Returns:
        For each part ``(D, 2K)``, pixels for one unit of the centred and scaled features.
    """
    if len(head.alpha) == 1:
        duals = [head.alpha[0]]
    else:
        duals = [head.alpha[0] + head.alpha[1], head.alpha[0] - head.alpha[1]]
    thin = [(dual / len(views)).astype(np.float32) for dual in duals]
    return [np.concatenate([view.parts[i].T @ dual for view in views]) for i, dual in enumerate(thin)]


def _kernel_columns(
    products: list[Any], components: Parts, head: Head, kernel: Kernel, offset: Floats
) -> Any:
    """Compare the image with every training image, apply the kernel, and weigh."""
    training = [part.astype(np.float64) for part in components.parts]
    lengths = np.sqrt(np.sum([(part**2).sum(axis=1) for part in training], axis=0))
    units = np.maximum(lengths, np.finfo(np.float32).tiny)[:, None]  # an average image has no length
    squares: list[Any] = [keras.ops.sum(keras.ops.square(x), axis=1, keepdims=True) for x in products]
    length: Any = keras.ops.sqrt(sum(squares[1:], squares[0]) + 1e-12)
    inner = [
        dense(x / length, (part / units).T, None, f"training_images_{i}")
        for i, (x, part) in enumerate(zip(products, training, strict=True))
    ]
    cosines = [inner[0] + inner[1], inner[0] - inner[1]] if len(inner) == 2 else inner
    total: Any = None
    for i, (cosine, alpha) in enumerate(zip(cosines, head.alpha, strict=True)):
        for _ in range(layers(kernel)):
            cosine = _arc_cosine(cosine)
        weighed = dense(cosine, alpha * lengths[:, None], None, f"weights_{i}")
        total = weighed if total is None else total + weighed
    return total * length + offset.astype(np.float32)


def _arc_cosine(cosine: Any) -> Any:
    """Add `teni.transfer.kernels.arc_cosine` to a Keras graph.

    At a cosine of one, that of a training image with itself, the two terms have infinite gradients that cancel on
    paper alone; the clip stops just short of it, where the gradient of the cosine is zero anyway.
    """
    cosine = keras.ops.clip(cosine, -LARGEST_COSINE, LARGEST_COSINE)
    square: Any = keras.ops.square(cosine)
    sine: Any = keras.ops.sqrt(keras.ops.maximum(1.0 - square, 0.0))
    angle: Any = keras.ops.arccos(cosine)
    return (sine + (np.pi - angle) * cosine) * float(1 / np.pi)
