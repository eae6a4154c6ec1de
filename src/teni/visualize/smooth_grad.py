"""SmoothGrad: the mean of a map over noisy copies of the image.

Smilkov, Thorat, Kim, Viégas & Wattenberg (2017), https://arxiv.org/abs/1706.03825.
"""

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.visualize.input_gradient import Attribution

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]


def smooth_grad(
    attribution: Attribution, *, samples: int = 32, noise: float = 0.15, seed: int = 0
) -> Attribution:
    """Smooth any attribution method.

    Args:
        attribution: the method.
        samples: noisy copies of each image.
        noise: the spread of the noise, as a share of the range of the image's values; the paper finds 0.1 to 0.2
            best.
        seed: of the noise. It is the same for every image and every output.

    Returns:
        See `Attribution`.

    Raises:
        TeniError: no samples, or a negative spread.

    >>> half = smooth_grad(lambda images, columns: images / 2, samples=400)
    >>> found = half(np.array([[[[0.0], [8.0]]]], np.float32), np.array([0]))
    >>> found.round().ravel().tolist()
    [0.0, 4.0]
    """
    if samples < 1 or noise < 0:
        raise TeniError(
            f"SmoothGrad with {samples} samples and noise {noise:g}: expected 1 or more, and 0 or more"
        )

    def smoothed(images: Floats, columns: Ints) -> Floats:
        images = np.asarray(images, np.float32)
        generator = np.random.default_rng(seed)
        spread = noise * np.ptp(images.reshape(len(images), -1), axis=1)[:, None, None, None]
        total: Floats | None = None
        for _ in range(samples):
            drawn = generator.standard_normal(images.shape[1:], np.float32)
            found = attribution((images + spread * drawn).astype(np.float32), columns)
            part = np.divide(found, samples, dtype=np.float32)
            total = part if total is None else total + part
        return np.zeros_like(images) if total is None else total

    return smoothed
