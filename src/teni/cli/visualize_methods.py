"""The table of methods of ``teni visualize``: one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from teni.visualize import Method


def methods() -> dict[str, Method]:
    """List every method by the name that ``--method`` takes; the imports wait until they are needed."""
    from teni.visualize import Method
    from teni.visualize.activations import ActivationsSettings, activations
    from teni.visualize.filters import FilterSettings, filters

    return {
        "filters": Method(filters, FilterSettings, "the kernels of a convolution"),
        "activations": Method(
            activations, ActivationsSettings, "what each layer makes of one image of --data", images="needed"
        ),
    }
