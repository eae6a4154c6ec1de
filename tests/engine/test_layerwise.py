"""An inference is compiled layer by layer where XLA can, and as it likes where it cannot."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from teni.engine import layerwise

CPU_ONLY = pytest.mark.skipif(jax.default_backend() != "cpu", reason="on an accelerator nothing is changed")


def two_layers(x, w):
    return jax.nn.relu(x @ w + 1) @ w.T


@CPU_ONLY
def test_no_single_piece_is_made_of_two_layers():
    if layerwise.layer_by_layer() is None:
        pytest.skip("this XLA has no such option")
    x, w = jnp.ones((16, 2000)), jnp.ones((2000, 100))
    apart = jax.jit(two_layers, compiler_options=layerwise.layer_by_layer())
    assert "ynn_fusion" not in apart.lower(x, w).compile().as_text()
    np.testing.assert_allclose(apart(x, w), jax.jit(two_layers)(x, w), rtol=1e-5)


@CPU_ONLY
def test_an_option_that_xla_does_not_know_is_left_out(monkeypatch):
    monkeypatch.setattr(layerwise, "_OPTIONS", {"xla_cpu_no_such_option": ""})
    layerwise._is_known.cache_clear()
    try:
        assert layerwise.layer_by_layer() is None
    finally:
        layerwise._is_known.cache_clear()


def test_nothing_is_changed_on_an_accelerator(monkeypatch):
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    assert layerwise.layer_by_layer() is None
