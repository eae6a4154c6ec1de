"""The mean over noise, by arithmetic."""

import numpy as np
import pytest

from teni.errors import TeniError
from teni.visualize.smooth_grad import smooth_grad

IMAGES = np.array([[[[0.0], [10.0]]], [[[0.0], [100.0]]]], np.float32)
COLUMNS = np.array([0, 0])


def test_noise_is_a_share_of_each_images_range():
    seen = []

    def watch(images, columns):
        seen.append(images - IMAGES)
        return images

    smooth_grad(watch, samples=300, noise=0.2)(IMAGES, COLUMNS)
    spread = np.std(seen, axis=(0, 2, 3, 4))
    np.testing.assert_allclose(spread, [2.0, 20.0], rtol=0.1)


def test_it_is_the_mean_and_noise_cancels():
    found = smooth_grad(lambda images, columns: images * 2, samples=2000, noise=0.1)(IMAGES, COLUMNS)
    np.testing.assert_allclose(found, 2 * IMAGES, atol=1.0)
    step = smooth_grad(lambda images, columns: (images > 5).astype(np.float32), samples=1, noise=0.0)
    assert step(IMAGES, COLUMNS)[0].ravel().tolist() == [0, 1]


def test_the_seed_decides_and_nothing_else():
    one, two, other = (
        smooth_grad(lambda images, columns: images, samples=3, seed=seed)(IMAGES, COLUMNS)
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, two)
    assert np.abs(one - other).max() > 0


@pytest.mark.parametrize(("samples", "noise"), [(0, 0.1), (1, -0.1)])
def test_nonsense_is_refused(samples, noise):
    with pytest.raises(TeniError, match="expected 1 or more, and 0 or more"):
        smooth_grad(lambda images, columns: images, samples=samples, noise=noise)
