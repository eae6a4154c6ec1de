"""Pictures of many sizes as one array: what size that is, and how each picture comes to it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.data.album import Album
from teni.data.counted import counted
from teni.data.image_files import MAX_MEGAPIXELS, decode_picture, picture_header
from teni.data.large import make_room
from teni.errors import TeniError
from teni.progress import OnProgress, Progress, silent
from teni.task.image_size import Resize, fit_image

Size = tuple[int, int]

# Most pretrained networks were trained on images of this side; larger ones cost more and seldom bring more.
SIDE = 224
# Pictures that are all of one size are taken as they are up to this side.
LARGEST_AS_GIVEN = 256
# Where nearly all pictures have one ratio of the sides, the common size has it too.
ALIKE, NEARLY_ALL = 1.1, 0.9
MAX_IMAGES_MB = 4096
_NAMED = 3


@dataclass(frozen=True, eq=False)
class ReadPictures:
    """Pictures of an album as one array.

    Args:
        images: ``uint8 (N, H, W, C)``.
        rows: ``(N,)`` positions in the list of files; pictures that cannot be read are left out.
        notes: what was done to them or left out, one sentence each.
    """

    images: NDArray[np.uint8]
    rows: NDArray[np.intp]
    notes: tuple[str, ...]


def read_pictures(
    album: Album,
    files: Sequence[str],
    *,
    size: Size | None = None,
    channels: int | None = None,
    resize: Resize = "pad",
    max_megapixels: int = MAX_MEGAPIXELS,
    on_progress: OnProgress = silent,
) -> ReadPictures:
    """Read pictures one by one; only what is kept of each stays, in a file where that is much.

    Args:
        album: where they are.
        files: their paths in it.
        size: height and width to bring them to; None lets `common_size` choose.
        channels: 1 for grey, 3 for colours; None is 1 where all pictures are grey.
        resize: how a picture of another size comes to it, see `teni.task.image_size.fit_image`.
        max_megapixels: the most pixels that are decoded of one picture, in millions.
        on_progress: told how many pictures are read.

    Raises:
        TeniError: none can be read, or all together would take too much room.
    """
    headers, bad = _headers(album, files, max_megapixels)
    if not headers:
        raise _nothing(album.name, bad)
    sizes = np.array([(height, width) for height, width, _ in headers.values()])
    height, width = common_size(sizes) if size is None else size
    channels = channels or (1 if all(grey for *_, grey in headers.values()) else 3)
    shape = (height, width, channels)
    _check_memory(album.name, len(headers), shape)
    images = make_room((len(headers), *shape))
    rows = list[int]()
    for done, row in enumerate(headers, 1):
        try:
            with album.open(files[row]) as stream:
                picture = decode_picture(
                    stream, _called(album, files[row]), channels, max_megapixels=max_megapixels
                )
        except TeniError as error:
            bad.append(str(error))
            continue
        images[len(rows)] = fit_image(picture, shape, resize)
        rows.append(row)
        on_progress(Progress("pictures", done, len(headers)))
    if not rows:
        raise _nothing(album.name, bad)
    notes = _notes(album.name, sizes, shape, resize, [grey for *_, grey in headers.values()], bad)
    return ReadPictures(images[: len(rows)], np.array(rows, np.intp), notes)


def common_size(sizes: NDArray[np.int_]) -> Size:
    """Choose the size that pictures are brought to.

    Pictures of one size keep it, up to 256 pixels a side. Otherwise the longer side is the middle one of all
    longer sides, at most 224; the ratio of the sides is that of nearly all pictures, or square if they differ.

    Args:
        sizes: ``(N, 2)`` heights and widths.

    >>> common_size(np.array([[32, 32], [32, 32]])), common_size(np.array([[3000, 4000], [600, 800]]))
    ((32, 32), (168, 224))
    >>> common_size(np.array([[300, 400], [400, 300], [500, 500]]))
    (224, 224)
    """
    if (sizes == sizes[0]).all() and sizes.max() <= LARGEST_AS_GIVEN:
        return int(sizes[0, 0]), int(sizes[0, 1])
    longest = min(int(np.median(sizes.max(axis=1))), SIDE)
    ratios = np.log(sizes[:, 1] / sizes[:, 0])
    middle = float(np.median(ratios))
    if (np.abs(ratios - middle) <= np.log(ALIKE)).mean() < NEARLY_ALL:
        return longest, longest
    ratio = float(np.exp(middle))
    height, width = (longest / ratio, longest) if ratio > 1 else (longest, longest * ratio)
    return max(1, round(height)), max(1, round(width))


def _headers(
    album: Album, files: Sequence[str], max_megapixels: int
) -> tuple[dict[int, tuple[int, int, bool]], list[str]]:
    """Read the headers of all pictures, and what is wrong with those that have none."""
    headers, bad = dict[int, tuple[int, int, bool]](), list[str]()
    for row, file in enumerate(files):
        try:
            with album.open(file) as stream:
                headers[row] = picture_header(stream, _called(album, file), max_megapixels=max_megapixels)
        except TeniError as error:
            bad.append(str(error))
    return headers, bad


def _nothing(name: str, bad: Sequence[str]) -> TeniError:
    return TeniError(f"{name}: none of {counted(len(bad), 'picture')} can be read: {'; '.join(bad[:_NAMED])}")


def _called(album: Album, file: str) -> str:
    return f"{album.name}: {file}"


def _check_memory(name: str, count: int, shape: tuple[int, int, int]) -> None:
    height, width, channels = shape
    megabytes = count * height * width * channels / 1e6
    if megabytes > MAX_IMAGES_MB:
        raise TeniError(
            f"{name}: {count:,} pictures of {width}x{height} pixels and {counted(channels, 'channel')} take "
            f"{megabytes:,.0f} MB, over the limit of {MAX_IMAGES_MB:,} MB; give a smaller image size or "
            "fewer pictures"
        )


def _notes(
    name: str,
    sizes: NDArray[np.int_],
    shape: tuple[int, int, int],
    resize: Resize,
    grey: Sequence[bool],
    bad: Sequence[str],
) -> tuple[str, ...]:
    """Say what was left out, made larger or smaller, and turned into colour."""
    height, width, channels = shape
    notes = list[str]()
    if bad:
        more = f"; and {len(bad) - _NAMED:,} more" if len(bad) > _NAMED else ""
        them = "picture that cannot be read" if len(bad) == 1 else "pictures that cannot be read"
        notes.append(f"{name}: left out {len(bad):,} {them}: {'; '.join(bad[:_NAMED])}{more}.")
    other = int((sizes != np.array([height, width])).any(axis=1).sum())
    if other:
        ways = {
            "pad": "whole, with grey bars where the sides have another ratio",
            "crop": "cut to the middle where the sides have another ratio",
            "stretch": "stretched where the sides have another ratio",
        }
        low, high = sizes[sizes.prod(axis=1).argmin()], sizes[sizes.prod(axis=1).argmax()]
        from_to = f"{low[1]}x{low[0]}"
        if (low != high).any():
            from_to += f" to {high[1]}x{high[0]}"
        notes.append(
            f"{name}: {other:,} of {counted(len(sizes), 'picture')} ({from_to} pixels) brought to {width}x{height}, "
            f"{ways[resize]}."
        )
    if channels == 3 and any(grey):
        notes.append(
            f"{name}: {sum(grey):,} of {counted(len(grey), 'picture')} grey, read in three equal channels."
        )
    return tuple(notes)
