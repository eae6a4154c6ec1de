"""Activation maximisation: 128 filters of conv3 of facial-cnn-6, 20 steps each."""

from typing import Any

from rows.row import Row, Work

LOOPED = 4


def make(side: str, size: int) -> Work:
    import activation_maximisation as ways

    from teni.backbones import backbone
    from teni.visualize import open_network, part
    from teni.visualize.activation import maximise_units

    network = backbone("facial-cnn-6", weights="random", size=(96, 96), seed=0)
    opened = open_network(network.model, network.name, preprocessing=network.preprocessing)
    piece = part(opened, "conv3")
    if side == "teni":

        def ours() -> list[float]:
            maximise_units(opened, piece, range(size))
            return []

        return Work(ours)
    looped: Any = range(LOOPED)
    loop = ways.compiled_each if side.startswith("compiled") else ways.keras_loop
    return Work(lambda: loop(piece.model, looped), share=LOOPED / size)


ROWS = (
    Row(
        "activation maximisation, 128 filters",
        20.0,
        ("teni", "keras-jax", "keras-tensorflow", "keras-torch"),
        128,
        make,
    ),
)
