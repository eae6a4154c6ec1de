import numpy as np
import pytest

from teni.transfer.gram import make_gram
from teni.transfer.kernels import KERNELS
from teni.transfer.landmarks import make_landmarks
from teni.transfer.parts import Parts, inner_products


def components(images, widths, seed=0):
    rng = np.random.default_rng(seed)
    parts = tuple((rng.normal(size=(images, w)) / 3).astype(np.float32) for w in widths)
    return Parts(parts, np.zeros(sum(widths), np.float32), 1.0)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("widths", [(7,), (6, 4)])
def test_products_of_coordinates_are_the_kernel_where_every_image_is_a_landmark(kernel, widths):
    one = components(20, widths)
    z = make_landmarks(one, kernel).coordinates(one)
    gram = make_gram(kernel, inner_products([one]))
    wanted = [gram.same] if gram.cross is None else [gram.same + gram.cross, gram.same - gram.cross]
    for found, part in zip(z, wanted, strict=True):
        np.testing.assert_allclose(found.astype(np.float64) @ found.T, part, atol=3e-4)


def test_another_image_has_the_kernel_that_the_landmarks_tell():
    """Linear: landmarks that span the space tell all, so that products are exact for any image."""
    landmarks, others = components(12, (5, 3)), components(4, (5, 3), seed=1)
    z = make_landmarks(landmarks, "linear").coordinates(others)
    for found, part, constant in zip(z, others.parts, (2 * 50.0, 0.0), strict=True):
        np.testing.assert_allclose(found @ found.T, 2 * part @ part.T + constant, atol=1e-3)


def test_a_part_that_says_nothing_keeps_a_coordinate():
    one = components(5, (3, 2))
    still = Parts((one.parts[0], np.zeros_like(one.parts[1])), one.mean, one.scale)
    assert [z.shape for z in make_landmarks(still, "linear").coordinates(still)] == [(5, 4), (5, 1)]
