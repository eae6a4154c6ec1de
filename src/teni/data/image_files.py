"""Pictures from files that nobody vouches for: PNG, JPEG and their like, decoded under limits."""

import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from teni.errors import TeniError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm")
MAX_MEGAPIXELS = 64  # 0.2 GB of colours once decoded
MOST_MEGAPIXELS = 178  # Pillow's own limit, which is one for the whole process
MAX_FILE_BYTES = 512_000_000

# Pillow knows many more formats, some of which start other programs; nothing but these is ever tried.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
_GREY = ("1", "L", "LA", "La")
_ORIENTATION, _TURNED = 0x0112, 5  # of the EXIF tag: from 5 on the picture lies on its side
_BEGINNINGS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\x00", b"MM\x00*")


class TooLargeError(TeniError):
    """A picture of more pixels than are decoded; nothing of it has been."""


@dataclass(frozen=True)
class Pictures:
    """The pictures that a path means.

    Args:
        files: in the order of their names.
        ids: the file's own name, for each.
        notes: what was left out, one sentence each.
    """

    files: tuple[Path, ...]
    ids: tuple[str, ...]
    notes: tuple[str, ...] = ()


def find_pictures(path: Path) -> Pictures | None:
    """List the pictures in a folder, or take a file for one.

    Args:
        path: a folder, whose own files count and not those of folders in it; or a file.

    Returns:
        None if the path is a file, or no file at all, that is something else, such as a table.

    Raises:
        TeniError: a folder without a picture, or one that cannot be read.

    >>> find_pictures(Path("faces/ada.jpg")).ids, find_pictures(Path("test.csv"))
    (('ada.jpg',), None)
    """
    if not path.is_dir():
        return Pictures((path,), (_id(path),)) if _is_picture(path) else None
    try:
        inside = sorted(p for p in path.iterdir() if not p.name.startswith("."))
    except OSError as error:
        raise TeniError(f"{path}: cannot be read ({error.strerror})") from error
    files = [p for p in inside if p.suffix.lower() in SUFFIXES and not p.is_dir()]
    if not files:
        found = ", ".join(p.name for p in inside[:3]) + (", ..." if len(inside) > 3 else "")
        raise TeniError(
            f"{path}: no picture in this folder (found {found or 'nothing'}); expected files called "
            f"{', '.join('*' + suffix for suffix in SUFFIXES)}"
        )
    left_out = len(inside) - len(files)
    note = f"{path}: {left_out:,} of the {len(inside):,} entries are no pictures and were left out."
    return Pictures(tuple(files), tuple(_id(p) for p in files), (note,) if left_out else ())


def read_picture(path: Path, channels: int, *, max_megapixels: int = MAX_MEGAPIXELS) -> NDArray[np.uint8]:
    """Decode one picture, the right way up, and nothing of it that is over a limit.

    A rotation in the EXIF data is carried out; transparent places turn white; 16-bit grey becomes 8-bit.

    Args:
        path: the file; its content tells the format, whatever its name says.
        channels: 1 for grey (by the luma of ITU-R BT.601) or 3 for red, green and blue.
        max_megapixels: the most pixels that are decoded, in millions; 178 at most.

    Returns:
        ``uint8 (H, W, channels)``.

    Raises:
        TeniError: no such file, not a picture, damaged, animated, over a limit, or of values beyond 16 bits.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (3, 2), "white").save(Path(folder, "a.png"))
    ...     read_picture(Path(folder, "a.png"), 1).shape
    (2, 3, 1)
    """
    _check_file(path)
    try:
        with path.open("rb") as stream:
            return decode_picture(stream, str(path), channels, max_megapixels=max_megapixels)
    except PermissionError as error:
        raise TeniError(f"{path}: cannot be opened ({error.strerror})") from error


def decode_picture(
    stream: BinaryIO,
    name: str,
    channels: int,
    *,
    max_megapixels: int = MAX_MEGAPIXELS,
    formats: Sequence[str] = FORMATS,
) -> NDArray[np.uint8]:
    """Decode a picture from an open file, e.g. one in a zip; see `read_picture`.

    Args:
        stream: its bytes.
        name: how messages call it.
        channels: 1 for grey or 3 for red, green and blue.
        max_megapixels: the most pixels that are decoded, in millions; 178 at most.
        formats: those that are tried, of `FORMATS`.

    Raises:
        TeniError: see `read_picture`.
    """
    with _opened(stream, name, max_megapixels, formats) as image:
        return _decode(name, image, channels)


def picture_header(
    stream: BinaryIO, name: str, *, max_megapixels: int = MAX_MEGAPIXELS
) -> tuple[int, int, bool]:
    """Read a picture's height and width, the right way up, and whether it is grey; nothing is decoded.

    Args:
        stream: its bytes.
        name: how messages call it.
        max_megapixels: the most pixels that would be decoded, in millions.

    Raises:
        TeniError: what the header tells can't be decoded.

    >>> import io
    >>> file = io.BytesIO()
    >>> Image.new("L", (3, 2)).save(file, "PNG")
    >>> picture_header(file, "a.png")
    (2, 3, True)
    """
    with _opened(stream, name, max_megapixels, FORMATS) as image:
        width, height = image.size
        if image.getexif().get(_ORIENTATION, 1) >= _TURNED:
            width, height = height, width
        return height, width, image.mode in _GREY or image.mode.startswith("I;16")


@contextmanager
def _opened(
    stream: BinaryIO, name: str, max_megapixels: int, formats: Sequence[str]
) -> Generator[Image.Image]:
    """Open a picture whose header is within limits, and turn what goes wrong into one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures and odd metadata
            with Image.open(stream, formats=list(formats)) as image:
                _check_header(name, image, max_megapixels)
                yield image
    except TeniError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large(name, "too many", max_megapixels) from error
    except UnidentifiedImageError as error:
        raise TeniError(
            f"{name}: not a picture that can be read; expected one of {', '.join(formats)}"
        ) from error
    except Exception as error:  # whatever a malformed file may raise anywhere in Pillow
        raise TeniError(f"{name}: a damaged picture ({error}); get the file again") from error


def _is_picture(path: Path) -> bool:
    """Tell by the name, and where that says nothing, by the first bytes."""
    if path.suffix.lower() in SUFFIXES:
        return True
    if path.suffix.lower() in (".csv", ".zip") or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return file.read(8).startswith(_BEGINNINGS)
    except OSError:
        return False


def _check_file(path: Path) -> None:
    if not path.exists():
        raise TeniError(f"{path}: no such file; expected a picture")
    if not path.is_file():
        raise TeniError(f"{path}: not a file; expected a picture")
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise TeniError(
            f"{path}: {size / 1e6:,.0f} MB, over the limit of {MAX_FILE_BYTES / 1e6:,.0f} MB a picture; "
            "save it smaller"
        )


def _check_header(path: str, image: Image.Image, max_megapixels: int) -> None:
    """Refuse by what the header says, before anything is decoded."""
    width, height = image.size
    if width * height > max_megapixels * 1_000_000:
        raise _too_large(path, f"{width:,}x{height:,}", max_megapixels)
    # A camera's MPO is a JPEG whose further pictures are previews or a second eye's view.
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise TeniError(f"{path}: holds several pictures; expected one, save the one that is meant by itself")
    if image.mode in ("I", "F"):
        raise TeniError(f"{path}: 32-bit values, whose black and white are not known; save it with 8 bits")


def _too_large(path: str, pixels: str, max_megapixels: int) -> TooLargeError:
    return TooLargeError(
        f"{path}: {pixels} pixels, over the limit of {max_megapixels} megapixels; make the picture smaller, "
        "or raise max_megapixels if you trust this file"
    )


def _decode(path: str, image: Image.Image, channels: int) -> NDArray[np.uint8]:
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I;16"):
        wide = np.asarray(upright).astype(np.uint32)
        grey = ((wide * 255 + 32_767) // 65_535).astype(np.uint8)
        return np.repeat(grey[..., None], channels, axis=-1)
    if upright.has_transparency_data:
        paper = Image.new("RGBA", upright.size, "white")
        paper.alpha_composite(upright.convert("RGBA"))
        upright = paper
    pixels = np.asarray(upright.convert("L" if channels == 1 else "RGB"), np.uint8)
    if not pixels.size:
        raise TeniError(f"{path}: a picture without pixels; get the file again")
    return pixels.reshape(*pixels.shape[:2], channels)


def _id(path: Path) -> str:
    """Name a picture by its file; bytes that are no text are spelled out."""
    return path.name.encode("utf-8", "backslashreplace").decode()
