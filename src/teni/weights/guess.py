"""What a file does not say outright: its backend by its tensors' names, its axis order by kernel shapes."""

from typing import get_args

from teni.weights.saved import Age, Backend, Ordering, SavedLayer


def known_backend(stated: str | None, layers: tuple[SavedLayer, ...]) -> Backend | None:
    """Tell the backend: as stated, else TensorFlow where names end in ``:0`` as its variables do.

    Args:
        stated: the file's own ``backend`` attribute, or None.
        layers: what the file holds.

    Returns:
        The backend, or None if neither tells; names such as ``conv1_W``, without ``:0``, are Theano's.

    >>> from teni.weights.saved import SavedTensor
    >>> tensor = SavedTensor("conv1_W", (8, 3, 3, 3), "float32", lambda: None)
    >>> known_backend(None, (SavedLayer("conv1", (tensor,)),))
    'theano'
    """
    for backend in get_args(Backend):
        if stated == backend:
            return backend
    names = [tensor.name for layer in layers for tensor in layer.tensors]
    names = [name for name in names if not name.rpartition("/")[2].startswith("param_")]
    if stated is not None or not names:
        return None
    return "tensorflow" if any(name.endswith(":0") for name in names) else "theano"


def kernel_ordering(layers: tuple[SavedLayer, ...], age: Age) -> Ordering | None:
    """Tell the axis order in which Keras 0 and 1 stored convolution kernels, if the shapes leave no doubt.

    Keras 1 stores (filters, channels, rows, cols) channels-first and (rows, cols, channels, filters)
    channels-last. A bias has as many values as there are filters, so it decides unless both ends agree.
    Keras 2 stores one order whatever the images' order, so its kernels tell nothing.

    Args:
        layers: what the file holds.
        age: the layout of the file.

    Returns:
        The order on which all decided kernels agree, or None.

    >>> from teni.weights.saved import SavedTensor
    >>> shapes = ((8, 3, 5, 5), (8,))
    >>> layer = SavedLayer("conv", tuple(SavedTensor("p", s, "float32", lambda: None) for s in shapes))
    >>> kernel_ordering((layer,), "keras-oldest")
    'channels_first'
    """
    if age not in ("keras-oldest", "keras-1"):
        return None
    votes = {vote for layer in layers if (vote := _vote(layer)) is not None}
    if votes == {"channels_first"}:
        return "channels_first"
    return "channels_last" if votes == {"channels_last"} else None


def _vote(layer: SavedLayer) -> Ordering | None:
    shapes = [tensor.shape for tensor in layer.tensors]
    if not shapes or len(shapes[0]) not in (4, 5):
        return None
    kernel, filters = shapes[0], shapes[1][0] if len(shapes) > 1 and len(shapes[1]) == 1 else None
    first, last = kernel[0] == filters, kernel[-1] == filters
    if filters is None or first == last:
        # Kernels are small and square; channel counts seldom are.
        first = kernel[2] == kernel[3] and kernel[0] != kernel[1] and max(kernel[2:4]) < min(kernel[:2])
        last = kernel[0] == kernel[1] and kernel[2] != kernel[3] and max(kernel[:2]) < min(kernel[2:4])
    if first == last:
        return None
    return "channels_first" if first else "channels_last"
