"""Fool a model by evolution of pixels, or of networks that draw."""

import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np

from teni.errors import TeniError
from teni.files import explained, write_bytes
from teni.progress import OnProgress, Progress, silent
from teni.visualize.fooling.confidence import classifier, judge
from teni.visualize.fooling.direct import DirectEncoding
from teni.visualize.fooling.encoding import Encoding
from teni.visualize.fooling.evolve import Confidences, Evolved, evolve
from teni.visualize.fooling.fooled import Fooled, run_search
from teni.visualize.fooling.indirect import CppnEncoding
from teni.visualize.fooling.saved import Origin, load_evolved, pack_evolved, save_evolved
from teni.visualize.fooling.settings import EvolutionSettings
from teni.visualize.opened import Opened

EncodingName = Literal["direct", "cppn"]

SAVED_EVERY = 30.0  # seconds, where a file for the archive was named
SAVING_SHARE = 0.05  # of the time at most, as large archives take seconds to write
_SAME_MODEL = 1e-3  # how far a saved confidence may be from that of the model that is to go on with it


def evolve_fooling(
    opened: Opened,
    encoding: EncodingName,
    settings: EvolutionSettings | None = None,
    *,
    classes: Sequence[int] | None = None,
    seed: int = 0,
    on_progress: OnProgress = silent,
) -> Fooled:
    """Breed for each class a picture of nothing in which a model is confident, all classes at once.

    A. Nguyen, J. Yosinski and J. Clune, "Deep neural networks are easily fooled: high confidence predictions for
    unrecognizable images" (2015), section 2.3. The model is only read, never asked for a gradient. Ctrl-C ends the
    search, and what was found so far is returned.

    Args:
        opened: the model.
        encoding: ``direct`` for pictures of independent pixels, ``cppn`` for networks that draw regular ones.
        settings: how long and how broadly.
        classes: places of the classes among the model's outputs; None is all.
        seed: of everything random.
        on_progress: told how many generations are done.

    Returns:
        The pictures, the confidence in them, and the archive.

    Raises:
        TeniError: the model is not about classes, or the archive's file is not of this search.

    >>> import keras
    >>> from teni.visualize.opened import open_network
    >>> x = keras.Input((4, 4, 3))
    >>> y = keras.layers.Softmax()(keras.layers.GlobalAveragePooling2D()(x))
    >>> colours = open_network(keras.Model(x, y), "colours", names=("red", "green", "blue"))
    >>> evolve_fooling(colours, "direct").confidences.round(3).tolist()
    [1.0, 1.0, 1.0]
    """
    settings = settings or EvolutionSettings()
    model = classifier(opened, settings.outputs)
    places = np.arange(len(model.names)) if classes is None else np.array(classes, np.intp)
    names = tuple(model.names[place] for place in places)
    genomes = _encoding(encoding, opened.shape)
    origin = Origin(encoding, opened.shape, names, seed, settings.population)
    confidences = judge(model, places)
    keep = None if settings.archive is None else Path(settings.archive)
    start = None
    if keep is not None and keep.exists():
        start = load_evolved(keep, genomes, origin)
        _check_model(keep, start, genomes, confidences)
    due = -np.inf

    def tell(state: Evolved[Any]) -> None:
        nonlocal due
        on_progress(Progress("fooling, generations", state.generation, settings.generations))
        begun = time.monotonic()
        if keep is not None and begun >= due:
            with explained(keep):
                keep.parent.mkdir(parents=True, exist_ok=True)
            save_evolved(keep, state, genomes, origin)
            ended = time.monotonic()
            due = ended + max(SAVED_EVERY, (ended - begun) / SAVING_SHARE)

    states = evolve(genomes, confidences, settings, seed=seed, start=start)
    last, interrupted = run_search(states if start is None else chain([start], states), tell)
    if last.generation < settings.generations:  # ended before all was used up
        on_progress(Progress("fooling, generations", last.generation, last.generation))
    content = pack_evolved(last, genomes, origin)
    if keep is not None:
        write_bytes(keep, content)
    images, history = genomes.render(last.archive.elites), np.stack(last.history)
    return Fooled(names, images, last.archive.confidences, history, "generation", interrupted, content)


def _encoding(name: EncodingName, shape: tuple[int, int, int]) -> Encoding[Any]:
    return DirectEncoding(shape) if name == "direct" else CppnEncoding(shape)


def _check_model(path: Path, start: Evolved[Any], encoding: Encoding[Any], confidences: Confidences) -> None:
    """Refuse an archive whose elites this model is not confident of."""
    found = np.diagonal(confidences(encoding.render(start.archive.elites)))
    if np.abs(found - start.archive.confidences).max() > _SAME_MODEL:
        raise TeniError(
            f"{path}: this model is not as confident of the archive's pictures as the one they were evolved on; "
            "give the same model and --values, or another file"
        )
