"""The saved model, loaded where teni cannot be imported, says what the fit says: within 0.02 px."""

import os
import subprocess
import sys
from dataclasses import dataclass

import keras
import numpy as np
import pytest

from blobs import TASK, blobs, tiny_network
from teni.features import View, feature_network
from teni.features.projection import Projection
from teni.gradients import value_and_grad
from teni.transfer.assemble import assemble
from teni.transfer.compress import reduce
from teni.transfer.gram import make_gram
from teni.transfer.head import prepare, solve_head
from teni.transfer.kernels import KERNELS
from teni.transfer.labels import make_labels
from teni.transfer.parts import inner_products, training_parts
from teni.visualize import open_network

ONE = (View((16, 20), "p1"),)
SUM = (View((24, 30), "c2"), View((16, 20), "flat"))

ALONE = """
import sys

class NoTeni:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "teni":
            raise ImportError("teni is not installed here")

sys.meta_path.insert(0, NoTeni())
import keras
import numpy as np

for folder in sys.argv[1:]:
    model = keras.models.load_model(folder + "/model.keras")
    images = np.load(folder + "/images.npy")
    np.save(folder + "/found.npy", np.asarray(model(images)))
try:
    import teni
except ImportError:
    print("done without teni")
"""


@dataclass(frozen=True)
class Case:
    kernel: str
    mirror: bool = True
    channels: int = 1
    wants: int = 1
    views: tuple[View, ...] = ONE
    rank: int = 1000
    projected: bool = False
    constant: bool = False

    def __str__(self):
        said = [self.kernel, f"{self.channels}to{self.wants}", f"{len(self.views)}views", f"rank{self.rank}"]
        said += [name for name in ("mirror", "projected", "constant") if getattr(self, name)]
        return "-".join(said)


CASES = [
    *(Case(kernel, mirror) for kernel in KERNELS for mirror in (False, True)),
    Case("linear", channels=3, wants=3, views=SUM),
    Case("arc-cosine-1", channels=3, views=SUM),
    Case("arc-cosine-2", wants=3, views=SUM, rank=15),
    Case("arc-cosine-1", wants=3, projected=True),
    Case("arc-cosine-1", constant=True),
]


def features_of(network, images, mirror):
    passes = [network(x) for x in ([images, images[:, :, ::-1]] if mirror else [images])]
    listed = [found if isinstance(found, list) else [found] for found in passes]
    return [np.stack([np.asarray(found[i]) for found in listed]) for i in range(len(listed[0]))]


def solved(case):
    """Fit as the strategy does; return the model, the images, and what the fit says of them."""
    data = blobs(40, 10, channels=case.channels, seed=1)
    images = np.full_like(data.images, 90) if case.constant else data.images
    network = tiny_network(case.wants)
    matrix = np.linalg.qr(np.random.default_rng(0).normal(size=(8, 8)))[0][:, :5].astype(np.float32)
    projections = {view: Projection(matrix, 0.9) for view in case.views if case.projected}
    features = features_of(
        feature_network(network, images.shape[1:], case.views, projections), images, case.mirror
    )
    parts = {view: training_parts(x) for view, x in zip(case.views, features, strict=True)}
    inner = inner_products(list(parts.values()))
    reduced = None if case.kernel == "linear" else reduce(list(parts.values()), inner, case.rank)
    gram = make_gram(case.kernel, inner if reduced is None else inner_products([reduced.components]))
    labels = make_labels(data.targets, TASK, "halves", case.mirror)
    head = solve_head(prepare(gram, labels, np.arange(40) % 10), (1e-3, 0.1))
    model = assemble(TASK, case.channels, network, projections, parts, head, case.kernel, reduced)
    return model, images, (gram.predict(head.alpha) + head.offset).reshape(40, 3, 2), data.targets


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Save all models, and let one other process answer for all of them."""
    said, folders = {}, {}
    for number, case in enumerate(CASES):
        folders[case] = tmp_path_factory.mktemp(f"case{number}")
        model, images, *said[case] = solved(case)
        model.save(folders[case] / "model.keras")
        np.save(folders[case] / "images.npy", images)
    alone = subprocess.run(
        [sys.executable, "-I", "-c", ALONE, *map(str, folders.values())],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        cwd=tmp_path_factory.mktemp("elsewhere"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert alone.stdout.strip().endswith("done without teni"), alone.stderr[-2000:]
    return {case: (np.load(folders[case] / "found.npy"), *said[case]) for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_saved_model_says_what_the_fit_says(answers, case):
    found, said, targets = answers[case]
    assert found.dtype == np.float32
    assert found.shape == (40, 3, 2)
    assert np.abs(found - said).max() < 0.02
    # And it has learned something: the training images' own points, or their mean.
    spread = targets.std(axis=0).mean()
    assert np.sqrt(np.mean((found - targets) ** 2)) < (1.3 if case.constant else 0.7) * spread


def test_input_and_output_are_raw():
    model, *_ = solved(Case("linear"))
    assert (model.input_shape, model.input.dtype) == ((None, 16, 20, 1), "uint8")
    assert model.output_shape == (None, 3, 2)


def test_training_images_have_finite_gradients_though_their_cosine_with_themselves_is_one():
    model, images, *_ = solved(Case("arc-cosine-2"))
    opened = open_network(model).model  # takes float images
    gradient = value_and_grad(lambda x: keras.ops.sum(opened(x)))(images.astype(np.float32))[1]
    found = keras.ops.convert_to_numpy(gradient)
    assert np.isfinite(found).all()
    assert np.abs(found).max(axis=(1, 2, 3)).min() > 0
