"""Views, kernel and mirror images, chosen on some of the subjects unless there is nothing to choose."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.features import Projection, View
from teni.task import FlipCenter, Targets
from teni.transfer.kernels import Kernel
from teni.transfer.material import Material, take_parts
from teni.transfer.mirror import mirror_choices
from teni.transfer.parts import Inner, inner_products
from teni.transfer.screening import screening_rows
from teni.transfer.search import Choice, Search, Tried

SCREENING_IMAGES = 700


@dataclass(frozen=True)
class Candidates:
    """What may be chosen.

    Args:
        views: taps and sizes.
        kernels: the simplest first.
        most_views: how many views may be summed; all are summed as they are if None.
        centers: mirror axes, the default first; empty for no mirror images.
    """

    views: tuple[View, ...]
    kernels: tuple[Kernel, ...]
    most_views: int | None
    centers: tuple[FlipCenter, ...]


@dataclass(frozen=True)
class Chosen:
    """What was chosen, and how.

    Args:
        choice: views, kernel and mirror images.
        tried: every candidate with its errors; empty where there was nothing to choose.
        images: on how many images candidates were compared.
    """

    choice: Choice
    tried: tuple[Tried, ...] = ()
    images: int = 0

    def final(self, error: float) -> Tried:
        """Return the choice as it was measured last, on all images."""
        return Tried("final", self.choice, {0.0: error})


def screened(material: Material) -> NDArray[np.intp]:
    """Draw the images on which candidates are compared: not all, also where a subject has thousands."""
    return screening_rows(
        material.data, material.groups, material.seed, SCREENING_IMAGES, 2 * SCREENING_IMAGES
    )


def choose(
    candidates: Candidates, material: Material, targets: Targets, projections: Mapping[View, Projection]
) -> Chosen:
    """Choose by leave-subjects-out error on some of the subjects.

    Args:
        candidates: what may be chosen.
        material: the training images.
        targets: their labels.
        projections: of each view.
    """
    views, kernels = candidates.views, candidates.kernels
    centers = mirror_choices(material.data.task, candidates.centers)
    if (candidates.most_views is None or len(views) == 1) and len(kernels) == len(centers) == 1:
        return Chosen(Choice(views, kernels[0], centers[0]))
    rows = screened(material)
    some = material.take(rows)
    inner: dict[bool, dict[tuple[View, ...], Inner]] = {}
    for mirror in {center is not None for center in centers}:
        parts = take_parts(some, views, projections, mirror)
        if candidates.most_views is None:
            inner[mirror] = {views: inner_products(list(parts.values()))}
        else:
            inner[mirror] = {(view,): inner_products([parts[view]]) for view in views}
    search = Search(targets[rows], material.data.task, some.groups, inner, material.on_progress)
    choice = search.run(kernels, candidates.most_views or 1, centers)
    return Chosen(choice, tuple(search.tried), len(rows))
