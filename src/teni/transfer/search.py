"""Which views, summed or alone, and which kernel: chosen on some of the subjects by leave-subjects-out error.

Solving is cheap on a few hundred images, and what is best there is best, or nearly, on all. The views are tried
one by one; the best is then joined by whichever other view lowers the error most, as long as that is worth its cost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from teni.features import View
from teni.progress import OnProgress, Progress, silent
from teni.task import Targets, Task
from teni.transfer.gram import make_gram
from teni.transfer.head import LAMBDAS, prepare, solve_head
from teni.transfer.kernels import Kernel
from teni.transfer.labels import make_labels
from teni.transfer.mirror import Mirror
from teni.transfer.parts import Inner
from teni.transfer.threads import side_by_side

Ints = NDArray[np.intp]

# A further view or a richer kernel must lower the error by this share to be taken.
WORTH = 0.005
MOST_VIEWS = 2
# A view that is far from the best alone has not been seen to help it in a sum.
JOINABLE = 5
# Errors this near to each other do not tell lambdas apart.
AS_GOOD = 0.01
COARSE = LAMBDAS[2:14:2]  # 1e-4 to 10, a factor of ten apart


@dataclass(frozen=True)
class Choice:
    """What a head is solved with.

    Args:
        views: whose features are summed.
        kernel: which.
        center: where the mirror's axis lies; None for no mirror images.
    """

    views: tuple[View, ...]
    kernel: Kernel
    center: Mirror


@dataclass(frozen=True, eq=False)
class Tried:
    """One candidate and its leave-subjects-out error for each lambda: RMSE in pixels, or log loss."""

    stage: str
    choice: Choice
    errors: dict[float, float]

    @property
    def best(self) -> float:
        """Return the lowest error."""
        return min(self.errors.values())

    @property
    def best_lam(self) -> float:
        """Return the lambda of the lowest error, the smallest of several."""
        return min(self.errors, key=lambda lam: self.errors[lam])

    @property
    def largest_good_lam(self) -> float:
        """Return the largest lambda whose error is as good as the lowest, or nearly."""
        return max(lam for lam, error in self.errors.items() if error <= self.best * (1 + AS_GOOD))


class Search:
    """Tries candidates on the screening images and remembers what each gave; final.

    Args:
        targets: of the screening images.
        task: what they are.
        groups: ``(N,)`` subject of each.
        inner: inner products of the screening images for each view, or for views that are only taken together:
            with mirror images (True) and without (False), as far as they are asked for.
        on_progress: told how many candidates were tried.
    """

    def __init__(
        self,
        targets: Targets,
        task: Task,
        groups: Ints,
        inner: Mapping[bool, Mapping[tuple[View, ...], Inner]],
        on_progress: OnProgress = silent,
    ) -> None:
        self._targets, self._task, self._groups, self._inner = targets, task, groups, inner
        self._on_progress = on_progress
        self._expected = self._done = 0
        self._lock = Lock()
        self.tried: list[Tried] = []

    def run(self, kernels: Sequence[Kernel], most_views: int, centers: Sequence[Mirror]) -> Choice:
        """Choose views, kernel and mirror axis.

        Args:
            kernels: which may be taken, the simplest first.
            most_views: how many views may be summed.
            centers: which mirror images may be taken, the default first.

        Returns:
            What gave the lowest error, where that is worth its cost; what was tried stands in `tried`.
        """
        first = centers[0]
        inner = self._inner[first is not None]
        joins = sum(min(len(inner) - 1, JOINABLE) - i for i in range(most_views - 1))
        self._expected = len(inner) + max(joins, 0) + len(kernels) + len(centers) - 2
        # The richest kernel ranks the views; simpler ones are tried on the views that it chose.
        ranking = kernels[-1]
        alone = self._try("views", [Choice(views, ranking, first) for views in inner])
        alone.sort(key=lambda t: t.best)
        best, promising = alone[0], [t.choice.views for t in alone[: JOINABLE + 1]]
        for _ in range(most_views - 1):
            rest = [views for views in promising if views[0] not in best.choice.views]
            joined = self._try("sums", [Choice((*best.choice.views, *v), ranking, first) for v in rest])
            better = min(joined, key=lambda t: t.best, default=best)
            if better.best > best.best * (1 - WORTH):
                break
            best = better
        for kernel in reversed(kernels[:-1]):
            (simpler,) = self._try("kernels", [Choice(best.choice.views, kernel, first)])
            if simpler.best * (1 - WORTH) <= best.best:
                best = simpler
        for center in centers[1:]:
            (other,) = self._try("mirror", [Choice(best.choice.views, best.choice.kernel, center)])
            if other.best <= best.best * (1 - WORTH):
                best = other
        return best.choice

    def _try(self, stage: str, choices: Sequence[Choice]) -> list[Tried]:
        found = side_by_side(lambda choice: self._measure(stage, choice), choices)
        self.tried += found
        return found

    def _measure(self, stage: str, choice: Choice) -> Tried:
        every = self._inner[choice.center is not None]
        inner = [found for views, found in every.items() if set(views) <= set(choice.views)]
        same = sum((i.same for i in inner[1:]), inner[0].same) / len(inner)
        crosses = [i.cross for i in inner if i.cross is not None]
        cross = sum(crosses[1:], crosses[0]) / len(inner) if crosses else None
        gram = make_gram(choice.kernel, Inner(same, cross))
        center = choice.center
        labels = make_labels(self._targets, self._task, center or "halves", center is not None)
        # Leaning on anchors helps all views about alike and takes as long again: it does not rank them.
        head = solve_head(prepare(gram, labels, self._groups), COARSE, anchors=False)
        with self._lock:
            self._done += 1
            self._on_progress(Progress("choosing", self._done, max(self._done, self._expected)))
        return Tried(stage, choice, head.errors)
