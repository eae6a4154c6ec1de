"""Suspects as a table to take away: to labelling, one row a label to look at."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from teni.run import Run, predictions_arrays
from teni.run.tables import class_columns
from teni.suspects.suspect import Suspect
from teni.task import Classes, Keypoints

_WHO = ("part", "id", "subject", "kind", "score")
POINTS = (*_WHO, "keypoint", "x", "y", "predicted_x", "predicted_y", "off_px")
CLASSES = (*_WHO, "class", "probability", "likelier", "likelier_probability")


def suspects_table(run: Run, suspects: Sequence[Suspect]) -> pd.DataFrame:
    """Give one row a suspected label: of keypoints each by itself, in pixels.

    Args:
        run: where they were found.
        suspects: as `teni.suspects.find_suspects` gives them.

    Returns:
        ``part``, ``id``, ``subject``, ``kind``, ``score``; of keypoints ``keypoint``, ``x``, ``y`` (the label),
        ``predicted_x``, ``predicted_y``, ``off_px``; of classes ``class`` (the label) with its ``probability``,
        ``likelier`` and ``likelier_probability``.
    """
    table, task = run.predictions, run.task
    who = table[["part", "id", "subject"]].to_numpy(str)
    rows: list[tuple[object, ...]] = []
    match task:
        case Keypoints():
            predicted, truth = predictions_arrays(table, task.names)
            off = np.linalg.norm(truth - predicted, axis=-1)
            for s in suspects:
                for k in s.where:
                    label, ours = (points[s.row, k].round(2).tolist() for points in (truth, predicted))
                    told = (task.names[k], *label, *ours, round(float(off[s.row, k]), 2))
                    rows.append((*who[s.row].tolist(), s.kind, round(s.score, 1), *told))
            return pd.DataFrame(rows, columns=list(POINTS))
        case Classes():
            shares = table[list(class_columns(task.names))].to_numpy(np.float64)
            for s in suspects:
                own, other = str(table["class_true"].iloc[s.row]), s.where[0]
                chance = round(float(shares[s.row, task.names.index(own)]), 4)
                told = (own, chance, task.names[other], round(float(shares[s.row, other]), 4))
                rows.append((*who[s.row].tolist(), s.kind, round(s.score, 1), *told))
            return pd.DataFrame(rows, columns=list(CLASSES))


def suspects_csv(run: Run, suspects: Sequence[Suspect]) -> str:
    """Write the table of suspects as CSV; the header alone where nothing is suspect."""
    return suspects_table(run, suspects).to_csv(index=False, lineterminator="\n")
