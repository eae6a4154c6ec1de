"""Inspecting, converting and probing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image

from teni.data import Dataset
from teni.errors import TeniError
from teni.task import Keypoints
from teni.weights import Reading, choose_reading, read
from teni.weights.architecture import application, read_description, with_description
from teni.weights.code import refuse_code
from teni.weights.convert import convert, load_under, save_model
from teni.weights.inspect import describe, describe_text, draw_kernels
from teni.weights.probe import possible_readings, probe

RNG = np.random.default_rng(0)
CONFIG = {
    "class_name": "Sequential",
    "keras_version": "1.1.0",
    "config": [
        {
            "class_name": "Convolution2D",
            "config": {
                "name": "conv",
                "nb_filter": 4,
                "nb_row": 3,
                "nb_col": 3,
                "border_mode": "same",
                "dim_ordering": "th",
                "activation": "relu",
                "batch_input_shape": [None, 1, 8, 7],
            },
        },
        {"class_name": "Flatten", "config": {"name": "flat"}},
        {"class_name": "Dense", "config": {"name": "out", "output_dim": 4, "init": "uniform"}},
    ],
}


@pytest.fixture
def old_file(tmp_path: Path, write_layers_file: Callable[..., Path]) -> Path:
    kernel = RNG.normal(size=(4, 1, 3, 3)).astype("f4")
    held = {
        "conv": [("conv_W", kernel), ("conv_b", np.zeros(4, "f4"))],
        "flat": [],
        "out": [("out_W", RNG.normal(size=(4 * 56, 4)).astype("f4")), ("out_b", np.zeros(4, "f4"))],
    }
    return write_layers_file(tmp_path / "old.h5", held)


def described(old_file: Path, tmp_path: Path) -> Any:
    (tmp_path / "old.json").write_text(json.dumps(CONFIG))
    return with_description(read(old_file), tmp_path / "old.json")


def test_weights_with_the_description_beside_them(old_file: Path, tmp_path: Path):
    done = convert(described(old_file, tmp_path))
    assert (done.builder, done.model.input_shape, done.model.output_shape) == (
        "teni",
        (None, 8, 7, 1),
        (None, 4),
    )
    assert done.report.counts == {"kernel-flipped": 1, "loaded": 2, "rows-permuted": 1}
    assert done.parity.holds


def test_cut_at_a_layer(old_file: Path, tmp_path: Path):
    done = convert(described(old_file, tmp_path), upto="conv")
    assert done.model.output_shape == (None, 8, 7, 4)
    assert done.parity.holds
    with pytest.raises(TeniError, match="no layer 'cnov' in the network to cut at; the last ones are"):
        convert(described(old_file, tmp_path), upto="cnov")


@pytest.mark.parametrize("layer", ["flat", "drop"])
def test_cut_at_a_flattened_channels_first_image_it_comes_in_the_files_order(
    layer: str, old_file: Path, tmp_path: Path
):
    flat, dropped = CONFIG["config"][1], {"class_name": "Dropout", "config": {"name": "drop", "p": 0.5}}
    config = CONFIG | {"config": [CONFIG["config"][0], flat, dropped, CONFIG["config"][2]]}
    (tmp_path / "old.json").write_text(json.dumps(config))
    saved = with_description(read(old_file), tmp_path / "old.json")
    done = convert(saved, upto=layer)
    assert done.parity.holds
    images = RNG.normal(size=(2, 8, 7, 1)).astype("f4")
    maps = np.asarray(convert(saved, upto="conv").model(images))
    np.testing.assert_allclose(
        np.asarray(done.model(images)), np.moveaxis(maps, -1, 1).reshape(2, -1), atol=1e-6
    )


def test_a_network_of_today_cut_at_its_flatten_keeps_its_own_order(old_file: Path):
    model = keras.Sequential(
        [
            keras.Input((8, 7, 1)),
            keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="conv"),
            keras.layers.Flatten(name="flat"),
            keras.layers.Dropout(0.5, name="drop"),
            keras.layers.Dense(4, name="out"),
        ]
    )
    done = convert(read(old_file), architecture=model, upto="drop")
    assert done.parity.holds
    images = RNG.normal(size=(2, 8, 7, 1)).astype("f4")
    maps = np.asarray(convert(read(old_file), architecture=model, upto="conv").model(images))
    np.testing.assert_allclose(np.asarray(done.model(images)), maps.reshape(2, -1), atol=1e-6)


def test_cut_behind_a_hard_sigmoid(tmp_path: Path, write_layers_file: Callable[..., Path]):
    """Today's hard_sigmoid needs a layer of its own, which belongs to the layer of the file."""
    first = {"name": "d", "output_dim": 3, "activation": "hard_sigmoid", "batch_input_shape": [None, 2]}
    layers = [("Dense", first), ("Dense", {"name": "e", "output_dim": 2})]
    config = {"class_name": "Sequential", "config": [{"class_name": k, "config": c} for k, c in layers]}
    held = {
        name: [(f"{name}_W:0", RNG.normal(size=s).astype("f4")), (f"{name}_b:0", np.ones(s[1], "f4"))]
        for name, s in (("d", (2, 3)), ("e", (3, 2)))
    }
    done = convert(read(write_layers_file(tmp_path / "w.h5", held, config=config, version="1.1.2")), upto="d")
    assert done.parity.holds
    assert done.model.output_shape == (None, 3)


def test_weights_alone_need_an_architecture(old_file: Path):
    with pytest.raises(
        TeniError, match=r"holds weights only; name the network they are for \(--architecture\)"
    ):
        convert(read(old_file))


def test_a_wrong_conversion_is_not_let_through(
    old_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("teni.weights.remap.turn_kernel", lambda kernel: kernel)
    with pytest.raises(
        TeniError, match=r"the converted network differs from the file's own by .* it is not written"
    ):
        convert(described(old_file, tmp_path))


def test_what_is_allowed_to_be_missing_leaves_nothing_to_compare(old_file: Path):
    model = keras.Sequential(
        [
            keras.Input((8, 7, 1)),
            keras.layers.Conv2D(4, 3, name="conv"),
            keras.layers.Conv2D(2, 1, name="new"),
        ]
    )
    done = convert(read(old_file), architecture=model, allow_missing=["new"])
    assert done.parity.difference is None
    assert done.parity.why_not is not None


def test_saving(old_file: Path, tmp_path: Path):
    done = convert(described(old_file, tmp_path))
    out = tmp_path / "new.keras"
    save_model(done.model, out)
    images = RNG.normal(size=(2, 8, 7, 1)).astype("f4")
    again = keras.models.load_model(out)
    np.testing.assert_array_equal(np.asarray(again(images)), np.asarray(done.model(images)))
    with pytest.raises(TeniError, match="exists already; give --overwrite to replace it"):
        save_model(done.model, out)
    save_model(done.model, out, overwrite=True)
    with pytest.raises(TeniError, match=r"is written as \.keras; give a name that ends so"):
        save_model(done.model, tmp_path / "new.h5")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file; give the JSON that describes the network"),
        ("{", r"not readable as JSON; expected what model\.to_json\(\) gives"),
        ("[]", "no 'class_name' in it"),
        ('{"class_name": "Lambda"}', "'Lambda' is a Lambda, code that teni does not run"),
    ],
)
def test_bad_descriptions(content: str | None, message: str, tmp_path: Path):
    if content is not None:
        (tmp_path / "n.json").write_text(content)
    with pytest.raises(TeniError, match=message):
        read_description(tmp_path / "n.json")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"a": [{"class_name": "Lambda", "config": {"name": "twice"}}]}, "'twice' is a Lambda, code that"),
        ({"class_name": "X", "module": "os.path"}, r"needs 'os\.path\.X', code that is not Keras's and that"),
        ({"class_name": "X", "registered_name": "mine>X"}, "needs 'mine>X', code that is not Keras's"),
        ({"class_name": "get_file", "module": "keras.utils"}, r"needs 'keras\.utils\.get_file', code"),
        ({"class_name": "function", "config": "mine"}, "'mine' is a function, code that teni does not run"),
    ],
)
def test_code_is_refused(config: Any, message: str):
    with pytest.raises(TeniError, match=message):
        refuse_code(config, "w.h5")


def test_how_a_network_was_trained_may_be_code():
    refuse_code({"class_name": "Sequential", "compile_config": {"loss": {"class_name": "function"}}}, "w.h5")


def test_a_network_of_keras_applications_has_its_head_only_if_the_file_has_it(old_file: Path):
    model = application("MobileNet", read(old_file))
    assert model.output_shape == (None, None, None, 1024)


def test_inspecting(old_file: Path, tmp_path: Path):
    saved = read(old_file)
    told = describe(saved)
    assert (told["age"], told["backend"], told["ordering"]) == ("keras-1", "theano", "channels_first")
    assert told["parameters"] == 36 + 4 + 896 + 4
    assert told["layers"][1] == {"name": "flat", "tensors": []}
    assert "read as: true convolution, images channels_first" in describe_text(saved)
    assert draw_kernels(saved, tmp_path / "k.png") == 4
    with Image.open(tmp_path / "k.png") as picture:
        assert picture.size == (4 * 34 + 2, 36)
        # The file's own kernel, turned as the report says it is read; the brightest cell is its maximum.
        kernel = saved.layers[0].tensors[0].read()[0, 0, ::-1, ::-1]
        cell = np.asarray(picture.convert("L"), int)[2:34, 2:34]
        at = np.unravel_index(kernel.argmax(), (3, 3))
        assert cell[at[0] * 11 + 5, at[1] * 11 + 5] == 255


def test_no_kernels_to_draw(tmp_path: Path, write_layers_file: Callable[..., Path]):
    saved = read(write_layers_file(tmp_path / "w.h5", {"d": [("d_W", np.ones((2, 3), "f4"))]}))
    with pytest.raises(TeniError, match="no convolution over images in it, so there are no kernels to draw"):
        draw_kernels(saved, tmp_path / "k.png")


def faces(saved: Any, count: int) -> Dataset:
    """Make images whose labels are what the network computes under the right reading, in other units."""
    images = RNG.integers(0, 256, (count, 8, 7, 1)).astype(np.uint8)
    model = load_under(saved, choose_reading(saved), None, None)
    outputs = np.asarray(model((images / 255).astype("f4")))
    targets = (outputs * 1.5 + 20).reshape(count, 2, 2).astype("f4")
    targets[::7, 0] = np.nan
    task = Keypoints(("a", "b"), 8, 7, (0, 1))
    return Dataset(images, targets, task, None, np.arange(count).astype(str))


def test_the_probe_finds_the_right_reading(old_file: Path, tmp_path: Path):
    saved = described(old_file, tmp_path)
    tried = probe(possible_readings(saved), lambda r: load_under(saved, r, None, None), faces(saved, 60))
    assert [each.reading.kernels for each in tried] == ["convolution", "correlation"]
    assert tried[0].error_px < 0.01 < tried[1].error_px


def test_the_probe_judges_features_by_a_linear_map(old_file: Path, tmp_path: Path):
    saved = described(old_file, tmp_path)
    tried = probe(possible_readings(saved), lambda r: load_under(saved, r, None, "conv"), faces(saved, 60))
    assert len(tried) == 2
    assert all(np.isfinite(each.error_px) for each in tried)


def test_the_probe_needs_labels(old_file: Path, tmp_path: Path):
    saved = described(old_file, tmp_path)
    with pytest.raises(TeniError, match="the probe needs at least 20 labelled images; found 5"):
        probe(possible_readings(saved), lambda r: load_under(saved, r, None, None), faces(saved, 5))


def test_no_reading_fits(old_file: Path, tmp_path: Path):
    saved = described(old_file, tmp_path)

    def refuse(reading: Reading) -> Any:
        raise TeniError(f"not {reading.kernels}")

    with pytest.raises(TeniError, match="no reading fits the file: not convolution"):
        probe(possible_readings(saved), refuse, faces(saved, 30))
