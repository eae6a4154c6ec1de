"""The network as a picture: its layers with their shapes, what is frozen, and the taps."""

from dataclasses import dataclass

import numpy as np

from teni.visualize.network import blocks_of, draw_png, draw_svg, lay_out
from teni.visualize.pictured import Pictured, Seen
from teni.visualize.request import Request


@dataclass(frozen=True)
class NetworkSettings:
    """How a network is drawn.

    Args:
        fold: whether batch norms, activations and dropouts are folded into the layer they follow.
    """

    fold: bool = True


def network(request: Request) -> Seen:
    """Draw the network; the score is how many numbers it holds, ``network.svg`` the drawing that can be enlarged."""
    settings: NetworkSettings = request.settings
    opened = request.opened
    rows = lay_out(blocks_of(opened, settings.fold))
    many = opened.model.count_params()
    title = f"{opened.name}: {many:,} numbers in {len(opened.model.operations):,} layers"
    pixels = np.asarray(draw_png(rows, title), np.float32)
    return Seen(
        (Pictured("network", float(many), pixels, title, "pixels", told=f"{many:,} numbers"),),
        files={"network.svg": draw_svg(rows, title).encode()},
    )
