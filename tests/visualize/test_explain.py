"""From a request to pictures over the image."""

import keras
import numpy as np
import pytest

from teni.errors import TeniError
from teni.prediction.given import from_array
from teni.visualize import Part, Request, open_network
from teni.visualize.explain import near_share
from teni.visualize.grad_cam import GradCamSettings, show_grad_cam
from teni.visualize.occlusion import OcclusionSettings, show_occlusion
from teni.visualize.saliency import SaliencySettings, show_saliency
from teni.visualize.targets import Target, explained_model, targets

from .nets import layers, nested, with_weights

NAMES = ("nose_x", "nose_y", "eye_x", "eye_y")


def points(settings, units=(0, 1, 2), layer=None):
    opened = open_network(with_weights(nested()), "points", kind="keypoints", names=NAMES)
    images = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 1), dtype=np.uint8)
    return Request(opened, layer, units, settings, from_array(images, None, (8, 8, 1)))


def test_keypoints_are_one_map_and_coordinates_are_signed():
    seen = show_occlusion(points(OcclusionSettings(image=(2,), window=4)))
    assert [each.unit for each in seen.pictures] == ["nose", "eye_x"]
    assert [each.style for each in seen.pictures] == ["heat", "signed-heat"]
    assert seen.pictures[0].pixels.min() >= 0
    assert all(each.pixels.shape == (8, 8, 1) for each in seen.pictures)


def test_scores_points_and_the_image_below():
    asked = points(SaliencySettings(image=(1,)))
    said = keras.ops.convert_to_numpy(asked.opened.model(asked.given.images[1:2].astype(np.float32)))[0]
    nose, eye_x = show_saliency(asked).pictures
    assert nose.points == (tuple(said[0]),)
    assert eye_x.points == (tuple(said[1]),)
    assert eye_x.score == pytest.approx(said[1, 0], rel=1e-5)
    assert 0 <= nose.score <= 1
    np.testing.assert_array_equal(nose.over, asked.given.images[1])


def test_several_images_have_a_row_each():
    seen = show_saliency(points(SaliencySettings(image=(2, 0), each="coordinate")))
    assert [each.note for each in seen.pictures] == ["image 3"] * 3 + ["image 1"] * 3
    assert seen.columns == 3


@pytest.mark.parametrize("image", [(3,), (-1,), (0, 7), ()])
def test_images_that_there_are_not(image):
    with pytest.raises(TeniError, match=r"--set image=\S*: there are 3 images in --data, counted from 0"):
        show_saliency(points(SaliencySettings(image=image)))


def test_a_filter_is_explained_by_its_strongest_activation():
    seen = show_saliency(points(SaliencySettings(), units=(1,), layer="deep"))
    assert np.count_nonzero(seen.pictures[0].pixels) <= 9  # one 3 x 3 window
    assert seen.layer == "deep"


def test_grad_cam_takes_the_last_map_by_default_and_weighs_coordinates_place_by_place():
    seen = show_grad_cam(points(GradCamSettings()))
    assert seen.layer == "pool"
    assert "place by place" in seen.notes[0]
    assert "whole channels" in show_grad_cam(points(GradCamSettings(pooled=True), layer="deep")).notes[0]


def test_grad_cam_of_a_network_without_maps():
    x = keras.Input((4, 4, 1))
    opened = open_network(keras.Model(x, layers.Dense(2)(layers.Flatten()(x)), name="flat"), "flat")
    given = from_array(np.zeros((1, 4, 4, 1), np.uint8), None, (4, 4, 1))
    with pytest.raises(TeniError, match="has no layer whose output is a map; take saliency or occlusion"):
        show_grad_cam(Request(opened, None, (0,), GradCamSettings(), given))


def test_targets():
    part = Part(keras.Model(), "out", "keypoints", NAMES)
    assert targets(part, [3, 0, 1]) == [Target("eye_y", (3,)), Target("nose", (0, 1))]
    assert [target.name for target in targets(part, [1, 0], "coordinate")] == ["nose_y", "nose_x"]
    other = Part(keras.Model(), "out", "classes", ("cat", "dog"))
    assert targets(other, [0, 1]) == [Target("cat", (0,)), Target("dog", (1,))]
    x = keras.Input((4, 4, 2))
    plain = keras.Model(x, layers.Flatten()(x))
    assert explained_model(Part(plain, "out", "units", ())) is plain


def test_the_share_near_a_point():
    found = np.zeros((20, 20), np.float32)
    found[10, 10], found[0, 0] = -3, 1
    assert near_share(found, (10.5, 10.5)) == 0.75
    assert near_share(np.zeros((4, 4), np.float32), (1.0, 1.0)) == 0.0
