"""Specialists: the way side by side equals one fit a group, rows and folders are each group's own."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from blobs import blobs, same_split, split_of, tiny_network
from shapes import shapes
from teni.errors import TeniError
from teni.features import View
from teni.training import Budget, TrainingSettings
from teni.transfer import Fitted, Mlp, MlpSettings, Specialists, Tuned, closed_form, scratch

VIEW = View((16, 20), "p1")
RECIPE = MlpSettings((12, 8), (0.5, 0.0), (0.02, 0.01), epochs=4, patience=5, batch=16)
GROUPS = {"nose": ("nose",), "eyes": ("left_eye", "right_eye")}


@dataclass(frozen=True)
class Alone:
    """A strategy that hides that it could train groups side by side, and keeps what it was given."""

    inner: Mlp
    seen: list

    def fit(self, dataset, split, backbone, **more) -> Fitted:
        self.seen.append((dataset, split, backbone, more))
        return self.inner.fit(dataset, split, backbone, **more)


def fit(strategy, data, **more):
    return strategy.fit(data, split_of(data, test=2, validation=2), tiny_network(), seed=1, **more)


def gapless(images=36):
    """Without gaps: features are then of one scale, whichever rows have labels of a group."""
    return blobs(images, 12)


def test_side_by_side_equals_one_fit_a_group():
    inner = Mlp(VIEW, RECIPE)
    together, apart = (fit(Specialists(s, GROUPS), gapless()) for s in (inner, Alone(inner, [])))
    images = gapless().images
    np.testing.assert_allclose(together.model(images), apart.model(images), atol=1e-3)
    np.testing.assert_allclose(together.predicted, apart.predicted, atol=1e-3)
    np.testing.assert_array_equal(together.rows, apart.rows)
    assert together.parameters == apart.parameters
    assert together.about["choice"]["groups"] == {k: list(v) for k, v in GROUPS.items()}
    assert set(together.curves["phase"]) == {"nose", "eyes"}
    assert len(together.curves) == len(apart.curves) == 8


def test_each_group_learns_from_all_rows_with_its_labels_and_no_test_row(tmp_path):
    data, inner = blobs(60, 12, gap=0.3), Alone(Mlp(VIEW, RECIPE), [])
    split = split_of(data, test=2, validation=2)
    budget = Budget(seconds=100.0, epochs=3)
    fit(Specialists(inner, GROUPS), data, checkpoints=tmp_path, budget=budget)
    for (part, parts, backbone, more), (name, names) in zip(inner.seen, GROUPS.items(), strict=True):
        own = [data.task.names.index(n) for n in names]
        known = ~np.isnan(data.targets[:, own]).all(axis=(1, 2)) & (split.parts != "test")
        assert part.ids.tolist() == data.ids[known].tolist()
        np.testing.assert_array_equal(part.targets, data.targets[known][:, own])
        assert part.task.names == names
        assert parts.parts.tolist() == split.parts[known].tolist()
        assert more["checkpoints"] == tmp_path / name
        assert more["budget"] == Budget(50.0, 3)
        assert backbone.model is not tiny_network().model


def test_predictions_are_there_wherever_a_label_is(tmp_path):
    data = blobs(60, 12, gap=0.3)
    for inner in (closed_form("ridge", (VIEW,)), Mlp(VIEW, RECIPE)):
        fitted = fit(Specialists(inner, GROUPS), data)
        known = ~np.isnan(data.targets[fitted.rows])
        assert np.isfinite(fitted.predicted[known]).all()
        split = split_of(data, test=2, validation=2)
        assert not np.isin(fitted.rows, split.rows("test")).any()


def test_checkpoints_of_each_head_stand_in_a_folder_of_its_own(tmp_path):
    whole = fit(Specialists(Mlp(VIEW, RECIPE), GROUPS), gapless())
    strategy = Specialists(Mlp(VIEW, RECIPE), GROUPS)
    fit(strategy, gapless(), checkpoints=tmp_path, budget=Budget(epochs=2))
    assert sorted(path.parent.name for path in tmp_path.rglob("*.npz")) == ["eyes", "nose"]
    rest = fit(strategy, gapless(), checkpoints=tmp_path)
    for ours, theirs in zip(rest.model.get_weights(), whole.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_backbone_that_is_trained_is_each_specialists_own():
    network = tiny_network()
    before = [w.copy() for w in network.model.get_weights()]
    data = gapless()
    fitted = Specialists(Tuned(scratch, settings=TrainingSettings(epochs=1)), GROUPS).fit(
        data, split_of(data, 2, 2), network, seed=0
    )
    for old, new in zip(before, network.model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    found = np.asarray(fitted.model(data.images[fitted.rows]))
    np.testing.assert_allclose(found, fitted.predicted, atol=1e-3)


def test_groups_by_gaps_where_nobody_named_any():
    data = blobs(48, 12)
    targets = data.targets.copy()
    targets[::2, :2] = np.nan
    gaps = replace(data, targets=targets)
    split = same_split(split_of(data, 2, 2), gaps)
    fitted = Specialists(closed_form("ridge", (VIEW,))).fit(gaps, split, tiny_network(), seed=0)
    assert fitted.about["choice"]["groups"] == {"nose": ["nose"], "left_eye": ["left_eye", "right_eye"]}


def test_keypoints_of_any_name_have_specialists_that_stay_in_their_folder(tmp_path):
    data = gapless()
    task = replace(data.task, names=("left eye/x", "right eye/x", "../nose"))
    targets = data.targets.copy()
    targets[::2, 2] = np.nan
    named = replace(data, task=task, targets=targets)
    split = same_split(split_of(data, test=2, validation=2), named)
    strategy = Specialists(Mlp(VIEW, RECIPE))
    state = tmp_path / "in" / "state"
    fitted = strategy.fit(named, split, tiny_network(), seed=1, checkpoints=state)
    assert sorted(path.name for path in state.iterdir()) == ["left_eye_x", "nose"]
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["state"]
    assert np.asarray(fitted.model(data.images[:2])).shape == (2, 3, 2)


def test_it_refuses_classes_other_data_and_no_labels():
    strategy = Specialists(Mlp(VIEW, RECIPE), GROUPS)
    with pytest.raises(TeniError, match="a specialist is for keypoints"):
        fit(strategy, shapes(36, 12))
    data = gapless()
    with pytest.raises(TeniError, match="made for other data"):
        strategy.fit(data, split_of(blobs(36, 12, seed=2), 2, 2), tiny_network(), seed=0)
    bare = replace(data, targets=None)
    with pytest.raises(TeniError, match="no keypoints to learn from"):
        strategy.fit(bare, same_split(split_of(data, 2, 2), bare), tiny_network(), seed=0)
