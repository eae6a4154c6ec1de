"""Measure the choices behind the closed form on real faces: the table of docs/architecture.md.

    python benchmarks/closed_form_choices.py --real-data DIR [--out FILE]

DIR holds faces/ (training.zip, training_subjects.csv, training_complete_keypoints.csv, test.zip, IdLookupTable.csv,
test_solution.csv) and weights/ (MobileNet's ImageNet weights). Everything is deterministic; the split is that of the
files. Prints JSON: for each choice the leave-subjects-out RMSE and the test RMSE, in pixels.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from teni.backbones import backbone
from teni.data import Dataset, load
from teni.features import Projection, View, extract, feature_network
from teni.prediction import answered
from teni.transfer.compress import reduce
from teni.transfer.gram import make_gram
from teni.transfer.head import Head, near, prepare, solve_head
from teni.transfer.labels import Labels, make_labels
from teni.transfer.parts import Inner, Parts, inner_products, other_parts, training_parts

FIVE = View((96, 96), "conv_pw_5_relu")
KERNEL = "arc-cosine-2"


def channels(features: np.ndarray, keep: int, whiten: float) -> Projection:
    """Keep so many principal channels, divided by a power of their spread."""
    flat = (features - features.mean(axis=0)).reshape(-1, features.shape[-1]).astype(np.float64)
    values, vectors = np.linalg.eigh(flat.T @ flat / len(flat))
    strongest = np.argsort(values)[::-1][:keep]
    matrix = vectors[:, strongest] * values[strongest] ** (-whiten / 2)
    return Projection(matrix.astype(np.float32), float(values[strongest].sum() / values.sum()))


class Bench:
    """The data, the network, and what is measured on them."""

    def __init__(self, folder: Path) -> None:
        faces, weights = folder / "faces", next((folder / "weights").glob("mobilenet*.h5"))
        subjects = faces / "training_subjects.csv"
        self.train = load(faces / "training.zip", subjects=subjects)
        self.whole = load(
            faces / "training.zip", subjects=subjects, keypoints=faces / "training_complete_keypoints.csv"
        )
        self.test = answered(
            load(faces / "test.zip"),
            self.train.task,
            faces / "IdLookupTable.csv",
            faces / "test_solution.csv",
        )
        self.network = backbone("mobilenet", weights=weights, size=(96, 96))
        self.groups = np.unique(self.train.subjects, return_inverse=True)[1]

    def features(self, view: View, data: Dataset, projection: Projection | None) -> np.ndarray:
        model = feature_network(
            self.network, data.images.shape[1:], [view], {} if projection is None else {view: projection}
        )
        return extract(model, data.images, mirror=True)[0]

    def parts(self, view: View, keep: int = 64, whiten: float = 0.0) -> tuple[Parts, Parts]:
        """Return the training and the test images' features."""
        some = replace(self.train, images=self.train.images[::26])
        projection = channels(self.features(view, some, None)[0], keep, whiten)
        learned = training_parts(self.features(view, self.train, projection))
        return learned, other_parts(self.features(view, self.test, projection), learned)

    def labels(self, data: Dataset, center: str = "halves") -> Labels:
        return make_labels(data.targets, data.task, center, True)

    def measure(
        self,
        learned: Sequence[Parts],
        tested: Sequence[Parts],
        labels: Labels,
        *,
        kernel: str = KERNEL,
        anchors: bool = True,
    ) -> dict[str, float]:
        inner, other = inner_products(learned), inner_products(tested, learned)
        prepared = prepare(make_gram(kernel, inner), labels, self.groups)
        head = solve_head(prepared, near(0.03, 100.0), anchors=anchors)
        return self._errors(head, inner, other, tested, kernel)

    def _errors(
        self, head: Head, inner: Inner, other: Inner, tested: Sequence[Parts], kernel: str
    ) -> dict[str, float]:
        square = sum((part.astype(np.float64) ** 2).sum(axis=1) for view in tested for part in view.parts)
        norms = np.sqrt(square / len(tested))
        gram = make_gram(kernel, other, norms, np.sqrt(np.diag(inner.same)))
        predicted = (gram.predict(head.alpha) + head.offset).reshape(self.test.targets.shape)
        test = float(np.sqrt(np.nanmean((predicted - self.test.targets) ** 2)))
        return {"validation_rmse_px": round(head.errors[head.lam], 3), "test_rmse_px": round(test, 3)}


def rows(bench: Bench) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield each choice with its errors."""
    gaps, whole = bench.labels(bench.train), bench.labels(bench.whole)
    learned, tested = bench.parts(FIVE)
    yield "gaps, leaning on anchors", bench.measure([learned], [tested], gaps)
    yield "gaps, each keypoint alone", bench.measure([learned], [tested], gaps, anchors=False)
    yield "no gaps", bench.measure([learned], [tested], whole)
    yield "gaps, ridge", bench.measure([learned], [tested], gaps, kernel="linear")
    yield "no gaps, ridge", bench.measure([learned], [tested], whole, kernel="linear")
    wrong = bench.labels(bench.train, "integers")
    yield "flip axis one pixel off", bench.measure([learned], [tested], wrong)
    for rank in (64, 256, 512, 1024):
        small = reduce([learned], inner_products([learned]), 2 * rank)
        seen = [part @ basis for part, basis in zip(tested.parts, small.bases, strict=True)]
        shown = Parts(tuple(seen), small.components.mean, 1.0)
        yield f"{2 * rank} components", bench.measure([small.components], [shown], gaps)
    nine = bench.parts(View((96, 96), "conv_pw_9_relu"), 128)
    yield "conv_pw_5 + conv_pw_9", bench.measure([learned, nine[0]], [tested, nine[1]], gaps)
    for keep, whiten in ((256, 0.0), (128, 0.0), (32, 0.0), (256, 0.5), (128, 1.0)):
        other = bench.parts(FIVE, keep, whiten)
        yield f"{keep} channels, whitened {whiten:g}", bench.measure([other[0]], [other[1]], gaps)
    for size, tap in ((144, "conv_pw_7_relu"), (192, "conv_pw_7_relu"), (192, "conv_pw_9_relu")):
        other = bench.parts(View((size, size), tap), 128)
        yield f"{tap} at {size}x{size}", bench.measure([other[0]], [other[1]], gaps)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--real-data", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    found: dict[str, dict[str, float]] = {}
    for name, errors in rows(Bench(given.real_data)):
        found[name] = errors
        print(json.dumps({name: errors}), flush=True)
    if given.out:
        given.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
