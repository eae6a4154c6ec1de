"""The model of a run: loaded as a file that nobody vouches for, and checked against what the run says."""

import keras

from teni.backbones.network_file import load_network
from teni.errors import TeniError
from teni.run import Run
from teni.task import FlipCenter, output_shape, words


def load_model(run: Run) -> keras.Model:
    """Load the model of a run; no code that its file may carry is run.

    Args:
        run: as `teni.run.read_run` gives it.

    Returns:
        A Keras model from ``uint8 (N, H, W, C)`` images to ``float32 (N, K, 2)`` pixels or ``(N, C)`` probabilities.

    Raises:
        TeniError: the file is missing, damaged, or does not belong to this run.
    """
    model, _ = load_network(run.model_file)
    task = run.task
    takes, gives = tuple(model.input_shape), tuple(model.output_shape)
    if takes[1:3] != (task.height, task.width) or gives[1:] != output_shape(task):
        raise TeniError(
            f"{run.model_file}: takes images {takes[1:]} and gives {gives[1:]}, but run.json tells of "
            f"{task.width}x{task.height} pixels and {len(task.names)} {words(task).things}; "
            "fit again with --overwrite"
        )
    return model


def image_shape(model: keras.Model) -> tuple[int, int, int]:
    """Return height, width and channels of the images that a model takes.

    >>> image_shape(keras.Sequential([keras.Input((4, 6, 1)), keras.layers.Flatten()]))
    (4, 6, 1)
    """
    _, height, width, channels = model.input_shape
    return int(height), int(width), int(channels)


def flip_center(run: Run) -> FlipCenter:
    """Return where the centre of the first pixel lies in the run's coordinates: 0.5 (``halves``) or 0.

    Where a run learned from no mirror images nothing tells; halves are taken, as Kaggle's files have them.

    Raises:
        TeniError: ``run.json`` says something else.
    """
    found = (run.about.get("flip") or {}).get("center") or "halves"
    if found not in ("halves", "integers"):
        raise TeniError(
            f"{run.path}: run.json has flip.center {found!r}, expected 'halves' or 'integers'; "
            "fit again with --overwrite"
        )
    return found
