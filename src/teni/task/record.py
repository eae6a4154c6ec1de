"""A task as plain values, as it stands in ``run.json``."""

from collections.abc import Mapping
from typing import Any

from teni.task.classes import Classes
from teni.task.keypoints import Keypoints
from teni.task.task import Task

_NEEDED = {
    "keypoints": ("names", "height", "width", "flip_permutation"),
    "classes": ("names", "height", "width", "resize"),
}


def task_record(task: Task) -> dict[str, Any]:
    """Write a task as plain values.

    >>> task_record(Classes(("cat", "dog"), 96, 64))
    {'kind': 'classes', 'names': ['cat', 'dog'], 'height': 96, 'width': 64, 'resize': 'pad'}
    """
    size = {"names": list(task.names), "height": task.height, "width": task.width}
    match task:
        case Keypoints():
            return {"kind": "keypoints", **size, "flip_permutation": list(task.flip_permutation)}
        case Classes():
            return {"kind": "classes", **size, "resize": task.resize}


def missing_entries(record: Mapping[str, Any]) -> list[str]:
    """Say what a record of a task lacks; the first runs told of keypoints alone, and did not say so.

    >>> missing_entries({"names": ["nose"], "height": 96, "width": 96})
    ['flip_permutation']
    """
    needed = _NEEDED.get(record.get("kind", "keypoints"))
    return ["kind"] if needed is None else [name for name in needed if name not in record]


def read_task(record: Mapping[str, Any]) -> Task:
    """Read a task from the plain values of `task_record`; nothing of them may be missing.

    >>> read_task({"names": ["nose"], "height": 96, "width": 96, "flip_permutation": [0]}).names
    ('nose',)
    """
    names = tuple(record["names"])
    if record.get("kind") == "classes":
        return Classes(names, record["height"], record["width"], record["resize"])
    return Keypoints(names, record["height"], record["width"], tuple(record["flip_permutation"]))
