"""From a flat functional Keras model to an ONNX model with the same name for every layer."""

from typing import Any

import keras

from teni.errors import TeniError
from teni.export.onnx.graph import OPSET, Graph, Value, as_float
from teni.export.onnx.layers import LAYERS
from teni.export.onnx.operations import OPERATIONS, Step, type_of

INPUT, OUTPUT = "image", "answer"


def to_onnx(model: keras.Model) -> Any:
    """Write a model as ONNX; the number of images stays open.

    Nothing is traced: each layer is written as what it computes, with its own name before the names of its nodes, so
    that no other framework is needed and the result can be read.

    Args:
        model: flat and functional, as `teni.prediction.load_model` gives it; one image in, one answer out.

    Returns:
        An ``onnx.ModelProto`` from ``image``, ``uint8 (N, H, W, C)``, to ``answer``, ``float32``.

    Raises:
        TeniError: a layer that teni cannot write, by its name.
    """
    from onnx import TensorProto, checker, helper

    graph, network = Graph(), _functional(model)
    known: dict[int, Value] = {}
    for tensor in network.inputs:
        known[id(tensor)] = Value(INPUT, tuple(tensor.shape), str(tensor.dtype))
    for depth in sorted(network._nodes_by_depth, reverse=True):
        for node in network._nodes_by_depth[depth]:
            if not node.is_input:
                _write(graph, node, known)
    result = known[id(network.outputs[0])]
    graph.nodes.append(helper.make_node("Identity", [as_float(graph, result)], [OUTPUT], name=OUTPUT))
    (image,) = network.inputs
    kind = TensorProto.UINT8 if str(image.dtype) == "uint8" else TensorProto.FLOAT
    made = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "teni",
            [helper.make_tensor_value_info(INPUT, kind, ["N", *image.shape[1:]])],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["N", *result.shape[1:]])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="teni",
        ir_version=8,
    )
    checker.check_model(made)
    return made


def _write(graph: Graph, node: Any, known: dict[int, Value]) -> None:
    operation = node.operation
    args, kwargs = node.arguments.fill_in(known)
    given = (*args, *(value for name, value in kwargs.items() if name not in ("training", "mask")))
    graph.layer = operation.name
    out = node.outputs[0]
    value = Value("", tuple(out.shape), str(out.dtype))
    kind = type(operation).__name__
    make = LAYERS.get(kind) or OPERATIONS.get(kind)
    if make is None or len(node.outputs) != 1:
        raise TeniError(
            f"the layer {operation.name} is a {kind}, which teni cannot write as ONNX; export with "
            "--format saved-model or litert"
        )
    step = Step(operation, given, value)
    known[id(out)] = Value(make(graph, step), value.shape, type_of(step))


def _functional(model: keras.Model) -> Any:
    """Take a sequential model for the functional one inside it."""
    found: Any = model
    return found._functional if isinstance(model, keras.Sequential) else found
