"""The gradient of chosen outputs with respect to the image: what most attribution methods are made of."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.gradients import compiled, value_and_grad
from teni.visualize.flow import Flow, lay_open
from teni.visualize.over_images import over_images

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
Tensor = Any

# Explains one output for each image: takes ``(N, H, W, C)`` pixels and, for each image, which of the flattened
# outputs it is about, ``(N,)``; returns one map an image, ``(N, H, W, C or 1)``.
Attribution = Callable[[Floats, Ints], Floats]
InputGradient = Callable[[Floats, Ints], tuple[Floats, Floats]]


def chosen(outputs: Tensor, columns: Tensor) -> Tensor:
    """Pick one number of each image's output.

    Args:
        outputs: ``(N, ...)``.
        columns: ``(N,)``, which of the flattened outputs.

    >>> outputs = keras.ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> keras.ops.convert_to_numpy(chosen(outputs, keras.ops.convert_to_tensor([1, 0]))).tolist()
    [2.0, 3.0]
    """
    many = int(np.prod(outputs.shape[1:]))
    flat: Any = keras.ops.cast(keras.ops.reshape(outputs, (-1, many)), "float32")
    return keras.ops.sum(flat * keras.ops.one_hot(columns, many), axis=1)


def input_gradient(model: keras.Model) -> InputGradient:
    """Make a function that gives outputs and their gradients with respect to the image.

    Args:
        model: a network of one image; of one that takes ``uint8`` the gradient behind the cast is taken. Of
            classes it should end before the softmax, as `teni.visualize.part` cuts it: a probability rises
            also where the other classes' scores fall.

    Returns:
        A function of images ``(N, H, W, C)`` and columns ``(N,)`` that gives scores ``(N,)`` and gradients
        ``(N, H, W, C)``, in units of the output for a unit of the image's values.

    Raises:
        TeniError: not such a network.

    >>> x = keras.Input((1, 1, 1), dtype="uint8")
    >>> gradient = input_gradient(keras.Model(x, keras.layers.Flatten()(keras.layers.Rescaling(3.0)(x))))
    >>> scores, found = gradient(np.full((1, 1, 1, 1), 2.0, np.float32), np.array([0]))
    >>> scores.tolist(), found.tolist()
    ([6.0], [[[[3.0]]]])
    """
    flow = lay_open(model)

    def score(images: Tensor, weights: Sequence[Tensor], columns: Tensor) -> tuple[Tensor, Tensor]:
        scores = chosen(flow.values(weights, images)[flow.output], columns)
        return keras.ops.sum(scores), scores

    both = value_and_grad(score, has_aux=True)

    def scores_and_gradients(
        images: Tensor, weights: Sequence[Tensor], columns: Tensor
    ) -> tuple[Tensor, Tensor]:
        (_, scores), gradients = both(images, weights, columns)
        return scores, gradients

    run = compiled(scores_and_gradients)

    def over(images: Floats, columns: Ints) -> tuple[Floats, Floats]:
        check_columns(flow, columns)
        scores, gradients = over_images(flow, run, images, columns)
        if not np.isfinite(gradients).all():
            raise TeniError(
                f"{model.name}: the gradient of its output is not finite for this image; take occlusion, "
                "which needs no gradient"
            )
        return scores, gradients

    return over


def check_columns(flow: Flow, columns: Ints) -> None:
    """Refuse outputs that the network does not have.

    Args:
        flow: the network.
        columns: places among the flattened outputs.

    Raises:
        TeniError: one is not there.
    """
    many = int(np.prod(flow.model.outputs[0].shape[1:]))
    if columns.size and not (columns.min() >= 0 and columns.max() < many):
        raise TeniError(f"{flow.model.name} has {many} outputs, counted from 0; there is no {columns.max()}")
