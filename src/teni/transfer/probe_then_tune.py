"""Solve the head in closed form, then tune it and all that lies below it, gently."""

from collections.abc import Sequence

from teni.features import View
from teni.training import Phase, TrainingSettings, training_data
from teni.transfer.blocks import blocks_from_the_top
from teni.transfer.network import set_head, with_head
from teni.transfer.probe import choose_place, solve_probe, training_material
from teni.transfer.tuned import Plan, Request, base_rate, head_rate

EPOCHS = 24
# On real faces, twelve epochs below MobileNet's conv_pw_11 took ridge's 1.81 px on validation people to 1.53.
# What the solved head and the uppermost block learn at, in shares of a new head's rate, and what each block takes of
# the one above.
SOLVED, UPPERMOST, DECAY = 0.15, 0.3, 0.85


def probe_then_tune(request: Request, views: Sequence[View], settings: TrainingSettings) -> Plan:
    """Plan to begin with the ridge head of a tap, and to tune it and everything below gently (Kumar et al., 2022).

    A head that is new sends large gradients through layers that were right; one that is solved does not. The
    weights that are kept are the best on the validation rows, those of the start among them.

    Args:
        request: what to fit.
        views: taps and sizes to choose from for the head; none leaves the proposal to the backbone.
        settings: of the training.

    Returns:
        A plan, see `teni.transfer.tuned.Tuned`.
    """
    data = training_data(request.dataset, request.split)
    material = training_material(
        request.dataset, request.split, request.backbone, request.seed, request.on_progress
    )
    place = choose_place(material, views, settings.augment.flip)
    kernel, bias = solve_probe(material, place)
    network = with_head(
        request.backbone,
        place.view,
        data.images,
        data.targets,
        data.task,
        projection=place.projection,
        flat=True,
    )
    set_head(network, kernel, bias, place.projection)
    top, *below = blocks_from_the_top(network)
    rates = dict.fromkeys(top, SOLVED * head_rate(network, data.task))
    for depth, block in enumerate(below):
        rates |= dict.fromkeys(block, UPPERMOST * DECAY**depth)
    phase = Phase("everything", rates, settings.epochs or EPOCHS, base_rate(settings), warmup=1.0)
    return Plan(network, (phase,), place, settings, "pretrained, head solved by ridge")
