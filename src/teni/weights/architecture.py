"""The network that a file of weights alone is for: named, or described in a file of its own."""

import difflib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import keras

from teni.errors import TeniError
from teni.weights.code import refuse_code
from teni.weights.json_file import read_json
from teni.weights.keras1.oldest import from_oldest, is_oldest
from teni.weights.saved import Backend, SavedWeights
from teni.weights.tfkeras import as_keras2, is_tfkeras


def with_description(saved: SavedWeights, path: Path) -> SavedWeights:
    """Give a file of weights the description that travelled beside it, as ``model.to_json()`` wrote it.

    Args:
        saved: the weights.
        path: a JSON file of any Keras.

    Returns:
        The same file, now a whole model; what it does not say of its version and backend is taken from there.

    Raises:
        TeniError: no such file, or no description.
    """
    config = read_description(path)
    version, backend = config.get("keras_version"), config.get("backend")
    found = replace(
        saved,
        model_config=config,
        version=saved.version or (version if isinstance(version, str) else None),
        backend=saved.backend or next((name for name in get_args(Backend) if name == backend), None),
    )
    return as_keras2(found) if is_tfkeras(found) else found


def is_younger(config: Mapping[str, Any], saved: SavedWeights) -> bool:
    """Tell whether a description is of a younger Keras than the weights that it is for.

    Args:
        config: parsed JSON.
        saved: the weights.

    >>> is_younger({"module": "keras"}, SavedWeights("w.h5", "keras-1", None, None, None, ()))
    True
    """
    version = str(config.get("keras_version") or ("3" if "module" in config else ""))
    if version.startswith("3"):
        return saved.age != "keras-3"
    return version.startswith("2") and saved.age in ("keras-oldest", "keras-1")


def from_description(path: Path) -> keras.Model:
    """Build the network of a description that today's Keras reads, whose weights are an older file's.

    Args:
        path: a JSON file.

    Returns:
        The network, with initial values.

    Raises:
        TeniError: see ``read_description``, or Keras cannot build it.
    """
    config = read_description(path)
    try:
        model: keras.Model = keras.models.model_from_json(json.dumps(config))
    except Exception as error:  # whatever a malformed description may raise anywhere in Keras
        said = " ".join(str(error).split())[:160]
        raise TeniError(f"{path}: Keras cannot build the network that it describes ({said})") from error
    return model


def read_description(path: Path) -> Mapping[str, Any]:
    """Read a network's description as ``model.to_json()`` wrote it.

    Args:
        path: a JSON file of any Keras.

    Raises:
        TeniError: no such file, too long, not JSON, or it would run code.
    """
    if not path.is_file():
        raise TeniError(f"{path}: no such file; give the JSON that describes the network")
    config = read_json(path, "what model.to_json() gives")
    if isinstance(config, dict) and is_oldest(config):
        config = from_oldest(config, str(path))
    if not isinstance(config, dict) or "class_name" not in config:
        raise TeniError(f"{path}: no 'class_name' in it; expected what model.to_json() gives")
    refuse_code(config, str(path))
    return config


def application(name: str, saved: SavedWeights, *, headless: bool = False) -> keras.Model:
    """Build a network of keras.applications, without its head where the file has none.

    Args:
        name: e.g. ``VGG16``; upper and lower case are one.
        saved: the weights that are for it.
        headless: leave the head out in any case.

    Returns:
        The network, with random weights.

    Raises:
        TeniError: there is no such network; the nearest names are offered.

    >>> application("vgg61", SavedWeights("w.h5", "keras-2", None, None, None, ()))
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: no network 'vgg61' in keras.applications; nearest are VGG...
    """
    offered: dict[str, Any] = {
        key.lower(): make
        for key, make in vars(keras.applications).items()
        if callable(make) and not key.startswith("_")
    }
    make = offered.get(name.lower())
    if make is None:
        near = difflib.get_close_matches(name.lower(), offered, n=3, cutoff=0.5)
        names = ", ".join(offered[key].__name__ for key in near) or "e.g. VGG16, MobileNet"
        raise TeniError(f"no network {name!r} in keras.applications; nearest are {names}")
    without: keras.Model = make(weights=None, include_top=False)
    if headless or len(saved.with_tensors) <= _layers(without):
        return without
    whole: keras.Model = make(weights=None)
    return whole if _layers(whole) <= len(saved.with_tensors) else without


def _layers(model: keras.Model) -> int:
    return sum(1 for layer in model.layers if layer.weights)
