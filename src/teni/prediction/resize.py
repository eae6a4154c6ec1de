"""Images of any size as the model takes them, and the points back to the pixels of the image as given."""

import numpy as np
from numpy.typing import NDArray

from teni.task import Classes, FlipCenter, Keypoints, Task
from teni.task.image_size import Resize, fit_image

Images = NDArray[np.uint8]
Points = NDArray[np.float64]


def for_model(image: Images, shape: tuple[int, int, int], resize: Resize = "stretch") -> Images:
    """Give an image the size and the channels that a model takes.

    Args:
        image: ``uint8 (h, w, c)``, one or three channels.
        shape: height, width, channels of the model's images.
        resize: what is done where the ratio of the sides is another; keypoints are stretched with the image.

    Returns:
        ``uint8 shape``; the image itself where nothing is to be done.

    >>> for_model(np.full((8, 6, 3), 7, np.uint8), (4, 4, 1))[0, 0].tolist()
    [7]
    """
    return fit_image(image, shape, resize)


def resize_of(task: Task) -> Resize:
    """Say how images of another size come to the model's: stretched with their keypoints, or as in training.

    >>> resize_of(Classes(("cat", "dog"), 4, 4, "crop"))
    'crop'
    """
    match task:
        case Keypoints():
            return "stretch"
        case Classes():
            return task.resize


def as_given(
    points: NDArray[np.floating], size: tuple[int, int], sizes: NDArray[np.int_], center: FlipCenter
) -> Points:
    """Move points from the pixels of the model's images to those of the images as they were given.

    Args:
        points: ``(N, K, 2)`` pixels of the model's images.
        size: height and width of the model's images.
        sizes: ``(N, 2)`` height and width of the images as given.
        center: where the centre of the first pixel lies: at 0.5 (``halves``) or at 0 (``integers``).

    Returns:
        ``(N, K, 2)`` pixels.

    >>> as_given(np.array([[[2.0, 3.0]]]), (4, 4), np.array([[8, 40]]), "halves").tolist()
    [[[20.0, 6.0]]]
    >>> as_given(np.array([[[3.0, 0.0]]]), (4, 4), np.array([[8, 8]]), "integers").tolist()
    [[[6.5, 0.5]]]
    """
    factors = sizes[:, None, ::-1] / np.array(size[::-1], np.float64)
    edge = 0.5 if center == "integers" else 0.0  # from the centre of the first pixel to the image's corner
    return (points.astype(np.float64) + edge) * factors - edge
