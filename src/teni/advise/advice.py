"""The 2x2 table of data and similarity, measured: which quadrant this is, what it recommends, on what evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from teni.advise.data_size import FEW, DataSize
from teni.advise.similarity import SERVES, Similarity

# What each quadrant recommends, the first first. Heads on stored features cannot spoil what the network knows.
_HEADS = ("kernel", "ridge", "svm", "mlp")
_TUNED = ("probe-then-tune", "layerwise", "two-phase", "gradual", "freeze-below")
RECOMMENDED: dict[tuple[bool, bool], tuple[str, ...]] = {
    (True, True): _HEADS,
    (True, False): _HEADS,
    (False, True): ("two-phase", "freeze-below", "gradual", "layerwise", "probe-then-tune"),
    (False, False): ("layerwise", "probe-then-tune", "two-phase", "gradual"),
}


@dataclass(frozen=True)
class Advice:
    """What the measurements recommend before any strategy was compared.

    Args:
        size: few or many.
        similarity: alike or not.
    """

    size: DataSize
    similarity: Similarity

    @property
    def quadrant(self) -> str:
        """Name the quadrant, e.g. ``few, not similar``."""
        return (
            f"{'few' if self.size.few else 'many'}, {'similar' if self.similarity.similar else 'not similar'}"
        )

    @property
    def recommends(self) -> tuple[str, ...]:
        """List strategies, the most recommended first."""
        if not self.similarity.useful and not self.size.few:
            return ("scratch", *RECOMMENDED[False, False])
        return RECOMMENDED[self.size.few, self.similarity.similar]

    @property
    def sure(self) -> bool:
        """Tell whether no number is near its border."""
        near = 0.5 * (SERVES - 1)
        clear = abs(self.similarity.last_over_best - SERVES) > near
        return self.size.sure and clear

    @property
    def short(self) -> str:
        """Say it in one line.

        E.g. ``few, not similar: try kernel, then ridge``.
        """
        near = "" if self.sure else " (a number lies near its border)"
        return f"{self.quadrant}: try {', then '.join(self.recommends)}{near}"

    def sentences(self) -> tuple[str, ...]:
        """Say it in words, every judgement with its numbers."""
        size, alike = self.size, self.similarity
        last = alike.depths[-1]
        said = [
            f"Twice the {size.subjects:,} subjects would lower the error by about {size.gain:.0%} "
            f"({size.low:.0%} to {size.high:.0%}, extrapolated from the learning curve): the data are "
            f"{'few' if size.few else 'many'} (the border is {FEW:.0%}).",
            f"The best tap is {alike.best.tap} ({_error(alike.best.error)}); the deepest, {last.tap}, has "
            f"{alike.last_over_best:.2f} times its error (the border is {SERVES:.2f}): what the network was trained "
            f"for is {'like' if alike.similar else 'not like'} this task.",
            f"Learned weights lower the error of random ones by {alike.gain_over_random:.0%} at that tap"
            + ("." if alike.useful else ": what was learned hardly serves here."),
        ]
        if alike.coarse_end and not alike.similar:
            said.append(
                f"The deepest map is also much coarser than the best ({_places(last.places)} against "
                f"{_places(alike.best.places)} places): larger input may serve its layers better than "
                "this judgement says."
            )
        said.append(
            f"That is the quadrant “{self.quadrant}”, which recommends {', then '.join(self.recommends)}"
            + ("." if self.sure else ", but a number lies near its border: compare before you believe it.")
        )
        return tuple(said)

    def agrees(self, ranking: Sequence[str]) -> str:
        """Say whether a ladder of strategies, best first, bears the advice out.

        Args:
            ranking: names of strategies by validation error, the best first.

        Returns:
            One sentence.
        """
        if not ranking:
            return "No strategy was compared, so that nothing says whether the advice is right."
        winner = ranking[0].split(":")[0]
        if winner in self.recommends:
            return f"The ladder agrees: of single strategies {ranking[0]} was best, which the quadrant recommends."
        met = next(
            (place for place, name in enumerate(ranking, 1) if name.split(":")[0] in self.recommends), None
        )
        if met is None:
            return (
                f"The ladder cannot tell: of single strategies {ranking[0]} was best, and nothing that the quadrant "
                "recommends was compared."
            )
        return (
            f"The ladder does not agree: of single strategies {ranking[0]} was best; the best of what the quadrant "
            f"recommends, {ranking[met - 1]}, came out as number {met}."
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "quadrant": self.quadrant,
            "few": self.size.few,
            "similar": self.similarity.similar,
            "useful": self.similarity.useful,
            "sure": self.sure,
            "recommends": list(self.recommends),
            "sentences": list(self.sentences()),
            "evidence": {
                "subjects": self.size.subjects,
                "images": self.size.images,
                "gain_of_twice_the_subjects": self.size.gain,
                "gain_range": [self.size.low, self.size.high],
                "last_over_best": self.similarity.last_over_best,
                "gain_over_random": self.similarity.gain_over_random,
                "learned_error": self.similarity.learned_error,
                "random_error": self.similarity.random_error,
                "taps": [
                    {
                        "tap": depth.tap,
                        "places": None if depth.places is None else list(depth.places),
                        "error": depth.error,
                        "log_evidence": depth.log_evidence,
                        "h_score": depth.h_score,
                    }
                    for depth in self.similarity.depths
                ],
            },
        }


def _error(error: float) -> str:
    return f"error {error:.3g}"


def _places(places: tuple[int, int] | None) -> str:
    return "1" if places is None else f"{places[0]} x {places[1]}"
