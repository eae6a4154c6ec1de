"""Freeze the lower layers at a named one and train the rest, with a new head."""

from collections.abc import Sequence

from teni.features import View
from teni.training import Phase, TrainingSettings
from teni.transfer.blocks import blocks_from_the_top, layers_from
from teni.transfer.network import HEAD
from teni.transfer.tuned import (
    Plan,
    Request,
    base_rate,
    frozen_settings,
    head_rate,
    new_head,
    place_head,
)

EPOCHS = 60
# What the layers under a new head learn at, in shares of the head's rate: they know something already.
BELOW = 0.3


def freeze_below(
    request: Request, views: Sequence[View], settings: TrainingSettings, *, layer: str | None = None
) -> Plan:
    """Plan to train a new head and the layers from a named one up; what is frozen runs once, its output stored.

    So that it can run once, images are mirrored beforehand and not changed in any other way.

    Args:
        request: what to fit.
        views: taps and sizes to choose from for the head; none leaves the proposal to the backbone.
        settings: of the training; of the augmentation only ``flip`` counts.
        layer: the lowest layer that learns; None takes the uppermost block.

    Returns:
        A plan, see `teni.transfer.tuned.Tuned`; ``partial(freeze_below, layer="conv_pw_9")`` is a design.

    Raises:
        TeniError: no such layer below the tap.
    """
    settings = frozen_settings(settings)
    place = place_head(request, views, settings)
    network = new_head(request, place)
    blocks = blocks_from_the_top(network)
    names = layers_from(network, layer) if layer else [*blocks[0], *blocks[1]]
    head = head_rate(network, request.dataset.task)
    rates = {name: head if name == HEAD else BELOW for name in names}
    lowest = layer or blocks[1][0]
    epochs = settings.epochs or EPOCHS
    phase = Phase(f"from {lowest} up", rates, epochs, base_rate(settings), warmup=1.0)
    return Plan(network, (phase,), place, settings, f"pretrained, frozen below {lowest}")
