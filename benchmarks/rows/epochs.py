"""An epoch of training: from scratch, and of a pretrained network that is fine-tuned."""

from functools import partial
from typing import Any

import numpy as np

from rows.operations import count_operations
from rows.row import KERAS, Row, Work

SIZE, BATCH, KEYPOINTS = (96, 96), 32, 15
# Forward once, backward for the values and for the weights.
PASSES = 3


def make(name: str, tap: str, norms: str, side: str, size: int) -> Work:
    from teni.backbones import backbone
    from teni.features import View
    from teni.task import Keypoints
    from teni.transfer.network import with_head

    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (size, *SIZE, 1), np.uint8)
    points = rng.uniform(20, 76, (size, KEYPOINTS, 2)).astype(np.float32)
    names = tuple(f"k{i}" for i in range(KEYPOINTS))
    task = Keypoints(names, 96, 96, tuple(range(KEYPOINTS)))
    start: Any = backbone(name, weights="random", size=SIZE, seed=0)
    network: Any = with_head(start, View(SIZE, tap), images, points, task, untrained=norms == "batch")
    run = (
        ours(network, images, points, task, norms)
        if side == "teni"
        else stock(network, images, points, norms)
    )
    return Work(run, PASSES * count_operations(network) * size)


def ours(network: Any, images: np.ndarray, points: np.ndarray, task: Any, norms: Any) -> Any:
    from teni.training import Phase, TrainingData, TrainingSettings, flips_only
    from teni.training.learner import Learner
    from teni.training.steps import training_form

    rates = {layer.name: 1.0 for layer in network.layers if layer.weights}
    phase = Phase("all", rates, 10, 1e-3, norms=norms)
    data = TrainingData(task, images, points, images[:BATCH], points[:BATCH])
    settings = TrainingSettings(augment=flips_only(False), batch=BATCH, precision="float32")
    learner = Learner(training_form(network), phase, data, settings, 0)
    state: Any = learner.start()
    learner.compile(state)
    epoch, rate = 0, np.full(learner.steps, 1e-4, np.float32)

    def run() -> list[float]:
        nonlocal state, epoch
        epoch += 1
        state, losses = learner.epoch(state, epoch, rate)
        return [float(np.mean(losses))]

    return run


def stock(network: Any, images: np.ndarray, points: np.ndarray, norms: str) -> Any:
    import keras

    for layer in network.layers:  # a pretrained network keeps its statistics
        if isinstance(layer, keras.layers.BatchNormalization) and norms == "kept":
            layer.trainable = False
    steps = 1 if keras.backend.backend() == "torch" else 8  # PyTorch takes one at a time
    network.compile(keras.optimizers.Adam(1e-4), "mse", steps_per_execution=steps)
    x, y = images.astype(np.float32), (points - 48) / 48

    def run() -> list[float]:
        return [network.fit(x, y, batch_size=BATCH, epochs=1, verbose=0).history["loss"][0]]

    return run


ROWS = (
    Row(
        "an epoch of facial-cnn-6",
        1.25,
        ("teni", *KERAS),
        1024,
        partial(make, "facial-cnn-6", "hidden2", "batch"),
    ),
    Row(
        "a fine-tuning epoch of MobileNet",
        1.1,
        ("teni", *KERAS),
        512,
        partial(make, "mobilenet", "conv_pw_11_relu", "kept"),
    ),
)
