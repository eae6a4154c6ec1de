"""The control: the same network from a random start. Did transfer help at all?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import keras

from teni.backbones.initial import clone_network
from teni.features import Projection, View
from teni.task import Keypoints, measure_name
from teni.training import Phase, TrainingSettings, training_data
from teni.transfer.mirror import Mirror
from teni.transfer.network import HEAD
from teni.transfer.probe import Place, choose_place, training_material
from teni.transfer.tuned import Plan, Request, base_rate, head_rate, new_head

EPOCHS = 100
# Keras's own 0.99 takes hundreds of steps until what a batch norm says at inference is what it said in training.
MOMENTUM = 0.9


def scratch(request: Request, views: Sequence[View], settings: TrainingSettings) -> Plan:
    """Plan to train the network from random weights, drawn from the seed.

    Batch norms take each batch's statistics, and each image is standardised.

    Args:
        request: what to fit.
        views: where the head sits, the last of them counts, the deepest; none puts it on the end of the network.
        settings: of the training.

    Returns:
        A plan, see `teni.transfer.tuned.Tuned`.
    """
    backbone, task = request.backbone, request.dataset.task
    view = views[-1] if views else View(backbone.size, backbone.model.operations[-1].name)
    mirror, said = _mirror(request, view, settings.augment.flip)
    place = Place(view, mirror, Projection(None, 1.0), said)
    fresh = replace(backbone, model=clone_network(backbone.model, backbone.size, seed=request.seed))
    network = new_head(replace(request, backbone=fresh), place, untrained=True)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = min(layer.momentum, MOMENTUM)
    learned = [layer.name for layer in network.layers if layer.weights]
    rates = {name: head_rate(network, task) if name == HEAD else 1.0 for name in learned}
    epochs = settings.epochs or EPOCHS
    phase = Phase("from scratch", rates, epochs, base_rate(settings), warmup=1.0, norms="batch")
    return Plan(network, (phase,), place, settings, "random")


def _mirror(request: Request, view: View, flips: bool) -> tuple[Mirror, dict[str, Any]]:
    """A mirrored face is a face; of classes the pretrained network tells, as it does for all that is transferred."""
    task = request.dataset.task
    if isinstance(task, Keypoints) or not flips:
        mirror: Mirror = "halves" if flips else None
        return mirror, {"center": mirror, f"validation_{measure_name(task)}": {}}
    training_data(request.dataset, request.split)  # refuse what cannot be trained on before any work
    material = training_material(
        request.dataset, request.split, request.backbone, request.seed, request.on_progress, most=None
    )
    place = choose_place(material, (view,), flips)
    return place.mirror, place.flip
