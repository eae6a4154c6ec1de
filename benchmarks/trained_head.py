"""How much quicker the six specialists' heads are trained than by stock Keras, on features of facial-cnn-6's size.

    python benchmarks/trained_head.py [--rows 3424] [--features 15488] [--epochs 2] [--rounds 2]

Both train 1000 - dropout 0.5 - 1000 by SGD with Nesterov's momentum from the same first weights, on the same batches
in the same order, learning rates falling as over 300 epochs. Features and targets are drawn (a teacher network with
noise), as nothing of the time depends on what they show; --real-features FILE.npy takes (N, D) features instead.

Stock Keras is `fit` on JAX, jit-compiled, with whichever of the given steps_per_execution is quickest, one head after
the other; the rows are brought into the epoch's order beforehand, outside of the time. Ours is `train_heads`' epoch,
two heads at a time, order and dropout drawn inside of the time. Rounds alternate; medians are compared. What
happens once a fit (inner products, first products, final kernels) is timed apart and shared out over 300 epochs.
The ceiling is what the ratio would be if an epoch were nothing but its matrix products.
Dropout is drawn differently by Keras, so that equality of the losses is checked with and without it: the loss of the
last epoch and the validation loss, of the heads that --keras-heads names. Run it with no XLA_FLAGS: they would
slow Keras down too.
"""

import argparse
import json
import os
import platform
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

import teni  # noqa: F401  (chooses Keras's backend before Keras is imported)

OUTPUTS = (4, 2, 6, 2, 8, 8)  # coordinates of each specialist
EPOCHS = 300  # what a whole training has


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=3_424)
    parser.add_argument("--validation", type=int, default=428)
    parser.add_argument("--features", type=int, default=15_488)
    parser.add_argument("--epochs", type=int, default=2, help="that are timed a round, for each head")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument(
        "--keras-heads", type=int, default=1, help="heads whose losses are compared with those of Keras"
    )
    parser.add_argument("--check-epochs", type=int, default=3, help="after which losses are compared")
    parser.add_argument("--steps-per-execution", type=int, nargs="+", default=[1, 8])
    return parser.parse_args()


def draw(rows: int, features: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw rows near a low-dimensional surface, as features of faces are, and targets that depend on it."""
    surface = np.random.default_rng(0).normal(size=(40, features)).astype(np.float32)
    teacher = np.random.default_rng(1).normal(size=(40, sum(OUTPUTS))).astype(np.float32)
    rng = np.random.default_rng(seed)
    where = rng.normal(size=(rows, 40)).astype(np.float32)
    x = np.tanh(where @ surface / 6) + 0.3 * rng.standard_normal((rows, features), np.float32)
    x *= np.float32(np.sqrt(1000 / np.mean(np.sum(x[:64] ** 2, axis=1))))
    return x, (0.1 * np.tanh(where @ teacher / 6) + 0.01 * rng.normal(size=(rows, 1))).astype(np.float32)


class Keras:
    """One head by stock Keras."""

    def __init__(self, first, dropout: float, steps: int) -> None:
        import keras

        layers = keras.layers
        hidden = [
            layers.Dense(first[0].shape[1], "relu"),
            layers.Dropout(dropout),
            layers.Dense(1000, "relu"),
        ]
        self.model = keras.Sequential(
            [keras.Input(first[0].shape[:1]), *hidden, layers.Dense(first[-1].shape[0])]
        )
        self.model.set_weights(first)
        sgd = keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True)
        torch = keras.backend.backend() == "torch"  # which takes one step at a time, as it is
        self.model.compile(sgd, "mse", jit_compile=not torch, steps_per_execution=1 if torch else steps)

    def epoch(self, x, y, rate: float) -> float:
        self.model.optimizer.learning_rate.assign(rate)
        return self.model.fit(x, y, batch_size=32, epochs=1, shuffle=False, verbose=0).history["loss"][0]

    def loss(self, x, y) -> float:
        return float(np.mean((self.model.predict(x, batch_size=len(x), verbose=0) - y) ** 2))


def products_alone(rows: int, steps: int) -> float:
    """Return the seconds that the matrix products of a head's epoch take by themselves: what no step can do without.

    One with the inner products, and three with the second layer (forward, and both gradients), in 32 bits.
    """
    import jax
    import jax.numpy as jnp

    inner, first = jnp.ones((rows, rows)), jnp.full((rows, 1000), 1e-6)
    order = jnp.asarray(np.random.default_rng(0).integers(0, rows, (steps, 32)))

    @jax.jit
    def run(second):
        def step(second, batch):
            h = inner[batch] @ first
            slope = h @ second
            return 1e-9 * (h.T @ slope), (slope @ second.T).sum()

        return jax.lax.scan(step, second, order)

    times = []
    for _ in range(4):
        start = time.perf_counter()
        jax.block_until_ready(run(jnp.full((1000, 1000), 1e-6)))
        times.append(time.perf_counter() - start)
    return min(times[1:])


def main() -> None:
    asked = parse()
    from dataclasses import replace

    from teni.engine.heads import JaxHead, choose_form, share
    from teni.training.heads import HeadData, MlpSettings
    from teni.training.heads.batches import draw_pass
    from teni.training.heads.data import mean_outputs
    from teni.training.heads.settings import first_weights

    settings = MlpSettings()
    (x, targets), (held, truth) = (
        draw(asked.rows, asked.features, 2),
        draw(asked.validation, asked.features, 3),
    )
    ends = np.cumsum((0, *OUTPUTS))
    columns = [slice(a, b) for a, b in pairwise(ends)]
    form = choose_form(asked.rows, asked.features)

    def data(c: slice) -> HeadData:
        known = np.ones_like(targets[:, c])
        everyone, others = np.arange(asked.rows), np.arange(asked.validation)
        return HeadData(everyone, targets[:, c], known, others, truth[:, c], known[: asked.validation])

    jobs = [data(c) for c in columns]
    first = [first_weights(settings, asked.features, mean_outputs(job), 0) for job in jobs]
    mark = time.perf_counter()
    shared = share(x, held, form)
    heads = [JaxHead(shared, job, w, 0.9, (0.5, 0.0), False) for job, w in zip(jobs, first, strict=True)]
    states = [head.start() for head in heads]
    once = time.perf_counter() - mark

    def ours(head, state, epoch: int, settings: MlpSettings):
        drawn = draw_pass(settings, asked.rows, 0, epoch)
        asked_of = (drawn.rows, drawn.counts, drawn.kept, settings.learning_rate(epoch))
        return head.epoch(state, *asked_of)

    def all_heads(epochs: range) -> float:
        start = time.perf_counter()

        def train(i: int) -> None:
            for epoch in epochs:
                states[i] = ours(heads[i], states[i], epoch, settings)[0]

        with ThreadPoolExecutor(min(os.cpu_count() or 1, len(heads))) as threads:
            list(threads.map(train, range(len(heads))))
        return (time.perf_counter() - start) / len(epochs)

    def by_keras(model: Keras, i: int, epoch: int, settings: MlpSettings) -> tuple[float, float]:
        order = draw_pass(settings, asked.rows, 0, epoch)
        rows = order.rows.ravel()[order.counts.ravel()]
        ordered, labels = x[rows], np.ascontiguousarray(targets[rows][:, columns[i]])
        start = time.perf_counter()
        loss = model.epoch(ordered, labels, settings.learning_rate(epoch))
        return time.perf_counter() - start, loss

    # The same losses, with dropout and without.
    differences: dict[str, float] = {}
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for name, rate in (("without dropout", 0.0), ("with dropout", 0.5)):
        plan = replace(settings, dropout=(rate, 0.0))
        for i in range(len(heads))[: asked.keras_heads]:
            model, loss = Keras(first[i], rate, 1), 0.0
            head = JaxHead(shared, jobs[i], first[i], 0.9, (rate, 0.0))
            state, losses, outputs = head.start(), np.zeros(0), np.zeros(0)
            for epoch in range(asked.check_epochs):
                state, losses, outputs = ours(head, state, epoch, plan)
                loss = by_keras(model, i, epoch, plan)[1]
            mine = float(np.mean((outputs - truth[:, columns[i]]) ** 2))
            theirs = model.loss(held, truth[:, columns[i]])
            found[name] = {"ours": (float(losses.mean()), mine), "keras": (loss, theirs)}
            apart = (abs(found[name]["ours"][k] - found[name]["keras"][k]) for k in (0, 1))
            differences[name] = max(differences.get(name, 0.0), *apart)

    all_heads(range(1))  # compiles
    models = {steps: Keras(first[0], 0.5, steps) for steps in asked.steps_per_execution}
    for model in models.values():
        by_keras(model, 0, 0, settings)  # compiles
    trial = {steps: by_keras(model, 0, 1, settings)[0] for steps, model in models.items()}
    best = min(trial, key=lambda steps: trial[steps])
    times: dict[str, list[float]] = {"ours": [], "keras": []}
    for _ in range(asked.rounds):
        times["ours"].append(all_heads(range(1, 1 + asked.epochs)))
        spent = [by_keras(models[best], 0, 1, settings)[0] for _ in range(asked.epochs)]
        times["keras"].append(len(OUTPUTS) * statistics.mean(spent))
    mark = time.perf_counter()
    for head, state in zip(heads, states, strict=True):
        head.weights(state)
    once += time.perf_counter() - mark
    seconds = {name: statistics.median(each) for name, each in times.items()}
    whole = seconds["ours"] + once / EPOCHS
    least = products_alone(asked.rows, -(-asked.rows // settings.batch))
    row = {
        "row": "six specialists' heads, 300 epochs",
        "ratio": round(seconds["keras"] / whole, 2),
        "asked": 20,
        "ceiling": round(seconds["keras"] / (len(heads) * least), 1),
        "rows": asked.rows,
        "features": asked.features,
        "form": form,
        "seconds_an_epoch": {name: round(each, 3) for name, each in seconds.items()},
        "seconds_once": round(once, 2),
        "ratio_of_epochs": round(seconds["keras"] / seconds["ours"], 2),
        "steps_per_execution": best,
        "largest_difference_of_losses": {name: float(f"{each:.2g}") for name, each in differences.items()},
        "losses_of_the_last_head": found,
        "rounds": asked.rounds,
        "cores": os.cpu_count(),
        "xla_flags": os.environ.get("XLA_FLAGS", ""),
        "platform": f"{platform.system()} {platform.machine()}",
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main()
