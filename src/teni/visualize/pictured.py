"""What every method hands over: arrays with names and scores, and how they would like to be drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# classic: centred, spread 0.1, clipped. range: lowest black, highest white. signed: zero grey, both signs alike.
# pixels: 0 to 255 as they are. heat: one number a place, coloured, over an image where there is one.
Style = Literal["classic", "range", "signed", "pixels", "heat", "signed-heat"]


@dataclass(frozen=True, eq=False)
class Pictured:
    """What one unit sees, as an array.

    Args:
        unit: the unit's name: its number, a class, or a coordinate such as ``left_eye_center_x``.
        score: what the method measured of it, e.g. the unit's activation or a class's confidence; it is finite.
        pixels: ``float32 (H, W, C)``, one or three channels, in whatever scale the method works.
        note: what else to know of this picture, such as the image that it is about; one line.
        style: how the array becomes a picture, see `teni.visualize.render`.
        over: ``uint8 (H', W', C)``: the image under a heat map.
        told: the score in words, where its number would mislead, such as ``99.99%``.
        points: x and y of places to be marked on that image, in its pixels, the first pixel's centre at 0.5.

    >>> Pictured("12", 3.5, np.zeros((8, 8, 1), np.float32)).style
    'classic'
    """

    unit: str
    score: float
    pixels: Floats
    note: str = ""
    style: Style = "classic"
    over: NDArray[np.uint8] | None = None
    told: str = ""
    points: tuple[tuple[float, float], ...] = ()

    @property
    def score_told(self) -> str:
        """The score as people read it."""
        return self.told or f"{self.score:.4g}"


@dataclass(frozen=True, eq=False)
class Seen:
    """All that one method made in one call.

    Args:
        pictures: in the order in which they are shown; a unit may come several times.
        layer: the layer that was looked at or into; empty where the method is about none.
        notes: what a user should know, one sentence each.
        files: further files for the folder, by name, such as ``network.svg`` or ``generations.csv``.
        columns: pictures side by side on the sheet; None makes it about square.
        interrupted: whether Ctrl-C ended the work early, and this is what was there by then.

    >>> Seen((), "conv1").notes
    ()
    """

    pictures: tuple[Pictured, ...]
    layer: str = ""
    notes: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    columns: int | None = None
    interrupted: bool = False
