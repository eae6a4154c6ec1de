"""What TensorFlow must do, done in a process of its own: this one has another backend, and keeps its memory."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError

TIMEOUT = 1800  # seconds; a hundred megabytes take about one minute


def write(name: str, model: keras.Model, folder: Path, precision: str, images: NDArray[np.uint8]) -> None:
    """Write a model as ``saved-model`` or ``litert``.

    Args:
        name: of the format.
        model: any Keras model; its file was checked for code before.
        folder: to write into.
        precision: of the weights.
        images: to calibrate with, ``uint8 (N, H, W, C)``.

    Raises:
        TeniError: TensorFlow could not, with its own last words.
    """
    with tempfile.TemporaryDirectory() as place:
        source, calibration = Path(place, "model.keras"), Path(place, "images.npy")
        model.save(source)
        np.save(calibration, images, allow_pickle=False)
        _process(name, "write", source, folder, precision, calibration)


def run(name: str, folder: Path, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Run a written model.

    Args:
        name: of the format.
        folder: it lies in.
        images: ``uint8 (N, H, W, C)``.

    Raises:
        TeniError: TensorFlow could not, with its own last words.
    """
    with tempfile.TemporaryDirectory() as place:
        given, found = Path(place, "images.npy"), Path(place, "answers.npy")
        np.save(given, images, allow_pickle=False)
        _process(name, "run", folder, given, found)
        return np.load(found, allow_pickle=False).astype(np.float32)


def _process(name: str, *words: str | Path) -> None:
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", "teni.export.with_tensorflow", name, *map(str, words)]
    done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=TIMEOUT)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[-1] if said else f"exit status {done.returncode}"
        raise TeniError(
            f"{name}: TensorFlow cannot {words[0]} this model ({why[:300]}); export with --format onnx"
        )
