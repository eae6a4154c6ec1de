"""Functional networks of Keras 1 and 2: merges in every mode, shared and nested networks, branches."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from teni.errors import TeniError
from teni.weights.convert import convert
from teni.weights.hdf5_layers import read_layers
from teni.weights.opened import open_whole
from teni.weights.parity import predict, random_inputs
from teni.weights.whole import check_whole, load_whole

RNG = np.random.default_rng(0)


def given(name: str, shape: tuple[int, ...]) -> dict[str, Any]:
    settings = {"name": name, "batch_input_shape": [None, *shape], "input_dtype": "float32"}
    return {"class_name": "InputLayer", "name": name, "config": settings, "inbound_nodes": []}


def layer(kind: str, name: str, sources: list[Any], **settings: Any) -> dict[str, Any]:
    calls = sources if sources and isinstance(sources[0], list) else [sources]
    nodes = [[[s, 0, 0] if isinstance(s, str) else list(s) for s in call] for call in calls]
    return {"class_name": kind, "name": name, "config": settings | {"name": name}, "inbound_nodes": nodes}


def model(layers: list[dict[str, Any]], inputs: list[str], outputs: list[Any]) -> dict[str, Any]:
    ends = [[name, 0, 0] if isinstance(name, str) else list(name) for name in outputs]
    config = {
        "name": "m",
        "layers": layers,
        "input_layers": [[n, 0, 0] for n in inputs],
        "output_layers": ends,
    }
    return {"class_name": "Model", "config": config}


def dense(name: str, sources: list[Any], units: int) -> dict[str, Any]:
    return layer("Dense", name, sources, output_dim=units, activation="tanh", bias=True, init="uniform")


def tensors(name: str, *shapes: tuple[int, ...]) -> list[tuple[str, Any]]:
    parts = ("W", "b", "mean", "std")
    return [
        (f"{name}_{part}:0", RNG.normal(size=s).astype("f4")) for part, s in zip(parts, shapes, strict=False)
    ]


MERGES: dict[str, dict[str, Any]] = {
    "sum": {"mode": "sum"},
    "mul": {"mode": "mul"},
    "ave": {"mode": "ave"},
    "max": {"mode": "max"},
    "concat": {"mode": "concat", "concat_axis": -1},
    "dot": {"mode": "dot", "dot_axes": 1},
    "dot, both axes": {"mode": "dot", "dot_axes": [1, 1]},
    "cos": {"mode": "cos", "dot_axes": 1},
}


@pytest.mark.parametrize("mode", MERGES)
def test_merges_of_vectors(mode: str, tmp_path: Path, write_layers_file: Callable[..., Path]):
    layers = [
        given("x", (3,)),
        given("y", (3,)),
        dense("a", ["x"], 4),
        dense("b", ["y"], 4),
        layer("Merge", "merged", ["a", "b"], mode_type="raw", **MERGES[mode]),
    ]
    held = {"a": tensors("a", (3, 4), (4,)), "b": tensors("b", (3, 4), (4,))}
    check(model(layers, ["x", "y"], ["merged"]), held, tmp_path, write_layers_file)


@pytest.mark.parametrize("axis", [1, -1, 2])
def test_concatenation_of_channels_first_images(
    axis: int, tmp_path: Path, write_layers_file: Callable[..., Path]
):
    conv = {
        "nb_filter": 2,
        "nb_row": 3,
        "nb_col": 3,
        "border_mode": "same",
        "dim_ordering": "th",
        "init": "normal",
    }
    layers = [
        given("x", (3, 6, 5)),
        layer("Convolution2D", "a", ["x"], **conv),
        layer("Convolution2D", "b", ["x"], **conv),
        layer("Merge", "merged", ["a", "b"], mode="concat", concat_axis=axis, mode_type="raw"),
    ]
    held = {name: tensors(name, (2, 3, 3, 3), (2,)) for name in ("a", "b")}
    check(model(layers, ["x"], ["merged"]), held, tmp_path, write_layers_file)


def test_a_layer_called_twice_is_one_layer(tmp_path: Path, write_layers_file: Callable[..., Path]):
    layers = [
        given("x", (4,)),
        given("y", (4,)),
        dense("shared", [["x"], ["y"]], 4),
        layer(
            "Merge", "merged", ["shared", ("shared", 1, 0)], mode="concat", concat_axis=-1, mode_type="raw"
        ),
    ]
    held = {"shared": tensors("shared", (4, 4), (4,))}
    whole = check(model(layers, ["x", "y"], ["merged"]), held, tmp_path, write_layers_file)
    assert len(whole.model.weights) == 2


def test_a_layer_called_on_its_own_output_is_one_layer(
    tmp_path: Path, write_layers_file: Callable[..., Path]
):
    layers = [given("x", (4,)), dense("shared", [["x"], ["shared"]], 4)]
    held = {"shared": tensors("shared", (4, 4), (4,))}
    check(model(layers, ["x"], [("shared", 1, 0)]), held, tmp_path, write_layers_file)


def test_cosines_of_sequences_are_refused(tmp_path: Path, write_layers_file: Callable[..., Path]):
    layers = [given("x", (4, 3)), layer("Merge", "m", ["x", "x"], mode="cos", dot_axes=2, mode_type="raw")]
    path = write_layers_file(tmp_path / "w.h5", {}, config=model(layers, ["x"], ["m"]), version="1.2.2")
    with pytest.raises(TeniError, match=r"layer 'm' \(Dot\): a cosine of sequences cannot be carried over"):
        load_whole(read_layers(path))


def test_a_layer_that_keeps_its_state_has_the_files_batch_size(
    tmp_path: Path, write_layers_file: Callable[..., Path]
):
    settings = {"name": "r", "output_dim": 2, "stateful": True, "batch_input_shape": [3, 4, 2]}
    config = {"class_name": "Sequential", "config": [{"class_name": "SimpleRNN", "config": settings}]}
    whole = check(config, {"r": tensors("r", (2, 2), (2, 2), (2,))}, tmp_path, write_layers_file)
    values = RNG.normal(size=(3, 4, 2)).astype("f4")
    first, second = (predict(whole.model, [values])[0] for _ in range(2))
    assert np.abs(first - second).max() > 1e-3


def test_a_network_within_a_network(tmp_path: Path, write_layers_file: Callable[..., Path]):
    conv = {
        "nb_filter": 2,
        "nb_row": 2,
        "nb_col": 2,
        "border_mode": "valid",
        "dim_ordering": "th",
        "bias": True,
    }
    inner = [
        {"class_name": "Convolution2D", "config": conv | {"name": "c", "batch_input_shape": [None, 3, 5, 4]}},
        {"class_name": "Flatten", "config": {"name": "f"}},
        {"class_name": "Dense", "config": {"name": "d", "output_dim": 3, "bias": True, "init": "uniform"}},
    ]
    nested = {
        "class_name": "Sequential",
        "name": "inner",
        "config": inner,
        "inbound_nodes": [[["x", 0, 0]], [["y", 0, 0]]],
    }
    layers = [
        given("x", (3, 5, 4)),
        given("y", (3, 5, 4)),
        nested,
        # Keras counted the calls of a network from 1: the first one had made it.
        layer("Merge", "merged", [("inner", 1, 0), ("inner", 2, 0)], mode="sum", mode_type="raw"),
    ]
    held = {"inner": tensors("c", (2, 3, 2, 2), (2,)) + tensors("d", (24, 3), (3,))}
    check(model(layers, ["x", "y"], ["merged"]), held, tmp_path, write_layers_file)


def test_a_sequential_that_begins_with_branches(tmp_path: Path, write_layers_file: Callable[..., Path]):
    def branch(name: str) -> dict[str, Any]:
        settings = {
            "name": name,
            "output_dim": 3,
            "batch_input_shape": [None, 2],
            "bias": True,
            "init": "uniform",
        }
        return {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": settings}]}

    merge = {"name": "merge_1", "mode": "concat", "mode_type": "raw", "concat_axis": -1}
    last = {"name": "out", "output_dim": 2, "bias": True, "init": "uniform"}
    config = [
        {"class_name": "Merge", "config": merge | {"layers": [branch("a"), branch("b")]}},
        {"class_name": "Dense", "config": last},
    ]
    held = {name: tensors(name, (2, 3), (3,)) for name in ("a", "b")} | {"out": tensors("out", (6, 2), (2,))}
    whole = check({"class_name": "Sequential", "config": config}, held, tmp_path, write_layers_file)
    assert [tensor.name for tensor in whole.model.inputs] == ["a_input", "b_input"]


def test_deviations_of_the_first_normalizations(tmp_path: Path, write_layers_file: Callable[..., Path]):
    config = [
        {"class_name": "Dense", "config": {"name": "d", "output_dim": 3, "batch_input_shape": [None, 2]}},
        {"class_name": "BatchNormalization", "config": {"name": "n", "mode": 0, "axis": -1, "epsilon": 0.01}},
    ]
    norm = [
        (f"n_{part}", RNG.uniform(0.5, 2, 3).astype("f4"))
        for part in ("gamma", "beta", "running_mean", "running_std")
    ]
    described = {"class_name": "Sequential", "config": config}
    held = {"d": tensors("d", (2, 3), (3,)), "n": norm}
    path = write_layers_file(tmp_path / "w.h5", held, config=described, version="1.0.5")
    whole = load_whole(read_layers(path))
    assert whole.report.counts == {"loaded": 5, "squared": 1}
    parity = check_whole(read_layers(path), whole, random_inputs(whole.model, 0))
    assert parity.holds


KERAS2_LSTM = [
    {
        "class_name": "LSTM",
        "config": {
            "name": "lstm",
            "units": 3,
            "activation": "tanh",
            "recurrent_activation": "hard_sigmoid",
            "use_bias": True,
            "batch_input_shape": [None, 4, 2],
        },
    }
]


def test_the_hard_sigmoid_of_keras_2_is_kept(tmp_path: Path, write_layers_file: Callable[..., Path]):
    held = {"lstm": [("lstm/kernel:0", RNG.normal(size=(2, 12)).astype("f4")),
                     ("lstm/recurrent_kernel:0", RNG.normal(size=(3, 12)).astype("f4")),
                     ("lstm/bias:0", RNG.normal(size=12).astype("f4"))]}  # fmt: skip
    described = {"class_name": "Sequential", "config": KERAS2_LSTM}
    path = write_layers_file(tmp_path / "w.h5", held, config=described, version="2.1.4", backend="tensorflow")
    done = convert(read_layers(path))
    assert done.parity.holds
    assert done.report.counts == {"rescaled": 3}


@pytest.mark.parametrize("backend", ["theano", "tensorflow"])
@pytest.mark.parametrize("data_format", ["channels_first", "channels_last"])
def test_keras_2_on_either_backend(
    backend: str, data_format: str, tmp_path: Path, write_layers_file: Callable[..., Path]
):
    shape = (3, 6, 5) if data_format == "channels_first" else (6, 5, 3)
    conv = {
        "filters": 4,
        "kernel_size": [3, 2],
        "strides": [2, 2],
        "padding": "same",
        "data_format": data_format,
    }
    config = [
        {
            "class_name": "Conv2D",
            "config": conv | {"name": "c", "batch_input_shape": [None, *shape], "use_bias": True},
        },
        {"class_name": "Flatten", "config": {"name": "f"}},
        {"class_name": "Dense", "config": {"name": "d", "units": 2, "use_bias": False, "activation": "relu"}},
    ]
    held = {"c": [("c/kernel:0", RNG.normal(size=(3, 2, 3, 4)).astype("f4")), ("c/bias:0", np.ones(4, "f4"))],
            "d": [("d/kernel:0", RNG.normal(size=(36, 2)).astype("f4"))]}  # fmt: skip
    described = {"class_name": "Sequential", "config": config}
    path = write_layers_file(tmp_path / "w.h5", held, config=described, version="2.1.4", backend=backend)
    # Keras 3 does not open such a Sequential at all: Keras 2 listed its layers without a name around them.
    opened = open_whole(read_layers(path), seed=1)
    assert opened.builder == "teni"
    assert opened.parity.holds


def test_keras_itself_opens_what_it_gets_right(tmp_path: Path, write_layers_file: Callable[..., Path]):
    settings = {"units": 2, "use_bias": True, "activation": "relu"}
    described = model([given("x", (3,)), layer("Dense", "d", ["x"], **settings)], ["x"], ["d"])
    held = {"d": [("d/kernel:0", np.ones((3, 2), "f4")), ("d/bias:0", np.ones(2, "f4"))]}
    path = write_layers_file(tmp_path / "w.h5", held, config=described, version="2.1.4", backend="tensorflow")
    opened = open_whole(read_layers(path), seed=1)
    assert opened.builder == "keras"
    assert opened.parity.holds


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        ("Lambda", {"function": "x"}, r"layer 'bad': Lambda cannot be carried over to today's Keras"),
        ("ConvLSTM2D", {}, r"layer 'bad': ConvLSTM2D cannot be carried over"),
        ("BatchNormalization", {"mode": 3}, r"layer 'bad': BatchNormalization of mode 3 is unknown"),
        ("BatchNormalization", {"mode": 1, "axis": 1}, r"layer 'bad' .*: mode 1 over another axis"),
        (
            "Merge",
            {"mode": "f", "mode_type": "lambda"},
            r"layer 'bad': a Merge by a function of the user's own",
        ),
        ("Merge", {"mode": "xor"}, r"layer 'bad': Merge with the mode 'xor' is unknown"),
        ("Activation", {"activation": "mine"}, r"layer 'bad': the activation 'mine' cannot be carried over"),
        (
            "Dense",
            {"output_dim": 2, "init": "mine"},
            r"layer 'bad': the initializer 'mine' cannot be carried over",
        ),
        ("Dense", {}, r"layer 'bad' \(Dense\): damaged settings \(KeyError: 'output_dim'\)"),
        (
            "Dense",
            {"output_dim": 2, "W_regularizer": {"name": "EigenvalueRegularizer", "k": 1}},
            r"layer 'bad': the regularizer 'EigenvalueRegularizer' cannot be carried over",
        ),
        (
            "Dense",
            {"output_dim": 2, "W_constraint": {"name": "Mine"}},
            r"layer 'bad': the constraint .* cannot be carried over",
        ),
        ("LSTM", {"output_dim": 2, "stateful": True}, r"layer 'bad' \(LSTM\): does not fit what it is given"),
        (
            "LSTM",
            {"output_dim": 2, "activation": "hard_sigmoid"},
            r"an LSTM whose activation is hard_sigmoid",
        ),
        ("Reshape", {"target_shape": [7]}, r"layer 'bad' \(Reshape\): does not fit what it is given"),
        ("Dropout", {"p": 7}, r"layer 'bad' \(Dropout\): Keras refuses its settings"),
    ],
)
def test_what_cannot_be_carried_over_names_the_layer(
    kind: str, settings: dict[str, Any], message: str, tmp_path: Path, write_layers_file: Callable[..., Path]
):
    layers = [
        given("x", (4, 3)),
        layer(
            kind,
            "bad",
            ["x"],
            init=settings.get("init", "uniform"),
            **{k: v for k, v in settings.items() if k != "init"},
        ),
    ]
    path = write_layers_file(tmp_path / "w.h5", {}, config=model(layers, ["x"], ["bad"]), version="1.2.2")
    with pytest.raises(TeniError, match=message):
        load_whole(read_layers(path))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            {"class_name": "Graph", "config": {}},
            "describes a 'Graph'; expected a Sequential or functional network",
        ),
        ({"class_name": "Sequential", "config": []}, "describes a network without layers"),
        ({"class_name": "Sequential", "config": {"layers": 3}}, "must list at most 20,000 layers"),
        ({"class_name": "Sequential", "config": [{"class_name": "Dense"}]}, "its 'model_config' is damaged"),
        (model([layer("Dense", "a", ["b"])], [], ["a"]), "layer 'a' takes from 'b', which is not there"),
        (
            model([layer("Dense", "a", ["a"], output_dim=2)], [], ["a"]),
            r"layer 'a' \(Dense\): takes from a call that never happens",
        ),
        (model([given("x", (2,)), given("x", (3,))], ["x"], ["x"]), "two layers are named 'x'"),
        (model([given("x", (2,)) | {"config": {"name": "x"}}], ["x"], ["x"]), "input 'x' has no shape"),
        (model([given("x", (2,))], ["x"], [("x", 0, 5)]), "layer 'x' has no output 5 of call 0"),
    ],
)
def test_damaged_descriptions(
    config: dict[str, Any], message: str, tmp_path: Path, write_layers_file: Callable[..., Path]
):
    path = write_layers_file(tmp_path / "w.h5", {}, config=config, version="1.2.2")
    with pytest.raises(TeniError, match=message):
        load_whole(read_layers(path))


def check(config: dict[str, Any], held: dict[str, Any], folder: Path, write: Callable[..., Path]) -> Any:
    path = write(folder / "w.h5", held, config=config, version="1.2.2")
    saved = read_layers(path)
    whole = load_whole(saved)
    parity = check_whole(saved, whole, random_inputs(whole.model, 0))
    assert parity.why_not is None
    assert parity.holds
    return whole
