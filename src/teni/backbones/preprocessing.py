"""What happens to an image before a network sees it, in plain numbers."""

from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, what pillow uses to turn RGB into grey


@dataclass(frozen=True)
class Preprocessing:
    """Channels first (grey to RGB or back, and RGB to BGR where asked), then ``y = x * scale + offset``.

    Grey is repeated for a network of three channels; RGB becomes grey by ITU-R BT.601 for one of one channel.

    Args:
        channels: how many channels the network takes.
        scale: one factor for each channel, in the order in which the network takes them.
        offset: one summand for each channel, in the same order.
        reverse_channels: whether the network takes BGR.

    >>> Preprocessing(1, (1 / 255,), (0.0,)).apply(np.full((1, 2, 2, 1), 255, np.uint8)).max()
    np.float32(1.0)
    """

    channels: Literal[1, 3]
    scale: tuple[float, ...]
    offset: tuple[float, ...]
    reverse_channels: bool = False

    def apply(self, images: NDArray[Any]) -> NDArray[np.float32]:
        """Turn images into what the network takes.

        Args:
            images: ``(N, H, W, 1 or 3)``, values 0 to 255, RGB where there are three channels.

        Returns:
            ``float32 (N, H, W, channels)``.

        >>> bgr = Preprocessing(3, (1.0, 1.0, 1.0), (0.0, 0.0, -1.0), reverse_channels=True)
        >>> bgr.apply(np.array([[[[10, 20, 30]]]], np.uint8)).tolist()
        [[[[30.0, 20.0, 9.0]]]]
        """
        x = np.asarray(images, np.float32)
        if x.shape[-1] == 3 and self.channels == 1:
            x = x @ np.asarray(LUMA, np.float32)[:, None]
        elif self.reverse_channels:
            x = x[..., ::-1]
        return x * np.asarray(self.scale, np.float32) + np.asarray(self.offset, np.float32)

    def layers(self, x: Any) -> Any:
        """Add the same steps to a Keras graph as Keras's own layers, so that a saved model needs no teni.

        Args:
            x: symbolic images ``(N, H, W, 1 or 3)`` of any number type, values 0 to 255.

        Returns:
            The symbolic input of the network, ``(N, H, W, channels)``.

        >>> image = keras.Input((4, 4, 1), dtype="uint8")
        >>> Preprocessing(3, (1.0,) * 3, (0.0,) * 3).layers(image).shape
        (None, 4, 4, 3)
        """
        given = x.shape[-1]
        scale: Any = list(self.scale)
        offset: Any = list(self.offset)
        if given == 3 and self.channels == 1:
            x = keras.layers.Rescaling(list(LUMA))(x)
            red, green, blue = (x[..., channel : channel + 1] for channel in range(3))
            x = keras.layers.Add()([red, green, blue])
        elif given == 3 and self.reverse_channels:
            x = keras.layers.Concatenate()([x[..., channel : channel + 1] for channel in (2, 1, 0)])
        elif given == 1 and self.channels == 3:
            x = keras.layers.Concatenate()([x, x, x])
        return keras.layers.Rescaling(scale, offset)(x)
