"""A network in two gives what it gave whole, also where paths join again."""

import keras
import numpy as np
import pytest

from teni.training.divide import divide

layers = keras.layers


def joined():
    x = keras.Input((4,), name="x")
    a = layers.Dense(3, name="a")(x)
    b = layers.Dense(3, name="b")(a)
    c = layers.Add(name="sum")([a, b])
    return keras.Model(x, layers.Dense(2, name="head")(layers.Concatenate(name="both")([c, x])))


@pytest.mark.parametrize(("trained", "passed_on"), [(["head"], 1), (["b", "head"], 2), (["a"], None)])
def test_both_parts_together(trained, passed_on):
    net = joined()
    lower, upper = divide(net, trained)
    x = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    if passed_on is None:
        assert lower is None
        assert upper is net
        return
    assert lower is not None
    assert len(lower.outputs) == passed_on
    assert {w.path for w in lower.weights} & {w.path for w in upper.weights} == set()
    np.testing.assert_allclose(upper(lower(x)), net(x), rtol=1e-5)
