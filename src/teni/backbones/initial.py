"""A network's initial values, drawn by NumPy: the same on every backend, and with nothing to compile.

XLA compiles the random numbers of every shape anew: nine tenths of the seconds that it takes to build a
MobileNet on JAX. Values that a weights file replaces a moment later need no drawing at all.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray


def build_network(build: Callable[[], keras.Model], *, seed: int | None) -> keras.Model:
    """Build a network with initial values drawn by NumPy.

    Args:
        build: builds the network by Keras's own means.
        seed: of the initial values; None fills them with zeros, for weights that are about to be loaded.

    Returns:
        The network, its layers' own initialisers in place as if Keras had built it alone.

    >>> net = build_network(lambda: keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]), seed=0)
    >>> net.layers[0].kernel.shape, type(net.layers[0].kernel_initializer).__name__
    ((2, 3), 'GlorotUniform')
    """
    generator = None if seed is None else np.random.default_rng(seed)
    scope = {name: _Maker(make, generator) for name, make in _random_initializers().items()}
    with keras.saving.custom_object_scope(scope):
        model = build()
    _restore(model)
    return model


def clone_network(
    model: keras.Model,
    size: tuple[int, int],
    *,
    seed: int | None,
    call: Callable[..., Any] | None = None,
    copy: Callable[[Any], Any] | None = None,
) -> keras.Model:
    """Copy a network, but not its weights, for an image of another size.

    Args:
        model: a functional network of one image.
        size: height and width of the copy's input, in pixels.
        seed: of the initial values; None leaves them zero.
        call: called as ``call(layer, *inputs)`` in each layer's place, to add layers on the way.
        copy: makes each layer's copy; `twin` if none is given.

    Returns:
        A network of new layers with the same names.

    >>> x = keras.Input((8, 8, 1))
    >>> net = keras.Model(x, keras.layers.Conv2D(2, 3, name="conv")(x))
    >>> clone_network(net, (16, 16), seed=0).output_shape
    (None, 14, 14, 2)
    """

    def build() -> keras.Model:
        old = model.inputs[0]
        x = keras.Input((*size, old.shape[-1]), dtype=old.dtype, name=model.layers[0].name)
        inputs = [x] if isinstance(model.input, list) else x
        return keras.models.clone_model(
            model, input_tensors=inputs, clone_function=copy or twin, call_function=call
        )

    return build_network(build, seed=seed)


def twin(operation: Any) -> Any:
    """Copy a layer, or an operation that is none, by its description; its weights stay behind.

    Args:
        operation: of a network.

    >>> twin(keras.layers.Dense(3, name="hidden")).name
    'hidden'
    """
    copy = type(operation).from_config(catch_initializers(operation.get_config()))
    copy.name = operation.name
    return copy


def copy_values(source: Any, target: Any) -> None:
    """Copy a layer's weights into its twin by way of NumPy: JAX may free an array that two networks share.

    Args:
        source: the layer to copy from.
        target: a layer whose weights have the same shapes.

    >>> one, other = (keras.layers.Dense(1, kernel_initializer=kind) for kind in ("ones", "zeros"))
    >>> one.build((None, 2)), other.build((None, 2)), copy_values(one, other)
    (None, None, None)
    >>> np.asarray(other.kernel.value).tolist()
    [[1.0], [1.0]]
    """
    for variable, value in zip(target.weights, source.weights, strict=True):
        variable.assign(np.array(keras.ops.convert_to_numpy(value.value)))


def catch_initializers(config: Any) -> Any:
    """Rewrite a description so that ``build_network`` catches its initialisers, which it does by their names.

    Args:
        config: of a layer or a whole network, as Keras serialises it.

    Returns:
        The same without the module names of the initialisers.

    >>> catch_initializers({"module": "keras.initializers", "class_name": "HeNormal", "config": {}})
    {'class_name': 'HeNormal', 'config': {}}
    """
    if isinstance(config, list | tuple):
        return type(config)(catch_initializers(each) for each in config)
    if not isinstance(config, dict):
        return config
    named = config.get("module") == "keras.initializers"
    return {
        key: catch_initializers(value)
        for key, value in config.items()
        if not named or key in ("class_name", "config")
    }


def draw(initializer: Any, shape: tuple[int, ...], generator: np.random.Generator) -> NDArray[np.float32]:
    """Draw from the distribution of a Keras initialiser of the variance-scaling family (Glorot, He, LeCun).

    Args:
        initializer: a ``keras.initializers.VarianceScaling`` or one of its kind.
        shape: of the tensor; the last two axes are what goes in and what comes out.
        generator: where the numbers come from.

    Returns:
        ``float32`` of that shape.

    >>> values = draw(keras.initializers.GlorotUniform(), (3, 3), np.random.default_rng(0))
    >>> bool(np.abs(values).max() <= 1.0)
    True
    """
    fan_in, fan_out = _fans(shape)
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[initializer.mode]
    scale = initializer.scale / max(1.0, fan)
    if initializer.distribution == "uniform":
        limit = float(np.sqrt(3 * scale))
        return generator.uniform(-limit, limit, shape).astype(np.float32)
    values = generator.standard_normal(shape, np.float32)
    if initializer.distribution == "truncated_normal":
        while (outside := np.abs(values) > 2).any():
            values[outside] = generator.standard_normal(int(outside.sum()), np.float32)
        values /= np.float32(0.87962566103423978)  # standard deviation of a normal cut at two
    return values * np.float32(np.sqrt(scale))


def _fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Count what goes into and out of one unit of a kernel (He et al., 2015, section 2.2)."""
    if len(shape) < 2:
        size = shape[0] if shape else 1
        return size, size
    field = int(np.prod(shape[:-2]))
    return field * shape[-2], field * shape[-1]


class _OnHost:
    """Stands in for one initialiser while the network is built, and remembers it."""

    def __init__(self, original: Any, generator: np.random.Generator | None) -> None:
        self.original = original
        self._generator = generator

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        if self._generator is None:
            values = np.zeros(shape, np.float32)
        else:
            values = draw(self.original, tuple(shape), self._generator)
        return keras.ops.convert_to_tensor(values, dtype=dtype)


class _Maker:
    """What Keras finds under an initialiser's name while the network is built."""

    def __init__(self, make: Callable[..., Any], generator: np.random.Generator | None) -> None:
        self._make = make
        self._generator = generator

    def from_config(self, config: dict[str, Any]) -> _OnHost:
        return _OnHost(self._make(**config), self._generator)


def _random_initializers() -> dict[str, Callable[..., Any]]:
    family = keras.initializers.VarianceScaling
    named = {name: getattr(keras.initializers, name) for name in dir(keras.initializers)}
    return {
        name: found for name, found in named.items() if isinstance(found, type) and issubclass(found, family)
    }


def _restore(model: Any) -> None:
    for layer in model.layers:
        for name, value in list(vars(layer).items()):
            if isinstance(value, _OnHost):
                setattr(layer, name, value.original)
        if isinstance(layer, keras.Model):
            _restore(layer)
