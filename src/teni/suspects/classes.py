"""Wrong labels of classes: what cross-validation is surer of than it usually is."""

import numpy as np
from numpy.typing import NDArray

from teni.suspects.suspect import Suspect

# So much likelier must another class be than the label.
LIKELIER = 3.0


def suspect_classes(probabilities: NDArray[np.floating], labels: NDArray[np.integer]) -> list[Suspect]:
    """Find images that probably show another class than their label says.

    The other class must be as likely as it is, on average, for images that bear its label, and `LIKELIER` than the
    class of the label.

    Source: C. Northcutt, L. Jiang and I. Chuang, Confident learning: estimating uncertainty in dataset labels (2021).

    Args:
        probabilities: ``(N, C)``, by a model that had not seen the subject.
        labels: ``(N,)`` classes, -1 = unlabelled.

    Returns:
        The most suspect first.

    >>> probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.1, 0.9], [0.05, 0.95]])
    >>> [(suspect.row, suspect.where) for suspect in suspect_classes(probabilities, np.array([0, 0, 1, 1, 0]))]
    [(4, (1,))]
    """
    known = np.flatnonzero((labels >= 0) & np.isfinite(probabilities).all(axis=1))
    usual = np.full(probabilities.shape[1], np.inf)  # a class without a label is nobody's likelier one
    for name in np.unique(labels[known]):
        own = known[labels[known] == name]
        usual[name] = probabilities[own, name].mean()
    found: list[Suspect] = []
    for row in known:
        own = labels[row]
        others = np.where(probabilities[row] >= usual, probabilities[row], 0.0)
        others[own] = 0.0
        likelier = int(others.argmax())
        times = others[likelier] / max(float(probabilities[row, own]), 1e-6)
        if times >= LIKELIER:
            found.append(Suspect(int(row), "class", (likelier,), float(times)))
    return sorted(found, key=lambda suspect: (-suspect.score, suspect.row))
