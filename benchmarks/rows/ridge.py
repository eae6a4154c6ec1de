"""Choose among 15 lambdas by leaving each subject out."""

import numpy as np

from rows.row import Row, Work

FEATURES, SUBJECT_IMAGES, COLUMNS = 4096, 12, 30
# scikit-learn refits for every subject and lambda; a tenth of the subjects is timed.
SHARE = 0.1


def make(side: str, size: int) -> Work:
    rng = np.random.default_rng(0)
    who = np.arange(size) // SUBJECT_IMAGES
    looks = rng.normal(size=(who[-1] + 1, 60))[who] + rng.normal(size=(size, 60))
    features = np.tanh(looks @ rng.normal(size=(60, FEATURES)) / 8).astype(np.float32)
    targets = (48 + looks @ rng.normal(size=(60, COLUMNS)) + rng.normal(size=(size, COLUMNS))).astype(
        np.float32
    )
    return Work(lambda: ours(features, targets, who)) if side == "teni" else sklearn(features, targets, who)


def ours(features: np.ndarray, targets: np.ndarray, who: np.ndarray) -> list[float]:
    from teni.task import Keypoints
    from teni.transfer.gram import make_gram
    from teni.transfer.head import LAMBDAS, prepare, solve_head
    from teni.transfer.labels import make_labels
    from teni.transfer.parts import inner_products, training_parts

    names = tuple(f"k{i}" for i in range(COLUMNS // 2))
    labels = make_labels(
        targets.reshape(-1, len(names), 2),
        Keypoints(names, 96, 96, tuple(range(len(names)))),
        "halves",
        False,
    )
    gram = make_gram("linear", inner_products([training_parts(features[None].copy())]))
    head = solve_head(prepare(gram, labels, who), LAMBDAS)
    return [head.errors[lam] for lam in LAMBDAS]


def sklearn(features: np.ndarray, targets: np.ndarray, who: np.ndarray) -> Work:
    from sklearn.kernel_ridge import KernelRidge

    from teni.transfer.head import LAMBDAS

    people = np.unique(who)
    some = people[:: round(1 / SHARE)]

    def run() -> list[float]:
        centred = features - features.mean(axis=0)
        kernel = (centred @ centred.T).astype(np.float64)
        kernel = kernel / np.mean(np.diag(kernel)) + 1.0
        sums = np.zeros(len(LAMBDAS))
        for person in some:
            here, others = np.flatnonzero(who == person), np.flatnonzero(who != person)
            mean = targets[others].mean(axis=0)
            inner, across = kernel[np.ix_(others, others)], kernel[np.ix_(here, others)]
            for i, lam in enumerate(LAMBDAS):
                head = KernelRidge(alpha=lam, kernel="precomputed").fit(inner, targets[others] - mean)
                sums[i] += np.sum((head.predict(across) + mean - targets[here]) ** 2)
        return list(np.sqrt(sums / (np.isin(who, some).sum() * COLUMNS)))

    return Work(run, share=len(some) / len(people))


ROWS = (
    Row("ridge, leave-subjects-out, 15 lambdas", 20.0, ("teni", "scikit-learn"), 1536, make, (1, 2, 4), None),
)
