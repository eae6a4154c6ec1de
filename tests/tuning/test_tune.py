from dataclasses import replace

import numpy as np
import pytest

from blobs import blobs, split_of, tiny_network
from teni.backbones.initial import clone_network
from teni.errors import TeniError
from teni.features import View
from teni.training import Budget
from teni.transfer import Specialists
from teni.transfer.named import Wanted
from teni.tuning import Tuning, space_of, tune
from teni.tuning.tune import validation_error

WANTED = Wanted((View((16, 20), "p1"),), center="halves")


@pytest.fixture(scope="module")
def tuning():
    data = blobs(40, 10)
    return Tuning(
        "mlp", WANTED, data, split_of(data, test=2, validation=3), tiny_network(), Budget(epochs=3), 0
    )


def test_the_best_of_the_trials_is_what_is_fitted(tuning, tmp_path):
    told = []
    found = tune(tuning, trials=3, folder=tmp_path, on_progress=told.append)
    assert found.trials.columns.tolist()[:3] == ["model", "trial", "error"]
    assert found.trials["model"].tolist() == ["mlp"] * 3
    first, best = found.trials.iloc[0], found.trials.loc[found.trials["error"].idxmin()]
    assert (first["width"], first["dropout"]) == (1000, 0.5)  # the usual ones come first
    assert found.best["mlp"]["learning_rate"] == best["learning_rate"]
    fitted = found.strategy.fit(
        tuning.dataset, tuning.split, tuning.backbone, seed=tuning.seed, budget=tuning.budget
    )
    assert validation_error(fitted, tuning.dataset) == pytest.approx(best["error"], rel=1e-5)
    assert [(each.step, each.done) for each in told] == [("settings of mlp", n) for n in (1, 2, 3)]


def test_every_specialist_has_a_search_of_its_own(tuning, tmp_path):
    targets = tuning.dataset.targets.copy()
    targets[::2, 2] = np.nan  # the nose is missing by itself
    data = replace(tuning.dataset, targets=targets)
    own = replace(
        tuning, name="specialists:mlp", dataset=data, split=replace(tuning.split, data=data.fingerprint)
    )
    found = tune(own, trials=2, folder=tmp_path)
    assert len(found.best) == 2
    assert isinstance(found.strategy, Specialists)
    assert set(found.strategy.inner) == set(found.best) == set(found.trials["model"])
    assert sorted(file.name for file in tmp_path.glob("*.log")) == sorted(
        f"{name}.log" for name in found.best
    )
    fitted = found.strategy.fit(data, own.split, own.backbone, seed=0, budget=own.budget)
    assert fitted.predicted.shape[1:] == (3, 2)


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"wanted": replace(WANTED, epochs=2)}, "epochs"),
        ({"wanted": replace(WANTED, mirror=False, center=None)}, "mirror images"),
        ({"budget": Budget(epochs=3, seconds=60.0)}, "budget"),
        ({"budget": Budget(epochs=2)}, "epochs"),
        (
            {
                "backbone": replace(
                    tiny_network(), model=clone_network(tiny_network().model, (16, 20), seed=1)
                )
            },
            "weights",
        ),
    ],
)
def test_trials_of_another_search_are_not_taken_for_this_one(tuning, tmp_path, changes, differs):
    tune(tuning, trials=2, folder=tmp_path)
    with pytest.raises(TeniError, match=rf"is of another search \(it differs in {differs}\)"):
        tune(replace(tuning, **changes), trials=2, folder=tmp_path)


def test_nothing_is_searched_that_changes_nothing():
    """What is frozen sees images mirrored at most, however strong the augmentation is said to be."""
    assert (
        set(space_of("freeze-below:conv3")[0])
        == set(space_of("freeze-below")[1])
        == {"learning_rate", "batch"}
    )
    assert "augmentation" in space_of("two-phase")[0]


def test_what_cannot_be_searched(tuning, tmp_path):
    with pytest.raises(
        TeniError, match="there is nothing to search in ridge, which validation chooses whole"
    ):
        tune(replace(tuning, name="ridge"), trials=2, folder=tmp_path)
    with pytest.raises(TeniError, match="there is nothing to search in kernel"):
        space_of("kernel")
    bare = replace(tuning, split=split_of(tuning.dataset))
    with pytest.raises(TeniError, match="needs validation rows to judge by; the split has none"):
        tune(bare, trials=2, folder=tmp_path)
