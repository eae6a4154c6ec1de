"""How an image of another size becomes one of the size that a model takes."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

Images = NDArray[np.uint8]
Resize = Literal["pad", "crop", "stretch"]
RESIZES: tuple[Resize, ...] = get_args(Resize)

PAPER = 128  # beside a padded image: mid-grey, which to most pretrained networks is near to nothing


def fit_image(image: Images, shape: tuple[int, int, int], resize: Resize = "stretch") -> Images:
    """Give an image the size and the channels that a model takes.

    Args:
        image: ``uint8 (h, w, c)``, one or three channels.
        shape: height, width, channels.
        resize: where the sides have another ratio, ``pad`` shows the whole image with grey bars beside it,
            ``crop`` cuts its middle out, ``stretch`` changes its proportions.

    Returns:
        ``uint8 shape``; the image itself where nothing is to be done.

    >>> fit_image(np.full((8, 4, 3), 7, np.uint8), (4, 4, 1), "pad")[0].ravel().tolist()
    [128, 7, 7, 128]
    """
    height, width, channels = shape
    if image.shape == shape:
        return image
    picture = Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)
    picture = picture.convert("L" if channels == 1 else "RGB")
    size, sampling = (width, height), Image.Resampling.BICUBIC
    if picture.size != size:
        # Made smaller, every pixel counts; the grid keeps the outer edges where they are.
        match resize:
            case "pad":
                paper = PAPER if channels == 1 else (PAPER,) * 3
                picture = ImageOps.pad(picture, size, sampling, paper)  # pyright: ignore[reportArgumentType]
            case "crop":
                picture = ImageOps.fit(picture, size, sampling)
            case "stretch":
                picture = picture.resize(size, sampling)
    return np.asarray(picture, np.uint8).reshape(shape)
