"""How much quicker all filters of a layer are climbed to in one program than one after another in Keras's own loop.

    python benchmarks/activation_maximisation.py [--filters 128] [--looped 4] [--rounds 3] [--weights FILE]

The classic run: facial-cnn-6, its filters of conv3, 96x96 grey pixels, 20 steps each. One program takes all filters,
its compilation counted. Beside it, on the same backend and machine and in turns, a few filters (each of them counted
whole, and taken for the others) in three loops:

- `keras`: as Keras's own example "Visualizing what convnets learn" goes, a gradient step called for each filter and
  step: eager on JAX and PyTorch; on TensorFlow a `tf.function`, traced anew for each filter, as in the example.
- `compiled_each`: the step compiled for each filter, as `K.function` was in the recipe of 2016.
- `compiled_once`: the step compiled once, the filter an argument; nobody's recipe, the most that a loop can do.

The backend is chosen by KERAS_BACKEND. Printed are seconds a filter (wall and CPU), and ratios to the one program's.
"""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable

import teni  # noqa: F401  (before Keras: chooses its backend where the environment does not)

# isort: split
import keras
import numpy as np

from teni import gradients
from teni.backbones import backbone
from teni.visualize import open_network, part
from teni.visualize.activation import ActivationSettings, maximise_units

ASKED = 20.0
STEPS = 20


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--filters", type=int, default=128, help="in the one program")
    parser.add_argument("--looped", type=int, default=4, help="filters of each loop that are timed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--weights", help="of facial-cnn-6; drawn at random by default: they do not change the time"
    )
    return parser.parse_args()


def timed(run: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - cpu


def start() -> np.ndarray:
    noise = np.random.default_rng(0).random((1, 96, 96, 1), np.float32)
    return (128 + 20 * (noise - 0.5)).astype(np.float32)


def activation_of(model: keras.Model, index: object) -> Callable[[object], object]:
    return lambda image: keras.ops.mean(keras.ops.take(model(image), index, axis=-1))


def stepper(model: keras.Model, index: object) -> Callable[[object], object]:
    climb = gradients.value_and_grad(activation_of(model, index))

    def step(image: object) -> object:
        _, gradient = climb(image)
        return image + gradient / (keras.ops.sqrt(keras.ops.mean(keras.ops.square(gradient))) + 1e-12)

    return step


def climbed(step: Callable[[object], object]) -> np.ndarray:
    image = keras.ops.convert_to_tensor(start())
    for _ in range(STEPS):
        image = step(image)
    return keras.ops.convert_to_numpy(image)


def keras_loop(model: keras.Model, filters: range) -> None:
    for index in filters:
        step = stepper(model, index)
        climbed(gradients.compiled(step) if keras.config.backend() == "tensorflow" else step)


def compiled_each(model: keras.Model, filters: range) -> None:
    for index in filters:
        climbed(gradients.compiled(stepper(model, index)))


class CompiledOnce:
    """Keeps its program from round to round."""

    def __init__(self, model: keras.Model) -> None:
        self.step = gradients.compiled(lambda image, index: stepper(model, index)(image))

    def __call__(self, filters: range) -> None:
        for index in filters:
            climbed(lambda image, index=index: self.step(image, keras.ops.convert_to_tensor(index)))


def main() -> None:
    asked = parse()
    network = backbone("facial-cnn-6", weights=asked.weights, size=(96, 96), seed=0)
    opened = open_network(network.model, network.name, preprocessing=network.preprocessing)
    piece = part(opened, "conv3")
    once, looped = CompiledOnce(piece.model), range(asked.looped)
    keras_loop(piece.model, range(1))  # what is done once in a process is not counted, neither here nor there
    once(range(1))
    maximise_units(opened, piece, range(1), ActivationSettings(steps=1))
    ways: dict[str, tuple[int, Callable[[], object]]] = {
        "one_program": (asked.filters, lambda: maximise_units(opened, piece, range(asked.filters))),
        "keras": (asked.looped, lambda: keras_loop(piece.model, looped)),
        "compiled_each": (asked.looped, lambda: compiled_each(piece.model, looped)),
        "compiled_once": (asked.looped, lambda: once(looped)),
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(asked.rounds):
        for name, (many, run) in ways.items():
            wall, cpu = timed(run)
            found[name].append((wall / many, cpu / many))
    medians = {
        name: [statistics.median(each[i] for each in those) for i in (0, 1)] for name, those in found.items()
    }
    ratios = {
        name: [round(medians[name][i] / medians["one_program"][i], 2) for i in (0, 1)]
        for name in ways
        if name != "one_program"
    }
    print(
        json.dumps(
            {
                "rows": [
                    {
                        "row": "activation maximisation, conv3 of facial-cnn-6",
                        "ratio": ratios["keras"][0],
                        "asked": ASKED,
                        "ratios_wall_cpu": ratios,
                        "seconds_a_filter_wall_cpu": {
                            name: [float(f"{value:.3g}") for value in each] for name, each in medians.items()
                        },
                        "rounds_wall_cpu": {
                            name: [[float(f"{v:.3g}") for v in pair] for pair in those]
                            for name, those in found.items()
                        },
                        "filters": asked.filters,
                        "looped": asked.looped,
                        "steps": STEPS,
                        "backend": keras.config.backend(),
                        "cores": len(os.sched_getaffinity(0)),
                        "platform": f"{platform.system()} {platform.machine()}",
                    }
                ]
            }
        )
    )


if __name__ == "__main__":
    main()
