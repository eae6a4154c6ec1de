"""A picture from outside as the model takes it, and where its points lie in the picture that was sent."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.data.image_files import TooLargeError, decode_picture
from teni.errors import TeniError
from teni.prediction.resize import for_model
from teni.serve.boxes import Box
from teni.serve.refused import Refused
from teni.serve.settings import FORMATS, MAX_SCANS, Limits
from teni.task.image_size import Resize

Image = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture, or the part of it in a box, as the model takes it.

    Args:
        image: ``uint8 (H, W, C)``, the size and channels of the model.
        height: of the part, in pixels of the picture that was sent.
        width: of the part.
        left: where the part begins in the picture.
        upper: where the part begins in the picture.
    """

    image: Image
    height: int
    width: int
    left: int = 0
    upper: int = 0


def prepare(
    content: bytes, number: int, box: Box | None, shape: tuple[int, int, int], resize: Resize, limits: Limits
) -> Prepared:
    """Decode a picture under limits, cut the box out, and give it the size of the model's images.

    Args:
        content: the bytes of the file; they tell the format, whatever the file is called.
        number: of the picture in its request, from 1, for the sentence.
        box: the part that counts; None is all of it.
        shape: height, width, channels of the model's images.
        resize: what is done where the ratio of the sides is another.
        limits: how many pixels are decoded.

    Raises:
        Refused: not a picture, damaged, too large, or nothing of it in the box.
    """
    image = decode(content, number, shape[2], limits)
    height, width = image.shape[:2]
    left, upper = 0, 0
    if box is not None:
        inside = box.within(height, width)
        if inside is None:
            raise Refused(422, f"picture {number}: its box is beside the picture of {width}x{height} pixels")
        left, upper, right, lower = inside
        image = np.ascontiguousarray(image[upper:lower, left:right])
        height, width = lower - upper, right - left
    return Prepared(for_model(image, shape, resize), height, width, left, upper)


def decode(content: bytes, number: int, channels: int, limits: Limits) -> Image:
    """Decode a picture under limits, the right way up.

    Args:
        content: the bytes of the file.
        number: of the picture in its request, from 1.
        channels: 1 for grey or 3 for red, green and blue.
        limits: how many pixels are decoded.

    Returns:
        ``uint8 (H, W, channels)``.

    Raises:
        Refused: not a picture, damaged or too large.
    """
    name = f"picture {number}"
    # Each scan is a pass over all pixels, however few bytes it has. The two bytes occur nowhere else in pixels.
    if content.startswith(b"\xff\xd8") and content.count(b"\xff\xda") > MAX_SCANS:
        raise Refused(422, f"{name}: a JPEG of more than {MAX_SCANS} scans; save it anew")
    try:
        return decode_picture(
            io.BytesIO(content), name, channels, max_megapixels=limits.megapixels, formats=FORMATS
        )
    except TooLargeError as error:
        raise Refused(413, f"{str(error).partition(';')[0]}; make it smaller") from error
    except TeniError as error:
        raise Refused(422, str(error)) from error
