"""The head against refits by the definition: one subject out, everything learned anew from the others."""

import numpy as np
import pytest

from teni.task import Keypoints
from teni.transfer.gram import Gram
from teni.transfer.head import LAMBDAS, descend, prepare, solve_head
from teni.transfer.labels import make_labels

NAMES = ("left_eye", "right_eye", "nose", "left_ear", "right_ear")
TASK = Keypoints(NAMES, 20, 30, (1, 0, 2, 4, 3))


def case(seed, images=18, subjects=6, mirror=True, ears=None, noise=0.0):
    """Return a Gram matrix, targets and groups; ears lie on a plane over eyes and nose, and few images show them."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(2, images, 5))
    rows = np.concatenate([features, features[::-1]], axis=2)
    same, cross = rows[0] @ rows[0].T + 50, rows[0] @ rows[1].T + 50
    targets = rng.uniform(5, 15, size=(images, 5, 2))
    # Mirroring changes left and right ears alike, so that one plane serves both.
    targets[:, 3, 1] = 0.5 * targets[:, 0, 1] + 0.3 * targets[:, 2, 1] + 1
    targets[:, 4, 1] = 0.5 * targets[:, 1, 1] + 0.3 * targets[:, 2, 1] + 1
    targets[:, 3, 0] = targets[:, 0, 0] + 4
    targets[:, 4, 0] = targets[:, 1, 0] - 4
    targets[:, 3:] += noise * rng.normal(size=(images, 2, 2))
    groups = rng.permutation(np.arange(images) % subjects)
    if ears is not None:
        targets[ears:, 3:] = np.nan
    return Gram(same, cross if mirror else None), targets.astype(np.float32), groups


def ridge(gram, values, known, lam):
    """Solve one column by the definition; rows are (flag, image)."""
    alpha = np.zeros(len(gram))
    alpha[known] = np.linalg.solve(gram[np.ix_(known, known)] + lam * np.eye(known.sum()), values[known])
    return alpha


def whole(gram):
    return gram.same if gram.cross is None else np.block([[gram.same, gram.cross], [gram.cross, gram.same]])


def refits(gram, labels, groups, lam, leaning):
    """Leave out each subject in turn, with or without the ears leaning on the other points (all labelled)."""
    big, everyone = whole(gram), np.tile(groups, len(labels.values))
    flat = labels.values.reshape(len(everyone), -1)
    found = np.full((len(groups), flat.shape[1]), np.nan)
    anchors = list(range(6))
    for subject in np.unique(groups):
        rest, out = everyone != subject, np.flatnonzero(groups == subject)
        for c in range(flat.shape[1]):
            known = rest & ~np.isnan(flat[:, c])
            if leaning and c >= 6:
                inputs = np.concatenate([flat[:, anchors], np.ones((len(flat), 1))], axis=1)
                weights = np.linalg.lstsq(inputs[known], flat[known, c], rcond=None)[0]
                moved = flat[:, c] - inputs @ weights
                own = np.concatenate([found[out][:, anchors], np.ones((len(out), 1))], axis=1) @ weights
                found[out, c] = big[out] @ ridge(big, moved, known, lam) + own
            else:
                found[out, c] = big[out] @ ridge(big, flat[:, c], known, lam)
    return found + labels.middle


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("lam", [0.01, 1.0])
def test_one_cluster_equals_refits(mirror, lam):
    gram, targets, groups = case(0, mirror=mirror)
    labels = make_labels(targets, TASK, "halves", mirror)
    head = solve_head(prepare(gram, labels, groups), (lam,))
    assert head.anchors == ()
    expected = refits(gram, labels, groups, lam, leaning=False)
    np.testing.assert_allclose(head.left_out, expected, atol=1e-8)
    assert head.errors[lam] == pytest.approx(
        np.sqrt(np.mean((expected - targets.reshape(expected.shape)) ** 2))
    )


@pytest.mark.parametrize("mirror", [False, True])
def test_leaning_equals_refits_that_leave_the_subject_out_of_the_shape_too(mirror):
    gram, targets, groups = case(1, ears=11, mirror=mirror, noise=0.5)
    labels = make_labels(targets, TASK, "halves", mirror)
    head = solve_head(prepare(gram, labels, groups), (0.3,))
    assert head.anchors == tuple(range(6))
    expected = refits(gram, labels, groups, 0.3, leaning=True)
    known = ~np.isnan(targets.reshape(expected.shape))
    np.testing.assert_allclose(head.left_out[known], expected[known], atol=1e-8)


def test_leaning_predicts_as_the_head_that_it_hands_over():
    gram, targets, groups = case(1, ears=11, noise=0.5)
    labels = make_labels(targets, TASK, "halves", True)
    head = solve_head(prepare(gram, labels, groups), (0.3,))
    flat = labels.values.reshape(2 * len(groups), -1)
    inputs = np.concatenate([flat[:, :6], np.ones((len(flat), 1))], axis=1)
    big, found = whole(gram), gram.predict(head.alpha) + head.offset
    ears = ~np.isnan(flat[:, 6])
    weights = np.linalg.lstsq(inputs[ears], flat[ears][:, 6:], rcond=None)[0]
    everyone = np.ones(len(flat), bool)
    anchors = np.stack([ridge(big, flat[:, c], everyone, 0.3) for c in range(6)], axis=1)
    moved = flat[:, 6:] - inputs @ weights
    rest = np.stack([ridge(big, moved[:, c], ears, 0.3) for c in range(4)], axis=1)
    expected = np.concatenate([anchors, anchors @ weights[:-1] + rest], axis=1)
    offset = np.concatenate([np.zeros(6), weights[-1]]) + labels.middle
    np.testing.assert_allclose(found, big[: len(groups)] @ expected + offset, atol=1e-7)


def test_a_planted_shape_is_used_and_lowers_the_error():
    gram, targets, groups = case(2, images=40, subjects=20, ears=14)
    # Eyes and nose are linear in the features, so that they are predicted well from many images.
    rng = np.random.default_rng(0)
    values, vectors = np.linalg.eigh(gram.same + gram.cross)
    vectors = vectors[:, np.argsort(values)[::-1][1:6]]
    points = 10 + 20 * vectors @ rng.normal(size=(5, 3))
    targets[:, :3, 1] = points
    targets[:14, 3, 1] = points[:14, 0] + points[:14, 2]
    targets[:14, 4, 1] = points[:14, 1] + points[:14, 2]
    labels = make_labels(targets, TASK, "halves", True)
    prepared = prepare(gram, labels, groups)
    leaning, alone = solve_head(prepared), solve_head(prepared, anchors=False)
    assert leaning.anchors == tuple(range(6))
    assert alone.anchors == ()

    def error(head):
        return np.sqrt(np.nanmean((head.left_out - targets.reshape(40, -1))[:, 6:] ** 2))

    assert error(leaning) < 0.9 * error(alone)


def test_images_that_only_the_others_label_count_in_the_error():
    gram, targets, groups = case(4, images=30, subjects=10, ears=20)
    targets[:3, :3] = np.nan
    labels = make_labels(targets, TASK, "halves", True)
    head = solve_head(prepare(gram, labels, groups), (0.3,))
    known = ~np.isnan(targets.reshape(30, -1))
    assert np.isfinite(head.left_out[known]).all()
    missed = (head.left_out - targets.reshape(30, -1))[known]
    assert head.errors[0.3] == pytest.approx(np.sqrt(np.mean(missed**2)))


def test_many_images_without_anchors_leave_each_column_to_itself():
    gram, targets, groups = case(5, images=30, subjects=10, ears=20)
    targets[:9, :3] = np.nan
    labels = make_labels(targets, TASK, "halves", True)
    head = solve_head(prepare(gram, labels, groups), (0.3,))
    assert head.anchors == ()
    assert np.isfinite(head.left_out[~np.isnan(targets.reshape(30, -1))]).all()


def test_the_lambda_with_the_lowest_error_is_chosen():
    gram, targets, groups = case(6)
    told = []
    prepared = prepare(gram, make_labels(targets, TASK, "integers", True), groups)
    head = solve_head(prepared, on_progress=told.append)
    assert tuple(head.errors) == LAMBDAS
    assert head.lam == min(head.errors, key=head.errors.__getitem__)
    single = solve_head(prepared, (head.lam,))
    np.testing.assert_array_equal(head.alpha, single.alpha)
    assert (told[-1].done, told[-1].total, len(told)) == (15, 15, 15)


def test_no_lambda_is_an_error():
    gram, targets, groups = case(6)
    with pytest.raises(ValueError, match="no lambda"):
        solve_head(prepare(gram, make_labels(targets, TASK, "halves", True), groups), ())


@pytest.mark.parametrize(("images", "subjects"), [(2, 2), (4, 2), (5, 5)])
def test_very_few_images(images, subjects):
    gram, targets, groups = case(7, images=images, subjects=subjects)
    head = solve_head(prepare(gram, make_labels(targets, TASK, "halves", True), groups))
    assert np.isfinite(head.left_out).all()
    assert np.isfinite(head.alpha).all()


def test_a_keypoint_of_one_subject_only_is_predicted_from_nobody():
    gram, targets, groups = case(8)
    targets[groups != groups[0], 3:] = np.nan
    labels = make_labels(targets, TASK, "halves", True)
    head = solve_head(prepare(gram, labels, groups), (0.3,), anchors=False)
    known = ~np.isnan(targets[:, 3, 0])
    np.testing.assert_allclose(
        head.left_out[known, 6:8], np.tile(labels.middle[6:8], (known.sum(), 1)), atol=1e-6
    )


@pytest.mark.parametrize("start", [LAMBDAS[0], LAMBDAS[7], LAMBDAS[-1]])
def test_downhill_from_anywhere_ends_where_trying_all_does(start):
    gram, targets, groups = case(5, images=30, subjects=10, ears=12, noise=0.5)
    labels = make_labels(targets, TASK, "halves", True)
    all_tried = solve_head(prepare(gram, labels, groups))
    told = []
    found = descend(gram, labels, groups, start, told.append)
    assert found.lam == all_tried.lam
    np.testing.assert_allclose(found.alpha, all_tried.alpha, atol=1e-7)
    np.testing.assert_allclose(found.left_out, all_tried.left_out, atol=1e-7)
    assert list(found.errors) == sorted(found.errors)
    for lam, error in found.errors.items():
        assert error == pytest.approx(all_tried.errors[lam])
    assert [p.done for p in told] == list(range(1, len(found.errors) + 1))
