"""The picture and its keypoints belong together: by the surface drawn, by the pupils, by mirrors."""

from dataclasses import replace

import numpy as np
import pytest

from teni.data.faces.head import shape_of
from teni.data.faces.invent_scene import invent_scene
from teni.data.faces.invent_subject import invent_subject
from teni.data.faces.keypoints import KEYPOINT_NAMES, front_positions
from teni.data.faces.look import LOOKS
from teni.data.faces.render import PER_PIXEL, render
from teni.data.faces.scene import Backdrop, Camera, Expression, Light, Occluder, Pose, Scene
from teni.data.faces.subject import Subject
from teni.task import flip_permutation

NOTHING = Occluder(0, 0, 0, 1, 0, 0)


def person(seed: int = 1) -> Subject:
    """A person without hair, hat, glasses, beard, or anything else that a mirror would change."""
    subject = invent_subject(np.random.default_rng(seed), LOOKS["source"], "p")
    return replace(
        subject,
        hair=replace(subject.hair, thickness=0.0, parting=0.0, length=-40.0),
        skin=replace(subject.skin, mottle=0.0, age=0.0, beard=0.0, moustache=0.0, stubble=0.0, tone=0.75),
        wear=replace(subject.wear, glasses=0, hat=0),
    )


def clean(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0, **face: float) -> Scene:
    return Scene(
        Pose(yaw, pitch, roll, 0.49, 1.0, -1.5, 1200.0),
        Expression(
            **{
                "open_left": 1,
                "open_right": 1,
                "gaze_x": 0,
                "gaze_y": 0,
                "brow_raise": 0,
                "mouth_open": 0,
                "smile": 0,
            }
            | face
        ),
        Light(0.3, -0.4, 0.85, 0.7, 0.35, 0.2),
        Backdrop(0.5, 0.0, 0),
        NOTHING,
        Camera(1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        7,
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("yaw", [-0.35, 0.0, 0.35])
def test_the_pupil_is_where_the_keypoint_says(seed: int, yaw: float):
    subject = person(seed)
    eyes = replace(subject.features.eyes, iris=0.1, lashes=0.4, crease=0.0)
    subject = replace(subject, features=replace(subject.features, eyes=eyes))
    found = render(subject, clean(yaw, open_left=1.2, open_right=1.2))
    rows, columns = np.mgrid[:96, :96] + 0.5
    for k in (0, 1):
        x, y = found.keypoints[k]
        near = np.hypot(columns - x, rows - y) < 5
        dark = near & (found.image <= np.sort(found.image[near])[8])
        assert np.hypot(columns[dark].mean() - x, rows[dark].mean() - y) < 1.5


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll"), [(0, 0, 0), (0.3, 0.1, 0.2), (-0.3, -0.2, -0.3), (0.1, 0.3, 0)]
)
@pytest.mark.parametrize("opened", [0.0, 15.0])
def test_each_keypoint_lies_on_the_pixel_that_shows_its_place_on_the_head(yaw, pitch, roll, opened):
    scene = clean(yaw, pitch, roll, mouth_open=opened, smile=0.5, brow_raise=2.0)
    subject = person()
    found = render(subject, scene, with_surface=True)
    front = front_positions(shape_of(subject, scene.expression), scene.expression)
    column, row = np.floor(found.keypoints * PER_PIXEL).astype(int).T
    assert found.surface is not None
    shown = found.surface[row, column]
    # Facets and half a pixel of the drawing (0.8 mm, more where the surface turns away) are the slack.
    assert np.abs(shown - front).max() < 3.0
    assert np.abs(shown - front).mean() < 0.8


def test_a_mirrored_scene_gives_the_mirrored_picture_and_swapped_keypoints():
    subject = person(3)
    scene = clean(0.3, 0.1, 0.15, open_left=0.5, open_right=1.0, gaze_x=1.5, mouth_open=8.0)
    face, light, pose = scene.expression, scene.light, scene.pose
    other = replace(
        scene,
        pose=replace(pose, yaw=-pose.yaw, roll=-pose.roll, shift_x=-pose.shift_x),
        expression=replace(face, open_left=face.open_right, open_right=face.open_left, gaze_x=-face.gaze_x),
        light=replace(light, x=-light.x),
    )
    one, two = render(subject, scene), render(subject, other)
    flipped = one.keypoints[list(flip_permutation(KEYPOINT_NAMES))] * [-1, 1] + [96, 0]
    np.testing.assert_allclose(two.keypoints, flipped, atol=2e-3)
    difference = np.abs(two.image.astype(int) - one.image[:, ::-1].astype(int))
    assert difference.mean() < 1.0
    assert np.percentile(difference, 99) < 15


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_glasses_are_drawn_alike_on_both_sides(kind: int):
    subject = person(2)
    subject = replace(subject, wear=replace(subject.wear, glasses=kind))
    found = render(subject, replace(clean(), pose=replace(clean().pose, shift_x=0.0)))
    bare = render(person(2), replace(clean(), pose=replace(clean().pose, shift_x=0.0))).image.astype(int)
    changed = np.abs(found.image.astype(int) - bare) > 12
    assert changed.sum() > 100
    assert np.mean(changed == changed[:, ::-1]) > 0.98


def test_turning_the_head_right_moves_the_nose_right_of_the_eyes():
    def offset(yaw: float) -> float:
        points = render(person(), clean(yaw)).keypoints
        return float(points[10, 0] - points[:2, 0].mean())

    assert offset(-0.4) < -4 < offset(0.0) < 4 < offset(0.4)


def test_the_subjects_left_eye_is_on_the_right_of_the_picture():
    points = render(person(), clean()).keypoints
    assert points[0, 0] > points[1, 0] + 20


def test_light_from_the_right_brightens_the_right_cheek():
    def cheeks(x: float) -> tuple[float, float]:
        scene = replace(clean(), light=Light(x, -0.2, 0.6, 0.8, 0.2, 0.5))
        picture = render(person(), scene).image.astype(float)
        return picture[50:62, 22:32].mean(), picture[50:62, 66:76].mean()

    left, right = cheeks(0.8)
    assert right > left + 15
    left, right = cheeks(-0.8)
    assert left > right + 15


def test_closing_the_eyes_hides_the_pupil_and_lowers_the_keypoint():
    open_, shut = render(person(), clean()), render(person(), clean(open_left=0.0, open_right=0.0))
    assert shut.keypoints[0, 1] > open_.keypoints[0, 1] + 0.5
    x, y = np.floor(open_.keypoints[0]).astype(int)
    assert shut.image[y, x] > open_.image[y, x] + 40


def test_opening_the_mouth_lowers_the_lower_lip_only():
    shut, opened = render(person(), clean()), render(person(), clean(mouth_open=15.0))
    moved = opened.keypoints[:, 1] - shut.keypoints[:, 1]
    assert moved[14] > 5
    assert np.abs(moved[:11]).max() < 0.05


def test_an_occluder_changes_the_picture_and_not_the_keypoints():
    bare = render(person(), clean())
    scene = replace(clean(), occluder=Occluder(3, 48, 60, 1.0, 0.0, 0.05))
    hidden = render(person(), scene)
    np.testing.assert_array_equal(bare.keypoints, hidden.keypoints)
    assert np.abs(hidden.image[60].astype(int) - bare.image[60]).mean() > 30


def test_every_look_renders_finite_keypoints_and_no_warning():
    for look in LOOKS.values():
        for seed in range(12):
            subject = invent_subject(np.random.default_rng(seed), look, "s")
            sitting, moment = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
            found = render(subject, invent_scene(sitting, moment, look, subject))
            assert np.isfinite(found.keypoints).all()
            assert found.image.std() > 3
