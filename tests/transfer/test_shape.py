"""The regression from some keypoints to others against refits without each subject."""

import numpy as np
import pytest

from teni.transfer.shape import fit_shape


def case(flags, images, subjects, inputs, outputs, gap):
    rng = np.random.default_rng(3)
    x = np.concatenate([rng.normal(size=(flags, images, inputs)), np.ones((flags, images, 1))], axis=2)
    y = rng.normal(size=(flags, images, outputs))
    y[rng.random(y.shape) < gap] = np.nan
    return x, y, rng.integers(10, 10 + subjects, images)


@pytest.mark.parametrize(("flags", "gap"), [(1, 0.0), (2, 0.0), (2, 0.3)])
def test_each_subject_is_left_out_as_in_a_refit(flags, gap):
    x, y, groups = case(flags, 30, 6, 3, 4, gap)
    x[0, 4, 1] = np.nan
    shape = fit_shape(x, y, groups)
    everyone = np.tile(groups, (flags, 1))
    for position, name in enumerate(np.unique(groups)):
        for c in range(y.shape[2]):
            known = ~np.isnan(y[:, :, c]) & ~np.isnan(x).any(axis=2)
            for rows, found in (
                (known, shape.weights),
                (known & (everyone != name), shape.without[position]),
            ):
                expected = np.linalg.lstsq(x[rows], y[rows][:, c], rcond=None)[0]
                np.testing.assert_allclose(found[:, c], expected, atol=1e-9)
    assert (np.unique(groups)[shape.subject] == groups).all()


def test_fewer_rows_than_inputs_gives_the_shortest_solution():
    x, y, groups = case(1, 3, 3, 5, 1, 0.0)
    shape = fit_shape(x, y, groups)
    np.testing.assert_allclose(shape.weights, np.linalg.lstsq(x[0], y[0], rcond=None)[0], atol=1e-8)


def test_an_output_that_only_one_subject_has_is_zero_without_it():
    x, y, groups = case(1, 8, 3, 2, 1, 0.0)
    y[0, groups != groups[0]] = np.nan
    shape = fit_shape(x, y, groups)
    assert np.abs(shape.weights).max() > 0
    assert (shape.without[shape.subject[0]] == 0).all()
