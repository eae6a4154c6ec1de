"""Transferability scores: how well features would serve labels, judged without fitting a head.

Both look at features of some images and their labels alone. They rank taps, and networks; they are no errors.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Fixed-point steps of LogME; it settles within a handful.
STEPS = 100
SETTLED = 1e-6


def log_evidence(features: NDArray[np.floating], columns: Floats) -> float:
    """Return the LogME score: the log evidence, an image, of linear models from features to each column.

    For each column a prior precision alpha of the weights and a noise precision beta are chosen that make the
    labels most likely; what is left is the probability of the labels with the weights integrated out.

    Source: K. You et al., LogME: Practical Assessment of Pre-trained Models for Transfer Learning (ICML 2021).

    Args:
        features: ``(N, D)``; scale and centre matter little, as alpha follows them.
        columns: ``(N, C)`` labels, e.g. coordinates in pixels, or 1 for an image's own class and 0 for others.

    Returns:
        The mean over columns, in nats an image; higher is better. Columns are centred and scaled to spread 1
        before, so that the unit of the labels does not count; a column that is constant is left out.

    Raises:
        ValueError: shapes do not match, or no column varies.

    >>> x = np.linspace(-1, 1, 50)[:, None]
    >>> noise = np.cos(np.arange(50.0) * 7)[:, None]
    >>> log_evidence(x, 3 * x + 1) > log_evidence(x, 3 * x + 1 + noise) > log_evidence(noise, x)
    True
    """
    if len(features) != len(columns):
        raise ValueError(f"{len(features)} rows of features for {len(columns)} rows of labels")
    spread = columns.std(axis=0)
    varying = spread > 0
    if not varying.any():
        raise ValueError("no column of labels varies")
    targets = (columns[:, varying] - columns[:, varying].mean(axis=0)) / spread[varying]
    x = features.astype(np.float64)
    x = x - x.mean(axis=0)
    # Only the spectrum counts: N values at most, whatever the number of features.
    values, vectors = np.linalg.eigh(x @ x.T)
    values = np.maximum(values, 0.0)
    values[values < values.max(initial=0.0) * 1e-10] = 0.0
    return float(np.mean([_evidence(values, vectors.T @ y, x.shape[1]) for y in targets.T]))


def _evidence(values: Floats, turned: Floats, width: int) -> float:
    """Maximise the evidence of one column over alpha and beta by the fixed point of the paper; nats an image."""
    # Centring took one degree of freedom: in that direction nothing is left to explain.
    many = len(turned) - 1
    squares = turned**2
    alpha = beta = 1.0
    for _ in range(STEPS):
        known = float((beta * values / (alpha + beta * values)).sum())
        # Squared length of the mean weights, and squared residuals.
        length = float((beta**2 * values * squares / (alpha + beta * values) ** 2).sum())
        residual = float((alpha**2 * squares / (alpha + beta * values) ** 2).sum())
        new_alpha = known / max(length, 1e-12)
        new_beta = max(many - known, 1e-12) / max(residual, 1e-12)
        moved = abs(np.log(new_alpha / alpha)) + abs(np.log(new_beta / beta)) if known > 0 else 0.0
        alpha, beta = (new_alpha, new_beta) if known > 0 else (alpha, many / max(residual, 1e-12))
        if moved < SETTLED:
            break
    length = float((beta**2 * values * squares / (alpha + beta * values) ** 2).sum())
    residual = float((alpha**2 * squares / (alpha + beta * values) ** 2).sum())
    nonzero = values > 0
    log_determinant = float(np.log(alpha + beta * values[nonzero]).sum())
    log_determinant += (width - int(nonzero.sum())) * np.log(alpha)
    total = width * np.log(alpha) + many * np.log(beta) - beta * residual - alpha * length - log_determinant
    return 0.5 * (total / many - float(np.log(2 * np.pi)))


def h_score(features: NDArray[np.floating], labels: NDArray[np.integer], ridge: float = 1e-3) -> float:
    """Return the H-score: how much of the features' spread lies between classes, between 0 and their number less 1.

    Source: Y. Bao et al., An Information-Theoretic Approach to Transferability in Task Transfer Learning (2019),
    with the covariance held away from singular as S. Ibrahim et al. (2021) advise.

    Args:
        features: ``(N, D)``.
        labels: ``(N,)`` classes; -1 = unlabelled, which is left out.
        ridge: share of the mean variance that is added to each.

    >>> x = np.array([[0.0], [0.0], [2.0], [2.0]])
    >>> round(h_score(x, np.array([0, 0, 1, 1]), ridge=0.0), 6)
    1.0
    """
    known = labels >= 0
    x, labels = features[known].astype(np.float64), labels[known]
    x = x - x.mean(axis=0)
    # tr(cov(x)^-1 cov(means)) by way of N x N matrices: D may be far larger than N.
    gram = x @ x.T / len(x)
    held = ridge * float(np.trace(gram)) / x.shape[1]
    # x (C + h I)^-1 x' = G N (G + h I)^-1 with G the Gram matrix; the class means are averages of rows.
    inverse = np.linalg.pinv(gram + held * np.eye(len(x)), hermitian=True)
    projected = len(x) * gram @ inverse
    average = np.zeros((len(x), len(x)))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        average[np.ix_(members, members)] = 1 / len(members)
    return float(np.trace(average @ projected @ average.T)) / len(x)
