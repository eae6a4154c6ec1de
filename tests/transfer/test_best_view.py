from dataclasses import dataclass, replace

import numpy as np
import pytest

from blobs import blobs, split_of, tiny_network
from teni.errors import TeniError
from teni.features import View
from teni.training import Budget
from teni.transfer import closed_form
from teni.transfer.best_view import BestView, choose_view

VIEWS = (View((16, 20), "p1"), View((16, 20), "flat"))


@dataclass
class Recorded:
    """Stands in for what is trained: hands over ridge on its view, and remembers what it was told."""

    view: View
    center: object
    told: dict

    def fit(self, dataset, split, backbone, **more):
        self.told |= {"view": self.view, "center": self.center, **more}
        return closed_form("ridge", (self.view,), mirror=False).fit(dataset, split, backbone, seed=0)


@pytest.fixture(scope="module")
def data():
    return blobs(48, 12)


def test_the_view_is_the_one_that_serves_ridge_best(data):
    views = (View((16, 20), "d2"), *VIEWS)
    split = split_of(data, validation=2)
    told = {}
    strategy = BestView(views, lambda view, center: Recorded(view, center, told))
    fitted = strategy.fit(data, split, tiny_network(), seed=4, budget=Budget(epochs=7), checkpoints=None)
    learned = data.take(split.rows("train"))
    errors = {}
    for view in views:
        ridge = closed_form("ridge", (view,))
        alone = replace(split, parts=np.where(split.parts == "validation", "test", split.parts))
        errors[view] = ridge.fit(data, alone, tiny_network(), seed=4).history["rmse_px"].min()
    assert told["view"] == min(errors, key=lambda view: errors[view])
    assert len(learned) > 0
    assert (told["seed"], told["budget"].epochs) == (4, 7)
    assert {"views", "final"} <= set(fitted.history["stage"])
    assert fitted.about["flip"]["center"] == told["center"]
    assert "choosing" in fitted.seconds


def test_one_view_and_one_axis_leave_nothing_to_choose(data):
    told = {}
    strategy = BestView(VIEWS[:1], lambda view, center: Recorded(view, center, told), ("halves",))
    fitted = strategy.fit(data, split_of(data), tiny_network(), seed=0)
    assert (told["view"], told["center"]) == (VIEWS[0], "halves")
    assert "views" not in set(fitted.history["stage"])
    told = {}
    BestView(VIEWS[:1], lambda view, center: Recorded(view, center, told), ()).fit(
        data, split_of(data), tiny_network(), seed=0
    )
    assert told["center"] is None


def test_validation_and_test_rows_have_no_say(data):
    split = split_of(data, test=3, validation=3)
    worse = data.targets.copy()
    worse[split.parts != "train"] = 3.0
    spoilt = replace(data, targets=worse)

    def chosen(given):
        its = replace(split, data=given.fingerprint)
        return choose_view(VIEWS, ("halves", "integers"), given, its, tiny_network(), seed=1)

    one, other = chosen(data), chosen(spoilt)
    assert one.choice == other.choice
    assert [t.errors for t in one.tried] == [t.errors for t in other.tried]


def test_what_cannot_be_chosen(data):
    with pytest.raises(TeniError, match="there is no tap to choose from; name a layer of"):
        choose_view((), (), data, split_of(data), tiny_network(), seed=0)
    strategy = BestView(VIEWS, lambda view, center: Recorded(view, center, {}))
    with pytest.raises(TeniError, match="the split was made for other data"):
        strategy.fit(data, replace(split_of(data), data="4f"), tiny_network(), seed=0)
