import numpy as np
import pytest

from teni.visualize.maximise.image import Fourier, Plain, colour_mix, wave_basis, wave_strengths
from teni.visualize.units import to_numpy


@pytest.mark.parametrize("many", [1, 2, 5, 8])
def test_waves_are_orthonormal_and_span_what_fft_calls_a_frequency(many):
    basis = wave_basis(many)
    np.testing.assert_allclose(basis @ basis.T, np.eye(many), atol=1e-5)
    power = np.abs(np.fft.rfft(basis, axis=1)) ** 2
    assert power.argmax(axis=1).tolist() == [(k + 1) // 2 for k in range(many)]


def test_one_wave_is_one_wave():
    parameters = np.zeros((1, 6, 4, 1), np.float32)
    parameters[0, 1, 0] = 1.0  # one cosine down the image
    image = to_numpy(Fourier(decay=0.0).image(parameters))[0, ..., 0] / 255
    wave = np.log(image / (1 - image))
    np.testing.assert_allclose(wave, np.outer(wave_basis(6)[1], np.full(4, 0.5)), atol=1e-5)


def test_long_waves_are_stronger():
    strengths = wave_strengths(8, 8, 1.0)
    np.testing.assert_allclose(strengths[1, 0] / strengths[3, 0], 2.0, rtol=1e-5)  # frequencies 1 and 2
    np.testing.assert_allclose(np.mean(strengths**2), 1.0, rtol=1e-5)


def test_pixels_stay_in_bounds_and_start_near_grey():
    random = np.random.default_rng(0)
    images = to_numpy(Fourier().image(Fourier().start(3, (9, 10, 3), random)))
    assert images.shape == (3, 9, 10, 3)
    assert images.min() > 100
    assert images.max() < 155
    assert to_numpy(Fourier().image(np.full((1, 4, 4, 3), 50, np.float32))).max() <= 255


def test_brightness_is_all_channels_alike():
    np.testing.assert_allclose(colour_mix()[0], colour_mix()[0, 0])


def test_plain_noise_has_the_mean_and_spread_that_were_asked_for():
    noise = Plain(128, 20).start(2, (50, 50, 1), np.random.default_rng(0))
    assert noise.dtype == np.float32
    assert (noise >= 118).all()
    assert (noise <= 138).all()
    assert noise.mean() == pytest.approx(128, abs=0.5)


def test_clipping_keeps_pixels_in_bounds():
    beyond = np.array([[[[-3.0], [300.0]]]], np.float32)
    assert to_numpy(Plain(clip=True).unchanged(beyond)).ravel().tolist() == [0, 255]
    assert to_numpy(Plain().unchanged(beyond)).ravel().tolist() == [-3, 300]
