"""Models packed into one: the same outputs, and what is common is there once."""

import keras
import numpy as np

from teni.transfer.together import together


def backbone(seed, name):
    x = keras.Input((6, 6, 1))
    layer = keras.layers.Conv2D(3, 3, kernel_initializer=keras.initializers.GlorotUniform(seed))
    return keras.Model(x, keras.layers.ReLU()(layer(x)), name=name)


def model(network, points, seed):
    """Look at an image and its mirror image, each with a model of its own making."""
    image = keras.Input((6, 6, 1), dtype="uint8")
    scaled = keras.layers.Rescaling(1 / 255)(image)
    sides = [network(scaled), network(keras.ops.flip(scaled, axis=2))]
    h = keras.layers.Flatten()(sides[0] + sides[1])
    h = keras.layers.Dense(2 * points, kernel_initializer=keras.initializers.GlorotUniform(seed), name="out")(
        h
    )
    return keras.Model(image, keras.layers.Reshape((points, 2))(h))


def images():
    return np.random.default_rng(0).integers(0, 256, (5, 6, 6, 1), np.uint8)


def count(found):
    return sum(isinstance(layer, keras.Model) for layer in found.layers)


def test_equal_backbones_become_one_and_outputs_stand_in_order(tmp_path):
    parts = [model(backbone(1, "one"), 2, 5), model(backbone(1, "other"), 1, 6)]
    whole = together([("a", parts[0]), ("b", parts[1])], [2, 0, 1], "whole")
    expected = np.concatenate([np.asarray(part(images())) for part in parts], axis=1)[:, [2, 0, 1]]
    np.testing.assert_allclose(whole(images()), expected, atol=1e-6)
    assert count(whole) == 1
    assert len(whole.get_weights()) == 2 + 4
    assert sum(isinstance(layer, keras.layers.Rescaling) for layer in whole.layers) == 1
    (network,) = (layer for layer in whole.layers if isinstance(layer, keras.Model))
    assert len(network._inbound_nodes) == 2 + 0  # once on the image, once on its mirror image
    whole.save(tmp_path / "whole.keras")
    back = keras.models.load_model(tmp_path / "whole.keras")
    np.testing.assert_allclose(back(images()), expected, atol=1e-6)


def test_other_weights_are_another_backbone():
    parts = [("a", model(backbone(1, "one"), 2, 5)), ("b", model(backbone(2, "one"), 1, 6))]
    whole = together(parts, [0, 1, 2], "whole")
    expected = np.concatenate([np.asarray(part(images())) for _, part in parts], axis=1)
    np.testing.assert_allclose(whole(images()), expected, atol=1e-6)
    assert count(whole) == 2


def test_the_parts_stay_as_they_are():
    part = model(backbone(1, "one"), 2, 5)
    before = np.asarray(part(images()))
    whole = together([("a", part), ("b", part)], [0, 1, 2, 3], "whole")
    whole.set_weights([np.zeros_like(w) for w in whole.get_weights()])
    np.testing.assert_array_equal(part(images()), before)
    assert not np.asarray(whole(images())).any()
