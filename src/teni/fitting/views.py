"""Which taps and input sizes a fit chooses from."""

from collections.abc import Sequence

from teni.backbones import Backbone, at_size, check_tap, propose_taps
from teni.errors import TeniError
from teni.features import View

Size = tuple[int, int]

# How much larger than it is the image is shown to the backbone where size is left to validation: a face that
# fills 224 pixels is what an ImageNet network knows, and its deeper layers then keep more places.
ENLARGEMENTS = (1.5, 2.0)
PROPOSED = 6


def choose_views(
    backbone: Backbone, image_size: Size, taps: Sequence[str] = (), sizes: Sequence[Size] | None = ()
) -> tuple[View, ...]:
    """List the views that validation will choose from.

    Args:
        backbone: the network.
        image_size: height and width of the images as given, in pixels.
        taps: names of layers; none leaves the proposal to the backbone at each size.
        sizes: heights and widths that the backbone is shown; none shows the image as it is, None tries some.

    Returns:
        Each tap at each size, one at least.

    Raises:
        TeniError: a tap that the backbone does not have, or a size that it does not take.

    >>> from teni.backbones import backbone
    >>> [str(view) for view in choose_views(backbone("facial-cnn-1", size=(16, 16)), (16, 16))]
    ['hidden1 at 16x16']
    """
    if sizes is None:
        enlarged = [(_even(image_size[0] * e), _even(image_size[1] * e)) for e in ENLARGEMENTS]
        sizes = [image_size, *enlarged]
    views: list[View] = []
    for size in sizes or [image_size]:
        if min(size) < 1:
            raise TeniError(f"size {size[1]}x{size[0]}: expected at least one pixel each way")
        network = at_size(backbone, *size)
        for tap in taps:
            check_tap(network, tap)
        # A network without maps, such as one of dense layers, is tapped where it ends.
        proposed = taps or propose_taps(network, PROPOSED) or [network.model.operations[-1].name]
        views += [View(size, tap) for tap in proposed]
    return tuple(views)


def _even(pixels: float) -> int:
    return 2 * round(pixels / 2)
