"""The embedded faces as a data set: the same again, whoever asks and for however many; gaps; people."""

import hashlib
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from teni.data.faces import KEYPOINT_NAMES, synthetic_faces
from teni.data.faces.synthetic import leave_out
from teni.errors import TeniError
from teni.progress import Progress


@pytest.mark.parametrize("look", ["source", "target"])
def test_the_first_faces_are_the_same_whatever_the_count(look):
    few, many = (synthetic_faces(count, look=look, seed=3, gaps=True) for count in (10, 40))
    np.testing.assert_array_equal(few.images, many.images[:10])
    np.testing.assert_array_equal(few.targets, many.targets[:10])
    assert few.ids.tolist() == many.ids[:10].tolist()


def test_another_process_draws_the_same():
    code = (
        "import hashlib; from teni.data.faces import synthetic_faces;"
        "f = synthetic_faces(4, look='target', seed=5);"
        "print(hashlib.sha256(f.images.tobytes() + f.targets.tobytes()).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    here = synthetic_faces(4, look="target", seed=5)
    assert hashlib.sha256(here.images.tobytes() + here.targets.tobytes()).hexdigest() == other


def test_seeds_and_looks_show_other_people():
    shown = [synthetic_faces(1, look=look, seed=seed) for look in ("source", "target") for seed in (0, 1)]
    assert len({s.images.tobytes() for s in shown}) == 4
    assert len({s.subjects[0] for s in shown}) == 4


def test_it_is_a_data_set_of_the_fifteen_keypoints():
    faces = synthetic_faces(3, look="source", seed=0)
    assert (faces.images.dtype, faces.images.shape) == (np.uint8, (3, 96, 96, 1))
    assert (faces.targets.dtype, faces.targets.shape) == (np.float32, (3, 15, 2))
    assert faces.task.names == KEYPOINT_NAMES
    assert faces.task.flip_permutation == (1, 0, 4, 5, 2, 3, 8, 9, 6, 7, 10, 12, 11, 13, 14)
    assert len(set(faces.ids)) == 3
    assert faces.notes == ("synthetic faces, look source, seed 0",)


def test_a_subject_has_five_to_twelve_consecutive_pictures_that_differ():
    faces = synthetic_faces(60, look="source", seed=2)
    runs = [faces.subjects[0]]
    for name in faces.subjects[1:]:
        if name != runs[-1]:
            runs.append(name)
    counts = Counter(faces.subjects.tolist())
    assert len(runs) == len(counts)
    assert all(5 <= counts[name] <= 12 for name in runs[:-1])
    assert len({image.tobytes() for image in faces.images}) == 60


def test_a_subject_stays_the_same_person():
    """The gap between the brows over that of the eyes changes less within a subject than between subjects."""
    faces = synthetic_faces(150, look="source", seed=4)
    brows = np.linalg.norm(faces.targets[:, 6] - faces.targets[:, 8], axis=1)
    eyes = np.linalg.norm(faces.targets[:, 0] - faces.targets[:, 1], axis=1)
    ratio = brows / eyes
    names = np.unique(faces.subjects)
    within = np.mean([ratio[faces.subjects == name].std() for name in names[:-1]])
    between = np.std([ratio[faces.subjects == name].mean() for name in names[:-1]])
    assert between > 1.5 * within


def test_gaps_are_kaggles():
    missing = leave_out(20_000, "source", 1)
    sparse = missing.sum(1) >= 11
    assert sparse.mean() == pytest.approx(0.6, abs=0.015)
    assert missing[:, [0, 1, 10, 14]].mean() == pytest.approx(0.004, abs=0.001)
    others = [k for k in range(15) if k not in (0, 1, 10, 14)]
    assert missing[~sparse][:, others].mean() == pytest.approx(0.004, abs=0.001)


def test_gaps_change_labels_only():
    whole, holed = (synthetic_faces(12, look="source", seed=6, gaps=gaps) for gaps in (False, True))
    np.testing.assert_array_equal(whole.images, holed.images)
    missing = np.isnan(holed.targets)
    assert missing.any()
    assert not np.isnan(whole.targets).any()
    np.testing.assert_array_equal(missing[..., 0], missing[..., 1])
    np.testing.assert_array_equal(holed.targets[~missing], whole.targets[~missing])


def test_the_target_is_harder_than_the_source():
    source, target = (synthetic_faces(120, look=look, seed=8) for look in ("source", "target"))
    mean_face = [np.sqrt(np.square(f.targets - f.targets.mean(0)).mean()) for f in (source, target)]
    assert mean_face[1] > 1.2 * mean_face[0]
    brightness = [f.images.mean((1, 2, 3)).std() for f in (source, target)]
    assert brightness[1] > 0.9 * brightness[0]


def test_faces_stand_where_crops_of_real_tables_have_them():
    """Kaggle's training table has its mean eyes at (66, 37) and (30, 37), its mean mouth at (48, 78)."""
    mean = synthetic_faces(120, look="source", seed=9).targets.mean(0)
    np.testing.assert_allclose(mean[0], [65, 37], atol=4)
    np.testing.assert_allclose(mean[1], [31, 37], atol=4)
    np.testing.assert_allclose(mean[14], [48, 77], atol=4)


def test_progress_ends_with_all_faces():
    seen: list[Progress] = []
    synthetic_faces(15, look="source", seed=0, on_progress=seen.append)
    assert seen[-1] == Progress("faces", 15, 15)
    assert [p.done for p in seen] == sorted(p.done for p in seen)


def test_an_unknown_look_is_explained():
    with pytest.raises(
        TeniError, match="no look 'real'; the embedded faces have the looks 'source' and 'target'"
    ):
        synthetic_faces(1, look="real", seed=0)  # type: ignore[arg-type]


@pytest.mark.parametrize(("count", "seed"), [(0, 0), (3, -1)])
def test_counts_and_seeds_below_their_limits_are_explained(count, seed):
    with pytest.raises(
        TeniError, match=f"count must be at least 1 and seed at least 0, but they are {count} and"
    ):
        synthetic_faces(count, look="source", seed=seed)
