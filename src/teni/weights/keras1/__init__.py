"""Descriptions of Keras 1 and 2 layers in today's words: pure functions of settings."""

from teni.weights.keras1.translate import translate as translate
