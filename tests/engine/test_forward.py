"""Batches, the last one short, mirror images, and no images at all."""

import keras
import numpy as np
import pytest

from teni.engine import compile_forward
from teni.engine.forward import PIXELS_A_BATCH


def network():
    x = keras.Input((4, 6, 3), dtype="uint8")
    h = keras.layers.Rescaling(1 / 255)(x)
    conv = keras.layers.Conv2D(2, 3)
    return keras.Model(x, [conv(h), keras.layers.Flatten()(h)])


def images(count):
    return np.random.default_rng(0).integers(0, 256, (count, 4, 6, 3), np.uint8)


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("count", [1, 4, 7])
def test_equals_keras(count, mirror):
    model, x = network(), images(count)
    batches = list(compile_forward(model, PIXELS_A_BATCH // (8 if mirror else 4), mirror)(x))
    assert [batch[0].shape[1] for batch in batches] == {1: [1], 4: [4], 7: [4, 3]}[count]
    for i in range(2):
        found = np.concatenate([batch[i] for batch in batches], axis=1)
        seen = [x, x[:, :, ::-1]] if mirror else [x]
        expected = np.stack([np.asarray(model(each)[i]) for each in seen])
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_no_images_give_no_batches():
    assert list(compile_forward(network(), 24, True)(images(0))) == []


def test_an_image_larger_than_a_batch_may_hold():
    (batch, _) = compile_forward(network(), 10 * PIXELS_A_BATCH, True)(images(2))
    assert batch[0].shape == (2, 1, 2, 4, 2)


def test_a_batch_that_is_told():
    model, x = network(), images(7)
    batches = list(compile_forward(model, 24, True, batch_on_cpu=6)(x))
    assert [batch[0].shape[1] for batch in batches] == [3, 3, 1]  # each with its mirror image
