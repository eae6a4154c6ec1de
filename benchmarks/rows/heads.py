"""An epoch of the six specialists' trained heads on stored features."""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np

from rows.row import KERAS, Row, Work

FEATURES, VALIDATION = 15_488, 428


def make(side: str, size: int) -> Work:
    from trained_head import OUTPUTS, Keras, draw

    from teni.training.heads import HeadData, MlpSettings
    from teni.training.heads.data import mean_outputs
    from teni.training.heads.settings import first_weights

    settings = MlpSettings()
    (x, targets), (held, truth) = draw(size, FEATURES, 2), draw(VALIDATION, FEATURES, 3)
    columns = [slice(a, b) for a, b in pairwise(np.cumsum((0, *OUTPUTS)))]

    def data(c: slice) -> Any:
        known = np.ones_like(targets[:, c])
        return HeadData(
            np.arange(size), targets[:, c], known, np.arange(VALIDATION), truth[:, c], known[:VALIDATION]
        )

    jobs = [data(c) for c in columns]
    first = [first_weights(settings, FEATURES, mean_outputs(job), 0) for job in jobs]
    if side == "teni":
        return Work(ours(settings, x, held, jobs, first))
    model = Keras(first[0], 0.5, 8)
    labels = np.ascontiguousarray(targets[:, columns[0]])

    def stock() -> list[float]:  # one head; the others take as long
        return [model.epoch(x, labels, 0.01)]

    return Work(stock, share=1 / len(columns))


def ours(settings: Any, x: np.ndarray, held: np.ndarray, jobs: list[Any], first: list[Any]) -> Any:
    from teni.engine.heads import JaxHead, choose_form, share
    from teni.training.heads.batches import draw_pass

    shared = share(x, held, choose_form(*x.shape))
    heads = [JaxHead(shared, job, w, 0.9, (0.5, 0.0), False) for job, w in zip(jobs, first, strict=True)]
    states: list[Any] = [head.start() for head in heads]
    epoch = 0

    def train(i: int) -> float:
        drawn = draw_pass(settings, len(x), 0, epoch)
        asked = (drawn.rows, drawn.counts, drawn.kept, settings.learning_rate(epoch))
        states[i], losses, _ = heads[i].epoch(states[i], *asked)
        return float(np.mean(losses))

    def run() -> list[float]:
        nonlocal epoch
        epoch += 1
        with ThreadPoolExecutor(min(os.cpu_count() or 1, len(heads))) as threads:
            return list(threads.map(train, range(len(heads))))[:1]

    return run


ROWS = (Row("six specialists' heads, an epoch", 20.0, ("teni", *KERAS), 3424, make),)
