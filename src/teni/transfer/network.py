"""The network that is trained, flat and with a new head, and the plain Keras model that is handed over."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.backbones import Backbone, at_size, cut
from teni.backbones.inline import rebuilt
from teni.features import Projection, View, extract
from teni.task import FlipCenter, Keypoints, Targets, Task, mean_prediction, output_shape
from teni.training import seen_both_ways
from teni.training.units import to_units

ops: Any = keras.ops
Floats32 = NDArray[np.float32]

HEAD = "head"
PROJECTION = "projection"
# A map of more values than this is averaged over 2 x 2 places before it is flattened, until it is smaller.
MOST_FEATURES = 65_536
# Classes seldom ask where: a map of more values than this is averaged over all its places.
MOST_OF_CLASSES = 16_384
# So many images tell how large the features are.
SCALING_IMAGES = 96
SMALLEST = 1e-6


def with_head(
    backbone: Backbone,
    view: View,
    images: NDArray[np.uint8],
    targets: Targets,
    task: Task,
    *,
    untrained: bool = False,
    projection: Projection | None = None,
    flat: bool = False,
) -> keras.Model:
    """Put a new head on a copy of the backbone; it begins by saying what the mean label says.

    Keypoints need places, so that a map is flattened; for classes only a small one is, others are averaged over
    their places. The features that the head sees are centred and scaled to about one length for any tap, so that one
    learning rate suits all.

    Args:
        backbone: the network; it is left as it is.
        view: where the head sits.
        images: to learn from, ``uint8 (N, H, W, C)``.
        targets: of them.
        task: what is predicted.
        untrained: whether the backbone's weights are random: each image is then given mean 0 and variance 1 before
            the network sees it, and batch norms begin with the statistics of some images.
        projection: reduces the tap's channels first; None keeps them all.
        flat: whether a map is flattened as it is, whatever the task and however large.

    Returns:
        A flat functional network from ``float32 (N, H, W, C)`` images, 0 to 255, to ``(N, K, 2)`` from -1 to 1 over
        the image, or ``(N, C)`` logits.
    """
    network: Any = rebuilt(
        cut(at_size(backbone, *view.size), [view.tap]),
        lambda: _entrance(backbone, view, images.shape[1:], untrained),
    )
    some = images[np.unique(np.linspace(0, len(images) - 1, min(len(images), SCALING_IMAGES)).astype(int))]
    if untrained:
        _settle_norms(network, some)
    features = network.outputs[0]
    if len(features.shape) == 4:
        features = _from_map(features, task, projection, flat)
    features = _scaled(network.inputs[0], features, some)
    if len(features.shape) > 2:
        features = keras.layers.Flatten(name="flat_features")(features)
    shape = output_shape(task)
    head: Any = keras.layers.Dense(int(np.prod(shape)), kernel_initializer="zeros", name=HEAD)
    outputs = head(features)
    head.bias.assign(_mean_label(targets, task).ravel())
    if len(shape) > 1:
        outputs = keras.layers.Reshape(shape, name="outputs")(outputs)
    return keras.Model(network.inputs[0], outputs, name="network")


def hand_over(
    network: keras.Model, task: Task, center: FlipCenter | None, image_shape: tuple[int, ...]
) -> keras.Model:
    """Build the model that is handed over: raw images in, answers out, no teni needed to load it.

    Args:
        network: trained, from `with_head`.
        task: what is predicted.
        center: where the mirror's axis lies; the model then averages what it sees in the image and in its mirror
            image. None looks at the image alone.
        image_shape: height, width, channels.

    Returns:
        A model from ``uint8 (N, H, W, C)`` to ``(N, K, 2)`` pixels or ``(N, C)`` probabilities.
    """
    inner: Any = network
    image = keras.Input(image_shape, dtype="uint8", name="image")
    x = ops.cast(image, "float32")
    outputs = inner(x, training=False)
    if center is not None:
        mirrored = inner(ops.flip(x, axis=2), training=False)
        outputs = seen_both_ways(outputs, mirrored, task, center)
    if isinstance(task, Keypoints):
        half: Any = [task.width / 2, task.height / 2]
        answers = keras.layers.Rescaling(half, half, name="keypoints")(outputs)
    else:
        answers = keras.layers.Softmax(name="classes")(outputs)
    return keras.Model(image, answers, name="teni")


def set_head(network: keras.Model, kernel: NDArray[Any], bias: NDArray[Any], projection: Projection) -> None:
    """Put a head that was solved on raw features into a network made for it.

    Args:
        network: from `with_head`, with the same projection.
        kernel: ``(D, outputs)`` from raw, flattened and projected features to raw outputs.
        bias: ``(outputs,)``.
        projection: the tap's.
    """
    layers: Any = {layer.name: layer for layer in network.layers}
    if projection.matrix is not None:
        layers[PROJECTION].set_weights([projection.matrix[None, None]])
    scaling = layers["scaled_features"]
    channels = np.asarray(scaling.offset, np.float64)
    offset = np.tile(channels, len(kernel) // len(channels))
    scaled = kernel / float(scaling.scale)
    layers[HEAD].set_weights([scaled.astype(np.float32), (bias - offset @ scaled).astype(np.float32)])


def _entrance(backbone: Backbone, view: View, shape: Any, standardise: bool) -> tuple[Any, Any]:
    """Make the image and what the backbone's first layers take of it, under names that the backbone does not have."""
    image: Any = keras.Input(shape, name="image")
    x = image
    if tuple(shape[:2]) != view.size:
        x = keras.layers.Resizing(*view.size, interpolation="bilinear")(x)
    x = backbone.preprocessing.layers(x)
    if standardise:
        whole: Any = (1, 2, 3)
        x = keras.layers.LayerNormalization(axis=whole, center=False, scale=False)(x)
    for operation in keras.Model(image, x).operations:
        operation.name = f"prepare_{operation.name}"
    return image, x


def _from_map(features: Any, task: Task, projection: Projection | None, flat: bool) -> Any:
    if projection is not None and projection.matrix is not None:
        layer = keras.layers.Conv2D(
            projection.matrix.shape[1], 1, use_bias=False, kernel_initializer="zeros", name=PROJECTION
        )
        features = layer(features)
        layer.set_weights([projection.matrix[None, None]])
    if flat:
        return features
    if not isinstance(task, Keypoints) and np.prod(features.shape[1:]) > MOST_OF_CLASSES:
        return keras.layers.GlobalAveragePooling2D(name="mean_features")(features)
    step = 0
    while np.prod(features.shape[1:]) > MOST_FEATURES and min(features.shape[1:3]) > 1:
        step += 1
        features = keras.layers.AveragePooling2D(2, name=f"smaller_features_{step}")(features)
    return features


def _settle_norms(network: Any, images: NDArray[np.uint8]) -> None:
    """Give batch norms the statistics of some images.

    Of a random network they say mean 0 and variance 1, which is far off: after a dozen layers the features would be
    measured as nearly nothing, blown up accordingly, and training would diverge at its first step.
    """
    norms = [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0  # what is seen now alone
    network(images.astype(np.float32), training=True)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum


def _scaled(image: Any, features: Any, images: NDArray[np.uint8]) -> Any:
    """Centre each channel, and divide all by one number so that an image's features have a length of about 1."""
    found = extract(keras.Model(image, features), images, mirror=False)[0][0]
    flat = found.reshape(-1, found.shape[-1]).astype(np.float64)
    means = flat.mean(axis=0)
    values = np.prod(found.shape[1:])
    scale = 1.0 / max(np.sqrt(((flat - means) ** 2).mean() * values), SMALLEST)
    offsets: Any = [float(x) for x in -means * scale]
    return keras.layers.Rescaling(float(scale), offsets, name="scaled_features")(features)


def _mean_label(targets: Targets, task: Task) -> Floats32:
    mean = mean_prediction(targets, task)
    if not isinstance(task, Keypoints):
        return np.log(np.maximum(mean, 0.5 / (len(targets) + 1))).astype(np.float32)
    return np.nan_to_num(to_units(mean, task)).astype(np.float32)
