"""Which taps to try: where the blocks of a network end, one scale after another."""

import math
from collections.abc import Sequence
from typing import Any

import keras

from teni.backbones.backbone import Backbone
from teni.backbones.graph import consumers, parents

LARGEST = 150_000  # features of one image; above it the Gram matrix of a few thousand faces takes minutes
_MERGES = (
    "Add",
    "Concatenate",
    "Average",
    "Maximum",
)  # by name: a plain ``a + b`` is no layer, but an Add too
_POOLS = (keras.layers.MaxPooling2D, keras.layers.AveragePooling2D)
_NONLINEAR = (keras.layers.Activation, keras.layers.ReLU, keras.layers.LeakyReLU, keras.layers.PReLU)
_WEIGHTED = (keras.layers.Conv2D, keras.layers.SeparableConv2D, keras.layers.DepthwiseConv2D)


def propose_taps(backbone: Backbone, count: int = 5) -> tuple[str, ...]:
    """Propose taps from early to late, at least one at each scale, where blocks of the network end.

    A block ends where a single tensor carries all that the later layers get to see. Of those places the ones
    at a sum, a concatenation or a pooling are preferred to bare activations, and the activation or pooling
    that alone takes such an output stands in its place. A depthwise convolution ends no block. Left out are
    features of more than 150,000 numbers an image, maps of a single pixel, and whatever is no map.

    Args:
        backbone: the network; the size of its input decides how large its maps are.
        count: how many taps are wanted; where the network has more scales than that, the finest are left out,
            and where it has fewer places, all of them are proposed.

    Returns:
        Names of layers, in the order of the network.

    >>> from teni.backbones.preprocessing import Preprocessing
    >>> x = h = keras.Input((16, 16, 1))
    >>> for block in (1, 2):
    ...     h = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name=f"conv{block}")(h)
    ...     h = keras.layers.MaxPooling2D(name=f"pool{block}")(h)
    >>> propose_taps(Backbone("tiny", keras.Model(x, h), Preprocessing(1, (1.0,), (0.0,))))
    ('pool1', 'pool2')
    """
    model = backbone.model
    order = {operation.name: position for position, operation in enumerate(model.operations)}
    scales = _candidates(model)
    coarsest = sorted(scales)[-count:] if count > 0 else []
    places = [scales[scale] for scale in coarsest]
    chosen = [
        name
        for names, share in zip(places, _shares([len(names) for names in places], count), strict=True)
        for name in _spread(names, share)
    ]
    return tuple(sorted(chosen, key=order.__getitem__))


def _candidates(model: keras.Model) -> dict[int, list[str]]:
    """List the best kind of places at each scale (how often the input was halved), in network order."""
    takers = consumers(model)
    narrow = _bottlenecks(model, takers)
    ranked: dict[int, dict[int, list[str]]] = {}
    for operation in model.operations:
        rank = _rank(operation, operation.name in narrow)
        if rank is None:
            continue
        place = _end_of_block(operation, takers)
        scale = _scale(model, place)
        if scale is not None:
            names = ranked.setdefault(scale, {}).setdefault(rank, [])
            if place.name not in names:
                names.append(place.name)
    return {scale: ranks[min(ranks)] for scale, ranks in ranked.items()}


def _rank(operation: Any, narrow: bool) -> int | None:
    """Rank a place, 0 being the best; None for what is no place to tap."""
    kind = type(operation).__name__
    if kind in _MERGES:
        return 0 if narrow else 2 if kind == "Concatenate" else 3
    if isinstance(operation, _POOLS):
        return 0 if narrow else None
    linear = getattr(operation, "activation", None) is keras.activations.linear
    if linear or not isinstance(operation, (*_WEIGHTED, *_NONLINEAR)) or _is_depthwise(operation):
        return None
    return 1 if narrow else 3


def _is_depthwise(operation: Any) -> bool:
    """Whether the last convolution before a place looks at each channel alone."""
    while not isinstance(operation, _WEIGHTED):
        above = parents(operation)
        if len(above) != 1:
            return False
        operation = above[0]
    return isinstance(operation, keras.layers.DepthwiseConv2D)


def _end_of_block(operation: Any, takers: dict[str, list[Any]]) -> Any:
    """Go on to the activation or pooling that alone takes the output."""
    following = takers[operation.name]
    while len(following) == 1 and isinstance(following[0], (*_NONLINEAR, *_POOLS)):
        operation = following[0]
        following = takers[operation.name]
    return operation


def _bottlenecks(model: keras.Model, takers: dict[str, list[Any]]) -> set[str]:
    """Find the operations whose output is the only one that later operations still need."""
    waiting: dict[str, int] = {}
    found: set[str] = set()
    for operation in model.operations:
        for parent in parents(operation):
            waiting[parent.name] -= 1
            if waiting[parent.name] == 0:
                del waiting[parent.name]
        if not waiting:
            found.add(operation.name)
        waiting[operation.name] = len(takers[operation.name])
    return found


def _scale(model: keras.Model, operation: Any) -> int | None:
    shape = operation.output.shape
    if len(shape) != 4 or None in shape[1:] or min(shape[1:3]) < 2 or math.prod(shape[1:]) > LARGEST:
        return None
    return round(math.log2(model.input_shape[1] / shape[1]))


def _shares(available: Sequence[int], count: int) -> list[int]:
    """Give every scale one tap, each of the rest to where the most places share one, coarse before fine."""
    shares = [1] * len(available)
    while sum(shares) < min(count, sum(available)):
        open_to = [scale for scale, places in enumerate(available) if shares[scale] < places]
        most = max(open_to, key=lambda scale: (available[scale] / shares[scale], -shares[scale], scale))
        shares[most] += 1
    return shares


def _spread(names: Sequence[str], share: int) -> list[str]:
    """Choose evenly, the last one always among them."""
    return [names[math.ceil(len(names) * (step + 1) / share) - 1] for step in range(share)]
