"""Kernel values with the intercept, taken apart and applied."""

import numpy as np
import pytest

from teni.transfer.gram import INTERCEPT, Gram, make_gram
from teni.transfer.kernels import KERNELS, apply_kernel
from teni.transfer.parts import Inner


def inner(mirror):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(2, 6, 4))
    image = np.concatenate([features[0], features[1]], axis=1)
    other = np.concatenate([features[1], features[0]], axis=1)
    return Inner(image @ image.T, image @ other.T if mirror else None), np.linalg.norm(image, axis=1)


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("kernel", KERNELS)
def test_lengths_come_from_the_diagonal(kernel, mirror):
    products, lengths = inner(mirror)
    gram = make_gram(kernel, products)
    np.testing.assert_allclose(gram.same, apply_kernel(kernel, products.same, lengths, lengths) + INTERCEPT)
    if mirror:
        expected = apply_kernel(kernel, products.cross, lengths, lengths) + INTERCEPT
        np.testing.assert_allclose(gram.cross, expected)
    else:
        assert gram.cross is None


def test_other_images_bring_their_lengths():
    products, lengths = inner(True)
    whole = make_gram("arc-cosine-1", products)
    some = Inner(products.same[:2], products.cross[:2])
    part = make_gram("arc-cosine-1", some, lengths[:2], lengths)
    np.testing.assert_allclose(part.same, whole.same[:2])
    np.testing.assert_allclose(part.cross, whole.cross[:2])


def test_take_and_predict_by_hand():
    gram = Gram(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[10.0, 20.0], [30.0, 40.0]]))
    part = gram.take([1], [0, 1])
    assert (part.same.tolist(), part.cross.tolist()) == ([[3.0, 4.0]], [[30.0, 40.0]])
    alpha = np.array([[[1.0], [0.0]], [[0.0], [1.0]]])  # image 0 as it is, image 1 mirrored
    assert gram.predict(alpha).ravel().tolist() == [1.0 + 20.0, 3.0 + 40.0]
    assert Gram(gram.same, None).predict(alpha[:1]).ravel().tolist() == [1.0, 3.0]
