import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from teni.errors import TeniError
from teni.task import flip_keypoints, flip_permutation

KAGGLE = """
left_eye_center right_eye_center left_eye_inner_corner left_eye_outer_corner right_eye_inner_corner
right_eye_outer_corner left_eyebrow_inner_end left_eyebrow_outer_end right_eyebrow_inner_end
right_eyebrow_outer_end nose_tip mouth_left_corner mouth_right_corner mouth_center_top_lip
mouth_center_bottom_lip
"""


def test_the_fifteen_keypoints_of_kaggle() -> None:
    assert flip_permutation(KAGGLE.split()) == (1, 0, 4, 5, 2, 3, 8, 9, 6, 7, 10, 12, 11, 13, 14)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("left_eye", "right_eye"),
        ("eye_left", "eye_right"),
        ("mouth_left_corner", "mouth_right_corner"),
        ("LeftEye", "RightEye"),
        ("eyeLeft", "eyeRight"),
        ("LEFT EYE", "RIGHT EYE"),
        ("l_eye", "r_eye"),
        ("eye-l-2", "eye-r-2"),
        ("eyeL", "eyeR"),
        ("LEye", "REye"),
        ("L1", "R1"),
        ("lefteye", "righteye"),
        ("leftmost", "rightmost"),
        ("leye", "reye"),
        ("eyeleft", "eyeright"),
        ("左目", "右目"),
        ("目（左）", "目（右）"),
        ("left_of_right_eye", "right_of_left_eye"),
    ],
)
def test_sides_are_found_wherever_they_stand(left: str, right: str) -> None:
    assert flip_permutation([left, "nose", right]) == (2, 1, 0)
    assert flip_permutation([right, left, "nose"]) == (1, 0, 2)


@pytest.mark.parametrize(
    "name", ["nose_tip", "lip", "cleft", "bright_spot", "Lower_lip", "collar", "p1", "鼻", ""]
)
def test_names_without_a_side_keep_their_place(name: str) -> None:
    assert flip_permutation([name, "chin"]) == (0, 1)


def test_a_side_without_its_counterpart() -> None:
    with pytest.raises(TeniError) as error:
        flip_permutation(["left_eye", "nose"])
    assert str(error.value) == (
        "the keypoint 'left_eye' has a side but there is no 'right_eye' to change places with "
        "in a mirrored image; add it, learn without mirror images (--no-mirror), or say which keypoint takes its "
        "place: --pair left_eye=NAME, in Python mirror={'left_eye': NAME}"
    )


def test_a_side_without_the_other_stays_where_nothing_is_mirrored() -> None:
    assert flip_permutation(["left_wing", "nose", "a_l", "a_r"], one_sided=True) == (0, 1, 3, 2)


def test_several_sides_without_the_other_are_told_at_once() -> None:
    with pytest.raises(TeniError, match=r"no 'right_a' .* image \(nor for 2 more: left_b, c_r\); add it"):
        flip_permutation(["left_a", "left_b", "nose", "c_r"])


def test_pairs_that_are_given_go_first() -> None:
    assert flip_permutation(["left_eye", "nose"], {"left_eye": "left_eye"}) == (0, 1)
    assert flip_permutation(["p1", "p2", "p3"], {"p3": "p1"}) == (2, 1, 0)
    assert flip_permutation(["left_a", "right_b", "c"], {"left_a": "right_b"}) == (1, 0, 2)


@pytest.mark.parametrize(
    ("names", "mirror", "message"),
    [
        (["a", "b", "a"], {}, "two keypoints are called 'a'; every keypoint needs its own name"),
        (["a", "b"], {"a": "c"}, "pair a=c: no keypoint is called 'c'; the keypoints are a, b"),
        (["a", "b", "c"], {"a": "b", "b": "c"}, "pair b=c: 'b' is paired with 'a' too; give one of the two"),
        (
            ["left_a", "right_a", "c"],
            {"left_a": "c"},
            "the mirror image of 'right_a' would be 'left_a', but that of 'left_a' is 'c'; say which "
            "keypoints belong together",
        ),
    ],
)
def test_pairs_that_cannot_be(names: list[str], mirror: dict[str, str], message: str) -> None:
    with pytest.raises(TeniError) as error:
        flip_permutation(names, mirror)
    assert str(error.value) == message


@given(st.lists(st.sampled_from(["eye", "ear", "brow", "Lid", "口"]), unique=True), st.randoms())
def test_a_permutation_undoes_itself(parts: list[str], random: st.DataObject) -> None:
    names = [f"{side}_{part}" for part in parts for side in ("left", "right")] + ["nose", "chin"]
    random.shuffle(names)  # pyright: ignore[reportAttributeAccessIssue]
    permutation = flip_permutation(names)
    assert [permutation[k] for k in permutation] == list(range(len(names)))
    for name, k in zip(names, permutation, strict=True):
        assert names[k] == name.replace("left", "?").replace("right", "left").replace("?", "right")


def test_points_worked_out_by_hand() -> None:
    points = np.array([[[10, 1], [80, 2], [50, 3]], [[np.nan, np.nan], [0, 4], [96, 5]]], np.float32)
    flipped = flip_keypoints(points, (1, 0, 2), 96.0)
    expected = [[[16, 2], [86, 1], [46, 3]], [[96, 4], [np.nan, np.nan], [0, 5]]]
    np.testing.assert_array_equal(flipped, np.array(expected, np.float32))
    assert flipped.dtype == np.float32
    assert points[0, 0, 0] == 10


@given(
    arrays(np.float32, (3, 5, 2), elements=st.one_of(st.just(np.nan), st.integers(-9, 200).map(float))),
    st.integers(50, 200),
)
def test_flipping_twice_changes_nothing_and_gaps_travel_with_their_points(
    points: np.ndarray, center: int
) -> None:
    permutation = (1, 0, 2, 4, 3)
    flipped = flip_keypoints(points, permutation, float(center))
    np.testing.assert_array_equal(np.isnan(flipped), np.isnan(points)[:, list(permutation)])
    np.testing.assert_array_equal(flip_keypoints(flipped, permutation, float(center)), points)


def test_a_mirrored_picture_has_its_points_where_the_mirrored_points_are() -> None:
    picture = np.zeros((1, 8, 10, 1), np.uint8)
    picture[0, 3, 2], picture[0, 5, 7] = 1, 2
    points = np.array([[[2, 3], [7, 5]]], np.float32)  # pixel centres at integers
    mirrored, flipped = picture[:, :, ::-1], flip_keypoints(points, (1, 0), 9.0)
    for (x, y), value in zip(flipped[0].astype(int).tolist(), (2, 1), strict=True):
        assert mirrored[0, y, x, 0] == value
