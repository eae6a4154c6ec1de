"""Initial values: Keras's own distributions, drawn by NumPy, and no trace of it in the network."""

import keras
import numpy as np
import pytest

from teni.backbones.initial import build_network, clone_network, draw

KINDS = ["GlorotUniform", "GlorotNormal", "HeNormal", "HeUniform", "LecunNormal", "LecunUniform"]


def build() -> keras.Model:
    x = keras.Input((8, 8, 2), name="x")
    h = keras.layers.Conv2D(16, 3, name="conv")(x)
    h = keras.layers.BatchNormalization(name="norm")(h)
    deep = keras.layers.Conv2D(4, 1, kernel_initializer="he_normal", name="deep")
    inner = keras.Sequential([keras.Input((6, 6, 16), name="y"), deep], name="inner")
    return keras.Model(x, inner(h), name="net")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(200, 300), (3, 3, 40, 50)])
def test_distribution_is_that_of_keras(kind: str, shape: tuple[int, ...]) -> None:
    initializer = getattr(keras.initializers, kind)(seed=1)
    theirs = np.asarray(initializer(shape))
    ours = draw(initializer, shape, np.random.default_rng(1))
    assert ours.dtype == np.float32
    assert abs(ours.mean()) < 0.02 * ours.std()
    assert ours.std() == pytest.approx(theirs.std(), rel=0.02)
    assert np.abs(ours).max() == pytest.approx(np.abs(theirs).max(), rel=0.03)


def test_variance_scaling_of_every_kind() -> None:
    for mode, fan in [("fan_in", 3 * 3 * 40), ("fan_out", 3 * 3 * 50), ("fan_avg", 3 * 3 * 45)]:
        for distribution in ["normal", "untruncated_normal", "uniform"]:
            initializer = keras.initializers.VarianceScaling(2.0, mode, distribution)
            values = draw(initializer, (3, 3, 40, 50), np.random.default_rng(0))
            assert values.std() == pytest.approx(np.sqrt(2 / fan), rel=0.02)


def values(model: keras.Model) -> list[np.ndarray]:
    return [keras.ops.convert_to_numpy(each.value) for each in model.weights]


def test_same_seed_same_network_other_seed_another() -> None:
    first, same, other = (build_network(build, seed=seed) for seed in (4, 4, 5))
    for a, b, c in zip(values(first), values(same), values(other), strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.ndim == 1 or not np.array_equal(a, c)


def test_without_a_seed_kernels_are_zero_and_scales_one() -> None:
    model = build_network(build, seed=None)
    assert not values(model)[0].any()
    assert np.all(values(model)[2] == 1)


def test_the_description_is_the_one_keras_would_have_made() -> None:
    assert build_network(build, seed=0).get_config() == build().get_config()


def test_the_initialisers_are_keras_s_again_outside() -> None:
    build_network(build, seed=0)
    assert type(keras.layers.Dense(3).kernel_initializer) is keras.initializers.GlorotUniform


def test_a_copy_is_drawn_anew_at_another_size() -> None:
    x = keras.Input((8, 8, 2), name="x")
    model = keras.Model(x, keras.layers.Conv2D(3, 3, name="conv")(x))
    copy = clone_network(model, (12, 10), seed=0)
    assert copy.input_shape == (None, 12, 10, 2)
    assert copy.get_layer("conv") is not model.get_layer("conv")
    np.testing.assert_array_equal(values(copy)[0], values(clone_network(model, (8, 8), seed=0))[0])
    assert not values(clone_network(model, (8, 8), seed=None))[0].any()
