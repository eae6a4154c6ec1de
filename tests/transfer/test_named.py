import pytest

from teni.errors import TeniError
from teni.features import View
from teni.transfer import ClosedForm, Mlp, Specialists, Svm, freeze_below
from teni.transfer.best_view import BestView
from teni.transfer.named import NAMES, Wanted, strategy_named

VIEWS = (View((96, 96), "conv1"), View((96, 96), "conv2"))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_makes_something_that_fits(name):
    assert callable(strategy_named(name, Wanted(VIEWS)).fit)
    assert isinstance(strategy_named(f"specialists:{name}", Wanted(VIEWS)), Specialists | BestView)


def test_what_is_told_is_heard():
    ridge, machines = (strategy_named(n, Wanted(VIEWS, mirror=False)) for n in ("ridge", "svm"))
    assert isinstance(ridge, ClosedForm)
    assert isinstance(machines, Svm)
    assert ridge.centers == machines.centers == ()
    assert strategy_named("kernel", Wanted(VIEWS, sum_all=True)).most_views is None
    head = strategy_named("mlp", Wanted(VIEWS, center="integers"))
    assert isinstance(head, BestView)
    assert (head.views, head.centers) == (VIEWS, ("integers",))
    assert head.make(VIEWS[1], "integers") == Mlp(VIEWS[1], center="integers")
    groups = strategy_named("specialists:mlp", Wanted(VIEWS))
    assert groups.make(VIEWS[0], None) == Specialists(Mlp(VIEWS[0], center=None))
    assert strategy_named("specialists:ridge", Wanted(VIEWS)).inner == strategy_named("ridge", Wanted(VIEWS))


def test_what_is_trained_takes_layer_and_settings():
    frozen = strategy_named("freeze-below:conv2", Wanted(VIEWS, mirror=False), {"batch": 64})
    assert (frozen.design.keywords, frozen.views, frozen.settings.batch) == ({"layer": "conv2"}, VIEWS, 64)
    assert not frozen.settings.augment.flip
    assert strategy_named("freeze-below", Wanted(VIEWS)).design is freeze_below
    assert strategy_named("gradual", Wanted(VIEWS, epochs=7)).settings.epochs == 7
    assert strategy_named("mlp", Wanted(VIEWS, epochs=900)).make(VIEWS[0], None).settings.epochs == 900
    strong = strategy_named("layerwise", Wanted(VIEWS), {"augmentation": 2.0, "learning_rate": 0.01}).settings
    assert (strong.augment.rotation, strong.augment.blur, strong.learning_rate) == (12.0, 0.5, 0.01)
    assert strategy_named("specialists:scratch", Wanted(VIEWS)).inner == strategy_named(
        "scratch", Wanted(VIEWS)
    )


def test_a_range_test_is_for_what_trains_the_network():
    assert (
        strategy_named("gradual", Wanted(VIEWS), {"learning_rate": "find"}).settings.learning_rate == "find"
    )
    for name in ("mlp", "specialists:mlp"):
        with pytest.raises(TeniError, match=r"mlp learns from stored features .* as a number, or search it"):
            strategy_named(name, Wanted(VIEWS), {"learning_rate": "find"})


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mpl", r"no strategy is called 'mpl'; did you mean mlp\? There are auto, ridge"),
        ("magic", "no strategy is called 'magic'; expected one of auto, ridge, kernel, svm"),
        ("freeze-below:", "no strategy is called 'freeze-below:'; did you mean freeze-below"),
        ("specialists:magic", "no strategy is called 'magic'"),
        ("", "no strategy is called ''"),
    ],
)
def test_names_that_are_none(name, told):
    with pytest.raises(TeniError, match=told):
        strategy_named(name, Wanted(VIEWS))


def test_layers_are_trained_below_a_view_of_their_own():
    best, deep = View((96, 96), "middle"), View((96, 96), "late")
    wanted = Wanted((best,), deep=deep)
    assert strategy_named("two-phase", wanted).views == (deep,)
    assert strategy_named("freeze-below:conv", wanted).views == (deep,)
    assert strategy_named("ridge", wanted).views == (best,)
    assert strategy_named("gradual", Wanted((best,))).views == (best,)
