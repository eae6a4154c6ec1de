"""Weights files of every Keras age: read, remapped, applied to a network, and accounted for."""

from teni.weights.apply import apply as apply
from teni.weights.apply import missing_layers as missing_layers
from teni.weights.load_report import LoadReport as LoadReport
from teni.weights.load_report import LoadRow as LoadRow
from teni.weights.read import read as read
from teni.weights.reading import Reading as Reading
from teni.weights.reading import choose_reading as choose_reading
from teni.weights.saved import SavedLayer as SavedLayer
from teni.weights.saved import SavedTensor as SavedTensor
from teni.weights.saved import SavedWeights as SavedWeights
