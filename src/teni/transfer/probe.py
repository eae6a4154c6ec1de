"""Where a trained head sits and which mirror images it learns from, by ridge; and that ridge head as a start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.backbones import Backbone, propose_taps
from teni.data import Dataset, Split
from teni.features import Projection, View
from teni.progress import OnProgress
from teni.task import FlipCenter, Keypoints, labelled
from teni.training.units import to_units
from teni.transfer.assemble import feature_weights
from teni.transfer.check import check_learnable
from teni.transfer.choosing import Candidates, Chosen, choose
from teni.transfer.closed_form import MOST_IMAGES
from teni.transfer.gram import INTERCEPT, make_gram
from teni.transfer.head import LAMBDAS, prepare, solve_head
from teni.transfer.labels import make_labels
from teni.transfer.material import Material, find_projections, take_parts
from teni.transfer.mirror import Mirror
from teni.transfer.outputs import calibrated, finish
from teni.transfer.parts import inner_products
from teni.transfer.threads import one_blas_thread
from teni.transfer.told import describe_flip

Floats = NDArray[np.float64]

CENTERS: tuple[FlipCenter, ...] = ("halves", "integers")
PROPOSED = 6
# How far above the best tap's ridge error a deeper tap may lie and still be the one to train below: on real faces
# MobileNet's conv_pw_11, 12% above conv_pw_5, went from 1.81 to 1.62 px in six epochs; conv_pw_5 did not improve.
REPAIRABLE = 0.25


@dataclass(frozen=True, eq=False)
class Place:
    """Where a head sits.

    Args:
        view: tap and size.
        mirror: which mirror images are learned from.
        projection: of the tap's channels.
        flip: what is to be said of mirror images, see `teni.transfer.strategy.Fitted.about`.
    """

    view: View
    mirror: Mirror
    projection: Projection
    flip: dict[str, Any]


def training_material(
    dataset: Dataset,
    split: Split,
    backbone: Backbone,
    seed: int,
    on_progress: OnProgress,
    most: int | None = MOST_IMAGES,
) -> Material:
    """Take the labelled training rows alone: what is solved on them says nothing of the validation rows.

    Args:
        dataset: images with targets.
        split: of it.
        backbone: the network.
        seed: of everything random.
        on_progress: told how far it has come.
        most: how many images there may be; None for any number, where only some drawn of them are decomposed.

    Raises:
        TeniError: a head cannot be solved from them, see `teni.transfer.check.check_learnable`.
    """
    rows = split.rows("train")
    if dataset.targets is not None:
        rows = rows[labelled(dataset.targets[rows], dataset.task)]
    found = Material(dataset.take(rows), split.groups[rows], backbone, seed, on_progress)
    check_learnable(found.data, found.groups, most)
    return found


def choose_place(material: Material, views: Sequence[View], flips: bool) -> Place:
    """Choose tap and mirror images by ridge on some subjects of the training rows.

    What is trained below a head needs depth more than a good start: of the taps whose ridge error is near the best
    one's, the deepest is taken.

    Args:
        material: the training rows.
        views: to choose from, in order of depth at each size; none leaves the proposal to the backbone, at its own
            size.
        flips: whether mirror images may be learned from.
    """
    backbone = material.backbone
    taps = () if views else propose_taps(backbone, PROPOSED) or (backbone.model.operations[-1].name,)
    views = tuple(views) or tuple(View(backbone.size, tap) for tap in taps)
    targets = check_learnable(material.data, material.groups)
    with one_blas_thread():
        projections = find_projections(material, views)
        candidates = Candidates(views, ("linear",), 1, CENTERS if flips else ())
        chosen = choose(candidates, material, targets, projections)
    view = deepest_near(chosen, views)
    about = describe_flip(chosen.choice, chosen.tried, material.data.task)
    return Place(view, chosen.choice.center, projections[view], about)


def deepest_near(chosen: Chosen, views: Sequence[View]) -> View:
    """Take the deepest view whose ridge error is near that of the chosen one, at the same size.

    Args:
        chosen: one view, and what else was tried.
        views: all of them, in order of depth at each size.
    """
    (best,) = chosen.choice.views
    errors: dict[View, float] = {}
    for tried in chosen.tried:
        if len(tried.choice.views) == 1:
            errors.setdefault(tried.choice.views[0], tried.best)
    near = [
        view
        for view in views
        if view.size == best.size and view in errors and errors[view] <= errors[best] * (1 + REPAIRABLE)
    ]
    return near[-1] if near else best


def solve_probe(material: Material, place: Place) -> tuple[Floats, Floats]:
    """Solve ridge at a place, lambda by leave-subjects-out error; scores of classes are calibrated to logits.

    Averaged over an image and its mirror image, the head says what the closed form says.

    Args:
        material: the training rows.
        place: from `choose_place`.

    Returns:
        ``(D, outputs)`` weights from raw features (projected and flattened) to raw outputs of a network, see
        `teni.training.train`, and ``(outputs,)`` offsets.
    """
    data, task = material.data, material.data.task
    targets = check_learnable(data, material.groups, MOST_IMAGES)
    mirror = place.mirror is not None
    with one_blas_thread():
        (parts,) = take_parts(material, [place.view], {place.view: place.projection}, mirror).values()
        labels = make_labels(targets, task, place.mirror or "halves", mirror)
        gram = make_gram("linear", inner_products([parts]))
        head = solve_head(prepare(gram, labels, material.groups), LAMBDAS, material.on_progress)
        finished = finish(head.left_out, targets, task, material.groups)
        if finished.calibration is not None:
            head = calibrated(head, finished.calibration)
        bases = [basis.astype(np.float64) * parts.scale for basis in feature_weights([parts], head)]
    offset = head.offset + INTERCEPT * head.alpha.sum(axis=(0, 1)) - parts.mean @ bases[0]
    # With a of the image and f of its mirror image, even * (a + f) / 2 + odd * (a - f) / 2 is the mean of
    # (even + odd) * a and, sides swapped, of (even + odd) * f.
    kernel = np.sum(bases, axis=0)
    if isinstance(task, Keypoints):
        half = np.tile([task.width / 2, task.height / 2], len(task.names))
        return kernel / half, np.asarray(to_units(offset.reshape(-1, 2), task)).ravel()
    return kernel, offset
