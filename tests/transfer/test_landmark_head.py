"""The head on landmarks against the exact one of all images, which it equals where every image is a landmark."""

import numpy as np
import pytest

from teni.task import Keypoints
from teni.transfer import landmark_head
from teni.transfer.gram import make_gram
from teni.transfer.head import prepare, solve_head
from teni.transfer.labels import make_labels
from teni.transfer.landmark_head import add_up, alike_columns, leave_out
from teni.transfer.landmarks import make_landmarks
from teni.transfer.parts import Parts, inner_products

TASK = Keypoints(("left_eye", "right_eye", "nose"), 8, 8, (1, 0, 2))
COUNT, LAM = 40, 0.03
WHO = np.arange(COUNT) // 4


def made(widths, seed=0):
    rng = np.random.default_rng(seed)
    parts = tuple((rng.normal(size=(COUNT, w)) / 3).astype(np.float32) for w in widths)
    targets = 4 + rng.normal(size=(COUNT, 3, 2)) + 2 * parts[0][:, :1, None]
    return Parts(parts, np.zeros(sum(widths), np.float32), 1.0), targets.astype(np.float32)


def solved(components, labels, rows=None, lam=LAM):
    marks = make_landmarks(components, "arc-cosine-1")

    def coordinates(rows):
        some = Parts(tuple(p[rows] for p in components.parts), components.mean, 1.0)
        return marks.coordinates(some)

    columns = alike_columns(labels)
    sums = add_up(columns, labels, coordinates)
    rows = np.arange(COUNT) if rows is None else rows
    return leave_out(columns, sums, labels, WHO, coordinates, (lam,), rows)[lam]


@pytest.mark.parametrize("large", [2048, 3])  # images of a subject, above which it is solved again without it
@pytest.mark.parametrize(("widths", "mirror"), [((9,), False), ((6, 5), True)])
def test_leaving_out_is_that_of_the_exact_head(widths, mirror, large, monkeypatch):
    monkeypatch.setattr(landmark_head, "IMAGES_A_BLOCK", 7 if large > 7 else 3)  # which cuts through subjects
    monkeypatch.setattr(landmark_head, "LARGE_SUBJECT", large)
    components, targets = made(widths)
    labels = make_labels(targets, TASK, "halves", mirror)
    gram = make_gram("arc-cosine-1", inner_products([components]))
    wanted = solve_head(prepare(gram, labels, WHO), (LAM,)).left_out - labels.middle
    np.testing.assert_allclose(solved(components, labels), wanted, atol=2e-3)


def test_some_subjects_alone_are_predicted_as_among_all():
    components, targets = made((6, 5))
    labels = make_labels(targets, TASK, "halves", True)
    rows = np.flatnonzero(np.isin(WHO, (1, 5, 6)))
    np.testing.assert_allclose(solved(components, labels, rows), solved(components, labels)[rows], atol=1e-5)


@pytest.mark.parametrize("large", [2048, 3])
def test_leaving_out_a_subject_is_solving_without_it_where_labels_are_missing(large, monkeypatch):
    """The nose is labelled on half of the images, by hand: solve again without the subject and without the gaps."""
    monkeypatch.setattr(landmark_head, "IMAGES_A_BLOCK", 3)
    monkeypatch.setattr(landmark_head, "LARGE_SUBJECT", large)
    components, targets = made((9,))
    targets[::2, 2] = np.nan
    labels = make_labels(targets, TASK, "halves", False)
    found = solved(components, labels)
    z = make_landmarks(components, "arc-cosine-1").coordinates(components)[0].astype(np.float64)
    for column in (0, 4, 5):
        for who in (0, 3):
            learn = (who != WHO) & ~np.isnan(labels.values[0, :, column])
            inner = z[learn].T @ z[learn] + LAM * np.eye(z.shape[1])
            weights = np.linalg.solve(inner, z[learn].T @ labels.values[0, learn, column])
            here = who == WHO
            np.testing.assert_allclose(found[here, column], z[here] @ weights, atol=2e-3)


def test_columns_with_stray_gaps_share_the_images_that_label_them_all():
    _, targets = made((9,))
    targets[3, 0], targets[5, 1] = np.nan, np.nan
    (group,) = alike_columns(make_labels(targets, TASK, "halves", True))
    assert np.flatnonzero(~group.known).tolist() == [3, 5]
    assert sorted(group.columns.tolist()) == [0, 1, 4, 5]


def test_stray_gaps_of_many_columns_do_not_add_up():
    """A tenth of the labels missing at random: only a third of the images label all ten, nearly all some."""
    task = Keypoints(tuple("abcdefghij"), 8, 8, tuple(range(10)))
    targets = np.ones((2000, 10, 2), np.float32)
    targets[np.random.default_rng(0).random((2000, 10)) < 0.09] = np.nan
    labels = make_labels(targets, task, "halves", False)
    found = alike_columns(labels)
    assert sorted(np.concatenate([group.columns for group in found]).tolist()) == list(range(20))
    assert len(found) <= 10
    for group in found:
        assert group.known.sum() >= 0.5 * labels.known[0][:, group.columns].sum(axis=0).max()
        assert (labels.known[0][:, group.columns].all(axis=1) == group.known).all()


def test_columns_that_are_never_labelled_together_stay_apart(monkeypatch):
    monkeypatch.setattr(landmark_head, "MOST_GROUPS", 2)
    task = Keypoints(tuple("abcd"), 8, 8, tuple(range(4)))
    targets = np.full((40, 4, 2), np.nan, np.float32)
    for k in range(4):
        targets[k::4, k] = 1
    found = alike_columns(make_labels(targets, task, "halves", False))
    assert [int(group.known.sum()) for group in found] == [10] * 4


def test_blocks_end_between_subjects_and_large_ones_stand_alone(monkeypatch):
    monkeypatch.setattr(landmark_head, "IMAGES_A_BLOCK", 5)
    groups = np.repeat([3, 1, 2, 0, 5], [2, 2, 9, 1, 3])
    blocks = list(landmark_head._subject_blocks(np.argsort(groups, kind="stable"), groups))
    assert [groups[block].tolist() for block in blocks] == [[0, 1, 1], [2] * 9, [3, 3, 5, 5, 5]]
    assert list(landmark_head._subject_blocks(np.zeros(0, np.intp), groups[:0])) == []
