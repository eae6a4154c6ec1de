"""Writers of old files, as the old Keras wrote them."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

import teni  # noqa: F401  (chooses Keras's backend before a test imports Keras)

Tensors = Mapping[str, Sequence[tuple[str, NDArray[Any]]]]


def write_layers(
    path: Path,
    layers: Tensors,
    *,
    config: Mapping[str, Any] | None = None,
    version: str | None = None,
    backend: str | None = None,
) -> Path:
    """Write the layout of Keras 1.0 to 2.x; a whole model, under ``model_weights``, if it is described."""
    with h5py.File(path, "w") as file:
        root = file if config is None else file.create_group("model_weights")
        for name, value in (("keras_version", version), ("backend", backend)):
            if value is not None:
                file.attrs[name] = value.encode()
        if config is not None:
            file.attrs["model_config"] = json.dumps(config).encode()
        root.attrs["layer_names"] = [name.encode() for name in layers]
        for name, tensors in layers.items():
            group = root.create_group(name)
            names = [tensor.encode() for tensor, _ in tensors]
            group.attrs["weight_names"] = names or np.array([])
            for tensor, values in tensors:
                group.create_dataset(tensor, data=values)
    return path


def write_oldest(path: Path, layers: Sequence[Sequence[NDArray[Any]]]) -> Path:
    """Write the layout of Keras 0.x."""
    with h5py.File(path, "w") as file:
        file.attrs["nb_layers"] = len(layers)
        for number, tensors in enumerate(layers):
            group = file.create_group(f"layer_{number}")
            group.attrs["nb_params"] = len(tensors)
            for place, values in enumerate(tensors):
                group.create_dataset(f"param_{place}", data=values)
    return path


@pytest.fixture(scope="session")
def write_layers_file() -> Callable[..., Path]:
    return write_layers


@pytest.fixture(scope="session")
def write_oldest_file() -> Callable[..., Path]:
    return write_oldest
