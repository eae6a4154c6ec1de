"""The face backbone twice: in Keras, as it ships, and in PyTorch, which trains it several times faster."""

from typing import NamedTuple

import keras
import torch
from torch import nn

EPSILON = 1e-3


class Block(NamedTuple):
    """A full 3x3 convolution, or a depthwise one followed by a 1x1 one; batch norm and ReLU after each."""

    name: str
    channels: int
    stride: int
    separable: bool


# Ordinary convolutions while the channels are few, separable ones where they are many.
BLOCKS = (
    Block("block1", 24, 2, False),
    Block("block2", 32, 1, False),
    Block("block3", 64, 2, False),
    Block("block4", 64, 1, False),
    Block("block5", 128, 2, False),
    Block("block6", 128, 1, True),
    Block("block7", 128, 1, True),
    Block("block8", 128, 1, True),
    Block("block9", 192, 2, False),
    Block("block10", 192, 1, True),
    Block("block11", 192, 1, True),
)
MIDDLE, LAST = "block8", "block11"


def keras_trunk() -> keras.Model:
    x = picture = keras.Input((96, 96, 1), name="grey")
    for block in BLOCKS:
        if block.separable:
            x = keras.layers.DepthwiseConv2D(3, 1, "same", use_bias=False, name=f"{block.name}_depthwise")(x)
            x = _finish(x, f"{block.name}_depthwise")
            x = _convolution(block, 1, 1)(x)
        else:
            x = _convolution(block, 3, block.stride)(x)
        x = _finish(x, block.name)
    return keras.Model(picture, x, name="face_backbone")


def _convolution(block: Block, side: int, stride: int) -> keras.layers.Conv2D:
    return keras.layers.Conv2D(
        block.channels, side, stride, "same", use_bias=False, name=f"{block.name}_conv"
    )


def _finish(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    x = keras.layers.BatchNormalization(epsilon=EPSILON, name=f"{name}_bn")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)


class Trunk(nn.Module):
    """The same layers in PyTorch; gives the outputs of the middle and of the last block."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleDict()
        incoming = 1
        for block in BLOCKS:
            parts: list[nn.Module] = []
            if block.separable:
                parts += [nn.Conv2d(incoming, incoming, 3, 1, 1, groups=incoming, bias=False)]
                parts += [nn.BatchNorm2d(incoming, EPSILON), nn.ReLU()]
                parts += [nn.Conv2d(incoming, block.channels, 1, bias=False)]
            else:
                # Keras pads the far sides first: at stride 2 nothing goes on at the top and at the left.
                near = 1 if block.stride == 1 else 0
                parts += [nn.ZeroPad2d((near, 1, near, 1))]
                parts += [nn.Conv2d(incoming, block.channels, 3, block.stride, bias=False)]
            self.layers[block.name] = nn.Sequential(
                *parts, nn.BatchNorm2d(block.channels, EPSILON), nn.ReLU()
            )
            incoming = block.channels

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        middle = x
        for name, layer in self.layers.items():
            x = layer(x)
            if name == MIDDLE:
                middle = x
        return middle, x


class WithReadouts(nn.Module):
    """The trunk with linear read-outs of its middle and its last block, trained along and thrown away."""

    def __init__(self, keypoints: int) -> None:
        super().__init__()
        self.trunk = Trunk()
        channels = {block.name: block.channels for block in BLOCKS}
        self.dense = nn.Sequential(nn.Conv2d(channels[MIDDLE], 4 * (3 + keypoints), 1), nn.PixelShuffle(2))
        self.place = nn.Sequential(
            nn.Conv2d(channels[MIDDLE], 16, 1), nn.Flatten(), nn.Linear(16 * 12 * 12, 2 * keypoints)
        )
        self.turned = nn.Sequential(
            nn.Conv2d(channels[LAST], 48, 1), nn.Flatten(), nn.Linear(48 * 6 * 6, 2 * keypoints + 3)
        )

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        middle, last = self.trunk(x)
        return self.dense(middle), self.place(middle), self.turned(last)


def copy_to_keras(trunk: Trunk, model: keras.Model) -> None:
    """Copy the weights: kernels from (out, in, rows, columns) to Keras' (rows, columns, in, out)."""
    for block in BLOCKS:
        found = list(trunk.layers[block.name])
        convolutions = [layer for layer in found if isinstance(layer, nn.Conv2d)]
        norms = [layer for layer in found if isinstance(layer, nn.BatchNorm2d)]
        names = [f"{block.name}_depthwise"] if block.separable else []
        for convolution, name in zip(convolutions, [*names, f"{block.name}_conv"], strict=True):
            axes = (2, 3, 0, 1) if name.endswith("depthwise") else (2, 3, 1, 0)
            model.get_layer(name).set_weights([convolution.weight.detach().numpy().transpose(axes)])
        for norm, name in zip(norms, [*names, block.name], strict=True):
            tensors = (norm.weight, norm.bias, norm.running_mean, norm.running_var)
            model.get_layer(f"{name}_bn").set_weights([t.detach().numpy() for t in tensors])
