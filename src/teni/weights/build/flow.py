"""What flows through a network under construction: a tensor, and how it lies in the file's eyes."""

from dataclasses import dataclass
from typing import Any

from teni.weights.build.shop import Shop


@dataclass(frozen=True)
class Flow:
    """A tensor between two layers.

    Args:
        tensor: the Keras tensor.
        image: whether the file meant channels first and the tensor has them last.
        rows: of a flattened image, (channels, *space) in the file's order while the tensor has channels last;
            None if the tensor is as the file meant.
    """

    tensor: Any
    image: bool = False
    rows: tuple[int, ...] | None = None


def as_meant(flow: Flow, shop: Shop) -> Flow:
    """Bring a tensor into the axis order that the file meant, for layers that depend on it.

    Args:
        flow: any tensor.
        shop: what is kept.
    """
    if flow.rows is not None:
        channels, *space = flow.rows
        shaped = shop.extra("Reshape", flow.tensor, (*space, channels))
        return Flow(shop.extra("Flatten", _channels_first(shaped, shop)))
    return Flow(_channels_first(flow.tensor, shop)) if flow.image else flow


def as_image(flow: Flow, first: bool, shop: Shop) -> Flow:
    """Bring a tensor into channels-last order for a layer over images.

    Args:
        flow: any tensor.
        first: whether the layer meant channels first.
        shop: what is kept.
    """
    if not first:
        return as_meant(flow, shop)
    flow = as_meant(flow, shop) if flow.rows is not None else flow
    if flow.image:
        return flow
    rank = len(flow.tensor.shape) - 1
    return Flow(shop.extra("Permute", flow.tensor, (*range(2, rank + 1), 1)), image=True)


def _channels_first(tensor: Any, shop: Shop) -> Any:
    rank = len(tensor.shape) - 1
    return shop.extra("Permute", tensor, (rank, *range(1, rank)))
