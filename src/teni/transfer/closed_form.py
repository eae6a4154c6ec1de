"""The closed-form strategy: frozen features, and a head that is solved rather than trained."""

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.errors import TeniError
from teni.features import EXTRACTED, Source, View
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
from teni.transfer.material import Material, find_projections, take_parts
from teni.transfer.outputs import calibrated, finish
from teni.transfer.parts import Inner, Parts, inner_products
from teni.transfer.search import MOST_VIEWS, Choice, Tried
from teni.transfer.strategy import Fitted
from teni.transfer.threads import one_blas_thread
from teni.transfer.told import describe_choice, describe_compression, describe_flip, history, notes

Ints = NDArray[np.intp]

# A decomposition of N x N numbers: beyond this it takes minutes and gigabytes.
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
            TeniError: no targets, a keypoint without a label, fewer than two classes, fewer than two subjects, more
                images than a decomposition can hold, a split of other data, or features that are not finite numbers.
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


@dataclass
class _Fit:
    """One fit under way; keeps what its steps share."""

    plan: ClosedForm
    material: Material
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    tried: list[Tried] = field(default_factory=list[Tried])

    def run(self, rows: Ints) -> Fitted:
        data, groups, told = self.material.data, self.material.groups, self.material.on_progress
        targets = check_learnable(data, groups, MOST_IMAGES)
        task = data.task
        with self._step("choosing"):
            projections = find_projections(self.material, self.plan.views)
            chosen = choose(self.plan.candidates, self.material, targets, projections)
            choice = chosen.choice
            self.tried += chosen.tried
        with self._step("features"):
            mirror = choice.center is not None
            parts = take_parts(self.material, choice.views, projections, mirror)
        labels = make_labels(targets, task, choice.center or "halves", mirror)
        with self._step("solving"):
            inner = inner_products(list(parts.values()))
            reduced = (
                self._reduce(parts, inner, labels.values.shape[2]) if choice.kernel != "linear" else None
            )
            shipped = inner if reduced is None else inner_products([reduced.components])
            gram = make_gram(choice.kernel, shipped)
            head = self._solve(gram, labels, choice)
            self.tried.append(Tried("final", choice, head.errors))
        with self._step("learning curve"):
            curve = learning_curve(
                gram,
                labels,
                groups,
                head.lam,
                columns=curve_columns(task),
                seed=self.material.seed,
                on_progress=told,
            )
            curve.loc[len(curve)] = self._all_subjects(head)
        del gram
        with self._step("cost of compressing"):
            whole = head
            if reduced is not None and reduced.kept < 1 - 1e-6:
                whole_gram = make_gram(choice.kernel, inner)
                whole = solve_head(prepare(whole_gram, labels, groups, head.lam), (head.lam,))
        with self._step("assembling"):
            channels = data.images.shape[3]
            done = finish(head.left_out, targets, task, groups)
            if done.calibration is not None:
                head = calibrated(head, done.calibration)
            model = assemble(
                task, channels, self.material.backbone, projections, parts, head, choice.kernel, reduced
            )
        about: dict[str, Any] = {
            "choice": {
                **describe_choice(choice, head, projections, task),
                "screening_images": chosen.images,
                "images": len(data),
            },
            "flip": describe_flip(choice, self.tried, task),
            "compression": describe_compression(reduced, whole, head, task),
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

    def _reduce(self, parts: Mapping[View, Parts], inner: Inner, columns: int) -> Reduced:
        features = sum(p.parts[0].shape[1] for p in parts.values())
        taken = sum(int(w.nbytes) for w in self.material.backbone.model.get_weights()) / 1e6
        room = max(self.plan.model_megabytes - taken, self.plan.model_megabytes / 4)
        return reduce(
            list(parts.values()), inner, affordable_rank(features, len(self.material.data), columns, room)
        )

    def _all_subjects(self, head: Head) -> list[float]:
        error = head.errors[head.lam]
        groups = self.material.groups
        return [len(np.unique(groups)), len(groups), error, error, error]
