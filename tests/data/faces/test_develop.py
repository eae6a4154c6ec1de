"""The camera: what each of its faults does to pictures that are easily told."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from teni.data.faces.develop import develop, jpeg_like
from teni.data.faces.scene import Camera

PERFECT = Camera(gain=1, gamma=1, contrast=0, blur=0, noise=0, halo=0, jpeg=0)


def shoot(drawing: np.ndarray, **faults: float) -> np.ndarray:
    return develop(drawing.astype(np.float32), replace(PERFECT, **faults), 96, np.random.default_rng(0))


def test_a_perfect_camera_keeps_an_even_grey():
    assert (shoot(np.full((136, 136), 0.4)) == 102).all()


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ({"gain": 1.5}, 153),
        ({"gamma": 2.0}, 41),
        ({"contrast": 1.0}, 90),
        ({"blur": 1.5}, 102),
        ({"halo": 1.0}, 102),
    ],
)
def test_what_the_faults_do_to_an_even_grey(faults, expected):
    # 0.4: gamma 2 gives 0.16 * 255 = 41; the S-curve 3 * 0.16 - 2 * 0.064 = 0.352, times 255 = 90.
    assert np.abs(shoot(np.full((136, 136), 0.4), **faults).astype(int) - expected).max() <= 1


def edge() -> np.ndarray:
    return np.repeat((np.arange(136) < 68)[None] * 0.6 + 0.2, 136, 0)


def test_the_edge_stays_in_the_middle():
    picture = shoot(edge())
    assert picture[:, 46].min() > 195
    assert picture[:, 49].max() < 60


def test_blur_spreads_an_edge_and_a_halo_overshoots_it():
    sharp, blurred, haloed = shoot(edge()), shoot(edge(), blur=1.5), shoot(edge(), halo=1.0)
    steepest = [np.abs(np.diff(p[48].astype(int))).max() for p in (sharp, blurred)]
    assert steepest[1] < 0.6 * steepest[0]
    assert haloed.max() > sharp.max() + 10


def test_noise_has_the_spread_that_was_asked_for():
    assert shoot(np.full((136, 136), 0.5), noise=0.05).std() == pytest.approx(0.05 * 255, rel=0.05)


# libjpeg rounds the steps to whole numbers, which matters where they are small.
@pytest.mark.parametrize(("quality", "share"), [(30, 0.2), (50, 0.12), (80, 0.4)])
def test_it_rounds_as_jpeg_does(quality, share):
    """An independent encoder (libjpeg through Pillow) at the same quality loses the same, pixel by pixel."""
    rng = np.random.default_rng(1)
    smooth = np.cumsum(rng.normal(0, 4, (96, 96)), 1) + 120
    picture = np.clip(smooth, 0, 255).round().astype(np.float32)
    stream = BytesIO()
    Image.fromarray(picture.astype(np.uint8)).save(stream, "JPEG", quality=quality)
    reference = np.asarray(Image.open(stream)).astype(float)
    scale = (5000 / quality if quality < 50 else 200 - 2 * quality) / 100
    ours = np.clip(jpeg_like(picture, scale), 0, 255)
    ours_off, lost = np.abs(ours - reference).mean(), np.abs(picture - reference).mean()
    assert ours_off < share * lost
