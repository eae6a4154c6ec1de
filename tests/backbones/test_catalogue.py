"""Every network of keras.applications: its name, its size, its preprocessing."""

import sys

import keras
import numpy as np
import pytest

from teni.backbones.catalogue import (
    RESCALED,
    Architecture,
    architectures,
    build_application,
    download_application,
    preprocessing_of,
)
from teni.errors import TeniError


def test_names_are_as_users_write_them() -> None:
    names = set(architectures())
    expected = (
        "mobilenet mobilenet_v2 mobilenet_v3_small vgg16 resnet50 resnet50v2 efficientnetb0 convnext_tiny"
    )
    assert set(expected.split()) <= names
    assert {"nasnet_mobile", "densenet121", "xception", "inception_resnet_v2"} <= names
    assert len(names) >= 38


@pytest.mark.parametrize("name", architectures())
def test_every_preprocessing_is_that_of_the_network(name: str) -> None:
    architecture = architectures()[name]
    given = np.random.default_rng(0).integers(0, 256, (1, 3, 2, 3)).astype(np.float64)
    expected = architecture.module.preprocess_input(given.copy())
    np.testing.assert_allclose(preprocessing_of(architecture).apply(given), expected, atol=2e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", architectures())
def test_every_network_is_built_at_96_pixels(name: str) -> None:
    model = build_application(architectures()[name], (96, 96), seed=None, published=True)
    assert model.input_shape == (None, 96, 96, 3)
    assert len(model.output_shape) == 4
    assert len({operation.name for operation in model.operations}) == len(model.operations)


def test_names_do_not_depend_on_what_was_built_before() -> None:
    first, second = (
        build_application(architectures()["mobilenet_v3_small"], (32, 32), seed=None, published=False)
        for _ in range(2)
    )
    assert [layer.name for layer in first.layers] == [layer.name for layer in second.layers]
    assert "activation" in [layer.name for layer in first.layers]


def test_published_efficientnet_divides_by_the_root_of_the_deviations() -> None:
    plain, published = (
        build_application(architectures()["efficientnetb0"], (32, 32), seed=None, published=each)
        for each in (False, True)
    )
    assert [w.shape for w in plain.weights] == [w.shape for w in published.weights]
    taps = [published.get_layer(name).output for name in ("normalization", RESCALED)]
    before, after = keras.Model(published.inputs[0], taps)(np.full((1, 32, 32, 3), 255.0, np.float32))
    np.testing.assert_allclose(after[0, 0, 0], before[0, 0, 0] / np.sqrt([0.229, 0.224, 0.225]), rtol=1e-5)
    stem = published.get_layer("stem_conv_pad").input
    assert stem is published.get_layer(RESCALED).output


def test_too_small_an_image_is_refused() -> None:
    with pytest.raises(
        TeniError, match=r"resnet50 does not take images of 8 x 9 pixels; choose a larger --size"
    ):
        build_application(architectures()["resnet50"], (8, 9), seed=None, published=True)


def test_download_without_a_network_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    def offline(**settings: object) -> keras.Model:
        print("Downloading data")
        raise Exception("URL fetch failure")

    architecture = Architecture("vgg16", offline, keras.applications.vgg16)
    with pytest.raises(
        TeniError, match=r"vgg16 could not be fetched \(URL fetch failure\); .* --weights FILE"
    ):
        download_application(architecture, (32, 32))
    assert capsys.readouterr().out == ""
    assert sys.stdout is not sys.stderr


def test_download_of_efficientnet_names_its_rescaling() -> None:
    def fetch(weights: str, **settings: object) -> keras.Model:
        x = keras.Input((32, 32, 3))
        h = keras.layers.Rescaling(1 / 255)(x)
        return keras.Model(x, keras.layers.Rescaling(0.5)(h))

    architecture = Architecture("efficientnetb0", fetch, keras.applications.efficientnet)
    model = download_application(architecture, (32, 32))
    assert [layer.name for layer in model.layers] == ["input_layer", "rescaling", RESCALED]
