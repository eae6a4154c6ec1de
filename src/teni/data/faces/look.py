"""The two looks: how often and how strongly each hardship occurs."""

from dataclasses import dataclass
from typing import Literal

LookName = Literal["source", "target"]


@dataclass(frozen=True)
class Look:
    """How hard the pictures are.

    Args:
        turn: spread of the head's angles, 1 = yaw of about 12 degrees (one standard deviation).
        hard: hardness of the light, 0 to 1.
        glasses: share of subjects who wear glasses.
        hidden: share of pictures in which something hides a part of the face.
        clutter: mean number of things in the background.
        degraded: strength of blur, noise and JPEG steps, and of a video camera's sharpening.
        hats: share of subjects with a hat or a scarf on their head.
    """

    turn: float
    hard: float
    glasses: float
    hidden: float
    clutter: float
    degraded: float
    hats: float


LOOKS: dict[LookName, Look] = {
    "source": Look(1.0, 0.25, 0.12, 0.04, 1.0, 0.35, 0.05),
    "target": Look(1.8, 0.8, 0.38, 0.2, 4.0, 1.0, 0.15),
}
