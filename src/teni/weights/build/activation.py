"""Activations that today's Keras computes otherwise than the file meant: put behind the layer they belong to."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from teni.weights.build.flow import Flow, as_meant
from teni.weights.build.shop import Shop

# Up to Keras 2 hard_sigmoid(x) was clip(0.2 x + 0.5, 0, 1), today clip(x / 6 + 0.5, 0, 1): the same at 1.2 x.
HARD_SIGMOID = 1.2


def split_activation(config: Mapping[str, Any], shop: Shop) -> tuple[dict[str, Any], Callable[[Flow], Flow]]:
    """Take an activation out of a layer's settings if it has to be computed in another way.

    That is hard_sigmoid, whose slope has changed, and softmax over channels-first images, which goes along
    their last axis, not along the channels.

    Args:
        config: today's settings.
        shop: what is kept.

    Returns:
        The settings, and a function to be applied to the layer's output.
    """
    settings = dict(config)
    if settings.get("activation") == "hard_sigmoid":
        settings["activation"] = "linear"
        return settings, partial(old_hard_sigmoid, shop)
    if settings.get("activation") == "softmax" and settings.get("data_format") == "channels_first":
        settings["activation"] = "linear"
        return settings, partial(softmax, shop)
    return settings, _as_is


def old_hard_sigmoid(shop: Shop, flow: Flow) -> Flow:
    """Apply clip(0.2 x + 0.5, 0, 1), as all Keras up to 2 did.

    Args:
        shop: what is kept.
        flow: any tensor.
    """
    steeper = shop.extra("Rescaling", flow.tensor, HARD_SIGMOID)
    return Flow(shop.extra("Activation", steeper, "hard_sigmoid"), flow.image, flow.rows)


def softmax(shop: Shop, flow: Flow) -> Flow:
    """Apply a softmax along the axis that was the last one in the file.

    Args:
        shop: what is kept.
        flow: any tensor.
    """
    return Flow(shop.extra("Activation", as_meant(flow, shop).tensor, "softmax"))


def _as_is(flow: Flow) -> Flow:
    return flow
