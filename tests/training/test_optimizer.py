"""Two steps of each optimiser, against Keras's own."""

import keras
import numpy as np
import pytest

from teni.training.optimizer import start_state, update

START = [np.array([1.0, -2.0], np.float32), np.array([[0.5]], np.float32)]
GRADIENTS = [
    [np.array([0.3, -0.1], np.float32), np.array([[2.0]], np.float32)],
    [np.array([-0.2, 0.4], np.float32), np.array([[1.0]], np.float32)],
]


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("adam", keras.optimizers.Adam(0.1)),
        ("sgd", keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True)),
    ],
)
def test_as_keras(name, theirs):
    values, state = START, start_state(START, name)
    variables = [keras.Variable(v) for v in START]
    for gradients in GRADIENTS:
        values, state = update(values, gradients, state, [0.1, 0.1], name)
        theirs.apply([keras.ops.convert_to_tensor(g) for g in gradients], variables)
    for one, other in zip(values, variables, strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other.value), rtol=1e-5)


def test_each_array_has_its_own_rate():
    values, _ = update(START, GRADIENTS[0], start_state(START, "sgd"), [0.0, 0.1], "sgd")
    assert np.asarray(values[0]).tolist() == [1.0, -2.0]
    assert np.asarray(values[1]).item() == pytest.approx(0.5 - 0.1 * 2 * 1.9)


def test_long_gradients_are_shortened_together():
    far = [np.array([300.0, 0.0], np.float32), np.array([[400.0]], np.float32)]
    values, _ = update(START, far, start_state(START, "sgd"), [1.0, 1.0], "sgd")
    # 500 long, shortened to 10: (6, 0) and 8, times 1.9
    np.testing.assert_allclose(values[0], [1 - 11.4, -2.0], rtol=1e-5)
    np.testing.assert_allclose(values[1], [[0.5 - 15.2]], rtol=1e-5)
