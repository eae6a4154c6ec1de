"""Ways to transfer by the names that people type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from functools import partial

from teni.errors import TeniError
from teni.features import EXTRACTED, Source, View
from teni.task import FlipCenter
from teni.training import LearningRate, TrainingSettings
from teni.training.heads import MlpSettings
from teni.transfer.best_view import BestView
from teni.transfer.closed_form import STRATEGIES, closed_form
from teni.transfer.freeze_below import freeze_below
from teni.transfer.gradual import gradual
from teni.transfer.layerwise import layerwise
from teni.transfer.mlp import Mlp
from teni.transfer.probe_then_tune import probe_then_tune
from teni.transfer.scratch import scratch
from teni.transfer.specialists import Specialists
from teni.transfer.strategy import Strategy
from teni.transfer.svm import svm
from teni.transfer.tuned import Design, Tuned
from teni.transfer.two_phase import two_phase


@dataclass(frozen=True)
class Wanted:
    """What every strategy may be told.

    Args:
        views: taps and sizes to choose from, in order of depth.
        mirror: whether mirror images are learned from too.
        sum_all: whether the views are all summed, in place of choosing among them.
        center: the mirror axis, where it was chosen before; None lets validation choose.
        deep: the view below which layers are trained, where it was chosen before; None chooses it among the views.
        epochs: of everything that is trained; None for what each strategy plans.
        source: where the features of heads in closed form come from, and those by which `mlp` chooses its view.
    """

    views: tuple[View, ...]
    mirror: bool = True
    sum_all: bool = False
    center: FlipCenter | None = None
    deep: View | None = None
    epochs: int | None = None
    source: Source = EXTRACTED

    @property
    def views_to_train_below(self) -> tuple[View, ...]:
        """Return what strategies that train layers choose their head's place from."""
        return self.views if self.deep is None else (self.deep,)

    @property
    def centers(self) -> tuple[FlipCenter, ...]:
        """Return the mirror axes to choose from; none for no mirror images.

        >>> Wanted(()).centers, Wanted((), mirror=False).centers, Wanted((), center="halves").centers
        (('halves', 'integers'), (), ('halves',))
        """
        if not self.mirror:
            return ()
        return ("halves", "integers") if self.center is None else (self.center,)


HEADS: tuple[str, ...] = ("mlp",)
_TRAINED: Mapping[str, Design] = {
    "two-phase": two_phase,
    "gradual": gradual,
    "layerwise": layerwise,
    "probe-then-tune": probe_then_tune,
    "scratch": scratch,
}
FREEZE = "freeze-below"
TRAINED: tuple[str, ...] = (FREEZE, *_TRAINED)
NAMES: tuple[str, ...] = (*STRATEGIES, "svm", *HEADS, *TRAINED)
GROUPS = "specialists:"

Changes = Mapping[str, float | int | str]
"""Settings of what is trained, by the names that `teni.tuning.spaces` gives them."""


def strategy_named(name: str, wanted: Wanted, changes: Changes | None = None) -> Strategy:
    """Make a strategy by its name; some names carry what they want behind a colon, as ``freeze-below:conv3``.

    Args:
        name: one of `NAMES`, or ``specialists:`` before one: then each group of keypoints gets a model of its own.
        wanted: what to tell it.
        changes: settings other than the usual ones; what is solved in closed form has none.

    Raises:
        TeniError: no strategy of that name; the nearest are offered.

    >>> strategy_named("ridge", Wanted((View((96, 96), "conv_pw_5_relu"),))).kernels
    ('linear',)
    >>> strategy_named("rigde", Wanted(()))
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: no strategy is called 'rigde'; did you mean ridge? ...
    """
    given = dict(changes or {})
    if name == f"{GROUPS}mlp":  # one choice of the view for all, and all heads side by side
        settings = head_settings(given, wanted)
        return BestView(
            wanted.views,
            lambda view, center: Specialists(Mlp(view, settings, center)),
            wanted.centers,
            wanted.source,
        )
    if name.startswith(GROUPS):
        return Specialists(strategy_named(name.removeprefix(GROUPS), wanted, given))
    if name in STRATEGIES:
        return closed_form(
            name, wanted.views, mirror=wanted.mirror, sum_all=wanted.sum_all, source=wanted.source
        )
    if name == "svm":
        return svm(wanted.views, mirror=wanted.mirror, sum_all=wanted.sum_all, source=wanted.source)
    if name == "mlp":
        settings = head_settings(given, wanted)
        return BestView(
            wanted.views, lambda view, center: Mlp(view, settings, center), wanted.centers, wanted.source
        )
    head, colon, layer = name.partition(":")
    if head == FREEZE and bool(colon) == bool(layer):
        design = partial(freeze_below, layer=layer) if layer else freeze_below
        return Tuned(design, wanted.views_to_train_below, network_settings(given, wanted))
    if name in _TRAINED:
        return Tuned(_TRAINED[name], wanted.views_to_train_below, network_settings(given, wanted))
    known = (*NAMES, f"{GROUPS}NAME")
    near = get_close_matches(name, known, 3)
    asked = f"did you mean {' or '.join(near)}? There are" if near else "expected one of"
    raise TeniError(f"no strategy is called {name!r}; {asked} {', '.join(known)}")


def check_names(names: Sequence[str]) -> None:
    """Refuse names that no strategy has, before any work.

    Args:
        names: as they were typed.

    Raises:
        TeniError: no strategy of that name; the nearest are offered.

    >>> check_names(["ridge", "specialists:mlp"])
    """
    for name in names:
        strategy_named(name, Wanted(()))


def head_settings(changes: Changes, wanted: Wanted) -> MlpSettings:
    """Change the usual recipe of a trained head.

    Args:
        changes: ``learning_rate`` (of the first epoch; the last has a tenth), ``dropout`` behind the first layer,
            ``width`` of both.
        wanted: says for how many epochs.

    >>> head_settings({"width": 250, "dropout": 0.1}, Wanted(())).widths
    (250, 250)
    """
    usual = MlpSettings()
    rate = changes.get("learning_rate", usual.learning_rates[0])
    if isinstance(rate, str):
        raise TeniError(
            "mlp learns from stored features in a form of its own, which a range test does not know; give a "
            "learning rate as a number, or search it with --tune"
        )
    return replace(
        usual,
        epochs=wanted.epochs or usual.epochs,
        widths=(int(changes.get("width", usual.widths[0])),) * 2,
        dropout=(float(changes.get("dropout", usual.dropout[0])), 0.0),
        learning_rates=(float(rate), float(rate) / 10),
    )


def network_settings(changes: Changes, wanted: Wanted) -> TrainingSettings:
    """Change the usual recipe of a network that is trained.

    Args:
        changes: ``learning_rate`` of a new head (a number, or ``find``), ``augmentation`` (a factor on every
            strength), ``batch``.
        wanted: says whether mirror images are learned from, and for how many epochs.

    >>> network_settings({"augmentation": 0.5}, Wanted(())).augment.rotation
    3.0
    """
    usual = TrainingSettings()
    factor = float(changes.get("augmentation", 1.0))
    strengths = {
        each.name: min(factor * getattr(usual.augment, each.name), 180.0 if each.name == "rotation" else 1.0)
        for each in fields(usual.augment)
        if each.name != "flip"
    }
    rate = changes.get("learning_rate")
    return replace(
        usual,
        epochs=wanted.epochs,
        batch=int(changes.get("batch", usual.batch)),
        learning_rate=_rate(rate),
        augment=replace(usual.augment, flip=wanted.mirror, **strengths),
    )


def _rate(given: float | int | str | None) -> LearningRate:
    if given is None or given == "find":
        return given
    return float(given)
