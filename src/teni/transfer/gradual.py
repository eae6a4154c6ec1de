"""Unfreeze a network from the top, block by block."""

from collections.abc import Sequence

from teni.features import View
from teni.training import Phase, TrainingSettings
from teni.transfer.blocks import blocks_from_the_top
from teni.transfer.tuned import Plan, Request, base_rate, head_rate, new_head, place_head

EPOCHS = 60
# What pretrained layers learn at, and a head that has learned, in shares of a new head's rate.
PRETRAINED, LEARNED = 0.1, 0.3


def gradual(request: Request, views: Sequence[View], settings: TrainingSettings) -> Plan:
    """Plan to train a new head, then with it the uppermost block, then one more, down to the image.

    Each phase takes the same number of epochs, the last one twice as many. After Howard and Ruder (2018).

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
    each = max(1, round((settings.epochs or EPOCHS) / (len(below) + 2)))
    phases = [Phase("head", dict.fromkeys(top, head), each, rate)]
    for count in range(1, len(below) + 1):
        rates = {name: PRETRAINED for block in below[:count] for name in block}
        rates |= dict.fromkeys(top, LEARNED * head)
        last = count == len(below)
        phases.append(Phase(f"{count} blocks", rates, each * (2 if last else 1), rate, warmup=0.5))
    return Plan(network, tuple(phases), place, settings, "pretrained")
