"""Fool a model by gradient ascent, all classes together."""

from collections.abc import Sequence

import numpy as np

from teni.progress import OnProgress, Progress, silent
from teni.visualize.fooling.confidence import classifier
from teni.visualize.fooling.fooled import Floats, Fooled, run_search
from teni.visualize.fooling.gradient import Climbed, ascend
from teni.visualize.fooling.settings import AscentSettings
from teni.visualize.opened import Opened


def fool(
    opened: Opened,
    settings: AscentSettings | None = None,
    *,
    classes: Sequence[int] | None = None,
    seed: int = 0,
    on_progress: OnProgress = silent,
) -> Fooled:
    """Find for each class, by gradient ascent, a picture of nothing in which a model is confident.

    A. Nguyen, J. Yosinski and J. Clune, "Deep neural networks are easily fooled: high confidence predictions for
    unrecognizable images" (2015), section 3.4. The model is only read. Ctrl-C ends the search, and what was found
    so far is returned.

    Args:
        opened: the model.
        settings: how to climb.
        classes: places of the classes among the model's outputs; None is all.
        seed: of the noise to begin with.
        on_progress: told how many steps are done.

    Returns:
        The pictures and the confidence in them.

    Raises:
        TeniError: the model is not about classes, or its outputs are no numbers.

    >>> import keras
    >>> from teni.visualize.opened import open_network
    >>> x = keras.Input((4, 4, 3))
    >>> y = keras.layers.Softmax()(keras.layers.GlobalAveragePooling2D()(x))
    >>> colours = open_network(keras.Model(x, y), "colours", names=("red", "green", "blue"))
    >>> fool(colours).confidences.round(3).tolist()
    [1.0, 1.0, 1.0]
    """
    settings = settings or AscentSettings()
    model = classifier(opened, settings.outputs)
    places = np.arange(len(model.names)) if classes is None else np.array(classes, np.intp)
    history: list[Floats] = []

    def tell(state: Climbed) -> None:
        history.append(state.confidences)
        on_progress(Progress("fooling, steps", state.step, max(settings.steps, state.step)))

    last, interrupted = run_search(ascend(model, places, settings, seed=seed), tell)
    if last.step < settings.steps:  # ended before all was used up
        on_progress(Progress("fooling, steps", last.step, last.step))
    names = tuple(model.names[place] for place in places)
    return Fooled(names, last.images, last.confidences, np.stack(history), "step", interrupted, None)
