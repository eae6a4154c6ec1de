"""What fills one variable of a layer: which tensors of the file, changed how, and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

from numpy.typing import NDArray

from teni.errors import TeniError
from teni.weights.hints import Hints
from teni.weights.load_report import Action
from teni.weights.reading import Reading
from teni.weights.saved import Age, SavedTensor

Array = NDArray[Any]


@dataclass(frozen=True)
class Fill:
    """How one variable of the network is filled.

    Args:
        variable: the Keras variable.
        tensors: what is read from the file, in order.
        change: makes the variable's values of the tensors' values.
        action: what is reported.
        why: the reason that is reported.
    """

    variable: Any
    tensors: tuple[SavedTensor, ...]
    change: Callable[[Sequence[Array]], Array]
    action: Action
    why: str


@dataclass(frozen=True)
class Ask:
    """One layer to be filled, and all that is known for it.

    Args:
        layer: the Keras layer.
        variables: its variables, in the order in which the file stores them.
        tensors: the file's tensors for it.
        reading: how the file is to be read.
        age: the layout of the file.
        hints: what the network's builder knows about its weights.
        where: file, layer and position, for messages.
    """

    layer: Any
    variables: tuple[Any, ...]
    tensors: tuple[SavedTensor, ...]
    reading: Reading
    age: Age
    hints: Hints
    where: str

    @property
    def image(self) -> tuple[int, ...] | None:
        """(channels, *space) of the channels-first image that the layer takes, flattened if it is a Dense."""
        return self.hints.images.get(self.layer.name)

    @property
    def old(self) -> bool:
        """Whether the file is of Keras 0 or 1, which stored several layers in other forms."""
        return self.age in ("keras-oldest", "keras-1")


def shape_of(variable: Any) -> tuple[int, ...]:
    """Give the shape of a Keras variable as plain integers.

    >>> import keras
    >>> shape_of(keras.Variable([[1.0, 2.0]]))
    (1, 2)
    """
    return tuple(int(size) for size in variable.shape)


def stored_variables(layer: Any) -> tuple[Any, ...]:
    """List a layer's variables as Keras up to 2.x stored them: trained ones first, then running statistics.

    Args:
        layer: a built Keras layer.

    >>> import keras
    >>> layer = keras.layers.BatchNormalization()
    >>> layer.build((None, 2))
    >>> [variable.name for variable in stored_variables(layer)]
    ['gamma', 'beta', 'moving_mean', 'moving_variance']
    """
    return (*layer.trainable_weights, *layer.non_trainable_weights)


def plain(variable: Any, tensor: SavedTensor, ask: Ask) -> Fill:
    """Load a tensor as it is; another shape is an error.

    Args:
        variable: what is filled.
        tensor: what fills it.
        ask: the layer, for the message.

    Raises:
        TeniError: the shapes differ.
    """
    if shape_of(variable) != tensor.shape:
        raise misfit(variable, tensor, ask)
    return Fill(variable, (tensor,), only(), "loaded", f"into {variable.name}")


def misfit(variable: Any, tensor: SavedTensor, ask: Ask) -> TeniError:
    """Say which shape was expected and which was found."""
    expected = f"{variable.name} of shape {shape_of(variable)}"
    return TeniError(f"{ask.where}: expected {expected}; found {tensor.name} of shape {tensor.shape}")


def need_count(ask: Ask, counts: tuple[int, ...] = ()) -> None:
    """Make sure that the file has as many tensors for a layer as the layer takes.

    Args:
        ask: the layer.
        counts: the numbers of tensors that will do; none given: as many as there are variables.

    Raises:
        TeniError: there are more or fewer.
    """
    allowed = counts or (len(ask.variables),)
    if len(ask.tensors) in allowed:
        return
    wanted = ", ".join(f"{variable.name} {shape_of(variable)}" for variable in ask.variables)
    held = ", ".join(f"{tensor.name} {tensor.shape}" for tensor in ask.tensors) or "none"
    number = " or ".join(str(count) for count in allowed)
    raise TeniError(f"{ask.where}: expected {number} tensors ({wanted}); found {len(ask.tensors)} ({held})")


def only(*changes: Callable[[Array], Array]) -> Callable[[Sequence[Array]], Array]:
    """Make the change of a filling from a single tensor: it is taken as it is, or changed step by step.

    Args:
        changes: what is done with it, one after the other.

    >>> only(sorted, len)([[3, 1, 2]])
    3
    """
    return partial(_in_turn, changes)


def _in_turn(changes: Sequence[Callable[[Array], Array]], values: Sequence[Array]) -> Array:
    return reduce(lambda array, change: change(array), changes, values[0])
