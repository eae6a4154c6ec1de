"""How the numbers of a file are to be read: which convolution, which axis order, which statistics."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from teni.weights.parse import layer_configs
from teni.weights.saved import Ordering, SavedWeights

Kernels = Literal["convolution", "correlation"]
Statistics = Literal["deviation", "variance"]
# What batch normalization added up to Keras 1.0.5 unless told otherwise.
OLD_EPSILON = 1e-6
DEVIATIONS = ("1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.0.4", "1.0.5")


@dataclass(frozen=True)
class Reading:
    """One way to read a file, and what of it had to be assumed.

    Args:
        kernels: ``convolution`` (Theano's: the kernel is turned by 180 degrees) or ``correlation``.
        ordering: the axis order of the images that the network was made for.
        statistics: whether batch normalization stored standard deviations (up to Keras 1.0.5) or variances.
        epsilon: what was added to stored deviations; None: as much as the layer adds today.
        assumed: one sentence for each thing that neither the file nor the caller said.

    >>> Reading("correlation", "channels_last").statistics
    'variance'
    """

    kernels: Kernels
    ordering: Ordering
    statistics: Statistics = "variance"
    epsilon: float | None = None
    assumed: tuple[str, ...] = ()


def choose_reading(
    saved: SavedWeights,
    *,
    kernels: Kernels | None = None,
    ordering: Ordering | None = None,
    statistics: Statistics | None = None,
) -> Reading:
    """Decide how to read a file: what the caller says, else what the file says, else what its age made usual.

    Args:
        saved: the file.
        kernels: the caller's word on the convolution, or None.
        ordering: the caller's word on the axis order of the images, or None.
        statistics: the caller's word on batch normalization, or None.

    Returns:
        The reading, with a sentence for everything assumed.

    >>> choose_reading(SavedWeights("w.h5", "keras-oldest", None, None, None, ())).kernels
    'convolution'
    """
    assumed: list[str] = []
    order = (
        ordering or _config_ordering(saved.model_config) or saved.ordering or _usual_ordering(saved, assumed)
    )
    return Reading(
        kernels=kernels or _kernels(saved, order, assumed),
        ordering=order,
        statistics=statistics or _statistics(saved, assumed),
        epsilon=OLD_EPSILON if saved.model_config is None else None,
        assumed=tuple(assumed),
    )


def _config_ordering(config: Mapping[str, Any] | None) -> Ordering | None:
    """Take the order that the network's own layers name, if they name but one."""
    if config is None:
        return None
    words = {"th": "channels_first", "tf": "channels_last"}
    named = {
        words.get(word, word)
        for layer in layer_configs(config)
        for word in (layer.get("dim_ordering"), layer.get("data_format"))
        if isinstance(word, str)
    }
    if named == {"channels_first"}:
        return "channels_first"
    return "channels_last" if named == {"channels_last"} else None


def _usual_ordering(saved: SavedWeights, assumed: list[str]) -> Ordering:
    usual: Ordering = "channels_first" if saved.age == "keras-oldest" else "channels_last"
    if saved.age in ("keras-oldest", "keras-1"):
        assumed.append(f"{usual}: the file does not say the images' axis order (convert --ordering decides)")
    return usual


def _kernels(saved: SavedWeights, ordering: Ordering, assumed: list[str]) -> Kernels:
    if saved.backend is not None:
        return "convolution" if saved.backend == "theano" else "correlation"
    old = saved.age in ("keras-oldest", "keras-1")
    usual: Kernels = "convolution" if old and ordering == "channels_first" else "correlation"
    if saved.age != "keras-3":
        assumed.append(f"{usual} kernels: the file does not say its backend (convert --kernels decides)")
    return usual


def _statistics(saved: SavedWeights, assumed: list[str]) -> Statistics:
    """Tell deviations (Keras 0.x to 1.0.5, 1.0.6 on Theano, divided by running_std + epsilon) from variances."""
    if saved.age == "keras-oldest" or saved.version in DEVIATIONS:
        return "deviation"
    if saved.version == "1.0.6" and saved.backend == "theano":
        return "deviation"
    names = [tensor.name for layer in saved.layers for tensor in layer.tensors]
    if saved.age == "keras-1" and saved.version is None and any("running_std" in name for name in names):
        assumed.append("running_std holds variances, as since Keras 1.0.6 (convert --statistics decides)")
    return "variance"
