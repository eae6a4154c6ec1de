"""Predictions for other programs: CSV, a Kaggle submission, or plain values for JSON."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.data.kaggle_lookup import Lookup, submission_text
from teni.prediction.given import Given
from teni.run import classes_frame
from teni.task import Classes, Keypoints, Task

Points = NDArray[np.float32]


def predictions_csv(ids: NDArray[np.str_], predicted: NDArray[np.float32], task: Task) -> str:
    """Write predictions as CSV, a row an image: id, then a column a coordinate, or a column a class and ``class``.

    Args:
        ids: ``(N,)`` strings.
        predicted: ``(N, K, 2)`` pixels or ``(N, C)`` probabilities.
        task: what is predicted.

    >>> predictions_csv(np.array(["7"]), np.array([[0.25, 0.75]]), Classes(("cat", "dog"), 4, 4))
    'id,cat,dog,class\\n7,0.2500,0.7500,dog\\n'
    """
    match task:
        case Keypoints():
            return points_csv(ids, predicted, task.names)
        case Classes():
            table = classes_frame(predicted, None, task).drop(columns="class_true")
            table.insert(0, "id", ids.astype(str))
            return table.to_csv(index=False, float_format="%.4f", lineterminator="\n")


def predictions_dicts(
    ids: NDArray[np.str_], predicted: NDArray[np.float32], task: Task
) -> list[dict[str, Any]]:
    """Write predictions as plain values.

    Args:
        ids: ``(N,)`` strings.
        predicted: ``(N, K, 2)`` pixels or ``(N, C)`` probabilities.
        task: what is predicted.

    >>> predictions_dicts(np.array(["7"]), np.array([[0.25, 0.75]]), Classes(("cat", "dog"), 4, 4))
    [{'id': '7', 'class': 'dog', 'classes': {'cat': 0.25, 'dog': 0.75}}]
    """
    match task:
        case Keypoints():
            return points_dicts(ids, predicted, task.names)
        case Classes():
            return [
                {
                    "id": str(name),
                    "class": task.names[int(np.argmax(row))],
                    "classes": {each: round(p, 6) for each, p in zip(task.names, row, strict=True)},
                }
                for name, row in zip(ids, predicted.astype(np.float64).tolist(), strict=True)
            ]


def points_csv(ids: NDArray[np.str_], points: Points, names: Sequence[str]) -> str:
    """Write predictions as CSV: id, then ``<keypoint>_x`` and ``<keypoint>_y`` of each keypoint.

    Args:
        ids: ``(N,)`` strings.
        points: ``(N, K, 2)`` pixels.
        names: the K keypoints.

    >>> points_csv(np.array(["7"]), np.array([[[1.5, 2.0]]]), ["nose"])
    'id,nose_x,nose_y\\n7,1.5000,2.0000\\n'
    """
    columns = [f"{name}_{axis}" for name in names for axis in "xy"]
    table = pd.DataFrame(points.reshape(len(points), -1).astype(np.float64), columns=columns)
    table.insert(0, "id", ids.astype(str))
    return table.to_csv(index=False, float_format="%.4f", lineterminator="\n")


def points_dicts(ids: NDArray[np.str_], points: Points, names: Sequence[str]) -> list[dict[str, Any]]:
    """Write predictions as plain values.

    Args:
        ids: ``(N,)`` strings.
        points: ``(N, K, 2)`` pixels.
        names: the K keypoints.

    >>> points_dicts(np.array(["7"]), np.array([[[1.5, 2.0]]]), ["nose"])
    [{'id': '7', 'keypoints': {'nose': {'x': 1.5, 'y': 2.0}}}]
    """
    return [
        {
            "id": str(name),
            "keypoints": {
                keypoint: {"x": round(x, 4), "y": round(y, 4)}
                for keypoint, (x, y) in zip(names, row, strict=True)
            },
        }
        for name, row in zip(ids, points.astype(np.float64).tolist(), strict=True)
    ]


def submission_csv(lookup: Lookup, given: Given, points: Points, task: Keypoints) -> str:
    """Write predictions as a Kaggle submission: RowId, Location, each coordinate clipped to its own image.

    Args:
        lookup: what is asked for, read for these images.
        given: the images.
        points: ``(N, K, 2)`` pixels of the images as given.
        task: the K keypoints.

    Raises:
        TeniError: the lookup table belongs to other images.
    """
    clipped = np.clip(points, 0, given.sizes[:, None, ::-1])
    height, width = given.sizes.max(axis=0).tolist()
    return submission_text(lookup, clipped, replace(task, height=height, width=width))
