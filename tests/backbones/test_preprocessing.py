"""Preprocessing in numbers: by NumPy, by Keras layers, and as each network's own function does it."""

from pathlib import Path

import keras
import numpy as np
import pytest

from teni.backbones.catalogue import architectures, preprocessing_of
from teni.backbones.preprocessing import Preprocessing

GREY = Preprocessing(1, (1 / 127.5,), (-1.0,))
RGB = Preprocessing(3, (1.0, 2.0, 3.0), (0.0, 1.0, 2.0))
BGR = Preprocessing(3, (1.0, 1.0, 1.0), (-103.939, -116.779, -123.68), reverse_channels=True)


def images(channels: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (2, 5, 4, channels)).astype(np.uint8)


@pytest.mark.parametrize("name", ["mobilenet", "resnet50", "densenet121", "efficientnetb0", "convnext_tiny"])
def test_equals_each_networks_own_preprocess_input(name: str) -> None:
    architecture = architectures()[name]
    given = images(3)
    expected = architecture.module.preprocess_input(given.astype(np.float64))
    np.testing.assert_allclose(preprocessing_of(architecture).apply(given), expected, atol=2e-5)


@pytest.mark.parametrize(
    ("name", "scale", "offset", "reverse"),
    [
        ("mobilenet_v2", 1 / 127.5, (-1.0, -1.0, -1.0), False),
        ("vgg16", 1.0, (-103.939, -116.779, -123.68), True),
        ("resnet50", 1.0, (-103.939, -116.779, -123.68), True),
        ("resnet50v2", 1 / 127.5, (-1.0, -1.0, -1.0), False),
        ("densenet121", 1 / 255 / 0.229, (-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225), False),
        ("efficientnetb0", 1.0, (0.0, 0.0, 0.0), False),
        ("mobilenet_v3_small", 1.0, (0.0, 0.0, 0.0), False),
    ],
)
def test_known_numbers(name: str, scale: float, offset: tuple[float, ...], reverse: bool) -> None:
    found = preprocessing_of(architectures()[name])
    assert found.scale[0] == pytest.approx(scale)
    assert found.offset == pytest.approx(offset)
    assert found.reverse_channels is reverse


def test_grey_is_repeated() -> None:
    given = np.full((1, 1, 1, 1), 10, np.uint8)
    assert RGB.apply(given).tolist() == [[[[10.0, 21.0, 32.0]]]]


def test_rgb_becomes_luma() -> None:
    given = np.array([[[[100, 50, 200]]]], np.uint8)
    luma = 0.299 * 100 + 0.587 * 50 + 0.114 * 200
    assert GREY.apply(given)[0, 0, 0, 0] == pytest.approx(luma / 127.5 - 1)


@pytest.mark.parametrize("prepare", [GREY, RGB, BGR], ids=["grey", "rgb", "bgr"])
@pytest.mark.parametrize("channels", [1, 3])
def test_layers_do_the_same_and_survive_saving(prepare: Preprocessing, channels: int, tmp_path: Path) -> None:
    given = images(channels)
    x = keras.Input((5, 4, channels), dtype="uint8")
    keras.Model(x, prepare.layers(x)).save(tmp_path / "model.keras")
    model = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_allclose(model(given), prepare.apply(given), atol=1e-4)
