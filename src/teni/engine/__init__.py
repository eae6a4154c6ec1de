"""The JAX fast paths: the only place that imports jax."""

from teni.engine.forward import compile_forward as compile_forward
