"""Features as the network gives them: in the order in which they are asked for, and finite."""

import numpy as np
import pytest

from blobs import blobs, tiny_network
from teni.errors import TeniError
from teni.features import EXTRACTED, Projection, View, extract, feature_network, require_finite
from teni.progress import silent

VIEWS = (View((16, 20), "r1"), View((8, 10), "p1"), View((16, 20), "p1"))


def test_each_view_has_its_own_features_whatever_their_sizes():
    images, whole = blobs(5, 5).images, Projection(None, 1.0)
    found = EXTRACTED.features(
        tiny_network(), images, dict.fromkeys(VIEWS, whole), mirror=True, on_progress=silent
    )
    assert tuple(found) == VIEWS
    for view in VIEWS:
        network = feature_network(tiny_network(), images.shape[1:], [view])
        np.testing.assert_allclose(found[view], extract(network, images, mirror=True)[0], atol=1e-5)


def test_broken_features_are_told_with_view_and_network():
    require_finite(VIEWS[1], np.zeros(3, np.float32), tiny_network())
    with pytest.raises(TeniError) as told:
        require_finite(VIEWS[1], np.array([1.0, np.inf], np.float32), tiny_network())
    assert str(told.value) == (
        "the features of p1 at 10x8 are not all finite numbers: the weights of tiny are broken, or do not belong "
        "to this network"
    )
