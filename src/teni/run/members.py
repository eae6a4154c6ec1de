"""Of what an ensemble consists, as it is told in a line."""

from collections.abc import Mapping
from typing import Any

from teni.paths import base_name


def member_names(choice: Mapping[str, Any]) -> list[str]:
    """Name the models that an ensemble averages, with their shares and without the folders of their networks.

    Args:
        choice: of a run's ``about``.

    Returns:
        Empty where the model is one.

    >>> member_names({"members": {"nets/face.keras kernel": {"weight": 0.67}, "mobilenet mlp": {"weight": 0.33}}})
    ['face.keras kernel (67%)', 'mobilenet mlp (33%)']
    >>> member_names({"taps": ["block4"]})
    []
    """
    members = choice.get("members") or {}
    return [f"{base_name(name)} ({each['weight']:.0%})" for name, each in members.items()]
