"""Is the network's own task like this one? Read off how the error moves with the depth of the tap."""

from dataclasses import dataclass

# An error this much above the best says that a layer does not serve.
SERVES = 1.10
# Learned features must beat random ones of the same shape by this share to be of any use.
USEFUL = 0.05


@dataclass(frozen=True)
class Depth:
    """What one tap is worth.

    Args:
        tap: name of the layer.
        places: height and width of its map; None where it is no map.
        error: leave-subjects-out error of a head on it.
        log_evidence: LogME of its features, nats an image; None if not computed.
        h_score: of its features, for classes; None otherwise.
    """

    tap: str
    places: tuple[int, int] | None
    error: float
    log_evidence: float | None = None
    h_score: float | None = None


@dataclass(frozen=True)
class Similarity:
    """How the error moves with depth, and what random weights of the same network give at the best tap.

    Args:
        depths: the taps from early to late.
        learned_error: error at the best tap from all images.
        random_error: the same with random weights in place of the learned ones.

    >>> taps = (Depth("early", (24, 24), 2.0), Depth("middle", (12, 12), 1.5), Depth("late", (3, 3), 3.0))
    >>> found = Similarity(taps, learned_error=1.5, random_error=2.5)
    >>> found.best.tap, found.last_over_best, round(found.gain_over_random, 2), found.similar
    ('middle', 2.0, 0.4, False)
    """

    depths: tuple[Depth, ...]
    learned_error: float
    random_error: float

    @property
    def best(self) -> Depth:
        """Return the tap of the lowest error."""
        return min(self.depths, key=lambda depth: depth.error)

    @property
    def last_over_best(self) -> float:
        """Return the error at the deepest tap over that at the best one."""
        return self.depths[-1].error / self.best.error

    @property
    def gain_over_random(self) -> float:
        """Return the share by which learned weights lower the error of random ones at the best tap."""
        return 1 - self.learned_error / self.random_error

    @property
    def useful(self) -> bool:
        """Tell whether what the network has learned serves this task at all."""
        return self.gain_over_random >= USEFUL

    @property
    def similar(self) -> bool:
        """Tell whether even the deepest features serve: then the tasks are alike."""
        return self.useful and self.last_over_best <= SERVES

    @property
    def coarse_end(self) -> bool:
        """Tell whether the deepest map has far fewer places than the best: depth and coarseness are confounded."""
        best, last = self.best.places, self.depths[-1].places
        if best is None:
            return False
        return last is None or last[0] * last[1] * 4 <= best[0] * best[1]
