"""Filling layers that are composed of several of today's."""

from teni.weights.fill import Ask, Fill, misfit, need_count, only
from teni.weights.hints import Composition


def fill_composed(ask: Ask, composition: Composition) -> list[Fill]:
    """Fill the parts of a composed layer from the tensors of the one layer that it stands for.

    Args:
        ask: the layer and its tensors.
        composition: where the values of its variables come from.

    Raises:
        TeniError: the tensors don't fit.
    """
    need_count(ask, (composition.count,))
    tensors = ask.tensors
    if composition.matrices_first:
        tensors = tuple(sorted(tensors, key=lambda tensor: -len(tensor.shape)))
    fills: list[Fill] = []
    for part in composition.parts:
        tensor = tensors[part.tensor]
        if tensor.shape != part.shape:
            raise misfit(part.variable, tensor, ask)
        action, why = ("composed", part.why) if part.why else ("loaded", f"into {part.variable.path}")
        fills.append(Fill(part.variable, (tensor,), only(part.change), action, why))
    return fills
