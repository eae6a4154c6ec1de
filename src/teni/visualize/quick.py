"""A network in the form that runs fastest here, for methods that run it hundreds of times."""

import keras


def quick(model: keras.Model) -> keras.Model:
    """Rewrite a network for this backend and device: the same outputs and gradients up to rounding.

    Args:
        model: a functional network of Keras's own layers; it is left as it is.

    Returns:
        On JAX without an accelerator the engine's form, with weights of its own; elsewhere the network itself.

    >>> x = keras.Input((8, 8, 2))
    >>> model = keras.Model(x, keras.layers.DepthwiseConv2D(3)(x))
    >>> quick(model).output_shape
    (None, 6, 6, 2)
    """
    if keras.config.backend() != "jax":
        return model
    from teni.engine import fast_form  # imported here: other backends need no jax

    return fast_form(model)
