"""Fooling by gradient ascent: pictures from noise, all classes in one batch, until the model is sure of each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni import gradients
from teni.visualize.fooling.confidence import Classifier, check_numbers, log_confidences
from teni.visualize.fooling.settings import AscentSettings
from teni.visualize.forward import pure
from teni.visualize.units import to_numpy, to_tensor

Floats = NDArray[np.float64]

MEAN, SPREAD = 128.0, 20.0  # of the noise to begin with, in grey values
_MARGIN = 0.9  # of the doubt that the target leaves is asked for, or another machine's rounding might miss it
PIXELS_A_PROGRAM = 2**20  # of all pictures that climb together: 256 classes of 64x64, 20 of 224x224


@dataclass(frozen=True, eq=False)
class Climbed:
    """What the ascent has come to after a step.

    Args:
        images: ``uint8 (classes, H, W, C)``, the best picture so far of each class, in whole grey values.
        confidences: ``float64 (classes,)`` of these very pictures.
        step: how many were yielded before.
    """

    images: NDArray[np.uint8]
    confidences: Floats
    step: int


def ascend(
    model: Classifier, places: NDArray[np.intp], settings: AscentSettings, *, seed: int
) -> Iterator[Climbed]:
    """Climb to classes by gradient ascent on the logarithm of the confidence, divided by its root mean square.

    The gradient is taken at the picture in whole grey values, so that a confidence is that of the picture which is
    saved. A class that has reached the target is left alone while the others climb on.

    Args:
        model: the classifier; it is not changed.
        places: of the classes; too many for one program are climbed to in groups.
        settings: how to climb.
        seed: of the noise.

    Yields:
        The state of all classes after every step, first of all before any.

    Raises:
        TeniError: the model's confidence is no number.
    """
    _, height, width, channels = model.model.input_shape
    size = min(len(places), max(1, PIXELS_A_PROGRAM // (height * width)))
    noise = np.random.default_rng(seed).normal(MEAN, SPREAD, (len(places), height, width, channels))
    images = np.clip(np.rint(noise), 0, 255).astype(np.uint8)
    confidences = np.zeros(len(places))
    top = float(np.log(1 - _MARGIN * (1 - settings.target)))
    climb, weights = _program(model, settings.step, top)
    row = 0
    for start in range(0, len(places), size):
        group = slice(start, start + size)
        missing = size - len(places[group])  # another shape would be another program
        own = np.concatenate([places[group], np.repeat(places[group][-1:], missing)])
        x = to_tensor(
            np.concatenate([images[group], np.repeat(images[group][-1:], missing, axis=0)]).astype(np.float32)
        )
        best: Any = (x, to_tensor(np.full(size, -np.inf, np.float32)))
        for _ in range(settings.steps + 1):  # the last one only looks at what the step before has made
            x, best = climb(weights, x, best, keras.ops.convert_to_tensor(own.astype("int32")))
            logarithms = to_numpy(best[1])[: len(places[group])]
            check_numbers(model, logarithms)
            images[group] = to_numpy(best[0])[: len(logarithms)].astype(np.uint8)
            confidences[group] = np.exp(logarithms.astype(np.float64))
            yield Climbed(images.copy(), confidences.copy(), row)
            row += 1
            if (logarithms >= np.float32(top)).all():
                break


def _program(
    model: Classifier, step: float, top: float
) -> tuple[Callable[[Any, Any, Any, Any], tuple[Any, Any]], Any]:
    """Compile one step of all pictures: look, remember the best, climb where the best is below the top."""
    run, weights = pure(model.model)
    ops: Any = keras.ops

    def height_of(x: Any, weights: Any, places: Any) -> tuple[Any, Any]:
        every = log_confidences(run(weights, x), model.squash)
        own = ops.take_along_axis(every, places[:, None], axis=1)[:, 0]
        return ops.sum(own), own

    slope = gradients.value_and_grad(height_of, has_aux=True)

    def climb(weights: Any, x: Any, best: Any, places: Any) -> tuple[Any, Any]:
        whole = ops.round(ops.clip(x, 0.0, 255.0))
        (_, own), gradient = slope(whole, weights, places)
        better = own > best[1]
        best = (ops.where(better[:, None, None, None], whole, best[0]), ops.where(better, own, best[1]))
        rms = ops.sqrt(ops.mean(ops.square(gradient), axis=(1, 2, 3), keepdims=True))
        climbing = ops.cast(best[1] < top, x.dtype)[:, None, None, None]
        return ops.clip(x + climbing * step * gradient / ops.maximum(rms, 1e-30), 0.0, 255.0), best

    return gradients.compiled(climb), weights
