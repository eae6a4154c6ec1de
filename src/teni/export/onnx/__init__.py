"""A Keras network written down as ONNX, layer by layer, with the onnx package alone."""

from teni.export.onnx.convert import INPUT as INPUT
from teni.export.onnx.convert import OUTPUT as OUTPUT
from teni.export.onnx.convert import to_onnx as to_onnx
from teni.export.onnx.smaller import halved as halved
from teni.export.onnx.smaller import quantised as quantised
