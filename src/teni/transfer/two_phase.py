"""Train a new head first, and then everything."""

from collections.abc import Sequence

from teni.features import View
from teni.training import Phase, TrainingSettings
from teni.transfer.blocks import blocks_from_the_top
from teni.transfer.tuned import Plan, Request, base_rate, head_rate, new_head, place_head

EPOCHS = 60
# The share of the epochs in which the head learns alone.
ALONE = 0.25
# What pretrained layers learn at, and a head that has learned, in shares of a new head's rate.
PRETRAINED, LEARNED = 0.1, 0.3


def two_phase(request: Request, views: Sequence[View], settings: TrainingSettings) -> Plan:
    """Plan to train a new head on the frozen network, then the head and the whole network below it.

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
    head, rate = head_rate(network, request.dataset.task), base_rate(settings)
    epochs = settings.epochs or EPOCHS
    first = max(1, round(ALONE * epochs))
    alone = Phase("head", dict.fromkeys(top, head), first, rate)
    rates = {name: PRETRAINED for block in below for name in block} | dict.fromkeys(top, LEARNED * head)
    both = Phase("everything", rates, max(1, epochs - first), rate, warmup=1.0)
    return Plan(network, (alone, both), place, settings, "pretrained")
