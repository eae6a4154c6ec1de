"""What flows through a network under construction: a tensor, and how it lies in the file's eyes."""

from dataclasses import dataclass
from typing import Any

import keras


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


def as_meant(flow: Flow) -> Flow:
    """Bring a tensor into the axis order that the file meant, for layers that depend on it.

    Args:
        flow: any tensor.
    """
    if flow.rows is not None:
        channels, *space = flow.rows
        shaped = keras.layers.Reshape((*space, channels))(flow.tensor)
        return Flow(keras.layers.Flatten()(_channels_first(shaped)))
    return Flow(_channels_first(flow.tensor)) if flow.image else flow


def as_image(flow: Flow, first: bool) -> Flow:
    """Bring a tensor into channels-last order for a layer over images.

    Args:
        flow: any tensor.
        first: whether the layer meant channels first.
    """
    if not first:
        return as_meant(flow)
    flow = as_meant(flow) if flow.rows is not None else flow
    if flow.image:
        return flow
    rank = len(flow.tensor.shape) - 1
    return Flow(keras.layers.Permute((*range(2, rank + 1), 1))(flow.tensor), image=True)


def _channels_first(tensor: Any) -> Any:
    rank = len(tensor.shape) - 1
    return keras.layers.Permute((rank, *range(1, rank)))(tensor)
