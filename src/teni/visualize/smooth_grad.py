"""SmoothGrad: the mean of a map over noisy copies of the image.

Smilkov, Thorat, Kim, Viégas & Wattenberg (2017), https://arxiv.org/abs/1706.03825.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import keras
import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.visualize.explain import attributed
from teni.visualize.guided import guided
from teni.visualize.input_gradient import Attribution
from teni.visualize.integrated_gradients import integrated_gradients
from teni.visualize.pictured import Seen
from teni.visualize.quick import quick
from teni.visualize.request import Request
from teni.visualize.saliency import saliency
from teni.visualize.targets import Each

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class SmoothGradSettings:
    """What is explained, and how much it is smoothed.

    Args:
        image: which images of ``--data``, from 0.
        each: whether x and y of a keypoint are shown as one map or as two.
        of: the method that is smoothed.
        samples: noisy copies of each image.
        noise: the spread of the noise, as a share of the range of the image's values.
    """

    image: tuple[int, ...] = (0,)
    each: Each = "keypoint"
    of: Literal["saliency", "guided", "integrated-gradients"] = "saliency"
    samples: int = 32
    noise: float = 0.15


def show_smooth_grad(request: Request) -> Seen:
    """Explain units by a smoothed method, see `smooth_grad`."""
    settings: SmoothGradSettings = request.settings
    methods: dict[str, Callable[[keras.Model], Attribution]] = {
        "saliency": saliency,
        "guided": guided,
        "integrated-gradients": integrated_gradients,
    }

    def make(model: keras.Model) -> Attribution:
        # Guided backpropagation looks into the layers, which the quick form puts together.
        method = methods[settings.of](model if settings.of == "guided" else quick(model))
        return smooth_grad(method, samples=settings.samples, noise=settings.noise, seed=request.seed)

    note = f"Bright: large on the mean of {settings.of} over {settings.samples} noisy copies of the image."
    return attributed(request, settings.image, settings.each, make, style="heat", notes=[note])


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
