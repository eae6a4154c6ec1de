"""Have XLA compile a network layer by layer on a CPU, where it would make one piece of all."""

from functools import cache

import jax

# jaxlib 0.10 hands a CPU whatever follows one another to YNNPACK as a single piece, and how that is cut up for the
# cores depends on the number of images in jumps: 16 of them through facial-cnn-6 took 110 ms so, and 25 ms layer by
# layer; VGG16 and ResNet50 are a fifth quicker layer by layer.
_OPTIONS = {"xla_cpu_experimental_ynn_fusion_type": ""}


def layer_by_layer() -> dict[str, str] | None:
    """Return the options to compile an inference with on this device, for `jax.jit(compiler_options=...)`.

    Returns:
        None on an accelerator, and where this version of XLA has no such option.

    >>> layer_by_layer() in (None, _OPTIONS)
    True
    """
    return _OPTIONS if jax.default_backend() == "cpu" and _is_known() else None


@cache
def _is_known() -> bool:
    """Tell whether XLA takes the options; a fact of the installed version."""
    try:
        jax.jit(lambda x: x + 1, compiler_options=_OPTIONS).lower(0.0).compile()
    except jax.errors.JaxRuntimeError:  # "No such compile option"
        return False
    return True
