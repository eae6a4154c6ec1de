"""Train everything, the slower the deeper below the head."""

from collections.abc import Sequence

from teni.features import View
from teni.training import Phase, TrainingSettings
from teni.transfer.blocks import blocks_from_the_top
from teni.transfer.tuned import Plan, Request, base_rate, head_rate, new_head, place_head

EPOCHS = 60
# What the uppermost block learns at, in shares of the new head's rate, and what each block takes of the one above.
UPPERMOST, DECAY = 0.3, 0.5


def layerwise(request: Request, views: Sequence[View], settings: TrainingSettings) -> Plan:
    """Plan to train a new head and the whole network at once, at learning rates that halve from block to block.

    Args:
        request: what to fit.
        views: taps and sizes to choose from for the head; none leaves the proposal to the backbone.
        settings: of the training.

    Returns:
        A plan, see `teni.transfer.tuned.Tuned`.
    """
    place = place_head(request, views, settings)
    network = new_head(request, place)
    top, *below = blocks_from_the_top(network)
    rates = dict.fromkeys(top, head_rate(network, request.dataset.task))
    for depth, block in enumerate(below):
        rates |= dict.fromkeys(block, UPPERMOST * DECAY**depth)
    phase = Phase("everything", rates, settings.epochs or EPOCHS, base_rate(settings), warmup=1.0)
    return Plan(network, (phase,), place, settings, "pretrained")
