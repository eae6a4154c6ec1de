"""A network of 2017 that tells seven expressions on 64x64 grey faces, and pictures of nothing."""

from pathlib import Path

import numpy as np
import pytest

from teni.visualize import Opened, open_model
from teni.visualize.fooling import EvolutionSettings, evolve_fooling, fool

EXPRESSIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def expressions(real_data: Path) -> Opened:
    file = real_data / "weights" / "fer2013_mini_XCEPTION_keras2.hdf5"
    return open_model(file, values=(-1, 1), names=EXPRESSIONS)


def test_gradient_ascent_fools_all_seven(expressions):
    found = fool(expressions)
    assert (found.confidences >= 0.9999).all()
    seen = np.asarray(expressions.model(found.images.astype(np.float32)))
    assert (np.diagonal(seen) >= 0.9999).all()
    assert len(found.history) < 30


@pytest.mark.slow
@pytest.mark.parametrize(("encoding", "generations"), [("cppn", 20), ("direct", 120)])
def test_evolution_fools_most(expressions, encoding, generations):
    found = evolve_fooling(expressions, encoding, EvolutionSettings(generations, target=0.999))
    assert np.median(found.confidences) >= 0.99
