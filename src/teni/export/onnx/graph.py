"""An ONNX graph while it is being written: nodes, constants, and the values that pass between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

OPSET = 17  # of 2022: every runtime of the last years knows it


@dataclass(frozen=True)
class Value:
    """What passes between two nodes.

    Args:
        name: in the graph.
        shape: as Keras gives it, None for the size of the batch.
        dtype: as Keras names it, e.g. ``float32``.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str


class Graph:
    """Collects nodes and constants; nodes of one Keras layer carry its name."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.layer = "image"
        self._taken: set[str] = set()
        self._known: dict[tuple[Any, ...], str] = {}

    def add(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Add a node with one output.

        Args:
            kind: the ONNX operator.
            inputs: names of values.
            attributes: of the operator.

        Returns:
            The name of its output.
        """
        from onnx import helper

        name = self._name(f"{self.layer}/{kind}")
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, values: Any, dtype: str = "float32") -> str:
        """Add a constant, once for all that are equal and small.

        Args:
            values: numbers or an array of any shape.
            dtype: of NumPy.
        """
        from onnx import numpy_helper

        array: NDArray[Any] = np.ascontiguousarray(np.asarray(values, dtype)).reshape(np.shape(values))
        key = (array.dtype.str, array.shape, array.tobytes()) if array.size <= 64 else None
        if key is not None and key in self._known:
            return self._known[key]
        name = self._name(f"{self.layer}/constant")
        self.constants.append(numpy_helper.from_array(array, name))
        if key is not None:
            self._known[key] = name
        return name

    def integers(self, values: Sequence[int]) -> str:
        """Add a list of whole numbers, as shapes and axes are given."""
        return self.constant(list(values), "int64")

    def _name(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name


def as_float(graph: Graph, value: Value) -> str:
    """Give a value as ``float32``, as Keras's layers take theirs."""
    from onnx import TensorProto

    if value.dtype == "float32":
        return value.name
    return graph.add("Cast", [value.name], to=int(TensorProto.FLOAT))
