"""A network in the form that runs fastest here, and how many images then go through it best."""

import sys

import keras

# Times the images that fit on the way forth alone: measured, the time of an image changes little from 1.5 to 3.
_FORTH_AND_BACK = 2


def quick(model: keras.Model, *, back: bool = True) -> keras.Model:
    """Rewrite a network for this backend and device: the same outputs and gradients up to rounding.

    Args:
        model: a functional network of Keras's own layers; it is left as it is.
        back: whether gradients will go back through it.

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

    return fast_form(model, back=back)


def quickest_batch(model: keras.Model) -> int:
    """Tell how many images go forth and back through a network together at the least time for each.

    Args:
        model: a functional network of images of a known size.

    Returns:
        On JAX without an accelerator as many as fit the cache; elsewhere the more the better, a huge number.

    >>> x = keras.Input((64, 64, 1))
    >>> quickest_batch(keras.Model(x, keras.layers.Conv2D(32, 1)(x))) > 0
    True
    """
    if keras.config.backend() != "jax":
        return sys.maxsize
    from teni.engine import images_that_fit, on_cpu  # imported here: other backends need no jax

    return _FORTH_AND_BACK * images_that_fit(model, back=True) if on_cpu() else sys.maxsize
