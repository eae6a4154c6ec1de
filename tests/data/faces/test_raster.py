"""Triangles against a slow, independent rasteriser, and values worked out by hand."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from teni.data.faces.raster import doubled_area, interpolate, visible_triangles


def slow(points: np.ndarray, triangles: np.ndarray, size: int) -> np.ndarray:
    """Ask each triangle for each pixel's barycentric coordinates; -2 where two answers are equally right."""
    out = np.full((size, size), -1)
    for row in range(size):
        for column in range(size):
            best = -np.inf
            for number, corners in enumerate(triangles):
                (ax, ay, az), (bx, by, bz), (cx, cy, cz) = points[corners].astype(float)
                matrix = np.array([[ax, bx, cx], [ay, by, cy], [1, 1, 1]])
                if np.linalg.det(matrix) >= -1e-6:
                    continue
                share = np.linalg.solve(matrix, [column + 0.5, row + 0.5, 1])
                depth = (az + bz + cz) / 3
                if share.min() < -1e-4 or depth < best - 1e-4:
                    continue
                unsure = share.min() < 1e-4 or depth < best + 1e-4
                best, out[row, column] = max(best, depth), -2 if unsure else number
    return out


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_it_shows_what_a_slow_rasteriser_shows(seed):
    rng = np.random.default_rng(seed)
    size = 7
    points = np.concatenate([rng.uniform(-4, 13, (12, 2)), rng.uniform(-9, 9, (12, 1))], 1).astype(np.float32)
    triangles = np.stack([rng.permutation(12)[:3] for _ in range(14)]).astype(np.int32)
    expected = slow(points, triangles, size)
    sure = expected != -2
    np.testing.assert_array_equal(visible_triangles(points, triangles, size)[sure], expected[sure])


def test_nearer_triangles_hide_farther_ones_in_any_order():
    points = np.array([[0, 0, 0], [0, 8, 0], [8, 0, 0], [0, 0, 5], [0, 8, 5], [8, 0, 5]], np.float32)
    for triangles in ([[0, 1, 2], [3, 4, 5]], [[3, 4, 5], [0, 1, 2]]):
        shown = visible_triangles(points, np.array(triangles, np.int32), 8)
        assert shown[1, 1] == triangles.index([3, 4, 5])


def test_a_triangle_that_turns_its_back_is_not_drawn():
    points = np.array([[0, 0, 0], [8, 0, 0], [0, 8, 0]], np.float32)
    assert (visible_triangles(points, np.array([[0, 1, 2]], np.int32), 8) == -1).all()


def test_nothing_in_sight_is_no_error():
    points = np.array([[50, 50, 0], [50, 58, 0], [58, 50, 0]], np.float32)
    triangles = np.array([[0, 1, 2]], np.int32)
    shown = visible_triangles(points, triangles, 8)
    assert (shown == -1).all()
    pixels, values = interpolate(points, triangles, points, shown, 8)
    assert (len(pixels), values.shape) == (0, (3, 0))


def test_values_are_linear_over_a_triangle():
    points = np.array([[0, 0, 0], [0, 10, 0], [10, 0, 0]], np.float32)
    triangles = np.array([[0, 1, 2]], np.int32)
    values = (3 * points[:, :1] - 2 * points[:, 1:2] + 1).astype(np.float32)
    pixels, found = interpolate(points, triangles, values, visible_triangles(points, triangles, 10), 10)
    x, y = pixels % 10 + 0.5, pixels // 10 + 0.5
    np.testing.assert_allclose(found[0], 3 * x - 2 * y + 1, atol=1e-4)


def test_the_area_of_a_half_square():
    corners = np.array([[[0.0], [0.0], [4.0]], [[0.0], [4.0], [0.0]]], np.float32)
    assert doubled_area(corners)[0] == -16
