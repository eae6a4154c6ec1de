"""What is kept while a network is built: its layers by name, and what its weights will need to know."""

from collections.abc import Callable, Mapping
from typing import Any

import keras

from teni.errors import TeniError
from teni.weights.graph import Node
from teni.weights.hints import Composition
from teni.weights.reading import Reading

Shapes = tuple[tuple[int, ...], ...]

ARRAY_SETTINGS = (
    "size",
    "strides",
    "pool_size",
    "kernel_size",
    "dilation_rate",
    "target_shape",
    "dims",
    "axes",
)


class Shop:
    """The layers made so far; a layer that is called twice is made once.

    Args:
        reading: how the file is to be read.
        source: the file, for messages.
        shapes: the shapes of the tensors that the file has for a layer, by the layer's name in the file.
    """

    def __init__(self, reading: Reading, source: str, shapes: Mapping[str, Shapes]) -> None:
        self.reading = reading
        self.source = source
        self.shapes = shapes
        self.images: dict[str, tuple[int, ...]] = {}
        self.composed: dict[str, Composition] = {}
        self.names: dict[str, str] = {}
        self.nested: dict[str, Any] = {}
        self._layers: dict[str, Any] = {}
        self._extras = 0

    @property
    def theano(self) -> bool:
        """Whether borders of kind 'same' are Theano's."""
        return self.reading.kernels == "convolution"

    def layer(self, node: Node, settings: Mapping[str, Any], kind: str | None = None) -> Any:
        """Make the layer of a node, or give the one made before.

        Args:
            node: what the file describes.
            settings: today's arguments.
            kind: today's class; None: the node's own.

        Raises:
            TeniError: Keras refuses the arguments.
        """
        if node.name not in self._layers:
            name = safe_name(node)
            plain = {
                key: _plain(value) if key in ARRAY_SETTINGS else value for key, value in settings.items()
            }
            try:
                made = getattr(keras.layers, kind or node.kind)(name=name, **plain)
            except (TypeError, ValueError, AttributeError, OverflowError) as error:
                raise self.error(node, f"Keras refuses its settings ({_short(error)})") from error
            self._layers[node.name] = made
            self.names[name] = node.name
        return self._layers[node.name]

    def extra(self, kind: str, tensor: Any, *settings: Any) -> Any:
        """Put a layer between two of the file's, under a name that no other has.

        Args:
            kind: its class.
            tensor: its input.
            settings: its arguments.
        """
        self._extras += 1
        return getattr(keras.layers, kind)(*settings, name=f"between_{self._extras}_{kind.lower()}")(tensor)

    def compose(self, node: Node, make: Callable[[], tuple[Any, Composition]]) -> Any:
        """Make a layer that today's Keras does not have of others, or give the one made before.

        Args:
            node: what the file describes.
            make: makes a layer of that name, and tells where its weights come from.
        """
        if node.name not in self._layers:
            layer, composition = make()
            self.composed[layer.name] = composition
            self.keep(node, layer)
        return self._layers[node.name]

    def keep(self, node: Node, layer: Any) -> Any:
        """Keep a layer or network made elsewhere under a node's name."""
        self.names[layer.name] = node.name
        return self._layers.setdefault(node.name, layer)

    def adopt(self, node: Node, built: Any) -> None:
        """Keep all that is known of a network within the network.

        Args:
            node: the nested network.
            built: what ``build_network`` made of it.
        """
        self.nested[node.name] = built
        self.images.update(built.hints.images)
        self.composed.update(built.hints.composed)
        self.names.update(built.names)

    def kept(self, node: Node) -> Any:
        """Give the layer kept for a node, or None."""
        return self._layers.get(node.name)

    def image_shape(self, node: Node, tensor: Any) -> tuple[int, ...]:
        """Give the shape of a channels-last image as (channels, *space).

        Args:
            node: the layer that takes it.
            tensor: the image.

        Raises:
            TeniError: a size is not known.
        """
        *space, channels = tensor.shape[1:]
        if channels is None or None in space:
            raise self.error(node, "the size of the image before it is not known")
        return (int(channels), *(int(size) for size in space))

    def error(self, node: Node, what: str) -> TeniError:
        """Say what is wrong with one layer of the file."""
        return TeniError(f"{self.source}: layer {node.name!r} ({node.kind}): {what}")


def safe_name(node: Node) -> str:
    """Give a layer's name as today's Keras takes it, which is without slashes.

    >>> safe_name(Node("conv1/7x7_s2", "Convolution2D", {}, ()))
    'conv1_7x7_s2'
    """
    return node.name.replace("/", "_")


def _plain(value: Any) -> Any:
    return tuple(_plain(item) for item in value) if isinstance(value, list | tuple) else value


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:160]
