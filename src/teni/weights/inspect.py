"""What a weights file holds, told without loading it into anything."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teni.errors import TeniError
from teni.weights import remap
from teni.weights.reading import Reading, choose_reading
from teni.weights.saved import SavedTensor, SavedWeights

# Pixels a side of one kernel's picture, and kernels in a row.
CELL, COLUMNS, MOST = 32, 16, 256


def describe(saved: SavedWeights) -> dict[str, Any]:
    """Tell age, version, backend, ordering, layers, tensors and sizes as plain values for JSON.

    Args:
        saved: the file.

    >>> describe(SavedWeights("w.h5", "keras-1", "1.1.2", "tensorflow", None, ()))["parameters"]
    0
    """
    reading = choose_reading(saved)
    return {
        "source": saved.source,
        "age": saved.age,
        "version": saved.version,
        "backend": saved.backend,
        "ordering": saved.ordering,
        "whole_model": saved.model_config is not None,
        "reading": {
            "kernels": reading.kernels,
            "ordering": reading.ordering,
            "statistics": reading.statistics,
            "assumed": list(reading.assumed),
        },
        "parameters": sum(int(np.prod(t.shape)) for layer in saved.layers for t in layer.tensors),
        "bytes": sum(tensor.size_bytes for layer in saved.layers for tensor in layer.tensors),
        "layers": [
            {
                "name": layer.name,
                "tensors": [
                    {"name": t.name, "shape": list(t.shape), "dtype": t.dtype, "bytes": t.size_bytes}
                    for t in layer.tensors
                ],
            }
            for layer in saved.layers
        ],
    }


def describe_text(saved: SavedWeights) -> str:
    """Tell the same in lines for people.

    Args:
        saved: the file.

    >>> print(describe_text(SavedWeights("w.h5", "keras-1", None, "theano", "channels_first", ())))
    w.h5: keras-1, version not said, backend theano, kernels channels_first, weights only
    read as: true convolution, images channels_first, variance in batch normalization
    0 layers, 0 of them with tensors, 0 parameters, 0.0 MB
    """
    told = describe(saved)
    reading: dict[str, Any] = told["reading"]
    kernels = "true convolution" if reading["kernels"] == "convolution" else "correlation"
    whole = "whole model" if told["whole_model"] else "weights only"
    lines = [
        f"{saved.source}: {saved.age}, version {saved.version or 'not said'}, "
        f"backend {saved.backend or 'not said'}, kernels {saved.ordering or 'undecided'}, {whole}",
        f"read as: {kernels}, images {reading['ordering']}, {reading['statistics']} in batch normalization",
        *(f"  assumed: {sentence}" for sentence in reading["assumed"]),
        f"{len(saved.layers)} layers, {len(saved.with_tensors)} of them with tensors, "
        f"{told['parameters']:,} parameters, {told['bytes'] / 1e6:.1f} MB",
    ]
    width = max((len(layer.name) for layer in saved.layers), default=0)
    for layer in saved.layers:
        tensors = "  ".join(f"{t.name} {t.shape} {t.dtype}" for t in layer.tensors) or "-"
        lines.append(f"  {layer.name:<{width}}  {tensors}")
    return "\n".join(lines)


def draw_kernels(saved: SavedWeights, path: Path, reading: Reading | None = None) -> int:
    """Draw the kernels of the first convolution, each stretched to the full range of grey or colour.

    Args:
        saved: the file.
        path: the PNG to be written.
        reading: how the file is to be read; None: as it says.

    Returns:
        How many kernels are drawn.

    Raises:
        TeniError: no tensor of the file looks like an image kernel.
    """
    kernel = _first_kernel(saved, reading or choose_reading(saved))
    cells = [_cell(kernel[..., number]) for number in range(min(kernel.shape[-1], MOST))]
    columns = min(COLUMNS, len(cells))
    rows = -(-len(cells) // columns)
    sheet = Image.new("RGB", (columns * (CELL + 2) + 2, rows * (CELL + 2) + 2), (255, 255, 255))
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        sheet.paste(cell, (2 + column * (CELL + 2), 2 + row * (CELL + 2)))
    try:
        sheet.save(path, format="PNG")
    except OSError as error:
        raise TeniError(f"{path}: the picture cannot be written ({error.strerror or error})") from error
    return len(cells)


def _first_kernel(saved: SavedWeights, reading: Reading) -> NDArray[Any]:
    """Find the first kernel over an image, as (rows, cols, channels, filters) of a correlation."""
    for layer in saved.with_tensors:
        tensor: SavedTensor = layer.tensors[0]
        if len(tensor.shape) != 4 or min(tensor.shape) == 0:
            continue
        first = _kernel_first(tensor.shape, saved, reading)
        shape: Sequence[int] = tensor.shape[2:] if first else tensor.shape[:2]
        if max(shape) == 1 or max(shape) > CELL:
            continue
        kernel = remap.kernel_to_last(tensor.read()) if first else tensor.read()
        return remap.turn_kernel(kernel) if reading.kernels == "convolution" else kernel
    raise TeniError(f"{saved.source}: no convolution over images in it, so there are no kernels to draw")


def _kernel_first(shape: tuple[int, ...], saved: SavedWeights, reading: Reading) -> bool:
    if saved.age not in ("keras-oldest", "keras-1"):
        return False
    if saved.ordering is not None:
        return saved.ordering == "channels_first"
    return reading.ordering == "channels_first" and shape[2] <= CELL


def _cell(kernel: NDArray[Any]) -> Image.Image:
    values = kernel.astype(np.float64)
    values = values if kernel.shape[-1] == 3 else values.mean(axis=-1, keepdims=True).repeat(3, axis=-1)
    low, high = values.min(), values.max()
    grey = (255 * (values - low) / max(high - low, 1e-12)).round().astype(np.uint8)
    return Image.fromarray(grey).resize((CELL, CELL), Image.Resampling.NEAREST)
