"""The closed-form strategy: frozen features, and a head that is solved rather than trained."""

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.errors import TeniError
from teni.features import EXTRACTED, Projection, Source, View
from teni.progress import OnProgress, silent
from teni.task import FlipCenter
from teni.training import Budget
from teni.transfer.assemble import assemble
from teni.transfer.check import check_learnable
from teni.transfer.choosing import Candidates, choose
from teni.transfer.compress import Reduced, affordable_rank, reduce
from teni.transfer.gram import Gram, make_gram
from teni.transfer.head import LAMBDAS, Head, descend, prepare, solve_head
from teni.transfer.kernels import KERNELS, Kernel
from teni.transfer.labels import Labels, make_labels
from teni.transfer.learning_curve import curve_columns, learning_curve
from teni.transfer.many import require_both_sides, solve_many, stream_components
from teni.transfer.material import Material, find_projections, take_parts
from teni.transfer.outputs import calibrated, finish
from teni.transfer.parts import Inner, Parts, inner_products
from teni.transfer.search import MOST_VIEWS, Choice, Tried
from teni.transfer.strategy import Fitted
from teni.transfer.threads import one_blas_thread
from teni.transfer.told import describe_choice, describe_compression, describe_flip, history, notes

Ints = NDArray[np.intp]

Projections = Mapping[View, Projection]

# A decomposition of N x N numbers: beyond this it takes minutes and gigabytes, and landmarks stand for the images.
MOST_IMAGES = 15_000


@dataclass(frozen=True)
class ClosedForm:
    """Ridge or kernel ridge on features of frozen layers, everything chosen by leave-subjects-out error.

    Classes are solved one against the rest, and the scores calibrated to probabilities.

    Args:
        views: taps and sizes to choose from.
        kernels: to choose from, the simplest first.
        most_views: how many views may be summed; ``views`` are all summed as they are if None.
        centers: mirror axes to choose from, the default first; empty for no mirror images. Classes are learned
            from mirror images only where validation finds that better.
        model_megabytes: how large the saved model may become.
        source: where features come from.

    >>> ClosedForm((View((96, 96), "conv_pw_5_relu"),)).kernels
    ('linear', 'arc-cosine-1', 'arc-cosine-2')
    """

    views: tuple[View, ...]
    kernels: tuple[Kernel, ...] = KERNELS
    most_views: int | None = MOST_VIEWS
    centers: tuple[FlipCenter, ...] = ("halves", "integers")
    model_megabytes: float = 95.0
    source: Source = EXTRACTED

    @property
    def candidates(self) -> Candidates:
        """Return what validation chooses from."""
        return Candidates(self.views, self.kernels, self.most_views, self.centers)

    def fit(
        self,
        dataset: Dataset,
        split: Split,
        backbone: Backbone,
        *,
        seed: int,
        budget: Budget = Budget(),
        checkpoints: Path | None = None,
        on_progress: OnProgress = silent,
    ) -> Fitted:
        """Choose views, kernel, mirror axis and lambda, solve, compress; see `teni.transfer.strategy.Strategy`.

        Raises:
            TeniError: no targets, a keypoint without a label, fewer than two classes, fewer than two subjects, a
                split of other data, or features that are not finite numbers.
        """
        del budget, checkpoints  # nothing is trained
        if split.data != dataset.fingerprint:
            raise TeniError("the split was made for other data (its fingerprint differs); split these data")
        if not self.views:
            raise TeniError(f"there is no tap to choose from; name a layer of {backbone.name}")

        rows = np.flatnonzero(split.parts != "test")
        with one_blas_thread():
            material = Material(
                dataset.take(rows), split.groups[rows], backbone, seed, on_progress, self.source
            )
            return _Fit(self, material).run(rows)


STRATEGIES: Mapping[str, tuple[Kernel, ...]] = {
    "auto": KERNELS,
    "ridge": KERNELS[:1],
    "kernel": KERNELS[1:],
}


def closed_form(
    name: str,
    views: tuple[View, ...],
    *,
    mirror: bool = True,
    sum_all: bool = False,
    source: Source = EXTRACTED,
) -> ClosedForm:
    """Make a closed-form strategy by its name.

    Args:
        name: ``ridge``, ``kernel``, or ``auto`` to let validation choose between them.
        views: taps and sizes to choose from.
        mirror: whether mirror images are learned from.
        sum_all: sum all views instead of choosing among them.
        source: where features come from.

    Raises:
        TeniError: no strategy of that name.

    >>> closed_form("ridge", (View((96, 96), "conv_pw_5_relu"),)).kernels
    ('linear',)
    """
    if name not in STRATEGIES:
        raise TeniError(f"no strategy is called {name!r}; expected one of {', '.join(STRATEGIES)}")
    centers: tuple[FlipCenter, ...] = ("halves", "integers") if mirror else ()
    # Several sizes are worth a sum of more views: each size adds places that the others do not have.
    most = None if sum_all else MOST_VIEWS + (len({view.size for view in views}) > 1)
    return ClosedForm(views, STRATEGIES[name], most, centers, source=source)


@dataclass(frozen=True, eq=False)
class _Solved:
    """What solving gives: features as the head knows them, the head, the same uncompressed, a learning curve."""

    parts: Mapping[View, Parts]
    head: Head
    whole: Head
    reduced: Reduced | None
    curve: pd.DataFrame
    landmarks: int | None = None


@dataclass
class _Fit:
    """One fit under way; keeps what its steps share."""

    plan: ClosedForm
    material: Material
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    tried: list[Tried] = field(default_factory=list[Tried])

    def run(self, rows: Ints) -> Fitted:
        data, groups = self.material.data, self.material.groups
        targets = check_learnable(data, groups)
        task = data.task
        with self._step("choosing"):
            projections = find_projections(self.material, self.plan.views)
            chosen = choose(self.plan.candidates, self.material, targets, projections)
            choice = chosen.choice
            self.tried += chosen.tried
        mirror = choice.center is not None
        labels = make_labels(targets, task, choice.center or "halves", mirror)
        solve = self._whole if len(data) <= MOST_IMAGES else self._many
        solved = solve(choice, projections, labels)
        head, reduced = solved.head, solved.reduced
        curve = solved.curve
        curve.loc[len(curve)] = self._all_subjects(labels, head)
        with self._step("assembling"):
            channels = data.images.shape[3]
            done = finish(head.left_out, targets, task, groups)
            if done.calibration is not None:
                head = calibrated(head, done.calibration)
            model = assemble(
                task,
                channels,
                self.material.backbone,
                projections,
                solved.parts,
                head,
                choice.kernel,
                reduced,
            )
        about: dict[str, Any] = {
            "choice": {
                **describe_choice(choice, head, projections, task),
                "screening_images": chosen.images,
                "images": len(data),
                "landmarks": solved.landmarks,
            },
            "flip": describe_flip(choice, self.tried, task),
            "compression": describe_compression(reduced, solved.whole, head, task),
            **done.about,
        }
        said, solved = (*notes(about, task), *done.notes), head.alpha.size + head.offset.size
        return Fitted(
            model,
            rows,
            done.predicted,
            history(self.tried, task),
            curve,
            about,
            self.seconds,
            said,
            parameters=solved,
        )

    def _whole(self, choice: Choice, projections: Projections, labels: Labels) -> _Solved:
        """Solve on one decomposition of all images."""
        groups = self.material.groups
        with self._step("features"):
            parts = take_parts(self.material, choice.views, projections, choice.center is not None)
        with self._step("solving"):
            inner = inner_products(list(parts.values()))
            reduced = self._reduce(parts, inner, labels) if choice.kernel != "linear" else None
            shipped = inner if reduced is None else inner_products([reduced.components])
            gram = make_gram(choice.kernel, shipped)
            head = self._solve(gram, labels, choice)
            self.tried.append(Tried("final", choice, head.errors))
        with self._step("learning curve"):
            curve = self._curve(gram, labels, groups, head.lam)
        del gram
        with self._step("cost of compressing"):
            whole = head
            if reduced is not None and reduced.kept < 1 - 1e-6:
                whole_gram = make_gram(choice.kernel, inner)
                whole = solve_head(prepare(whole_gram, labels, groups, head.lam), (head.lam,))
        return _Solved(parts, head, whole, reduced, curve)

    def _many(self, choice: Choice, projections: Projections, labels: Labels) -> _Solved:
        """Solve on more images than a decomposition holds."""
        mirror, groups = choice.center is not None, self.material.groups
        require_both_sides(labels, self.material.data.task)
        with self._step("features"):
            outputs = labels.values.shape[2]

            def rank(parts: Mapping[View, Parts], images: int) -> int:
                return self._rank(parts, images, outputs)

            made = stream_components(self.material, choice.views, projections, mirror, rank)
        with self._step("solving"):
            head, judged = solve_many(made, choice.kernel, labels, self.material)
            self.tried.append(Tried("final", choice, judged))
        with self._step("learning curve"):  # of the landmarks: it goes as far as a decomposition does
            rows = made.landmarks
            gram = make_gram(choice.kernel, inner_products([made.reduced.components]))
            curve = self._curve(gram, labels.take(rows), groups[rows], head.lam)
        return _Solved(made.parts, head, head, made.reduced, curve, len(rows))

    def _curve(self, gram: Gram, labels: Labels, groups: Ints, lam: float) -> pd.DataFrame:
        columns, seed = curve_columns(self.material.data.task), self.material.seed
        told = self.material.on_progress
        return learning_curve(gram, labels, groups, lam, columns=columns, seed=seed, on_progress=told)

    def _solve(self, gram: Gram, labels: Labels, choice: Choice) -> Head:
        """Solve from the lambda that was best on the screening images, or for all where there were none."""
        groups, told = self.material.groups, self.material.on_progress
        for t in self.tried:
            if t.choice == choice:
                # Few images leave the error flat over small lambdas, and more images want a larger one.
                return descend(gram, labels, groups, t.largest_good_lam, told)
        return solve_head(prepare(gram, labels, groups), LAMBDAS, told)

    @contextmanager
    def _step(self, name: str) -> Generator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started

    def _reduce(self, parts: Mapping[View, Parts], inner: Inner, labels: Labels) -> Reduced:
        rank = self._rank(parts, len(self.material.data), labels.values.shape[2])
        return reduce(list(parts.values()), inner, rank)

    def _rank(self, parts: Mapping[View, Parts], images: int, columns: int) -> int:
        """Say how many components the model has room for."""
        features = sum(p.parts[0].shape[1] for p in parts.values())
        taken = sum(int(w.nbytes) for w in self.material.backbone.model.get_weights()) / 1e6
        room = max(self.plan.model_megabytes - taken, self.plan.model_megabytes / 4)
        return affordable_rank(features, images, columns, room)

    def _all_subjects(self, labels: Labels, head: Head) -> list[float]:
        groups = self.material.groups
        error = labels.measure(labels.values[0], head.left_out - labels.middle, groups)
        return [len(np.unique(groups)), len(groups), error, error, error]
