"""The closed-form strategy: frozen features, and a head that is solved rather than trained."""

import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.data import Dataset, Split
from teni.errors import TeniError
from teni.features import Projection, View, extract, feature_network, fit_projection
from teni.progress import OnProgress, silent
from teni.task import FlipCenter, as_keypoints
from teni.training import Budget
from teni.transfer.assemble import assemble
from teni.transfer.compress import Reduced, affordable_rank, reduce
from teni.transfer.gram import Gram, make_gram
from teni.transfer.head import LAMBDAS, Head, descend, prepare, solve_head
from teni.transfer.kernels import KERNELS, Kernel
from teni.transfer.labels import Labels, make_labels
from teni.transfer.learning_curve import learning_curve
from teni.transfer.parts import Inner, Parts, inner_products, training_parts
from teni.transfer.search import MOST_VIEWS, Choice, Search, Tried
from teni.transfer.strategy import Fitted
from teni.transfer.threads import one_blas_thread
from teni.transfer.told import describe_choice, describe_compression, describe_flip, history, notes

Ints = NDArray[np.intp]

PROJECTION_IMAGES = 96
SCREENING_IMAGES = 700
# A decomposition of N x N numbers: beyond this it takes minutes and gigabytes.
MOST_IMAGES = 15_000


@dataclass(frozen=True)
class ClosedForm:
    """Ridge or kernel ridge on features of frozen layers, everything chosen by leave-subjects-out error.

    Args:
        views: taps and sizes to choose from.
        kernels: to choose from, the simplest first.
        most_views: how many views may be summed; ``views`` are all summed as they are if None.
        centers: mirror axes to choose from, the default first; empty for no mirror images.
        model_megabytes: how large the saved model may become.

    >>> ClosedForm((View((96, 96), "conv_pw_5_relu"),)).kernels
    ('linear', 'arc-cosine-1', 'arc-cosine-2')
    """

    views: tuple[View, ...]
    kernels: tuple[Kernel, ...] = KERNELS
    most_views: int | None = MOST_VIEWS
    centers: tuple[FlipCenter, ...] = ("halves", "integers")
    model_megabytes: float = 95.0

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
            TeniError: no targets, a keypoint without a label, fewer than two subjects, more images than a
                decomposition can hold, a split of other data, or features that are not finite numbers.
        """
        del budget, checkpoints  # nothing is trained
        if split.data != dataset.fingerprint:
            raise TeniError("the split was made for other data (its fingerprint differs); split these data")
        if not self.views:
            raise TeniError(f"there is no tap to choose from; name a layer of {backbone.name}")

        rows = np.flatnonzero(split.parts != "test")
        with one_blas_thread():
            return _Fit(self, dataset.take(rows), split.groups[rows], backbone, seed, on_progress).run(rows)


STRATEGIES: Mapping[str, tuple[Kernel, ...]] = {
    "auto": KERNELS,
    "ridge": KERNELS[:1],
    "kernel": KERNELS[1:],
}


def closed_form(
    name: str, views: tuple[View, ...], *, mirror: bool = True, sum_all: bool = False
) -> ClosedForm:
    """Make a closed-form strategy by its name.

    Args:
        name: ``ridge``, ``kernel``, or ``auto`` to let validation choose between them.
        views: taps and sizes to choose from.
        mirror: whether mirror images are learned from.
        sum_all: sum all views instead of choosing among them.

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
    return ClosedForm(views, STRATEGIES[name], most, centers)


@dataclass
class _Fit:
    """One fit under way; keeps what its steps share."""

    plan: ClosedForm
    data: Dataset
    groups: Ints
    backbone: Backbone
    seed: int
    on_progress: OnProgress
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    tried: list[Tried] = field(default_factory=list[Tried])
    screened: int = 0

    def run(self, rows: Ints) -> Fitted:
        targets = self._check()
        task = as_keypoints(self.data.task, "a closed-form head")
        mirror = bool(self.plan.centers)
        with self._step("choosing"):
            projections = self._projections()
            choice = self._choose(targets, projections)
        with self._step("features"):
            parts = self._parts(self.data, choice.views, projections)
        labels = make_labels(targets, task, choice.center, mirror)
        with self._step("solving"):
            inner = inner_products(list(parts.values()))
            reduced = (
                self._reduce(parts, inner, labels.values.shape[2]) if choice.kernel != "linear" else None
            )
            shipped = inner if reduced is None else inner_products([reduced.components])
            gram = make_gram(choice.kernel, shipped)
            head = self._solve(gram, labels, choice)
            self.tried.append(Tried("final", choice, head.rmse_px))
        with self._step("learning curve"):
            curve = learning_curve(
                gram, labels, self.groups, head.lam, seed=self.seed, on_progress=self.on_progress
            )
            curve.loc[len(curve)] = self._all_subjects(head)
        del gram
        with self._step("cost of compressing"):
            whole = head
            if reduced is not None and reduced.kept < 1 - 1e-6:
                whole_gram = make_gram(choice.kernel, inner)
                whole = solve_head(prepare(whole_gram, labels, self.groups, head.lam), (head.lam,))
        with self._step("assembling"):
            channels = self.data.images.shape[3]
            model = assemble(task, channels, self.backbone, projections, parts, head, choice.kernel, reduced)
        predicted = head.left_out.reshape(targets.shape)
        about: dict[str, Any] = {
            "choice": {
                **describe_choice(choice, head, projections, task),
                "screening_images": self.screened,
                "images": len(self.data),
            },
            "flip": describe_flip(choice, self.tried, mirror),
            "compression": describe_compression(reduced, whole, head),
        }
        tried, told, solved = history(self.tried), notes(about), head.alpha.size + head.offset.size
        return Fitted(model, rows, predicted, tried, curve, about, self.seconds, told, parameters=solved)

    def _solve(self, gram: Gram, labels: Labels, choice: Choice) -> Head:
        """Solve from the lambda that was best on the screening images, or for all where there were none."""
        for t in self.tried:
            if t.choice == choice:
                # Few images leave the error flat over small lambdas, and more images want a larger one.
                return descend(gram, labels, self.groups, t.largest_good_lam, self.on_progress)
        return solve_head(prepare(gram, labels, self.groups), LAMBDAS, self.on_progress)

    def _check(self) -> NDArray[np.float32]:
        if self.data.targets is None:
            raise TeniError("the data have no keypoints to learn from; give a training file, not a test file")
        if not len(self.data):
            raise TeniError("the split leaves no images to learn from; give it training rows")
        if len(np.unique(self.groups)) < 2:
            raise TeniError(
                "all training images show one subject; expected at least two, so that one can be left out"
            )
        if len(self.data) > MOST_IMAGES:
            raise TeniError(
                f"{len(self.data):,} training images; a closed-form head holds at most {MOST_IMAGES:,} "
                "(it decomposes a matrix of images by images); give fewer images"
            )
        for k, name in enumerate(self.data.task.names):
            if np.isnan(self.data.targets[:, k]).any(axis=-1).all():
                raise TeniError(
                    f"no training image has a label for {name}; label some or leave its columns out"
                )
        return self.data.targets

    @contextmanager
    def _step(self, name: str) -> Generator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started

    def _projections(self) -> dict[View, Projection]:
        """Find each view's strongest channels on some images spread over the data."""
        some = self.data.images[_spread(len(self.data), PROJECTION_IMAGES)]
        found: dict[View, Projection] = {}
        for group in _by_size(self.plan.views):
            network = feature_network(self.backbone, self.data.images.shape[1:], group)
            features = extract(network, some, mirror=False)
            for view, x in zip(group, features, strict=True):
                _require_finite(view, x, self.backbone)
                found[view] = fit_projection(x[0])
        return found

    def _choose(self, targets: NDArray[np.float32], projections: Mapping[View, Projection]) -> Choice:
        """Choose on some of the subjects, unless there is nothing to choose."""
        views, kernels, centers = self.plan.views, self.plan.kernels, self.plan.centers or ("halves",)
        if (self.plan.most_views is None or len(views) == 1) and len(kernels) == len(centers) == 1:
            return Choice(views, kernels[0], centers[0])
        rows = self._screening_rows()
        self.screened = len(rows)
        some = self.data.take(rows)
        parts = self._parts(some, views, projections)
        if self.plan.most_views is None:
            inner = {views: inner_products(list(parts.values()))}
        else:
            inner = {(view,): inner_products([parts[view]]) for view in views}
        task = as_keypoints(self.data.task, "a closed-form head")
        search = Search(targets[rows], task, self.groups[rows], inner, self.on_progress)
        choice = search.run(kernels, self.plan.most_views or 1, centers)
        self.tried += search.tried
        return choice

    def _screening_rows(self) -> Ints:
        """Draw whole subjects until there are enough images, at least one label of each column among them."""
        names = np.unique(self.groups)
        order = np.random.default_rng(self.seed).permutation(names)
        sizes = np.array([int((self.groups == name).sum()) for name in order])
        enough = max(int(np.searchsorted(np.cumsum(sizes), SCREENING_IMAGES)) + 1, 2)
        while enough < len(order) and not self._labelled(order[:enough]):
            enough += 1
        return np.flatnonzero(np.isin(self.groups, order[:enough]))

    def _labelled(self, names: Ints) -> bool:
        """Tell whether every keypoint is labelled for at least two of the subjects."""
        targets = self.data.targets
        here = np.isin(self.groups, names)
        if targets is None:
            return False
        known = np.asarray(~np.isnan(targets[here]).any(axis=2))
        return all(len(np.unique(self.groups[here][known[:, k]])) >= 2 for k in range(targets.shape[1]))

    def _parts(
        self, data: Dataset, views: Sequence[View], projections: Mapping[View, Projection]
    ) -> dict[View, Parts]:
        """Take features at the views, one network for each size."""
        found: dict[View, Parts] = {}
        for group in _by_size(views):
            network = feature_network(self.backbone, data.images.shape[1:], group, projections)
            features = extract(
                network, data.images, mirror=bool(self.plan.centers), on_progress=self.on_progress
            )
            for view, x in zip(group, features, strict=True):
                found[view] = training_parts(x)
                # A single feature that is no number shows in the mean.
                _require_finite(view, found[view].mean, self.backbone)
        return {view: found[view] for view in views}

    def _reduce(self, parts: Mapping[View, Parts], inner: Inner, columns: int) -> Reduced:
        features = sum(p.parts[0].shape[1] for p in parts.values())
        taken = sum(int(w.nbytes) for w in self.backbone.model.get_weights()) / 1e6
        room = max(self.plan.model_megabytes - taken, self.plan.model_megabytes / 4)
        return reduce(list(parts.values()), inner, affordable_rank(features, len(self.data), columns, room))

    def _all_subjects(self, head: Head) -> list[float]:
        error = head.rmse_px[head.lam]
        return [len(np.unique(self.groups)), len(self.data), error, error, error]


def _require_finite(view: View, features: NDArray[np.float32], backbone: Backbone) -> None:
    if not np.isfinite(features).all():
        raise TeniError(
            f"the features of {view} are not all finite numbers: the weights of {backbone.name} are broken, "
            "or do not belong to this network"
        )


def _spread(count: int, most: int) -> Ints:
    """Return at most so many positions, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.intp))


def _by_size(views: Sequence[View]) -> list[list[View]]:
    """Group views by the size that the backbone sees: one forward pass each."""
    return [[view for view in views if view.size == size] for size in dict.fromkeys(v.size for v in views)]
