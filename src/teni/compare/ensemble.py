"""Which of the strategies compared are better together: chosen greedily by the validation error of their mean.

After Caruana, Niculescu-Mizil, Crew and Ksikes (2004), with few draws and a least gain for each: there are few
validation people, and a choice among many combinations finds some that are good on just them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.compare.entry import Entry
from teni.compare.losses import image_losses
from teni.compare.outcome import Cost, Outcome
from teni.data import Dataset
from teni.training import no_curves

Floats = NDArray[np.float64]

ENSEMBLE = "ensemble"
# How often a strategy is drawn at most, the first included; one that is drawn twice counts twice.
DRAWS = 4
# A further draw must lower the error by this share.
WORTH = 0.01
FOLDS = 5


def choose_members(predicted: Mapping[str, Floats], validation: Dataset) -> dict[str, float]:
    """Draw strategies one after the other, each time the one that lowers the error of the mean most.

    Args:
        predicted: for the validation images, by the name of what predicted it.
        validation: the images' labels.

    Returns:
        A weight for each strategy that was drawn, the largest first; they add up to 1.

    >>> from teni.task import Keypoints
    >>> data = Dataset(np.zeros((1, 8, 8, 1), np.uint8), np.zeros((1, 1, 2), np.float32),
    ...                Keypoints(("nose",), 8, 8, (0,)), None, np.array(["a"]))
    >>> left, right = np.full((1, 1, 2), -1.0), np.full((1, 1, 2), 1.0)
    >>> choose_members({"left": left, "right": right}, data)
    {'left': 0.5, 'right': 0.5}
    """
    drawn: list[str] = []
    total, error = np.zeros_like(next(iter(predicted.values()))), np.inf
    while len(drawn) < DRAWS:
        errors = {
            name: _error((total + found) / (len(drawn) + 1), validation) for name, found in predicted.items()
        }
        best = min(errors, key=lambda name: errors[name])
        if errors[best] >= error * (1 - WORTH):
            break
        drawn.append(best)
        total, error = total + predicted[best], errors[best]
    counts = {name: drawn.count(name) for name in drawn}
    return {name: counts[name] / len(drawn) for name in sorted(counts, key=lambda name: -counts[name])}


def mean_of(predicted: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """Return the weighted mean.

    Args:
        predicted: by the name of what predicted it.
        weights: of some of them.

    >>> mean_of({"a": np.zeros(1), "b": np.ones(1)}, {"a": 0.5, "b": 0.5}).tolist()
    [0.5]
    """
    return np.sum([weight * predicted[name] for name, weight in weights.items()], axis=0)


def best_of_each(
    predicted: Mapping[str, Floats], kinds: Mapping[str, str], validation: Dataset
) -> dict[str, Floats]:
    """Keep of each kind, a strategy on a network, the seed with the lowest error.

    Args:
        predicted: for the validation images, by the name of what predicted it.
        kinds: of which kind each is.
        validation: the images' labels.

    Returns:
        What is left, the lowest error first.

    >>> from teni.task import Keypoints
    >>> data = Dataset(np.zeros((1, 8, 8, 1), np.uint8), np.zeros((1, 1, 2), np.float32),
    ...                Keypoints(("nose",), 8, 8, (0,)), None, np.array(["a"]))
    >>> by_seed = {"mlp 0": np.full((1, 1, 2), 2.0), "mlp 1": np.full((1, 1, 2), 1.0)}
    >>> list(best_of_each(by_seed, {"mlp 0": "mlp", "mlp 1": "mlp"}, data))
    ['mlp 1']
    """
    best: dict[str, str] = {}
    for name in sorted(predicted, key=lambda name: _error(predicted[name], validation)):
        best.setdefault(kinds[name], name)
    return {name: predicted[name] for name in best.values()}


def predict_crosswise(
    predicted: Mapping[str, Floats],
    kinds: Mapping[str, str],
    validation: Dataset,
    people: NDArray[Any],
    seed: int,
) -> Floats:
    """Predict every validation person by an ensemble that was chosen without that person, its seeds included.

    Args:
        predicted: for the validation images, by the name of what predicted it.
        kinds: of which kind each is, see `best_of_each`.
        validation: the images' labels.
        people: ``(N,)`` who each image shows.
        seed: of the folds.

    Returns:
        Predictions whose error does not gain from the choice.
    """
    names, who = np.unique(people, return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(names))[who] % min(FOLDS, len(names))
    found = np.empty_like(next(iter(predicted.values())))
    for each in np.unique(fold):
        here, others = np.flatnonzero(fold == each), np.flatnonzero(fold != each)
        chosen_on = others if len(others) else here
        labels = validation.take(chosen_on)
        seen = best_of_each({name: values[chosen_on] for name, values in predicted.items()}, kinds, labels)
        weights = choose_members(seen, labels)
        found[here] = mean_of({name: values[here] for name, values in predicted.items()}, weights)
    return found


@dataclass(frozen=True, eq=False)
class Found:
    """An ensemble of entries.

    Args:
        members: weights by the entries' keys, the largest first.
        backbones: names of the networks.
        outcome: what it predicts and costs.
        notes: who its members are.
    """

    members: dict[str, float]
    backbones: str
    outcome: Outcome
    notes: tuple[str, ...]


def find_ensemble(
    entries: Sequence[Entry],
    outcomes: Mapping[str, Outcome],
    validation: Dataset,
    people: NDArray[Any],
    seed: int,
) -> Found | None:
    """Choose among the best seeds of all strategies.

    Args:
        entries: what was compared.
        outcomes: by the entries' keys.
        validation: the validation images' labels.
        people: ``(N,)`` who each of them shows.
        seed: of the folds by which it is measured.

    Returns:
        The ensemble; None where no mean is better than the best strategy alone.
    """
    candidates = {entry.key: entry for entry in entries if outcomes[entry.key].failed is None}
    kinds = {key: f"{entry.backbone} {entry.strategy}" for key, entry in candidates.items()}
    predicted = {key: outcomes[key].validation for key in candidates}
    best = best_of_each(predicted, kinds, validation)
    if len(best) < 2:
        return None
    weights = choose_members(best, validation)
    if len(weights) < 2:
        return None
    members = [outcomes[key] for key in weights]
    cost = Cost(
        sum(member.cost.seconds for member in members),
        max(member.cost.peak_rss_mb for member in members),
        sum(member.cost.parameters for member in members),
    )
    outcome = Outcome(
        {},
        cost,
        {},
        None,
        predict_crosswise(predicted, kinds, validation, people, seed),
        mean_of({key: outcomes[key].test for key in weights}, weights),
        no_curves(),
    )
    backbones = " + ".join(dict.fromkeys(candidates[key].backbone for key in weights))
    told = ", ".join(
        f"{candidates[key].backbone} {candidates[key].strategy} ({weight:.0%})"
        for key, weight in weights.items()
    )
    return Found(
        weights,
        backbones,
        outcome,
        (
            f"the mean of {told}; its validation error is that of ensembles chosen without the person predicted",
        ),
    )


def _error(predicted: Floats, data: Dataset) -> float:
    losses = image_losses(predicted, np.asarray(data.targets), data.task)
    ratio = losses.sums.sum() / max(losses.counts.sum(), 1.0)
    return float(np.sqrt(ratio) if losses.is_root else ratio)
