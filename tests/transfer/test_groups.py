import numpy as np
import pytest

from teni.errors import TeniError
from teni.task import Keypoints, flip_permutation
from teni.transfer.groups import ORIGINAL, check_groups, choose_groups, group_task

NAMES = tuple(name for names in ORIGINAL.values() for name in names)
FACE = Keypoints(NAMES[::-1], 96, 96, flip_permutation(NAMES[::-1]))
FOUR = Keypoints(("left_eye", "right_eye", "nose", "chin"), 8, 8, (1, 0, 2, 3))


def test_the_six_of_the_original_task_in_any_order():
    groups = choose_groups(FACE, np.zeros((2, 15, 2), np.float32))
    assert list(groups) == ["eye_centers", "nose_tip", "mouth", "bottom_lip", "eye_corners", "eyebrows"]
    for name, own in groups.items():
        assert sorted(FACE.names[k] for k in own) == sorted(ORIGINAL[name])


def test_together_what_is_missing_together():
    targets = np.zeros((20, 4, 2), np.float32)
    targets[10:, [0, 1, 3]] = np.nan
    targets[9, 3] = np.nan  # a scattered gap parts nobody
    assert choose_groups(FOUR, targets) == {"nose": (2,), "left_eye": (0, 1, 3)}


def test_partners_stay_together_whatever_is_missing():
    targets = np.zeros((20, 4, 2), np.float32)
    targets[:10, 0] = np.nan
    targets[10:, 1] = np.nan
    groups = choose_groups(FOUR, targets)
    assert {0, 1} <= set(next(own for own in groups.values() if 0 in own))


def test_a_keypoint_of_any_name_gives_a_group_that_a_file_can_be_called_after():
    """Names come from the columns of a file; groups become folders of checkpoints and names of layers."""
    task = Keypoints(("../../nose", "left eye", "right eye", "??", "nose", "鼻/左"), 8, 8, (0, 2, 1, 3, 4, 5))
    targets = np.zeros((30, 6, 2), np.float32)
    for k in (0, 1, 3, 4, 5):
        targets[: 4 * (k + 1), [k, 2] if k == 1 else k] = np.nan  # each is missing by itself
    groups = choose_groups(task, targets)
    assert groups == {"nose": (0,), "left_eye": (1, 2), "3": (3,), "nose_4": (4,), "鼻_左": (5,)}
    assert (
        check_groups(task, {name: tuple(task.names[k] for k in own) for name, own in groups.items()})
        == groups
    )


def test_without_gaps_there_is_one_group():
    assert list(choose_groups(FOUR, np.zeros((5, 4, 2), np.float32)).values()) == [(0, 1, 2, 3)]


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ({"a": ("left_eye", "right_eye", "nose")}, "no group holds chin"),
        ({"a": ("left_eye", "right_eye", "nose", "chin", "ear")}, "no keypoint is called 'ear'"),
        (
            {"a": ("left_eye", "right_eye", "nose", "chin"), "b": ("chin",)},
            "chin is in group a and in group b",
        ),
        ({"a": ("left_eye", "nose"), "b": ("right_eye", "chin")}, "in two groups"),
        ({"../a": ("left_eye", "right_eye", "nose", "chin")}, "a name of letters"),
        ({"a": ("left_eye", "right_eye", "nose", "chin"), "b": ()}, "one keypoint at least"),
    ],
)
def test_groups_that_do_not_fit_are_refused(groups, said):
    with pytest.raises(TeniError, match=said):
        check_groups(FOUR, groups)


def test_the_task_of_a_group_keeps_its_partners():
    part = group_task(FACE, check_groups(FACE, ORIGINAL)["eyebrows"])
    for name, partner in zip(part.names, part.flip_permutation, strict=True):
        assert {name.split("_", 1)[0], part.names[partner].split("_", 1)[0]} == {"left", "right"}
        assert name.split("_", 1)[1] == part.names[partner].split("_", 1)[1]
