"""The four real files: loaded, and equal to a NumPy pass on random and on real images."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from teni.data import load
from teni.weights import SavedWeights, choose_reading, read
from teni.weights.architecture import application
from teni.weights.convert import convert
from teni.weights.opened import open_whole
from teni.weights.parity import random_inputs
from teni.weights.whole import check_whole, load_whole

pytestmark = pytest.mark.real
EXPRESSIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


@pytest.fixture(scope="module")
def faces(real_data: Path) -> NDArray[np.uint8]:
    return load(real_data / "faces" / "test.zip").images


def super_resolution(path: Path) -> SavedWeights:
    """Put the description beside the weights: the file of 2016 holds none."""

    def conv(name: str, filters: int, size: int, source: str) -> dict[str, Any]:
        settings = {"name": name, "nb_filter": filters, "nb_row": size, "nb_col": size, "border_mode": "same"}
        settings |= {"activation": "relu", "dim_ordering": "th", "init": "glorot_uniform"}
        return {
            "class_name": "Convolution2D",
            "name": name,
            "config": settings,
            "inbound_nodes": [[[source, 0, 0]]],
        }

    given = {"name": "input_1", "batch_input_shape": [None, 3, None, None], "input_dtype": "float32"}
    branches = ("lavel1_1", "lavel1_2", "lavel1_3")
    merge = {"name": "merge_1", "mode": "ave", "mode_type": "raw"}
    layers = [
        {"class_name": "InputLayer", "name": "input_1", "config": given, "inbound_nodes": []},
        conv("level1", 64, 9, "input_1"),
        *(conv(name, 32, size, "level1") for name, size in zip(branches, (1, 3, 5), strict=True)),
        {
            "class_name": "Merge",
            "name": "merge_1",
            "config": merge,
            "inbound_nodes": [[[n, 0, 0] for n in branches]],
        },
        conv("output", 3, 5, "merge_1"),
    ]
    config = {
        "name": "m",
        "layers": layers,
        "input_layers": [["input_1", 0, 0]],
        "output_layers": [["output", 0, 0]],
    }
    config = json.loads(json.dumps({"class_name": "Model", "config": config}))
    return replace(read(path), model_config=config)


def test_the_whole_model_of_keras_1(real_data: Path, faces: NDArray[np.uint8]):
    saved = read(real_data / "weights" / "facial_keypoints_keras1_full_model.h5")
    assert (saved.age, saved.version, saved.backend) == ("keras-1", "1.1.2", "tensorflow")
    whole = load_whole(saved)
    real = (np.moveaxis(faces[:32], -1, 1) / 255).astype("f4")
    for images in (random_inputs(whole.model, 0)[0], real):
        difference = check_whole(saved, whole, [images]).difference
        assert difference is not None
        assert difference < 1e-4


def test_the_super_resolution_of_theano(real_data: Path, faces: NDArray[np.uint8]):
    saved = super_resolution(real_data / "weights" / "super_resolution_expansion_keras1_theano.h5")
    assert (saved.backend, saved.ordering) == ("theano", "channels_first")
    whole = load_whole(saved)
    assert whole.report.counts == {"kernel-flipped": 4, "loaded": 5, "transposed": 1}
    real = (np.repeat(faces[:4], 3, axis=-1) / 255).astype("f4")
    for images in (random_inputs(whole.model, 0)[0], real):
        difference = check_whole(saved, whole, [images]).difference
        assert difference is not None
        assert difference < 1e-4


def test_super_resolution_sharpens_only_when_its_kernels_are_turned(
    real_data: Path, faces: NDArray[np.uint8]
):
    saved = super_resolution(real_data / "weights" / "super_resolution_expansion_keras1_theano.h5")
    sharp = faces[:40, ..., 0]
    small = [Image.fromarray(face).resize((48, 48), Image.Resampling.BICUBIC) for face in sharp]
    blurred = np.stack([np.asarray(face.resize((96, 96), Image.Resampling.BICUBIC)) for face in small])
    images = np.repeat(blurred[..., None], 3, axis=-1).astype("f4") / 255
    errors = {}
    for kernels in ("convolution", "correlation"):
        model = load_whole(saved, choose_reading(saved, kernels=kernels)).model
        restored = np.asarray(model(images)).mean(-1)[:, 8:-8, 8:-8]
        errors[kernels] = float(np.sqrt(np.square(restored - sharp[:, 8:-8, 8:-8] / 255).mean()))
    assert errors["convolution"] < errors["correlation"]


def test_the_expressions_of_keras_2(real_data: Path, faces: NDArray[np.uint8]):
    saved = read(real_data / "weights" / "fer2013_mini_XCEPTION_keras2.hdf5")
    opened = open_whole(saved)
    assert opened.builder == "keras"
    whole = opened.whole
    some = faces[::3]
    small = np.stack([np.asarray(Image.fromarray(f[..., 0]).resize((64, 64)), "f4") for f in some])
    images = ((small / 255 - 0.5) * 2)[..., None]
    parity = check_whole(saved, whole, [images[:8]])
    assert parity.difference is not None
    assert parity.difference < 1e-4
    by_teni = load_whole(saved).model
    np.testing.assert_allclose(
        np.asarray(by_teni(images[:8])), np.asarray(whole.model(images[:8])), atol=1e-5
    )
    classes = whole.model.predict(images, verbose=0).argmax(1)
    counts = {name: int((classes == number).sum()) for number, name in enumerate(EXPRESSIONS)}
    # People on television mostly talk and smile: few of them look disgusted, frightened or surprised.
    assert counts["happy"] + counts["neutral"] + counts["sad"] + counts["angry"] > 0.9 * len(some)
    assert counts["happy"] > 33
    assert counts["disgust"] < 4


def test_mobilenet_below_the_layer_that_is_missing(real_data: Path):
    saved = read(real_data / "weights" / "mobilenet_1_0_224_imagenet_without_conv_pw_13.h5")
    done = convert(saved, architecture=application("mobilenet", saved, headless=True), upto="conv_pw_12_relu")
    assert done.report.counts == {"loaded": 125, "skipped": 9}
    assert done.parity.holds
