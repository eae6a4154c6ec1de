"""A slow forward pass in NumPy, of a file's own tensors under its own rules, to check conversions against."""

from teni.weights.reference.forward import forward as forward
from teni.weights.reference.rules import Rules as Rules
