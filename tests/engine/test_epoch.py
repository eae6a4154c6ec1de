"""Steps as one program or one by one: the same numbers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from teni.engine.epoch import compile_steps

DATA = {"x": jnp.asarray(np.random.default_rng(0).normal(size=(6, 5, 5, 2)), jnp.float32)}
PLAN = {"rows": jnp.array([[0, 1], [2, 3], [4, 5]]), "rate": jnp.array([0.1, 0.2, 0.3])}


def looped(step, state):
    told = []
    for i in range(3):
        state, said = step(state, DATA, {"rows": PLAN["rows"][i], "rate": PLAN["rate"][i]})
        told.append(said)
    return state, jnp.stack(told)


def with_convolution(kernel, data, entry):
    x = data["x"][entry["rows"]]

    def loss(k):
        out = lax.conv_general_dilated(x, k, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        return jnp.mean(jnp.square(out - 1))

    value, gradient = jax.value_and_grad(loss)(kernel)
    return kernel - entry["rate"] * gradient, value


def without(kernel, data, entry):
    x = data["x"][entry["rows"]].mean()
    return kernel - entry["rate"] * (kernel * x - 1) * x, jnp.sum(kernel)


@pytest.mark.parametrize("step", [with_convolution, without])
def test_as_a_plain_loop(step):
    start = np.full((3, 3, 2, 1), 0.1, np.float32)
    expected = looped(step, jnp.asarray(start))
    run = compile_steps(step, jnp.asarray(start), DATA, PLAN)
    for _ in range(2):  # the state is given up to the program; data and plan are not
        state, told = run(jnp.asarray(start), DATA, PLAN)
        np.testing.assert_allclose(state, expected[0], rtol=1e-5)
        np.testing.assert_allclose(told, expected[1], rtol=1e-5)
