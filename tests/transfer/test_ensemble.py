"""The mean of strategies, against the members' own answers."""

import numpy as np
import pytest

from blobs import blobs, split_of, tiny_network
from shapes import shapes
from teni.errors import TeniError
from teni.features import View
from teni.training import TrainingSettings, flips_only
from teni.transfer import Ensemble, Member, Tuned, closed_form, two_phase

VIEW = View((16, 20), "p1")
QUICK = TrainingSettings(epochs=2, batch=8, augment=flips_only())


@pytest.mark.parametrize("make", [lambda: blobs(48, 12), lambda: shapes(48, 24)])
def test_model_and_honest_predictions_are_the_weighted_means_of_the_members(make, tmp_path):
    data, network = make(), tiny_network()
    split = split_of(data, test=3, validation=3)
    ridge = Member("ridge", closed_form("ridge", (VIEW,)), network, 0, 0.75, trains=False, label="net ridge")
    tuned = Member("tuned", Tuned(two_phase, (VIEW,), QUICK), network, 1, 0.25, trains=True)
    whole = Ensemble((ridge, tuned)).fit(data, split, network, seed=9, checkpoints=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["tuned.checkpoints"]
    solved_split = type(split)(
        np.where(split.parts == "validation", "train", split.parts), split.groups, split.data
    )
    one = ridge.strategy.fit(data, solved_split, network, seed=0)
    other = tuned.strategy.fit(data, split, network, seed=1)
    expected = 0.75 * np.asarray(one.model(data.images)) + 0.25 * np.asarray(other.model(data.images))
    np.testing.assert_allclose(np.asarray(whole.model(data.images)), expected, atol=2e-4)
    np.testing.assert_array_equal(whole.rows, other.rows)
    places = np.searchsorted(one.rows, whole.rows)
    np.testing.assert_allclose(
        whole.predicted, 0.75 * one.predicted[places] + 0.25 * other.predicted, atol=1e-4
    )
    assert whole.parameters == one.parameters + other.parameters
    assert whole.notes[0] == "The model averages 2 others: net ridge (75%), tuned (25%)."
    assert set(whole.about["choice"]["members"]) == {"net ridge", "tuned"}
    assert whole.about["backbone"] == network.name
    assert whole.curves["phase"].str.startswith("tuned: ").all()


def test_one_member_is_none():
    data = blobs(24, 6)
    with pytest.raises(TeniError, match="an ensemble of 0: expected two members at least"):
        Ensemble(()).fit(data, split_of(data, 2, 2), tiny_network(), seed=0)
