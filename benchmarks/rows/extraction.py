"""Take features at several taps, from raw images."""

from functools import partial
from typing import Any

import numpy as np

from rows.operations import count_operations
from rows.row import KERAS, Row, Work

SIZE = (96, 96)
BATCH = 128
TOLD = 32


def make(name: str, taps: tuple[str, ...], side: str, size: int) -> Work:
    from teni.backbones import backbone
    from teni.features import View, feature_network

    images = np.random.default_rng(0).integers(0, 256, (size, *SIZE, 1), np.uint8)
    views = [View(SIZE, tap) for tap in taps]
    network: Any = feature_network(backbone(name, weights="random", size=SIZE, seed=0), (*SIZE, 1), views)

    def ours() -> list[float]:
        from teni.engine import compile_forward

        nonlocal forward
        forward = forward or compile_forward(network, SIZE[0] * SIZE[1], mirror=False)
        return told([[part[0] for part in batch] for batch in forward(images)])

    def stock() -> list[float]:
        found = network.predict(images, batch_size=BATCH, verbose=0)
        return told([found if isinstance(found, list) else [found]])

    forward: Any = None
    return Work(ours if side == "teni" else stock, count_operations(network) * size)


def told(batches: list[list[Any]]) -> list[float]:
    """Return the size of the first images' features at each tap; those of all would take as long as taking them."""
    found: list[float] = []
    for i in range(len(batches[0])):
        first: list[Any] = []
        for batch in batches:
            if sum(len(part) for part in first) < TOLD:
                first.append(np.asarray(batch[i], np.float32))
        found.append(float(np.sqrt(np.mean(np.square(np.concatenate(first)[:TOLD])))))
    return found


def row(
    title: str, name: str, taps: tuple[str, ...], asked: float, size: int, growth: tuple[int, ...]
) -> Row:
    return Row(f"extraction, {title}", asked, ("teni", *KERAS), size, partial(make, name, taps), growth, 1e-2)


ROWS = (
    row(
        "MobileNet taps",
        "mobilenet",
        ("conv_pw_3_relu", "conv_pw_5_relu", "conv_pw_9_relu"),
        3.0,
        512,
        (1, 4, 16),
    ),
    row("facial-cnn-6", "facial-cnn-6", ("pool2", "pool3"), 1.3, 512, (1, 4, 16)),
    row("VGG16 convolutions", "vgg16", ("block3_pool", "block5_pool"), 0.95, 128, ()),
)
