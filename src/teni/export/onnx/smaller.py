"""ONNX models with smaller weights: half precision, or 8-bit integers."""

import logging
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.export.onnx.convert import INPUT

# Smaller constants gain nothing, and among them are the numbers that scale and centre.
SMALLEST = 1024
_LARGEST_HALF = 65_504.0


def halved(model: Any) -> Any:
    """Keep weights in half precision and cast them up where they are used.

    What is computed stays ``float32``: the head's arc cosine near 1 has no use for half precision, and on a CPU
    nothing would be quicker. The file is about half as large.

    Args:
        model: an ``onnx.ModelProto``; it is left as it is.
    """
    from onnx import ModelProto, TensorProto, helper, numpy_helper

    made, casts = ModelProto(), list[Any]()
    made.CopyFrom(model)
    for constant in made.graph.initializer:
        if constant.data_type != TensorProto.FLOAT or np.prod(constant.dims) < SMALLEST:
            continue
        values = numpy_helper.to_array(constant)
        if np.abs(values).max() > _LARGEST_HALF:
            continue
        name = constant.name
        constant.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}/half"))
        casts.append(
            helper.make_node("Cast", [f"{name}/half"], [name], name=f"{name}/cast", to=TensorProto.FLOAT)
        )
    _put_first(made, casts)
    return made


def quantised(model: Any, images: NDArray[np.uint8]) -> Any:
    """Compute convolutions with 8-bit integers, and keep the weights of dense layers as such.

    Convolutions take 8-bit values in, scaled by what calibration images give them. The matrices of the head are kept
    as 8-bit integers, a scale for each output, and are used as ``float32``: its cosines are compared finely, and
    there is nothing to gain in time where the matrices are read but once.

    Args:
        model: an ``onnx.ModelProto``; it is left as it is.
        images: to calibrate with, ``uint8 (N, H, W, C)``, like those that the model will see.
    """
    import onnx
    from onnxruntime import quantization

    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "before.onnx"), Path(folder, "after.onnx")
        onnx.save(model, before)
        made = model
        if any(node.op_type == "Conv" for node in model.graph.node):
            silenced = logging.getLogger()
            level = silenced.level
            silenced.setLevel(logging.ERROR)  # it advises a step that is of no use without symbolic shapes
            try:
                quantization.quantize_static(
                    before,
                    after,
                    _reader(images),
                    quant_format=quantization.QuantFormat.QDQ,
                    op_types_to_quantize=["Conv"],
                    per_channel=True,
                    # Seven bits of weights: CPUs without VNNI add two products in 16 bits, where eight overflow.
                    reduce_range=True,
                    activation_type=quantization.QuantType.QInt8,
                    weight_type=quantization.QuantType.QInt8,
                )
            finally:
                silenced.setLevel(level)
            made = onnx.load(after)
    return _eight_bit_matrices(made)


def _reader(images: NDArray[np.uint8]) -> Any:
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):
        """Hands out one image after the other; final."""

        def __init__(self) -> None:
            self.left = iter(images)

        def get_next(self) -> Any:
            image = next(self.left, None)
            return None if image is None else {INPUT: image[None]}

    return Reader()


def _eight_bit_matrices(model: Any) -> Any:
    """Keep the matrix of each product as integers with a scale for each column."""
    from onnx import ModelProto, TensorProto, helper, numpy_helper

    made, nodes = ModelProto(), list[Any]()
    made.CopyFrom(model)
    wanted = {node.input[1] for node in made.graph.node if node.op_type == "MatMul"}
    for constant in list(made.graph.initializer):
        if (
            constant.name not in wanted
            or constant.data_type != TensorProto.FLOAT
            or np.prod(constant.dims) < SMALLEST
        ):
            continue
        name, values = constant.name, numpy_helper.to_array(constant)
        scale = np.maximum(np.abs(values).max(axis=0) / 127, np.finfo(np.float32).tiny).astype(np.float32)
        whole = np.clip(np.rint(values / scale), -127, 127).astype(np.int8)
        constant.CopyFrom(numpy_helper.from_array(whole, f"{name}/whole"))
        made.graph.initializer.append(numpy_helper.from_array(scale, f"{name}/scale"))
        nodes.append(
            helper.make_node(
                "DequantizeLinear",
                [f"{name}/whole", f"{name}/scale"],
                [name],
                name=f"{name}/dequantize",
                axis=1,
            )
        )
    _put_first(made, nodes)
    return made


def _put_first(model: Any, nodes: list[Any]) -> None:
    """Nodes stand in the order of their use."""
    rest = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*nodes, *rest])
