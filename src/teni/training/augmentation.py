"""What befalls the images of a batch: how strongly, and the numbers drawn for each image.

The numbers are drawn by NumPy from the seed and the epoch, and applied on the device (`teni.training.warp`,
`teni.training.photometry`): every backend sees the same images, and a resumed training those that it would have seen.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError

Floats = NDArray[np.float32]

# What is drawn for each image, evenly from 0 to 1, in this order.
DRAWS = (
    "flip",
    "angle",
    "size",
    "right",
    "down",
    "gain",
    "contrast",
    "slope_x",
    "slope_y",
    "blur",
    "hidden",
    "hidden_x",
    "hidden_y",
    "hidden_width",
    "hidden_height",
    "hidden_grey",
)


@dataclass(frozen=True)
class Augmentation:
    """How strongly the images of each batch are changed, the keypoints with them; 0 leaves that out.

    Args:
        flip: whether half of the images are mirrored.
        rotation: largest angle, in degrees.
        scale: largest change of size, as a share; both ways, evenly in its logarithm.
        shift: largest move, as a share of the image's sides.
        light: largest change of brightness and contrast as a share, and of brightness from one side to the other.
        blur: largest share of the image that is replaced by its blurred copy (binomial, five pixels wide).
        occlusion: share of the images of which an even grey rectangle hides a part.

    Raises:
        TeniError: a strength that is negative, or a share above one.

    >>> Augmentation(rotation=0.0, scale=0.0, shift=0.0, light=0.0, blur=0.0, occlusion=0.0).only_flips
    True
    """

    flip: bool = True
    rotation: float = 6.0
    scale: float = 0.06
    shift: float = 0.03
    light: float = 0.125
    blur: float = 0.25
    occlusion: float = 0.125

    def __post_init__(self) -> None:
        """Refuse strengths without meaning."""
        for each in fields(self)[1:]:
            value, most = getattr(self, each.name), 180.0 if each.name == "rotation" else 1.0
            if not 0 <= value <= most:
                raise TeniError(f"augmentation with {each.name}={value:g}: expected 0 to {most:g}")

    @property
    def moves(self) -> bool:
        """Tell whether images are turned, scaled or shifted."""
        return max(self.rotation, self.scale, self.shift) > 0

    @property
    def only_flips(self) -> bool:
        """Tell whether nothing but mirroring, or nothing at all, is done: what is frozen can then run beforehand."""
        return not self.moves and max(self.light, self.blur, self.occlusion) == 0


def flips_only(flip: bool = True) -> Augmentation:
    """Make the augmentation that at most mirrors.

    >>> flips_only().flip, flips_only().moves
    (True, False)
    """
    return Augmentation(flip, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def draw_numbers(images: int, seed: int, epoch: int) -> Floats:
    """Draw an epoch's numbers.

    Args:
        images: how many, in the order in which they are trained on.
        seed: of the training.
        epoch: from 1.

    Returns:
        ``(images, len(DRAWS))``, evenly from 0 to 1.

    >>> draw_numbers(2, 0, 1).shape, bool((draw_numbers(2, 0, 1) == draw_numbers(2, 0, 1)).all())
    ((2, 16), True)
    """
    return np.random.default_rng([seed, epoch, 1]).random((images, len(DRAWS)), np.float32)


def draw_order(images: int, batch: int, seed: int, epoch: int) -> NDArray[np.int32]:
    """Shuffle the images for an epoch, into steps of one size.

    Args:
        images: how many there are.
        batch: images a step; not more than there are.
        seed: of the training.
        epoch: from 1.

    Returns:
        ``(steps, batch)`` positions; each image once, and the last step filled up with the first ones again.

    >>> order = draw_order(5, 2, seed=0, epoch=1)
    >>> order.shape, sorted(order.ravel()[:5].tolist()), bool(order[2, 1] == order[0, 0])
    ((3, 2), [0, 1, 2, 3, 4], True)
    """
    order = np.random.default_rng([seed, epoch, 0]).permutation(images).astype(np.int32)
    steps = -(-images // batch)
    return np.resize(order, (steps, batch))
