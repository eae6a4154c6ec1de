"""One thing that is compared: a strategy on a backbone, from a seed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from teni.backbones import Backbone
from teni.transfer import Strategy


@dataclass(frozen=True, eq=False)
class Entry:
    """A strategy on a backbone, from a seed.

    Args:
        strategy: its name, as it is shown.
        backbone: name of the network, as it is shown.
        seed: of everything random.
        make: makes the strategy and its own copy of the network, which may be trained in place.
        trains: whether it is trained epoch by epoch, with the validation rows to stop by; a head in closed form is
            not, and must not see them.
        told: what else decides its numbers, in words: an outcome that was told otherwise is not its own.
    """

    strategy: str
    backbone: str
    seed: int
    make: Callable[[], tuple[Strategy, Backbone]]
    trains: bool
    told: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def name(self) -> str:
        """Name it for people.

        >>> Entry("mlp", "face", 1, lambda: None, True).name, Entry("ridge", "face", 0, lambda: None, False).name
        ('face mlp, seed 1', 'face ridge')
        """
        seed = f", seed {self.seed}" if self.trains else ""
        return f"{self.backbone} {self.strategy}{seed}"

    @property
    def key(self) -> str:
        """Name a folder for it.

        >>> Entry("freeze-below:conv3", "nets/my net.keras", 1, lambda: None, True).key
        'nets-my-net.keras.freeze-below-conv3.seed-1'
        """
        return re.sub(r"[^A-Za-z0-9_.-]+", "-", f"{self.backbone}.{self.strategy}.seed-{self.seed}").lstrip(
            ".-"
        )
