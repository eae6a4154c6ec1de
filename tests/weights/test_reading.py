"""What decides how a file is read: the caller, the file, its age."""

import numpy as np
import pytest

from teni.weights import SavedLayer, SavedTensor, SavedWeights, choose_reading
from teni.weights.guess import kernel_ordering, known_backend


def layer(name: str, *tensors: tuple[str, tuple[int, ...]]) -> SavedLayer:
    return SavedLayer(name, tuple(SavedTensor(n, s, "float32", lambda s=s: np.zeros(s)) for n, s in tensors))


def saved(age: str, *layers: SavedLayer, **known: object) -> SavedWeights:
    values = {"version": None, "backend": None, "ordering": None} | known
    return SavedWeights("w.h5", age, layers=layers, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kernel", "bias", "expected"),
    [
        ((8, 3, 5, 5), (8,), "channels_first"),
        ((5, 5, 3, 8), (8,), "channels_last"),
        ((8, 3, 5, 8), (8,), None),
        ((64, 32, 3, 3), (7,), "channels_first"),
        ((3, 3, 32, 64), (7,), "channels_last"),
        ((3, 3, 3, 3), (3,), None),
    ],
)
def test_shapes_decide_the_axis_order_where_they_can(
    kernel: tuple[int, ...], bias: tuple[int, ...], expected: str | None
):
    assert kernel_ordering((layer("c", ("W", kernel), ("b", bias)),), "keras-1") == expected
    assert kernel_ordering((layer("c", ("W", kernel), ("b", bias)),), "keras-2") is None


def test_kernels_that_disagree_decide_nothing():
    one = layer("a", ("W", (8, 3, 5, 5)), ("b", (8,)))
    other = layer("b", ("W", (5, 5, 3, 8)), ("b", (8,)))
    assert kernel_ordering((one, other), "keras-1") is None


@pytest.mark.parametrize(
    ("stated", "name", "expected"),
    [
        ("cntk", "c_W", "cntk"),
        ("mine", "c_W:0", None),
        (None, "c_W:0", "tensorflow"),
        (None, "c_W", "theano"),
        (None, "param_0", None),
    ],
)
def test_the_backend_is_stated_or_betrayed_by_names(stated: str | None, name: str, expected: str | None):
    assert known_backend(stated, (layer("c", (name, (2, 2))),)) == expected


@pytest.mark.parametrize(
    ("file", "kernels", "ordering", "statistics", "assumed"),
    [
        (saved("keras-oldest"), "convolution", "channels_first", "deviation", 2),
        (saved("keras-oldest", ordering="channels_last"), "correlation", "channels_last", "deviation", 1),
        (
            saved("keras-1", backend="theano", ordering="channels_first"),
            "convolution",
            "channels_first",
            "variance",
            0,
        ),
        (
            saved("keras-1", backend="tensorflow", ordering="channels_first"),
            "correlation",
            "channels_first",
            "variance",
            0,
        ),
        (saved("keras-1", version="1.0.4", backend="theano"), "convolution", "channels_last", "deviation", 1),
        (saved("keras-2", backend="theano"), "convolution", "channels_last", "variance", 0),
        (saved("keras-2"), "correlation", "channels_last", "variance", 1),
        (saved("keras-3"), "correlation", "channels_last", "variance", 0),
    ],
)
def test_age_and_backend_decide_the_rest(
    file: SavedWeights, kernels: str, ordering: str, statistics: str, assumed: int
):
    reading = choose_reading(file)
    assert (reading.kernels, reading.ordering, reading.statistics) == (kernels, ordering, statistics)
    assert len(reading.assumed) == assumed


def test_the_caller_has_the_last_word_and_then_nothing_is_assumed():
    file = saved("keras-oldest")
    reading = choose_reading(file, kernels="correlation", ordering="channels_last", statistics="variance")
    assert (reading.kernels, reading.ordering, reading.statistics) == (
        "correlation",
        "channels_last",
        "variance",
    )
    assert reading.assumed == ()


def test_running_std_without_a_version_is_said_to_be_assumed():
    file = saved("keras-1", layer("n", ("n_running_std", (3,))), backend="theano", ordering="channels_first")
    assert choose_reading(file).assumed == (
        "running_std holds variances, as since Keras 1.0.6 (convert --statistics decides)",
    )
