"""The networks of a comparison, from the options that name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from teni.errors import TeniError

if TYPE_CHECKING:
    from teni.backbones import Backbone
    from teni.compare import Network
    from teni.features import View
    from teni.transfer.named import Wanted

NONE = "none"  # what stands in --weights for a network that needs no file


def pair_weights(backbones: Sequence[str], weights: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    """Give each ``--backbone`` its ``--weights``, in order.

    Args:
        backbones: names or files.
        weights: none at all, or one for each network; ``none`` for one that needs no file.

    Raises:
        TeniError: another number of weights than networks, or a network twice.

    >>> pair_weights(["mobilenet", "face"], ["mobilenet.h5", "none"])
    (('mobilenet', 'mobilenet.h5'), ('face', None))
    """
    if weights and len(weights) != len(backbones):
        raise TeniError(
            f"{len(weights)} --weights for {len(backbones)} --backbone; give one for each, in order, "
            f"and '{NONE}' for a network that needs no file"
        )
    twice = [name for name in backbones if backbones.count(name) > 1]
    if twice:
        raise TeniError(f"--backbone {twice[0]} is given twice; a network is compared once")
    files = [None if name == NONE else name for name in weights] or [None] * len(backbones)
    return tuple(zip(backbones, files, strict=True))


def views_of(
    network: Backbone,
    image_size: tuple[int, int],
    taps: Sequence[str],
    sizes: Sequence[tuple[int, int]] | None,
) -> tuple[tuple[View, ...], bool]:
    """Turn ``--tap`` and ``--size`` into views, and say whether they are to be summed.

    Args:
        network: what is tapped.
        image_size: height and width of the images, in pixels.
        taps: as they were typed: names, ``auto``, or one sum ``A+B``.
        sizes: as `teni.cli.parse.parse_sizes` gives them.

    Raises:
        TeniError: ``auto`` or a sum beside other taps, or a tap that the network does not have.
    """
    from teni.fitting import choose_views

    if "auto" in taps and len(taps) > 1:
        raise TeniError("--tap auto proposes the taps itself; give it alone or name the taps")
    summed = [tap for tap in taps if "+" in tap]
    if summed and len(taps) > 1:
        raise TeniError(f"--tap {summed[0]} is a sum and leaves no choice; give it as the only --tap")
    names = summed[0].split("+") if summed else [tap for tap in taps if tap != "auto"]
    return choose_views(network, image_size, names, sizes), bool(summed)


def to_compare(
    network: Backbone,
    image_size: tuple[int, int],
    taps: Sequence[str],
    sizes: Sequence[tuple[int, int]] | None,
    wanted: Wanted,
) -> Network:
    """Put a network up for comparison: heads in closed form choose among all sizes, what trains takes the smallest.

    Larger images are worth their seconds where features are taken once, and not in every epoch.

    Args:
        network: what is tapped.
        image_size: height and width of the images, in pixels.
        taps: as `views_of` takes them.
        sizes: as `views_of` takes them.
        wanted: all but the views.

    Raises:
        TeniError: as `views_of`.
    """
    from teni.compare import Network

    views, summed = views_of(network, image_size, taps, sizes)
    smallest = min(view.size for view in views)
    every = replace(wanted, views=views, sum_all=summed)
    trained = replace(every, views=tuple(view for view in views if view.size == smallest))
    return Network(network, every, trained)
