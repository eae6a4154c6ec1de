"""A closed-form head on more images than a decomposition holds: in memory that does not grow with their number.

Features come block after block and stay as components, a thousand or two numbers an image, in a file where they are
many.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.data.large import make_rows
from teni.errors import TeniError
from teni.features import Projection, View, require_finite
from teni.progress import Progress
from teni.task import Task
from teni.transfer.compress import Reduced, reduce
from teni.transfer.gram import INTERCEPT
from teni.transfer.head import LAMBDAS, Head, write_columns
from teni.transfer.kernels import Kernel
from teni.transfer.labels import Labels
from teni.transfer.landmark_head import Columns, Sums, add_up, alike_columns, leave_out
from teni.transfer.landmarks import Landmarks, make_landmarks
from teni.transfer.material import Material, take_parts
from teni.transfer.parts import Parts, inner_products, other_parts
from teni.transfer.screening import screening_rows

Floats32 = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

Rank = Callable[[Mapping[View, Parts], int], int]

LANDMARKS = 2048
# Whole subjects are drawn; of what is beyond this each keeps some of its images.
MOST_LANDMARKS = 2560
# Lambda is chosen on the subjects of about so many images; on all of them only the one that was chosen is measured.
JUDGED = 4096
# The sums are single precision: smaller lambdas would solve for their rounding. Many images want larger ones anyway.
TRIED = tuple(lam for lam in LAMBDAS if lam >= 1e-3)


@dataclass(frozen=True, eq=False)
class Components:
    """All images in few numbers.

    Args:
        rows: ``(N, r)``, memory-mapped where they are many; the parts side by side.
        widths: of each part.
        reduced: the landmarks' components, and how images come there.
        parts: the landmarks' features at each view.
        landmarks: positions of the landmarks among the images.
    """

    rows: Floats32
    widths: tuple[int, ...]
    reduced: Reduced
    parts: Mapping[View, Parts]
    landmarks: Ints

    def take(self, rows: Ints) -> Parts:
        """Return the components of some images."""
        found = np.asarray(self.rows[rows])
        ends = np.cumsum(self.widths)[:-1]
        return Parts(tuple(np.split(found, ends, axis=1)), np.zeros(sum(self.widths), np.float32), 1.0)


def require_both_sides(labels: Labels, task: Task) -> None:
    """Refuse keypoints that could only be predicted to lie in the middle of the image.

    Args:
        labels: of all images.
        task: says what the columns are called.

    Raises:
        TeniError: no image labels a keypoint together with what takes its place in a mirror image.
    """
    never = np.flatnonzero(~labels.known.all(axis=0).any(axis=0))
    if len(never):
        names = dict.fromkeys(task.names[column // 2] for column in never)
        raise TeniError(
            f"no image labels {', '.join(names)} all at once, and of more images than one decomposition holds mirror "
            "images are learned from only where both sides are labelled; fit with --no-mirror"
        )


def stream_components(
    material: Material,
    views: tuple[View, ...],
    projections: Mapping[View, Projection],
    mirror: bool,
    rank: Rank,
) -> Components:
    """Draw landmarks among the images of some subjects, and bring all images into their principal components.

    Args:
        material: the training images.
        views: where features are taken.
        projections: of each view.
        mirror: whether mirror images are used.
        rank: from the landmarks' features and their number to how many components are kept, all parts together.

    Raises:
        TeniError: features that are not finite numbers, or no room on the disk.
    """
    drawn = screening_rows(material.data, material.groups, material.seed, LANDMARKS, MOST_LANDMARKS)
    parts = take_parts(material.take(drawn), views, projections, mirror)
    kept = rank(parts, len(drawn))
    reduced = reduce(list(parts.values()), inner_products(list(parts.values())), kept)
    widths = tuple(basis.shape[1] for basis in reduced.bases)
    # Of the landmarks' features only their mean and scale are needed from here on.
    parts = {
        view: Parts(tuple(p[:1].copy() for p in each.parts), each.mean, each.scale)
        for view, each in parts.items()
    }
    rows = make_rows((len(material.data), sum(widths)))
    start = 0
    blocks = material.source.blocks(
        material.backbone,
        material.data.images,
        {view: projections[view] for view in views},
        mirror=mirror,
        on_progress=material.on_progress,
    )
    for block in blocks:
        centred = {view: other_parts(block.pop(view), parts[view]) for view in views}
        found: list[Floats32] = []
        for i, basis in enumerate(reduced.bases):
            found.append(np.concatenate([each.parts[i] for each in centred.values()], axis=1) @ basis)
        rows[start : start + len(found[0])] = np.concatenate(found, axis=1)
        # A single feature that is no number shows in the components.
        require_finite(views[0], rows[start : start + len(found[0])], material.backbone)
        start += len(found[0])
    return Components(rows, widths, reduced, parts, drawn)


def solve_many(
    components: Components, kernel: Kernel, labels: Labels, material: Material
) -> tuple[Head, dict[float, float]]:
    """Solve on all images, lambda chosen by leave-subjects-out error.

    Args:
        components: of all images.
        kernel: which.
        labels: of all images.
        material: says who is whose.

    Returns:
        A head whose dual weights are those of the landmarks, and the error that each lambda was judged by.
    """
    groups = material.groups
    columns = alike_columns(labels)
    landmarks = make_landmarks(components.reduced.components, kernel)
    judged = screening_rows(material.data, groups, material.seed + 1, JUDGED)
    done, total = 0, 2 * len(groups) + len(judged)  # summed up, judged, left out

    def coordinates(rows: Ints) -> tuple[Floats32, ...]:
        nonlocal done
        done = min(done + len(rows), total)  # a large subject is asked for twice
        material.on_progress(Progress("solving", done, total))
        return landmarks.coordinates(components.take(rows))

    sums = add_up(columns, labels, coordinates)
    found = leave_out(columns, sums, labels, groups, coordinates, TRIED, judged)
    errors = {
        lam: labels.measure(labels.values[0][judged], left, groups[judged]) for lam, left in found.items()
    }
    lam = min(errors, key=lambda each: errors[each])
    every = np.arange(len(groups))
    left_out = leave_out(columns, sums, labels, groups, coordinates, (lam,), every)[lam]
    error = {lam: labels.measure(labels.values[0], left_out, groups)}
    return _head(landmarks, columns, sums, labels, lam, left_out, error), errors


def _head(
    landmarks: Landmarks,
    columns: tuple[Columns, ...],
    sums: list[Sums],
    labels: Labels,
    lam: float,
    left_out: Floats,
    errors: dict[float, float],
) -> Head:
    """Turn the coordinates' weights into dual weights of the landmarks, and an offset."""
    flags, _, width = labels.values.shape
    count = len(landmarks.components)
    alpha, constant = np.zeros((flags, count, width)), np.zeros((flags, 1, width))
    turn = np.ones((1, 1)) if flags == 1 else np.array([[1.0, 1.0], [1.0, -1.0]]) / np.sqrt(2)
    for group, each in zip(columns, sums, strict=True):
        first, *others = each.weights(lam)
        weights = [first[:-1], *others]
        duals = np.stack([matrix @ w for matrix, w in zip(landmarks.matrices, weights, strict=True)])
        write_columns(labels, alpha, np.arange(count), group.columns, np.tensordot(turn, duals, axes=1))
        intercept = np.stack(
            [landmarks.constant * first[-1:], *[np.zeros((1, first.shape[1]))] * (flags - 1)]
        )
        write_columns(labels, constant, np.arange(1), group.columns, np.tensordot(turn, intercept, axes=1))
    # Whoever predicts with a head adds the kernel's intercept for each dual weight: here it is in the offset already.
    offset = labels.middle + constant[0, 0] - INTERCEPT * alpha.sum(axis=(0, 1))
    return Head(alpha, offset, left_out + labels.middle, lam, errors, ())
