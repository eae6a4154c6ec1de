"""The JAX fast paths: the only place that imports jax."""

from teni.engine.clone import fast_form as fast_form
from teni.engine.clone import on_cpu as on_cpu
from teni.engine.compiled import keep_compiled as keep_compiled
from teni.engine.epoch import compile_steps as compile_steps
from teni.engine.forward import compile_forward as compile_forward
from teni.engine.forward import images_a_pass as images_a_pass
from teni.engine.trained import training_form as training_form
from teni.engine.widest import images_that_fit as images_that_fit
