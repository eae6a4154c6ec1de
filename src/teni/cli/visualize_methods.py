"""The table of methods of ``teni visualize``, one line each: found by name, and listed."""

from __future__ import annotations

import difflib
import sys
from typing import TYPE_CHECKING

from teni.errors import TeniError

if TYPE_CHECKING:
    from teni.visualize import Method


def methods() -> dict[str, Method]:
    """List every method by the name that ``--method`` takes; the imports wait until they are needed."""
    from teni.visualize import Method
    from teni.visualize.activation import ActivationSettings, activation
    from teni.visualize.activations import ActivationsSettings, activations
    from teni.visualize.filters import FilterSettings, filters
    from teni.visualize.fooling import (
        AscentSettings,
        EvolutionSettings,
        fool_by_cppn,
        fool_by_gradient,
        fool_by_pixels,
    )
    from teni.visualize.grad_cam import GradCamSettings, show_grad_cam
    from teni.visualize.guided import GuidedSettings, show_guided
    from teni.visualize.integrated_gradients import IntegratedGradientsSettings, show_integrated_gradients
    from teni.visualize.network_picture import NetworkSettings, network
    from teni.visualize.nine_patches import DeconvSettings, show_nine_patches
    from teni.visualize.occlusion import OcclusionSettings, show_occlusion
    from teni.visualize.saliency import SaliencySettings, show_saliency
    from teni.visualize.smooth_grad import SmoothGradSettings, show_smooth_grad

    every = sys.maxsize  # where the user names no class, all are fooled at once
    return {
        "activation": Method(
            activation, ActivationSettings, "the image that a unit responds to most, from noise"
        ),
        "filters": Method(filters, FilterSettings, "the kernels of a convolution"),
        "activations": Method(
            activations, ActivationsSettings, "what each layer makes of one image of --data", images="needed"
        ),
        "fool": Method(
            fool_by_gradient,
            AscentSettings,
            "a picture of nothing for each class in which the model is confident, by gradient ascent",
            "output",
            default_units=every,
            by_unit=False,
        ),
        "fool-direct": Method(
            fool_by_pixels,
            EvolutionSettings,
            "the same by evolution of pixels",
            "output",
            default_units=every,
            by_unit=False,
        ),
        "fool-cppn": Method(
            fool_by_cppn,
            EvolutionSettings,
            "the same by evolution of small networks that draw",
            "output",
            default_units=every,
            by_unit=False,
        ),
        "network": Method(network, NetworkSettings, "the layers, what is frozen, and the taps", units="none"),
        "deconv": Method(
            show_nine_patches,
            DeconvSettings,
            "what the strongest activations over --data were made of, beside the image patches",
            images="needed",
        ),
        "saliency": Method(
            show_saliency, SaliencySettings, "which pixels an output hangs on", images="needed"
        ),
        "smoothgrad": Method(
            show_smooth_grad,
            SmoothGradSettings,
            "saliency or another map, averaged over noisy copies of the image",
            images="needed",
        ),
        "integrated-gradients": Method(
            show_integrated_gradients,
            IntegratedGradientsSettings,
            "what each pixel adds to an output",
            images="needed",
        ),
        "guided": Method(show_guided, GuidedSettings, "guided backpropagation to the image", images="needed"),
        "grad-cam": Method(
            show_grad_cam,
            GradCamSettings,
            "where the maps of --layer speak for an output",
            units="output",
            images="needed",
        ),
        "occlusion": Method(
            show_occlusion, OcclusionSettings, "what hiding a place changes", images="needed"
        ),
    }


def find_method(table: dict[str, Method], name: str) -> Method:
    """Find a method by its name.

    Args:
        table: all methods.
        name: as it was typed.

    Raises:
        TeniError: there is none of that name; the nearest are offered.

    >>> find_method({"saliency": "..."}, "salience")
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: no method 'salience'; did you mean saliency?
    """
    if name in table:
        return table[name]
    near = difflib.get_close_matches(name, table, n=3, cutoff=0.4)
    told = f"did you mean {', '.join(near)}?" if near else f"there are {', '.join(table)}"
    raise TeniError(f"no method {name!r}; {told}")


def listed(table: dict[str, Method]) -> str:
    """List methods and their settings, as people may write them.

    Args:
        table: all methods.
    """
    from teni.visualize.settings import told_settings

    wide = max(map(len, table)) + 2
    lines: list[str] = []
    for name, row in table.items():
        lines.append(f"{name:{wide}}{row.about}")
        told = told_settings(row.settings)
        if told:
            lines.append(f"{'':{wide}}--set {' '.join(told)}")
    return "\n".join(lines)
