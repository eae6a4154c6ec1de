"""Digits as classes: transfer from two networks that have never seen any, at 10, 30 and 100 images a class.

scikit-learn's digits (1,797 of 8 x 8 grey values, E. Alpaydin and C. Kaynak 1998), enlarged to 96 x 96. A fixed fifth
is the test; what is learned from is drawn from the rest, three times. Which person wrote a digit is not in the data.

    python benchmarks/digits.py --weights mobilenet.h5 [--strategies ridge kernel svm] [--seconds 600]

Prints a table in Markdown: mean test accuracy over the draws, lowest to highest, and the seconds of a fit.
"""

import argparse
import time
from dataclasses import replace

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from teni.backbones import Backbone, backbone
from teni.backbones.initial import clone_network
from teni.data import Dataset, Split
from teni.errors import TeniError
from teni.features import View
from teni.fitting import choose_views, predict_points
from teni.task import Classes
from teni.task.class_metrics import hits, log_loss
from teni.training import Budget
from teni.transfer import ClosedForm
from teni.transfer.named import NAMES, Wanted, strategy_named

SIDE = 96
SIZES = (10, 30, 100)
TASK = Classes(tuple("0123456789"), SIDE, SIDE)


def digits() -> Dataset:
    """Return all digits, enlarged."""
    raw = load_digits()
    pictures = [Image.fromarray((x * 255 / 16).astype(np.uint8)) for x in raw.images]
    images = np.stack([np.asarray(p.resize((SIDE, SIDE), Image.Resampling.BICUBIC)) for p in pictures])
    ids = np.arange(len(images)).astype(np.str_)
    return Dataset(images[..., None], raw.target.astype(np.int64), TASK, None, ids)


def drawn(data: Dataset, each: int, draw: int) -> tuple[Dataset, Dataset]:
    """Return so many images of each class to learn from, and the test, which is the same for all draws."""
    order = np.random.default_rng(0).permutation(len(data))
    test, rest = order[: len(data) // 5], order[len(data) // 5 :]
    rest = np.random.default_rng(draw + 1).permutation(rest)
    rows = [rest[data.targets[rest] == c][:each] for c in range(len(TASK.names))]
    return data.take(np.concatenate(rows)), data.take(test)


def best_view(network: Backbone, data: Dataset) -> tuple[View, ...]:
    """Let ridge choose the tap on one draw of 30 a class: it is the same for all that is compared."""
    learned, _ = drawn(data, 30, 0)
    split = Split(np.full(len(learned), "train"), np.arange(len(learned)), learned.fingerprint)
    plan = ClosedForm(choose_views(network, (SIDE, SIDE)), ("linear",), 1, ())
    chosen = plan.fit(learned, split, network, seed=0).about["choice"]["views"][0]
    return (View(tuple(chosen["size"]), chosen["tap"]),)


def measured(
    name: str,
    network: Backbone,
    views: tuple[View, ...],
    learned: Dataset,
    test: Dataset,
    draw: int,
    seconds: float | None,
):
    """Fit by one strategy; return test accuracy, test log loss and seconds."""
    parts = np.full(len(learned), "train", "<U10")
    if name not in ("ridge", "kernel", "auto", "svm"):
        parts[::5] = "validation"  # what is trained stops by these
    split = Split(parts, np.arange(len(learned)), learned.fingerprint)
    started = time.perf_counter()
    fitted = strategy_named(name, Wanted(views)).fit(
        learned, split, network, seed=draw, budget=Budget(seconds=seconds)
    )
    took = time.perf_counter() - started
    found = predict_points(fitted.model, test.images)
    return (
        float(hits(found, test.targets).mean()),
        log_loss(found, test.targets),
        took,
        fitted.about["choice"],
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--weights", help="ImageNet weights of MobileNet; without them the face backbone alone"
    )
    parser.add_argument("--strategies", nargs="+", default=["ridge", "kernel", "svm", "scratch"])
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=600.0, help="begin no fit after these")
    parser.add_argument("--budget", type=float, default=30.0, help="seconds of training of what is trained")
    parser.add_argument("--networks", nargs="+", default=["face", "mobilenet"])
    arguments = parser.parse_args()
    data, began = digits(), time.perf_counter()
    networks = {}
    if "face" in arguments.networks:
        networks["face"] = backbone("face", size=(SIDE, SIDE))
    if "mobilenet" in arguments.networks and arguments.weights:
        networks["mobilenet"] = backbone("mobilenet", weights=arguments.weights, size=(SIDE, SIDE))
    print("| network | strategy | images a class | accuracy (lowest to highest) | log loss | s | tap |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for title, network in networks.items():
        views = best_view(network, data)
        for name in arguments.strategies:
            if name not in NAMES:
                continue
            for each in arguments.sizes:
                rows = []
                for draw in range(arguments.draws):
                    if time.perf_counter() - began > arguments.seconds:
                        break
                    learned, test = drawn(data, each, draw)
                    start = network
                    if name == "scratch":
                        start = replace(network, model=clone_network(network.model, network.size, seed=draw))
                    try:
                        rows.append(measured(name, start, views, learned, test, draw, arguments.budget))
                    except TeniError as error:
                        print(f"{title} {name}: {error}", flush=True)
                        break
                if rows:
                    tell(title, name, each, rows)


def tell(title: str, name: str, each: int, rows: list) -> None:
    accuracy = np.array([row[0] for row in rows])
    loss, took = np.mean([row[1] for row in rows]), np.mean([row[2] for row in rows])
    spread = f"{accuracy.mean():.1%} ({accuracy.min():.1%} to {accuracy.max():.1%})"
    taps = " + ".join(rows[-1][3].get("taps") or ["-"])
    print(f"| {title} | {name} | {each} | {spread} | {loss:.3f} | {took:.1f} | {taps} |", flush=True)


if __name__ == "__main__":
    main()
