"""The way from millimetres to pixels, and meshes without holes."""

import numpy as np
import pytest

from teni.data.faces.head import front_depth, shape_of
from teni.data.faces.invent_subject import invent_subject
from teni.data.faces.look import LOOKS
from teni.data.faces.mesh import HEAD, build_mesh, keypoint_positions, rotation, view_of
from teni.data.faces.scene import Expression, Pose

STILL = Expression(1, 1, 0, 0, 0, 0, 0)
FACING = Pose(0, 0, 0, 0.5, 2.0, -3.0, 1000.0)


def shape(seed: int = 0):
    return shape_of(invent_subject(np.random.default_rng(seed), LOOKS["source"], "s"), STILL)


def test_a_quarter_turn_sends_the_nose_to_the_right_down_or_round():
    nose, left = np.array([0, 0, 1.0]), np.array([1.0, 0, 0])
    np.testing.assert_allclose(rotation(np.pi / 2, 0, 0) @ nose, [1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(rotation(0, np.pi / 2, 0) @ nose, [0, 1, 0], atol=1e-6)
    np.testing.assert_allclose(rotation(0, 0, np.pi / 2) @ left, [0, 1, 0], atol=1e-6)


@pytest.mark.parametrize("angles", [(0.3, -0.2, 0.5), (1.0, 0.4, -0.3)])
def test_a_rotation_keeps_lengths(angles):
    turn = rotation(*angles)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-6)
    assert np.linalg.det(turn) == pytest.approx(1)


def test_the_anchor_lands_in_the_middle_and_millimetres_become_pixels():
    view = view_of(FACING)
    points = view.project(np.array([[0, 22, 74], [10, 22, 74], [0, 32, 74]], np.float32))
    np.testing.assert_allclose(points[:, :2], [[50, 45], [55, 45], [50, 50]], atol=1e-4)


def test_what_is_nearer_is_larger():
    view = view_of(FACING)
    # 100 of 1,000 mm nearer: 1 / 0.9 times as large.
    near, far = view.project(np.array([[18, 22, 174], [18, 22, 74]], np.float32))[:, 0] - 50
    assert near / far == pytest.approx(1 / 0.9, rel=1e-4)


def test_normals_point_outwards():
    mesh = build_mesh(shape(), FACING)
    front = (
        (mesh.surface[:, 3] == HEAD) & (np.abs(mesh.surface[:, 2]) < 0.6) & (np.abs(mesh.surface[:, 1]) < 60)
    )
    assert (mesh.normals[front, 2] > 0).mean() > 0.95
    side = (
        (mesh.surface[:, 3] == HEAD)
        & (np.abs(mesh.surface[:, 2] - 1.6) < 0.2)
        & (np.abs(mesh.surface[:, 1]) < 60)
    )
    assert (mesh.normals[side, 0] > 0).all()


def test_triangles_name_vertices_that_there_are():
    mesh = build_mesh(shape(5), FACING)
    assert mesh.triangles.min() == 0
    assert mesh.triangles.max() == len(mesh.vertices) - 1
    assert len(mesh.vertices) == len(mesh.normals) == len(mesh.surface)


def test_keypoints_are_lifted_onto_the_face():
    head = shape(1)
    front = np.array([[0, 38], [25, 66]], np.float32)
    lifted = keypoint_positions(head, front)
    np.testing.assert_array_equal(lifted[:, :2], front)
    np.testing.assert_allclose(lifted[:, 2], front_depth(head, front[:, 0], front[:, 1]))
