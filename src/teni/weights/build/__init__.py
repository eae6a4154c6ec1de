"""Today's Keras networks from translated descriptions, channels last throughout."""

from teni.weights.build.network import Built as Built
from teni.weights.build.network import build_network as build_network
