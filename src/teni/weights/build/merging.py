"""Building the layers that join several tensors."""

from typing import Any

from teni.weights.build.flow import Flow, as_meant
from teni.weights.build.shop import Shop
from teni.weights.graph import Node


def build_merging(node: Node, flows: list[Flow], shop: Shop) -> Flow:
    """Build Add, Multiply, Average, Maximum, Minimum, Subtract, Concatenate or Dot.

    Args:
        node: the layer.
        flows: its inputs.
        shop: what is kept.
    """
    image = node.kind != "Dot" and all(flow.image for flow in flows)
    if not image:
        flows = [as_meant(flow, shop) for flow in flows]
    settings: dict[str, Any] = dict(node.config)
    tensors = [flow.tensor for flow in flows]
    if node.kind == "Concatenate" and image:
        rank = len(tensors[0].shape)
        axis = settings.get("axis", -1) % rank
        settings["axis"] = rank - 1 if axis == 1 else axis - 1
    if node.kind == "Dot":
        cosine = settings.pop("old_cosine", False)
        axes = settings.get("axes", -1)
        ranks = [len(tensor.shape) for tensor in tensors]
        if cosine and max(ranks) > 2:
            raise shop.error(node, "a cosine of sequences cannot be carried over; Keras 1 computed none")
        settings["axes"] = (
            [axes % rank for rank in ranks] if isinstance(axes, int) else [int(axis) for axis in axes]
        )
        out = shop.layer(node, settings)(tensors)
        return Flow(shop.extra("Reshape", out, (1, *out.shape[1:])) if cosine else out)
    return Flow(shop.layer(node, settings)(tensors), image=image)
