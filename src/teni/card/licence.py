"""Under which terms the weights came that a model began with, as far as anybody said."""

from dataclasses import dataclass

from teni.backbones.catalogue import published_licence
from teni.backbones.load import FACE_LICENCE
from teni.paths import base_name
from teni.run import Run

# The names that hubs know licences by (https://spdx.org/licenses), for those that occur.
_IDENTIFIERS = {
    "Apache-2.0": "apache-2.0",
    "MIT": "mit",
    "BSD 3-clause": "bsd-3-clause",
    "Creative Commons Attribution 4.0": "cc-by-4.0",
}


@dataclass(frozen=True)
class Licence:
    """What is known of the terms.

    Args:
        identifier: as hubs write it; ``other`` where it is not known.
        text: a sentence for people.
    """

    identifier: str
    text: str


def licence_of(run: Run) -> Licence:
    """Say under which terms the pretrained weights of a run came.

    Args:
        run: whose ``about`` names backbone and weights.
    """
    members = run.about["choice"].get("members")
    if not members:
        network = str(run.about.get("backbone", "the pretrained network"))
        return _of_network(run, network, run.about.get("licence"), run.about.get("strategy") == "scratch")
    each = {str(member.get("backbone")): member.get("licence") for member in members.values()}  # an ensemble
    found = [_of_network(run, network, told, False) for network, told in each.items()]
    identifiers = {licence.identifier for licence in found}
    together = identifiers.pop() if len(identifiers) == 1 else "other"
    return Licence(together, " ".join(licence.text for licence in found))


def _of_network(run: Run, network: str, told: object, random: bool) -> Licence:
    """Say under which terms the weights of one network came, of those that a command was given."""
    name, weights = base_name(network), _weights_of(run, network)
    given = base_name(weights) if isinstance(weights, str) else None
    told = told or (FACE_LICENCE if name == "face" and not weights else None)
    if told:
        return Licence(_identifier(str(told)), f"The weights of {name} are {told}.")
    if given == "random" or random or (not weights and _begins_anew(name)):
        return Licence("other", f"No pretrained weights: {name} began with random values.")
    published = published_licence(name)
    if published is not None and given is not None:
        return Licence(
            "other",
            f"Not known: ask whoever gave you {given}. If it holds the ImageNet weights that Keras publishes for "
            f"{name}, their terms are {published}.",
        )
    if isinstance(weights, list):
        return Licence("other", f"Not known: ask whoever gave you the weights of {name}.")
    return Licence("other", f"Not known: ask whoever gave you {given or name}.")


def _weights_of(run: Run, network: str) -> object:
    """Find what was given as weights of a network: one file, or one for each of several networks, in their order."""
    arguments = run.about.get("arguments", {})
    networks, weights = arguments.get("backbone"), arguments.get("weights")
    if isinstance(weights, list) and isinstance(networks, list) and len(networks) == len(weights):
        weights = dict(zip(networks, weights, strict=True)).get(network, weights)
    weights = weights[0] if isinstance(weights, list) and len(weights) == 1 else weights
    return None if weights == "none" else weights


def _begins_anew(name: str) -> bool:
    return name.startswith("facial-cnn")


def _identifier(told: str) -> str:
    return next((short for start, short in _IDENTIFIERS.items() if told.startswith(start)), "other")
