"""The ascent: many images at once, each towards its own unit, all steps in one compiled program."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni import gradients
from teni.progress import OnProgress, Progress, silent
from teni.visualize.maximise.image import Parametrisation, Plain, Shape
from teni.visualize.maximise.objective import Objective
from teni.visualize.maximise.regularise import Regularisers, blurred
from teni.visualize.maximise.transforms import Views, moved
from teni.visualize.quick import quickest_batch
from teni.visualize.units import to_numpy, to_tensor

ops: Any = keras.ops  # Keras annotates every result as possibly None

Floats = NDArray[np.float32]

MEMORY = 1.5e9  # bytes that the activations of one batch may take
_TINY = 1e-12


@dataclass(frozen=True)
class Plan:
    """How images are changed.

    Args:
        steps: how many.
        rate: length of a step: the root mean square of what it changes in the parameters.
        image: what the parameters are.
        views: how the image is moved before each step.
        regularisers: what keeps it smooth.

    >>> Plan().steps
    20
    """

    steps: int = 20
    rate: float = 1.0
    image: Parametrisation = field(default_factory=Plain)
    views: Views = field(default_factory=Views)
    regularisers: Regularisers = field(default_factory=Regularisers)


@dataclass(frozen=True, eq=False)
class Ascent:
    """What came of an ascent.

    Args:
        images: ``float32 (N, H, W, C)`` pixels.
        scores: ``float32 (steps + 1, N)``: before each step, of the image as it was then moved, and at last of
            the final image, not moved.
    """

    images: Floats
    scores: Floats


def ascend(
    objective: Objective,
    shape: Shape,
    units: Sequence[int],
    plan: Plan,
    *,
    seed: int = 0,
    start: Floats | None = None,
    on_progress: OnProgress = silent,
) -> Ascent:
    """Climb from noise to images that units respond to.

    The gradient with respect to the pixels is divided by its root mean square, image by image, so that a step is as
    long for a faint unit as for a strong one; penalties are then taken off, weighed against that.

    Args:
        objective: what each image is scored by.
        shape: of an image: height, width, channels.
        units: one for each image.
        plan: how.
        seed: of the noise and the moves; image k of a seed starts the same whatever the other units are.
        start: parameters to start from instead, one for each unit.
        on_progress: told how many images are done.

    Returns:
        The images and how their scores rose.
    """
    drawn = [plan.image.start(1, shape, np.random.default_rng([seed, unit])) for unit in units]
    parameters = np.concatenate(drawn) if start is None else np.asarray(start, np.float32)
    moves = plan.views.draw(plan.steps, np.random.default_rng([seed, 2**32 - 1]))
    many = min(len(units), images_at_once(objective.network), quickest_batch(objective.network))
    batches = -(-len(units) // many)
    many = -(-len(units) // batches)  # batches of one size: one program
    program = gradients.compiled(_program(objective, plan))
    images: list[Floats] = []
    scores: list[Floats] = []
    for first in range(0, len(units), many):
        rows = np.arange(first, first + many) % len(units)  # the last batch is filled up
        left = min(many, len(units) - first)
        chosen = np.asarray(units, np.int32)[rows]
        found, history = program(
            objective.weights,
            to_tensor(parameters[rows]),
            ops.convert_to_tensor(chosen),
            to_tensor(moves),
        )
        images.append(to_numpy(found)[:left])
        scores.append(to_numpy(history)[:, :left])
        on_progress(Progress("images", first + left, len(units)))
    return Ascent(np.concatenate(images), np.concatenate(scores, axis=1))


def images_at_once(network: keras.Model) -> int:
    """Tell how many images fit into the memory set aside, all outputs of all layers kept for the way back.

    >>> x = keras.Input((8, 8, 1))
    >>> images_at_once(keras.Model(x, keras.layers.Conv2D(2, 3)(x))) > 1000
    True
    """
    numbers = 0
    for operation in network.operations:
        for node in operation._inbound_nodes:
            numbers += sum(int(np.prod([side or 1 for side in t.shape[1:]])) for t in node.output_tensors)
    return max(1, int(MEMORY // (8 * numbers)))


def _program(objective: Objective, plan: Plan) -> Any:
    """Write the whole ascent as one function of tensors."""
    make, keep, penalties = plan.image, plan.image.unchanged, plan.regularisers

    def score(image: Any, weights: Any, units: Any, move: Any) -> Any:
        each = objective.score(weights, image if plan.views.still else moved(image, move), units)
        return ops.sum(each), each

    def disliked(image: Any) -> Any:
        # A penalty is a mean over an image's numbers, in units of 255. Times both, its gradient with respect to a
        # pixel is about its weight, as the objective's is about one.
        _, height, width, channels = image.shape
        return ops.sum(penalties.penalty(image)) * float(255 * height * width * channels)

    def followed(parameters: Any, gradient: Any) -> Any:
        return ops.sum(make.image(parameters) * gradient)

    def change(parameters: Any, weights: Any, units: Any, move: Any) -> tuple[Any, Any]:
        image = make.image(parameters)
        (_, each), gradient = gradients.value_and_grad(score, has_aux=True)(image, weights, units, move)
        gradient = _unit_length(gradient)
        if not penalties.none:
            gradient = gradient - gradients.value_and_grad(disliked)(image)[1]
        if not isinstance(make, Plain):
            gradient = _unit_length(gradients.value_and_grad(followed)(parameters, gradient)[1])
        return each, gradient

    def program(weights: Any, parameters: Any, units: Any, moves: Any) -> tuple[Any, Any]:
        def step(i: Any, state: tuple[Any, Any]) -> tuple[Any, Any]:
            parameters, history = state
            each, gradient = change(parameters, weights, units, ops.take(moves, i, axis=0))
            parameters = keep(parameters + plan.rate * gradient)
            if penalties.blur:
                now = ops.equal((i + 1) % penalties.blur_every, 0)
                parameters = ops.where(now, blurred(parameters, penalties.blur), parameters)
            place = ops.one_hot(i, plan.steps + 1, dtype="float32")
            return parameters, history + place[:, None] * each[None]

        history = ops.zeros((plan.steps + 1, parameters.shape[0]))
        parameters, history = ops.fori_loop(0, plan.steps, step, (parameters, history))
        image = make.image(parameters)
        last = ops.one_hot(plan.steps, plan.steps + 1, dtype="float32")
        return image, history + last[:, None] * objective.score(weights, image, units)[None]

    return program


def _unit_length(gradient: Any) -> Any:
    """Divide by the root mean square, image by image; zero stays zero."""
    square = ops.mean(ops.square(gradient), axis=(1, 2, 3), keepdims=True)
    return gradient / (ops.sqrt(square) + _TINY)
