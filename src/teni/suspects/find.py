"""The suspects of a run: over all images that a model predicted without having seen their subject."""

import numpy as np

from teni.run import Run, predictions_arrays
from teni.run.tables import class_columns
from teni.suspects.classes import suspect_classes
from teni.suspects.points import suspect_points
from teni.suspects.suspect import Suspect
from teni.task import Classes, Keypoints


def find_suspects(run: Run) -> list[Suspect]:
    """Find labels that are probably wrong among the images of ``predictions.csv``.

    Its validation rows were predicted by cross-validation and its test rows by the finished model: neither had seen
    the subject, so that a wrong label cannot have taught the model to repeat it.

    Args:
        run: as `teni.run.read_run` gives it.

    Returns:
        The most suspect first; ``row`` is a row of ``run.predictions``.
    """
    table, task = run.predictions, run.task
    match task:
        case Keypoints():
            predicted, truth = predictions_arrays(table, task.names)
            subjects = table["subject"].to_numpy(str)
            known = None if (subjects == "").all() else subjects
            return suspect_points(predicted, truth, task.flip_permutation, known)
        case Classes():
            position = {name: i for i, name in enumerate(task.names)}
            labels = np.array([position.get(str(name), -1) for name in table["class_true"]], np.int64)
            return suspect_classes(table[list(class_columns(task.names))].to_numpy(np.float64), labels)
