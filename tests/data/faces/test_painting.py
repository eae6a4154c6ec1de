"""Texture, lids, hair, light, background and occluders, each on a few points."""

from dataclasses import replace

import numpy as np
import pytest

from teni.data.faces.backdrop import draw_backdrop
from teni.data.faces.hairline import hair_cover, hair_height, hair_rise
from teni.data.faces.head import shape_of
from teni.data.faces.invent_subject import invent_subject
from teni.data.faces.lids import brow_line, lid_heights
from teni.data.faces.look import LOOKS
from teni.data.faces.occlusion import occlude
from teni.data.faces.paint_eyes import paint_brow
from teni.data.faces.paint_mouth import lip_lines
from teni.data.faces.scene import Backdrop, Expression, Occluder
from teni.data.faces.subject import Brows, Eyes, Hair
from teni.data.faces.texture import bell, noise, soft_step

EYES = Eyes(31, 14, 5, 0.0, 0.2, 0.8, 0.5)
HAIR = Hair(0.2, 10, -65, -50, -40, 0.2, 0.0)


def test_noise_is_standardised_and_repeats():
    y, x = np.mgrid[:256, :256].astype(np.float32)
    for name in ("grain", "patches", "clouds", "strands"):
        tile = noise(name, x, y)
        assert tile.mean() == pytest.approx(0, abs=1e-3)
        assert tile.std() == pytest.approx(1, abs=1e-3)
        np.testing.assert_array_equal(noise(name, x + 256, y - 512), tile)


def test_soft_step_and_bell_at_their_landmarks():
    np.testing.assert_allclose(soft_step(np.float32([-2, -1, 0, 1, 2]), 4), [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(bell(np.float32([0, 3]), 3), [1, np.exp(-0.5)], rtol=1e-6)


def test_open_lids_part_in_the_middle_and_meet_at_the_corners():
    upper, lower = lid_heights(EYES, 1.0, np.float32([-1, 0, 1]))
    np.testing.assert_allclose(upper[[0, 2]], 0, atol=1e-6)
    np.testing.assert_allclose(lower[[0, 2]], 0, atol=1e-6)
    assert upper[1] == pytest.approx(-1.22 * 5)
    assert lower[1] == pytest.approx(0.72 * 5)


def test_shut_lids_leave_next_to_nothing_open():
    upper, lower = lid_heights(EYES, 0.0, np.float32([0]))
    assert 0 < lower[0] - upper[0] < 1


def test_a_brow_runs_from_its_inner_to_its_outer_end():
    brows = Brows(16, 54, -20, 3, 8, 6, 0.8)
    line = brow_line(brows, np.float32([0, 0.6, 1]))
    assert line[0] == -20
    assert line[2] == -17
    assert line[1] < -20


def test_a_brow_is_painted_on_its_line_and_rises_with_it():
    subject = invent_subject(np.random.default_rng(0), LOOKS["source"], "s")
    y = np.linspace(-60, 20, 400, dtype=np.float32)
    x = np.full_like(y, 35)

    def darkest(brow_raise: float) -> float:
        painted = paint_brow(np.full_like(y, 0.8), x, y, subject, brow_raise, 1, 0.5)
        return float(y[painted < 0.75].mean())

    brows = subject.features.brows
    along = np.float32([(35 - brows.inner_x) / (brows.outer_x - brows.inner_x)])
    assert darkest(0) == pytest.approx(float(brow_line(brows, along)[0]), abs=1.5)
    assert darkest(0) - darkest(6) == pytest.approx(6, abs=1)


def test_lips_meet_at_the_corners_and_keep_their_order():
    subject = invent_subject(np.random.default_rng(1), LOOKS["source"], "s")
    shape = shape_of(subject, Expression(1, 1, 0, 0, 0, 9, 0.4))
    lines = np.stack(lip_lines(shape, np.linspace(0, 1, 30, dtype=np.float32)))
    np.testing.assert_allclose(lines[1:, -1], shape.mouth.corner_y, atol=1e-3)
    assert lines[0, 0] == pytest.approx(shape.mouth.top)
    assert lines[3, 0] == pytest.approx(shape.mouth.bottom)
    assert (np.diff(lines[:, :25], axis=0) > 0).all()


def test_hair_covers_the_crown_and_not_the_face():
    azimuth = np.float32([0, 0, np.pi])
    y = np.float32([-100, -20, 0])
    assert hair_cover(HAIR, azimuth, y, 5).tolist() == [1, 0, 1]
    assert hair_height(HAIR, np.float32([0]))[0] == -65
    assert hair_rise(HAIR, azimuth, y)[1] == 0


def test_the_bald_have_no_hair():
    bald = replace(HAIR, thickness=0.0)
    assert not hair_cover(bald, np.float32([0, 3]), np.float32([-100, -100]), 5).any()


def test_a_backdrop_has_its_tone_and_the_same_seed_draws_the_same():
    plain = draw_backdrop(Backdrop(0.3, 0.0, 5), 20, np.random.default_rng(0))
    np.testing.assert_allclose(plain, 0.3, atol=1e-6)
    one, two = (draw_backdrop(Backdrop(0.5, 0.2, 5), 40, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert one.std() > 0.02


@pytest.mark.parametrize("kind", [1, 2, 3, 4])
def test_an_occluder_hides_its_place_and_leaves_the_far_corner(kind):
    picture = np.full((96, 96), 0.5, np.float32)
    out = occlude(picture, Occluder(kind, 60, 60, 1.0, 0.0, 0.9), 1.0)
    middle = 70 if kind in (1, 2) else 60
    assert abs(out[middle, 60] - 0.5) > 0.04
    assert out[5, 5] == 0.5
    assert picture.min() == picture.max() == 0.5


def test_no_occluder_no_change():
    picture = np.full((8, 8), 0.5, np.float32)
    assert occlude(picture, Occluder(0, 4, 4, 1, 0, 0), 1.0) is picture
