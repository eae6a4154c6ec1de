"""Every layer type of Keras 1: the network of today against the NumPy pass over the file's own words.

Each case is a small Sequential of Keras 1 with random weights, written as Keras 1 wrote it, on either backend
and in either axis order.
"""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from teni.weights.hdf5_layers import read_layers
from teni.weights.whole import check_whole, load_whole

Shapes = list[tuple[str, tuple[int, ...]]]
Layer = tuple[str, dict[str, Any], Shapes]
SPACE, CHANNELS = (7, 6), 3
SPACE_AT = {"th": 2, "tf": 1}


def conv(order: str, rows: int, cols: int, border: str, stride: int = 1, **extra: Any) -> Layer:
    shape = (4, CHANNELS, rows, cols) if order == "th" else (rows, cols, CHANNELS, 4)
    settings = {"nb_filter": 4, "nb_row": rows, "nb_col": cols, "border_mode": border, "dim_ordering": order}
    settings |= {"subsample": [stride, stride], "activation": "relu", "bias": True, "init": "glorot_uniform"}
    return extra.pop("kind", "Convolution2D"), settings | extra, [("W", shape), ("b", (4,))]


def pool(kind: str, order: str, size: int, stride: int | None, border: str) -> Layer:
    strides = None if stride is None else [stride, stride]
    return (
        kind,
        {"pool_size": [size, size], "strides": strides, "border_mode": border, "dim_ordering": order},
        [],
    )


def dense(units: int, inputs: int, activation: str = "linear") -> Layer:
    settings = {"output_dim": units, "activation": activation, "bias": True, "init": "uniform"}
    return "Dense", settings, [("W", (inputs, units)), ("b", (units,))]


def normalization(size: int, axis: int, mode: int = 0) -> Layer:
    names = ("gamma", "beta", "running_mean", "running_std")
    return "BatchNormalization", {"epsilon": 1e-3, "mode": mode, "axis": axis}, [(n, (size,)) for n in names]


def slopes(kind: str, order: str, names: list[str], shared: bool = False) -> Layer:
    """Weights for each element of an image of 4 channels, or for each channel: Keras 1 did not note which."""
    space = (1, 1) if shared else SPACE
    return kind, {}, [(name, (4, *space) if order == "th" else (*space, 4)) for name in names]


def local(order: str, rows: int, cols: int, stride: int, **extra: Any) -> Layer:
    settings = conv(order, rows, cols, "valid", stride, **extra)[1]
    high, wide = ((size - k) // stride + 1 for size, k in zip(SPACE, (rows, cols), strict=True))
    return (
        "LocallyConnected2D",
        settings,
        [("W", (high * wide, rows * cols * CHANNELS, 4)), ("b", (high, wide, 4))],
    )


def maxout(inputs: int) -> Layer:
    settings = {"output_dim": 4, "nb_feature": 3, "bias": True, "init": "glorot_uniform"}
    return "MaxoutDense", settings, [("W", (3, inputs, 4)), ("b", (3, 4))]


def highway(size: int, names: str, **extra: Any) -> Layer:
    shapes: Shapes = [(name, (size, size) if "W" in name else (size,)) for name in names.split()]
    return "Highway", {"bias": len(shapes) > 2, "init": "glorot_uniform"} | extra, shapes


def plain(kind: str, **settings: Any) -> Layer:
    return kind, settings, []


IMAGE_CASES: dict[str, Callable[[str], list[Layer]]] = {
    "convolution same": lambda o: [conv(o, 3, 5, "same")],
    "convolution valid": lambda o: [conv(o, 3, 2, "valid")],
    "convolution same, even kernel": lambda o: [conv(o, 4, 2, "same")],
    "convolution same, stride 2": lambda o: [conv(o, 3, 3, "same", 2)],
    "convolution same, even kernel, stride 2": lambda o: [conv(o, 2, 4, "same", 2)],
    "convolution valid, stride 3": lambda o: [conv(o, 2, 3, "valid", 3)],
    "convolution without bias": lambda o: [
        (*conv(o, 3, 3, "same", bias=False)[:2], conv(o, 3, 3, "same")[2][:1]),
    ],
    "hard sigmoid": lambda o: [conv(o, 3, 3, "same", activation="hard_sigmoid")],
    "max pooling valid": lambda o: [pool("MaxPooling2D", o, 2, None, "valid")],
    "max pooling same": lambda o: [pool("MaxPooling2D", o, 2, None, "same")],
    "max pooling same, overlapping": lambda o: [pool("MaxPooling2D", o, 3, 2, "same")],
    "average pooling same": lambda o: [pool("AveragePooling2D", o, 3, 2, "same")],
    "average pooling same, even": lambda o: [pool("AveragePooling2D", o, 2, 1, "same")],
    "global average": lambda o: [plain("GlobalAveragePooling2D", dim_ordering=o)],
    "global maximum": lambda o: [plain("GlobalMaxPooling2D", dim_ordering=o)],
    "zero padding, no order said": lambda o: [conv(o, 1, 1, "same"), plain("ZeroPadding2D", padding=[1, 2])],
    "zero padding, four sides": lambda o: [
        conv(o, 1, 1, "same"),
        plain("ZeroPadding2D", padding=[1, 0, 2, 3]),
    ],
    "cropping": lambda o: [conv(o, 1, 1, "same"), plain("Cropping2D", cropping=[[1, 0], [2, 1]])],
    "upsampling": lambda o: [conv(o, 1, 1, "same"), plain("UpSampling2D", size=[2, 3])],
    "normalization": lambda o: [
        conv(o, 3, 3, "same"),
        normalization(4, 1 if o == "th" else -1),
    ],
    "normalization of mode 2": lambda o: [
        conv(o, 1, 1, "same"),
        normalization(4, 1 if o == "th" else 3, mode=2),
    ],
    "flatten and dense": lambda o: [
        conv(o, 1, 1, "same"),
        plain("Dropout", p=0.3),
        plain("Flatten"),
        plain("LeakyReLU", alpha=0.2),
        dense(5, 4 * 42, "tanh"),
    ],
    "flatten and normalize": lambda o: [conv(o, 1, 1, "same"), plain("Flatten"), normalization(168, -1)],
    "flatten alone": lambda o: [conv(o, 1, 1, "same"), plain("Flatten")],
    "permute": lambda o: [conv(o, 1, 1, "same"), plain("Permute", dims=[2, 3, 1])],
    "reshape": lambda o: [conv(o, 1, 1, "same"), plain("Reshape", target_shape=[8, 21])],
    "normalization of mode 2 by rows": lambda o: [
        conv(o, 1, 1, "same"),
        normalization(7, SPACE_AT[o], mode=2),
    ],
    "normalization of mode 1": lambda o: [
        conv(o, 1, 1, "same"),
        normalization(6 if o == "th" else 4, -1, mode=1),
    ],
    "slopes": lambda o: [conv(o, 1, 1, "same", activation="linear"), slopes("PReLU", o, ["alphas"])],
    "slopes, one a channel": lambda o: [
        conv(o, 1, 1, "same", activation="linear"),
        slopes("PReLU", o, ["alphas"], shared=True),
    ],
    "parametric softplus": lambda o: [
        conv(o, 1, 1, "same", activation="linear"),
        slopes("ParametricSoftplus", o, ["alphas", "betas"]),
        plain("Flatten"),
        dense(5, 4 * 42),
    ],
    "parametric softplus, one a channel": lambda o: [
        conv(o, 1, 1, "same", activation="linear"),
        slopes("ParametricSoftplus", o, ["alphas", "betas"], shared=True),
    ],
    "s-shaped rectifier": lambda o: [
        conv(o, 1, 1, "same", activation="linear"),
        slopes("SReLU", o, ["t_left", "a_left", "t_right", "a_right"]),
        plain("Flatten"),
        dense(5, 4 * 42),
    ],
    "s-shaped rectifier, one a channel": lambda o: [
        conv(o, 1, 1, "same", activation="linear"),
        slopes("SReLU", o, ["t_left", "a_left", "t_right", "a_right"], shared=True),
    ],
    "s-shaped rectifier behind a flatten": lambda o: [
        conv(o, 1, 1, "same", activation="linear"),
        plain("Flatten"),
        ("SReLU", {}, [(name, (168,)) for name in ("t_left", "a_left", "t_right", "a_right")]),
    ],
    "locally connected": lambda o: [local(o, 3, 2, 1), plain("Flatten"), dense(2, 5 * 5 * 4)],
    "locally connected, stride 2": lambda o: [local(o, 2, 3, 2, activation="hard_sigmoid")],
    "maxout behind a flatten": lambda o: [conv(o, 1, 1, "same"), plain("Flatten"), maxout(168)],
    "elementwise": lambda o: [
        conv(o, 1, 1, "same", activation="linear"),
        plain("ELU", alpha=0.7),
        plain("ThresholdedReLU", theta=0.1),
        plain("SpatialDropout2D", p=0.5, dim_ordering=o),
        plain("GaussianNoise", sigma=0.1),
        plain("GaussianDropout", p=0.1),
        plain("Activation", activation="hard_sigmoid"),
    ],
}


@pytest.mark.parametrize(("backend", "order"), list(product(("theano", "tensorflow"), ("th", "tf"))))
@pytest.mark.parametrize("case", IMAGE_CASES)
def test_layers_over_images(case: str, backend: str, order: str, tmp_path: Path, write_layers_file: Any):
    shape = (CHANNELS, *SPACE) if order == "th" else (*SPACE, CHANNELS)
    layers = IMAGE_CASES[case](order)
    if not any("dim_ordering" in settings for _, settings, _ in layers):
        layers = [conv(order, 1, 1, "same"), *layers]
    images = np.random.default_rng(1).normal(size=(3, *SPACE, CHANNELS)).astype("f4")
    check(layers, shape, images, backend, tmp_path, write_layers_file)


FLAT_CASES: dict[str, tuple[tuple[int, ...], list[Layer]]] = {
    "convolution over time": (
        (9, 3),
        [
            (
                "Convolution1D",
                {"nb_filter": 4, "filter_length": 3, "border_mode": "same", "subsample_length": 2},
                [("W", (3, 1, 3, 4)), ("b", (4,))],
            )
        ],
    ),
    "convolution over time, as up to 1.0": (
        (9, 3),
        [
            (
                "Convolution1D",
                {"nb_filter": 4, "filter_length": 3, "border_mode": "valid", "subsample_length": 1},
                [("W", (4, 3, 3, 1)), ("b", (4,))],
            )
        ],
    ),
    "pooling over time": ((9, 3), [plain("MaxPooling1D", pool_length=3, stride=2, border_mode="same")]),
    "average over time": (
        (9, 3),
        [plain("AveragePooling1D", pool_length=2, stride=None, border_mode="valid")],
    ),
    "whole time": ((9, 3), [plain("GlobalMaxPooling1D")]),
    "borders of time": (
        (9, 3),
        [
            plain("ZeroPadding1D", padding=2),
            plain("Cropping1D", cropping=[1, 2]),
            plain("UpSampling1D", length=2),
        ],
    ),
    "locally connected over time": (
        (9, 3),
        [
            (
                "LocallyConnected1D",
                {"nb_filter": 4, "filter_length": 3, "border_mode": "valid", "subsample_length": 2},
                [("W", (4, 9, 4)), ("b", (4, 4))],
            )
        ],
    ),
    "maxout": ((5,), [maxout(5), dense(2, 4)]),
    "maxout without bias": ((5,), [("MaxoutDense", maxout(5)[1] | {"bias": False}, maxout(5)[2][:1])]),
    "highway": ((5,), [highway(5, "W b W_carry b_carry", activation="relu"), dense(2, 5)]),
    "highway as 1.2": ((5,), [highway(5, "W W_carry b b_carry", activation="hard_sigmoid")]),
    "highway without bias": ((5,), [highway(5, "W W_carry", activation="tanh")]),
    "s-shaped rectifier": (
        (5,),
        [dense(4, 5), ("SReLU", {}, [(n, (4,)) for n in ("t_left", "a_left", "t_right", "a_right")])],
    ),
    "normalization of mode 1": ((5,), [dense(4, 5), normalization(4, -1, mode=1), dense(2, 4)]),
    "network at each step": (
        (6, 3),
        [
            (
                "TimeDistributed",
                {
                    "layer": {
                        "class_name": "Sequential",
                        "config": [
                            {
                                "class_name": "Dense",
                                "config": dense(4, 3)[1] | {"name": "in", "batch_input_shape": [None, 3]},
                            },
                            {
                                "class_name": "BatchNormalization",
                                "config": normalization(4, -1)[1] | {"name": "norm"},
                            },
                        ],
                    }
                },
                dense(4, 3)[2] + normalization(4, -1)[2],
            )
        ],
    ),
    "repeat": ((5,), [dense(4, 5), plain("RepeatVector", n=3)]),
    "dense at each step": (
        (6, 3),
        [("TimeDistributedDense", dense(4, 3)[1] | {"activation": "relu"}, dense(4, 3)[2])],
    ),
    "time distributed": (
        (6, 3),
        [
            (
                "TimeDistributed",
                {"layer": {"class_name": "Dense", "config": dense(4, 3)[1] | {"name": "in"}}},
                dense(4, 3)[2],
            )
        ],
    ),
    "softmax": ((5,), [dense(4, 5, "softmax")]),
    "normalization": ((5,), [dense(4, 5), normalization(4, -1)]),
}


@pytest.mark.parametrize("backend", ["theano", "tensorflow"])
@pytest.mark.parametrize("case", FLAT_CASES)
def test_layers_over_sequences_and_vectors(case: str, backend: str, tmp_path: Path, write_layers_file: Any):
    shape, layers = FLAT_CASES[case]
    values = np.random.default_rng(2).normal(size=(3, *shape)).astype("f4")
    check(layers, shape, values, backend, tmp_path, write_layers_file)


def gates(kind: str, names: str, inputs: int, units: int) -> Shapes:
    del kind
    shapes = (("W", (inputs, units)), ("U", (units, units)), ("b", (units,)))
    if not names:
        return list(shapes)
    return [(f"{part}_{gate}", shape) for gate in names for part, shape in shapes]


RECURRENT_CASES = {
    "LSTM as up to 1.1": ("LSTM", "icfo", {}),
    "LSTM as 1.2": ("LSTM", "ifco", {}),
    "LSTM with plain sigmoid": ("LSTM", "icfo", {"inner_activation": "sigmoid", "go_backwards": True}),
    "GRU": ("GRU", "zrh", {}),
    "SimpleRNN": ("SimpleRNN", "", {}),
    "SimpleRNN with hard sigmoid": ("SimpleRNN", "", {"activation": "hard_sigmoid"}),
}


@pytest.mark.parametrize(
    ("wrapped", "sequences"),
    [(None, False), (None, True), ("concat", True), ("sum", False), ("mul", False), ("ave", True)],
)
@pytest.mark.parametrize("case", RECURRENT_CASES)
def test_recurrent_layers(
    case: str, wrapped: str | None, sequences: bool, tmp_path: Path, write_layers_file: Any
):
    kind, names, extra = RECURRENT_CASES[case]
    settings: dict[str, Any] = {"output_dim": 4, "activation": "tanh", "return_sequences": sequences}
    settings |= {"inner_activation": "hard_sigmoid"} if kind != "SimpleRNN" else {}
    settings |= {
        "init": "glorot_uniform",
        "inner_init": "orthogonal",
        "dropout_W": 0.1,
        "dropout_U": 0.1,
    } | extra
    shapes = gates(kind, names, 3, 4)
    layer: Layer = (kind, settings, shapes)
    if wrapped is not None:
        inner = {"class_name": kind, "config": settings | {"name": "inner"}}
        both = [(f"{way}_{name}", shape) for way in ("forward", "backward") for name, shape in shapes]
        layer = ("Bidirectional", {"layer": inner, "merge_mode": wrapped}, both)
    values = np.random.default_rng(3).normal(size=(2, 5, 3)).astype("f4")
    check([layer], (5, 3), values, "tensorflow", tmp_path, write_layers_file)


def test_embedding_with_a_mask(tmp_path: Path, write_layers_file: Any):
    settings = {"input_dim": 9, "output_dim": 3, "mask_zero": True, "init": "uniform", "input_length": 5}
    embedding: Layer = ("Embedding", settings, [("W", (9, 3))])
    lstm: Layer = ("LSTM", {"output_dim": 4, "activation": "tanh"}, gates("LSTM", "icfo", 3, 4))
    words = np.array([[1, 2, 3, 0, 0], [4, 5, 6, 7, 8]], "i4")
    check([embedding, lstm], (5,), words, "theano", tmp_path, write_layers_file)


@pytest.mark.parametrize("order", ["th", "tf"])
@pytest.mark.parametrize(
    ("border", "stride", "out"), [("valid", 1, 9), ("valid", 2, 15), ("same", 2, 14), ("same", 2, 13)]
)
@pytest.mark.parametrize("backend", ["theano", "tensorflow"])
def test_deconvolution(
    backend: str, border: str, stride: int, out: int, order: str, tmp_path: Path, write_layers_file: Any
):
    cols = out - stride
    shape = [None, 4, out, cols] if order == "th" else [None, out, cols, 4]
    layer = conv(order, 3, 3, border, stride, kind="Deconvolution2D", output_shape=shape)
    images = np.random.default_rng(4).normal(size=(2, *SPACE, CHANNELS)).astype("f4")
    given = (CHANNELS, *SPACE) if order == "th" else (*SPACE, CHANNELS)
    check([layer], given, images, backend, tmp_path, write_layers_file)


@pytest.mark.parametrize("order", ["th", "tf"])
@pytest.mark.parametrize("backend", ["theano", "tensorflow"])
def test_atrous_convolution(backend: str, order: str, tmp_path: Path, write_layers_file: Any):
    layer = conv(order, 3, 2, "same", kind="AtrousConvolution2D", atrous_rate=[2, 2])
    images = np.random.default_rng(5).normal(size=(2, *SPACE, CHANNELS)).astype("f4")
    given = (CHANNELS, *SPACE) if order == "th" else (*SPACE, CHANNELS)
    check([layer], given, images, backend, tmp_path, write_layers_file)


@pytest.mark.parametrize("order", ["th", "tf"])
@pytest.mark.parametrize("activation", ["relu", "hard_sigmoid"])
def test_separable_convolution(order: str, activation: str, tmp_path: Path, write_layers_file: Any):
    kind, settings, _ = conv(order, 3, 2, "same", 2, kind="SeparableConvolution2D", depth_multiplier=2)
    first = order == "th"
    depthwise = (2, CHANNELS, 3, 2) if first else (3, 2, CHANNELS, 2)
    pointwise = (4, 2 * CHANNELS, 1, 1) if first else (1, 1, 2 * CHANNELS, 4)
    shapes = [("depthwise_kernel", depthwise), ("pointwise_kernel", pointwise), ("b", (4,))]
    images = np.random.default_rng(6).normal(size=(2, *SPACE, CHANNELS)).astype("f4")
    given = (CHANNELS, *SPACE) if first else (*SPACE, CHANNELS)
    layers: list[Layer] = [(kind, settings | {"activation": activation}, shapes)]
    check(layers, given, images, "tensorflow", tmp_path, write_layers_file)


def check(
    layers: list[Layer],
    shape: tuple[int, ...],
    values: NDArray[Any],
    backend: str,
    folder: Path,
    write: Callable[..., Path],
) -> None:
    """Write the file, carry it over, and compare with the pass over the file's own description."""
    rng = np.random.default_rng(0)
    end = ":0" if backend == "tensorflow" else ""
    described, tensors = [], {}
    for number, (kind, settings, shapes) in enumerate(layers):
        name = f"{kind.lower()}_{number}"
        if number == 0:
            settings = settings | {"batch_input_shape": [None, *shape]}
        described.append({"class_name": kind, "config": settings | {"name": name}})
        tensors[name] = [
            (f"{name}_{part}{end}", rng.uniform(0.2, 1.0, size).astype("f4") * sign(part))
            for part, size in shapes
        ]
    config = {"class_name": "Sequential", "config": described}
    path = write(folder / "old.h5", tensors, config=config, version="1.1.2")
    saved = read_layers(path)
    whole = load_whole(saved)
    parity = check_whole(saved, whole, [values])
    assert parity.why_not is None
    assert parity.holds


def sign(part: str) -> float:
    return 1.0 if "running" in part or "gamma" in part else 0.3 if "W" in part or "U" in part else -0.5
