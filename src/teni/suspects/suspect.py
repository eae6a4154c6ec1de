"""One label that is probably wrong, and the ways in which labels go wrong."""

from dataclasses import dataclass

# In the order in which they are looked for: what is explained by one is not blamed on the next.
KINDS = ("swapped", "shifted", "far", "scattered", "class")


@dataclass(frozen=True)
class Suspect:
    """An image whose label is probably wrong.

    Args:
        row: its position among the images that were looked at.
        kind: ``swapped`` (a left and a right keypoint have changed places), ``shifted`` (all points of the image lie
            off by the same step), ``far`` (single points lie far off), ``scattered`` (most points lie off, each its
            own way: they may belong to another image), ``class`` (the image shows another class).
        where: positions of the keypoints in question; for classes the one that is likelier.
        score: how many usual spreads the label lies off, the largest of its keypoints; for classes how many times
            likelier the other class is.
    """

    row: int
    kind: str
    where: tuple[int, ...]
    score: float
