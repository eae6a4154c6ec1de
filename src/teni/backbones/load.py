"""The one door to every backbone: by the name of a network or by the path of a file."""

import difflib
from dataclasses import replace
from pathlib import Path

import keras

from teni.backbones.backbone import Backbone
from teni.backbones.catalogue import (
    Architecture,
    architectures,
    build_application,
    preprocessing_of,
    spelling,
)
from teni.backbones.graph import renumbered
from teni.backbones.partial import cut_below
from teni.errors import TeniError
from teni.weights import LoadReport, SavedWeights, apply, missing_layers, read


def backbone(
    name_or_path: str, *, weights: str | Path | None = None, size: tuple[int, int] = (96, 96), seed: int = 0
) -> Backbone:
    """Make a backbone by name or from a file.

    Args:
        name_or_path: a network of ``keras.applications`` in any spelling.
        weights: a weights file for the named network; ``random`` for initial values; ``download`` to let Keras
            fetch the ImageNet weights. teni never uses the network unless it is asked to.
        size: height and width of the image that the network gets to see, in pixels.
        seed: of the initial values where ``weights`` is ``random``.

    Raises:
        TeniError: no such network, no weights given, weights that do not fit, or a size that does not fit.

    >>> backbone("vgg16", weights="random", size=(32, 32)).model.output_shape
    (None, 1, 1, 512)
    """
    known = {spelling(name): found for name, found in architectures().items()}
    architecture = known.get(spelling(name_or_path))
    if architecture is None:
        near = difflib.get_close_matches(spelling(name_or_path), known, n=3)
        raise TeniError(f"no backbone {name_or_path!r}; did you mean {', '.join(near)}?")
    return _application(architecture, weights, size, seed)


def _application(
    architecture: Architecture, weights: str | Path | None, size: tuple[int, int], seed: int
) -> Backbone:
    if weights is None:
        raise TeniError(f"{architecture.name} needs weights")
    if weights == "random":
        model = build_application(architecture, size, seed=seed, published=False)
        return Backbone(architecture.name, model, preprocessing_of(architecture))
    saved = _settled(read(weights))
    model = build_application(architecture, size, seed=None, published=True)
    report, broken = _load(saved, model)
    kept, unusable = cut_below(model, broken)
    return Backbone(architecture.name, kept, preprocessing_of(architecture), report, None, unusable)


def _load(saved: SavedWeights, model: keras.Model) -> tuple[LoadReport, dict[str, str]]:
    missing = missing_layers(saved, model)
    report = apply(saved, model, allow_missing=missing)
    return report, dict.fromkeys(missing, f"{saved.source} does not hold its weights")


def _settled(saved: SavedWeights) -> SavedWeights:
    """Give the layers that Keras numbered by itself the numbers that the network here has."""
    names = renumbered(saved.names)
    return replace(
        saved, layers=tuple(replace(each, name=names.get(each.name, each.name)) for each in saved.layers)
    )
