"""What the command asks of a method, and what a method tells the command about itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from teni.prediction import Given
from teni.progress import OnProgress, silent
from teni.visualize.opened import Opened
from teni.visualize.pictured import Seen


@dataclass(frozen=True, eq=False)
class Request:
    """One call of a method.

    Args:
        opened: the model.
        layer: the layer that was named, spelled as `opened` has it; None where none was.
        units: places of the units asked for: among those of `layer` (of the output, if no layer was named), or
            among those of the output for a method about outputs. Empty for a method about no units.
        settings: the method's own settings, an instance of ``Method.settings``.
        given: the images of ``--data``, as the model takes them and as they were given; None without.
        seed: of everything random.
        on_progress: told how far it is.
    """

    opened: Opened
    layer: str | None
    units: tuple[int, ...]
    settings: Any
    given: Given | None = None
    seed: int = 0
    on_progress: OnProgress = silent


@dataclass(frozen=True)
class Method:
    """A row of the table of methods.

    Args:
        run: does it.
        settings: a frozen dataclass of plain types whose fields a user may set by ``--set NAME=VALUE``.
        about: what it shows, for people, in one line.
        units: whose units ``--units`` means: the layer's, the output's, or nobody's.
        images: whether it looks at the images of ``--data``.
        default_units: how many units are taken where the user names none.
        by_unit: whether its time is so much for each unit, and can be told from that of a few.
    """

    run: Callable[[Request], Seen]
    settings: type
    about: str
    units: Literal["layer", "output", "none"] = "layer"
    images: Literal["none", "optional", "needed"] = "none"
    default_units: int = 16
    by_unit: bool = True
