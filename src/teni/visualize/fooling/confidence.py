"""How confident a model is in its classes, whether it gives probabilities or logits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from teni import gradients
from teni.errors import TeniError
from teni.visualize.fooling.settings import Outputs
from teni.visualize.forward import pure
from teni.visualize.layers import part
from teni.visualize.opened import Opened
from teni.visualize.units import to_numpy, to_tensor

Floats = NDArray[np.float64]
Images = NDArray[np.uint8]
Squash = Literal["softmax", "sigmoid", "none"]  # what makes confidences of the scores; none: they are that

_SURE_SUM = 1e-3  # how far the probabilities of all classes may be from one
_PIXELS_A_BATCH = 64 * 64 * 64  # of a batch where the engine does not choose: 64 pictures of 64x64


@dataclass(frozen=True, eq=False)
class Classifier:
    """A network from pixels to a score for each class.

    Scores are what stands before a final softmax or sigmoid, where there is one: they tell two confidences
    apart that both round to one, and have a gradient where the probability's is zero.

    Args:
        name: how messages call it.
        model: from ``float32 (N, H, W, C)`` pixels, 0 to 255, to scores ``(N, classes)``.
        names: of the classes.
        squash: what makes confidences of scores.
    """

    name: str
    model: keras.Model
    names: tuple[str, ...]
    squash: Squash


def classifier(opened: Opened, outputs: Outputs = "auto") -> Classifier:
    """Look at a model as a classifier.

    Args:
        opened: the model.
        outputs: what its last layer gives; ``auto`` looks at its last activation and at what it makes of noise.

    Returns:
        The classifier.

    Raises:
        TeniError: the model is not about classes, or does not say whether its outputs are logits.

    >>> from teni.visualize.opened import open_network
    >>> x = keras.Input((2, 2, 1))
    >>> y = keras.layers.Dense(3, activation="softmax")(keras.layers.Flatten()(x))
    >>> classifier(open_network(keras.Model(x, y), "tiny")).squash
    'softmax'
    """
    if opened.kind == "keypoints":
        raise TeniError(
            f"{opened.name}: gives coordinates of keypoints; fooling asks in which class a model is confident, and "
            "coordinates have no confidence; look at them with --method activation"
        )
    shape = tuple(opened.model.output_shape[1:])
    if len(shape) != 1:
        raise TeniError(
            f"{opened.name}: gives {shape} for an image; fooling asks for classes, one number for each"
        )
    piece = part(opened)
    if piece.logits:
        last: Any = opened.model.outputs[0]._keras_history.operation
        sigmoid = getattr(last, "activation", None) is keras.activations.sigmoid
        return Classifier(opened.name, piece.model, piece.names, "sigmoid" if sigmoid else "softmax")
    if outputs == "auto" and not _gives_probabilities(piece.model):
        raise TeniError(
            f"{opened.name}: gives no probabilities, so these are logits or the numbers of a regression; fooling "
            "asks for the confidence in classes: say --set outputs=logits if they are logits"
        )
    return Classifier(opened.name, piece.model, piece.names, "softmax" if outputs == "logits" else "none")


def confidences(scores: NDArray[Any], squash: Squash) -> Floats:
    """Turn scores into confidences, in double precision.

    Args:
        scores: ``(N, classes)``.
        squash: what makes confidences of them.

    >>> confidences(np.array([[0.0, 0.0]]), "softmax").tolist()
    [[0.5, 0.5]]
    """
    wide = scores.astype(np.float64)
    return softmax(wide, axis=1) if squash == "softmax" else expit(wide) if squash == "sigmoid" else wide


def log_confidences(scores: Any, squash: Squash) -> Any:
    """Do the same for a gradient: the logarithms of confidences, as a tensor.

    >>> round(float(log_confidences(keras.ops.zeros((1, 1)), "sigmoid")[0, 0]), 4)
    -0.6931
    """
    if squash == "softmax":
        return keras.ops.log_softmax(scores, axis=-1)
    if squash == "sigmoid":
        return keras.ops.log_sigmoid(scores)
    return keras.ops.log(keras.ops.maximum(scores, 1e-37))


def judge(model: Classifier, places: NDArray[np.intp]) -> Callable[[Images], Floats]:
    """Compile a classifier into a function that judges many pictures in large batches.

    On the JAX backend it is the engine's fast form of the network.

    Args:
        model: the classifier.
        places: of the classes to look at.

    Returns:
        A function of ``uint8 (N, H, W, C)`` that gives ``float64 (N, len(places))``; it raises a `TeniError`
        where that is no number.
    """
    _, height, width, _ = model.model.input_shape
    jax = keras.config.backend() == "jax"
    pixels = height * width
    scored = _by_engine(model.model, pixels) if jax else _in_batches(model.model, _PIXELS_A_BATCH // pixels)

    def judged(images: Images) -> Floats:
        found = confidences(scored(images), model.squash)[:, places]
        check_numbers(model, found)
        return found

    return judged


def check_numbers(model: Classifier, found: NDArray[Any]) -> None:
    """Refuse confidences that are no numbers.

    Args:
        model: whose confidences they are.
        found: of any shape.

    Raises:
        TeniError: one of them is not finite.
    """
    if not np.isfinite(found).all():
        raise TeniError(
            f"{model.name}: its confidence in a picture is no number; check its weights, and whether --values says "
            "what it expects of an image"
        )


def _by_engine(model: keras.Model, pixels: int) -> Callable[[Images], NDArray[Any]]:
    from teni.engine import compile_forward, images_that_fit  # imported here: other backends need no jax

    forward = compile_forward(model, pixels, mirror=False, batch_on_cpu=images_that_fit(model))
    return lambda images: np.concatenate([batch[0][0] for batch in forward(images)])


def _in_batches(model: keras.Model, size: int) -> Callable[[Images], NDArray[Any]]:
    run, weights = pure(model)
    compiled, size = gradients.compiled(run), max(1, size)

    def scored(images: Images) -> NDArray[Any]:
        found: list[NDArray[Any]] = []
        for start in range(0, len(images), size):
            part = images[start : start + size].astype(np.float32)
            missing = min(size, len(images)) - len(part)  # another shape would be compiled anew
            filled = np.concatenate([part, np.repeat(part[-1:], missing, axis=0)])
            found.append(to_numpy(compiled(weights, to_tensor(filled)))[: len(part)])
        return np.concatenate(found)

    return scored


def _gives_probabilities(model: keras.Model) -> bool:
    """Tell from noise whether outputs are shares of one, as where a softmax is followed by another layer."""
    _, height, width, channels = model.input_shape
    noise = np.random.default_rng(0).integers(0, 256, (8, height, width, channels), np.uint8)
    found = _in_batches(model, 8)(noise)
    return bool((found >= 0).all() and (np.abs(found.sum(axis=1) - 1) < _SURE_SUM).all())
