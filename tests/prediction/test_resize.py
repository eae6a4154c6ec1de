import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spot_run import blobs
from teni.prediction.resize import as_given, for_model

SIDES = st.integers(1, 4000)


@given(height=SIDES, width=SIDES, own=st.tuples(SIDES, SIDES), center=st.sampled_from(["halves", "integers"]))
def test_there_and_back_again(height: int, width: int, own: tuple[int, int], center: str):
    points = np.array([[[0.0, 0.0], [width / 3, height / 2], [width, height]]])
    there = as_given(points, (height, width), np.array([own]), center)
    back = as_given(there, own, np.array([[height, width]]), center)
    np.testing.assert_allclose(back, points, atol=1e-8 * max(height, width))


def test_the_edges_of_the_image_stay_its_edges():
    corners = np.array([[[0.0, 0.0], [96.0, 96.0]]])
    assert as_given(corners, (96, 96), np.array([[300, 200]]), "halves").tolist() == [[[0, 0], [200, 300]]]
    corners -= 0.5
    found = as_given(corners, (96, 96), np.array([[300, 200]]), "integers")
    assert found.tolist() == [[[-0.5, -0.5], [199.5, 299.5]]]


def test_each_image_has_its_own_size():
    points = np.ones((2, 1, 2))
    found = as_given(points, (10, 10), np.array([[10, 20], [30, 10]]), "halves")
    assert found.tolist() == [[[2, 1]], [[1, 3]]]


@pytest.mark.parametrize("size", [(192, 192), (300, 250), (960, 960), (60, 70), (96, 96)])
def test_light_stays_where_the_points_say(size: tuple[int, int]):
    height, width = size
    where = np.array([[width * 0.31, height * 0.62]])
    image = blobs(where, height, width, spread=max(size) / 20)[..., None]
    small = for_model(image, (96, 96, 1))[..., 0].astype(float)
    y, x = np.mgrid[:96, :96] + 0.5
    found = np.array([[[(small * x).sum(), (small * y).sum()]]]) / small.sum()
    back = as_given(found, (96, 96), np.array([size]), "halves")[0]
    np.testing.assert_allclose(back, where, atol=0.05 * max(size) / 96)


def test_an_image_that_fits_is_handed_on():
    image = np.zeros((4, 4, 3), np.uint8)
    assert for_model(image, (4, 4, 3)) is image


def test_channels():
    grey = np.full((2, 2, 1), 90, np.uint8)
    assert for_model(grey, (2, 2, 3)).tolist() == [[[90] * 3] * 2] * 2
    red = np.zeros((2, 2, 3), np.uint8)
    red[..., 0] = 255
    assert for_model(red, (2, 2, 1)).tolist() == [[[76]] * 2] * 2


def test_shrinking_looks_at_every_pixel():
    stripes = np.zeros((8, 8, 1), np.uint8)
    stripes[:, ::2] = 200
    assert abs(int(for_model(stripes, (2, 2, 1)).mean()) - 100) < 5
