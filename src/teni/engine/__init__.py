"""The JAX fast paths: the only place that imports jax."""

from teni.engine.clone import fast_form as fast_form
from teni.engine.clone import on_cpu as on_cpu
from teni.engine.forward import compile_forward as compile_forward
from teni.engine.widest import images_that_fit as images_that_fit
