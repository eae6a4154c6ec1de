"""What features follow from: the smallest change is another fingerprint, another process is not."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from blobs import tiny_network
from teni.backbones import Backbone
from teni.backbones.preprocessing import Preprocessing
from teni.features import Projection
from teni.features.fingerprint import image_names, network_fingerprint, projection_fingerprint


def test_images_are_named_by_content_and_shape():
    images = np.arange(2 * 4 * 6, dtype=np.uint8).reshape(2, 4, 6, 1)
    names = image_names(images)
    assert names.dtype == "S32"
    assert names.tolist() == image_names(images[::-1])[::-1].tolist()
    changed = images.copy()
    changed[1, 3, 5, 0] ^= 1
    assert (image_names(changed) == names).tolist() == [True, False]
    assert image_names(images.reshape(2, 6, 4, 1))[0] != names[0]


def network(activation: str, name: str = "r", dtype: str = "float32") -> Backbone:
    x = keras.Input((4, 4, 1))
    h = keras.layers.Conv2D(1, 1, name="c", kernel_initializer="ones")(x)
    h = keras.layers.Activation(activation, name=name, dtype=dtype)(h)
    return Backbone("small", keras.Model(x, h), Preprocessing(1, (1.0,), (0.0,)))


def test_the_network_counts_with_all_that_it_does():
    one = network("relu")
    assert network_fingerprint(one) == network_fingerprint(network("relu"))  # other automatic names
    assert network_fingerprint(one) != network_fingerprint(network("tanh"))
    assert network_fingerprint(one) != network_fingerprint(
        replace(one, preprocessing=Preprocessing(1, (2.0,), (0.0,)))
    )
    other = network("relu")
    other.model.get_layer("c").set_weights([np.full((1, 1, 1, 1), 2.0), np.zeros(1)])
    assert network_fingerprint(one) != network_fingerprint(other)
    assert len(network_fingerprint(tiny_network())) == 64


def test_a_name_that_is_also_a_setting_hides_no_change():
    relu, tanh = (network(activation, activation) for activation in ("relu", "tanh"))
    assert network_fingerprint(relu) == network_fingerprint(network("relu", "other_name"))
    assert network_fingerprint(relu) != network_fingerprint(tanh)
    assert network_fingerprint(relu) != network_fingerprint(network("relu", "relu", "bfloat16"))


@pytest.mark.parametrize("matrix", [np.eye(3, 2, dtype=np.float32), np.ones((3, 2), np.float32)])
def test_projections(matrix: np.ndarray):
    same, turned = Projection(matrix.copy(), 0.5), Projection(matrix.reshape(2, 3), 1.0)
    assert projection_fingerprint(Projection(matrix, 1.0)) == projection_fingerprint(same)
    assert projection_fingerprint(turned) != projection_fingerprint(same)
    assert projection_fingerprint(None) == "none"
