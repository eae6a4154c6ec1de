"""A whole network from a file: Keras's own archive or HDF5, never any code that it may carry."""

import json
import zipfile
from pathlib import Path
from typing import Any

import keras

from teni.backbones.initial import build_network, catch_initializers
from teni.backbones.inline import inlined, rebuilt
from teni.errors import TeniError
from teni.weights import LoadReport, read
from teni.weights.code import refuse_code
from teni.weights.whole import load_whole

LARGEST_ARCHIVE = 4 * 2**30  # bytes once unpacked; the largest network of keras.applications takes 1.4 GB


def load_network(path: Path) -> tuple[keras.Model, LoadReport | None]:
    """Load a network and its weights from a file that nobody vouches for.

    Args:
        path: a ``.keras`` archive, or an HDF5 file that describes the network beside its weights.

    Returns:
        A functional model of one channels-last image, in which nested networks are laid open, and what became
        of every tensor where teni and not Keras itself loaded them (HDF5 of Keras 1 and 2). A network that was
        given channels-first images though its layers took them for channels last, as happened in Keras 1, gets
        them so from a layer in front.

    Raises:
        TeniError: no such file, not a network, code inside, a damaged or huge archive, or an input that is
            no image.

    >>> load_network(Path("nowhere.keras"))
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: nowhere.keras: no such file; give the path of a .keras or HDF5 file of a network
    """
    if not path.is_file():
        raise TeniError(f"{path}: no such file; give the path of a .keras or HDF5 file of a network")
    with path.open("rb") as file:
        archive = file.read(2) == b"PK"
    model, report = (_from_archive(path), None) if archive else _from_hdf5(path)
    if _takes_channels_first(model):
        return rebuilt(model, lambda: _channels_last(model)), report
    _check_input(path, model)
    outputs = model.outputs if len(model.outputs) > 1 else model.outputs[0]
    return inlined(keras.Model(model.inputs[0], outputs, name=model.name)), report


def _from_archive(path: Path) -> keras.Model:
    config = _description(path)
    refuse_code(config, str(path))
    config.pop("compile_config", None)

    def build() -> keras.Model:
        model: Any = keras.saving.deserialize_keras_object(catch_initializers(config), safe_mode=True)
        model.load_weights(path)
        return model

    try:
        return build_network(build, seed=None)
    except Exception as error:  # whatever a malformed description may raise anywhere in Keras
        raise _unreadable(path, error) from error


def _from_hdf5(path: Path) -> tuple[keras.Model, LoadReport | None]:
    saved = read(path)
    if saved.model_config is None:
        raise TeniError(
            f"{path}: holds weights and no network; name the network and give this file as its --weights"
        )
    refuse_code(saved.model_config, saved.source)
    todays = (saved.version or "").startswith("3")
    reports: list[LoadReport] = []

    def build() -> keras.Model:
        if todays:
            model: Any = keras.models.load_model(path, compile=False, safe_mode=True)
            return model
        whole = load_whole(saved)
        reports.append(whole.report)
        return whole.model

    try:
        return build_network(build, seed=None), reports[0] if reports else None
    except TeniError:
        raise
    except Exception as error:  # whatever a malformed description may raise anywhere in Keras
        raise _unreadable(path, error) from error


def _description(path: Path) -> dict[str, Any]:
    """Read the network's description out of the archive, once it is known not to swell beyond measure."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > LARGEST_ARCHIVE:
                raise TeniError(
                    f"{path}: would unpack to {unpacked:,} bytes; at most {LARGEST_ARCHIVE:,} are read"
                )
            config = json.loads(archive.read("config.json"))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise TeniError(f"{path}: not a .keras archive, or a damaged one; save the network anew") from error
    if not isinstance(config, dict):
        raise TeniError(f"{path}: its config.json describes no network; save the network anew")
    return config


def _check_input(path: Path, model: Any) -> None:
    if not isinstance(model, keras.Sequential) and not hasattr(model, "operations"):
        raise TeniError(f"{path}: holds no functional or sequential network, whose layers could be tapped")
    shapes = [tuple(each.shape) for each in model.inputs]
    if len(shapes) != 1 or len(shapes[0]) != 4 or shapes[0][3] not in (1, 3):
        told = " and ".join(map(str, shapes))
        raise TeniError(
            f"{path}: takes {told}; expected one image (None, height, width, 1 or 3), channels last"
        )


def _takes_channels_first(model: Any) -> bool:
    """Tell whether a network takes (channels, height, width), by sizes that no channels-last image has."""
    known = isinstance(model, keras.Sequential) or hasattr(model, "operations")
    if not known or len(model.inputs) != 1 or len(model.inputs[0].shape) != 4:
        return False
    _, channels, height, width = model.inputs[0].shape
    return channels in (1, 3) and None not in (height, width) and min(height, width) > 3


def _channels_last(model: Any) -> tuple[Any, Any]:
    _, channels, height, width = model.inputs[0].shape
    image = keras.Input((height, width, channels), name=model.inputs[0].name)
    return image, keras.layers.Permute((3, 1, 2), name="channels_first")(image)


def _unreadable(path: Path, error: Exception) -> TeniError:
    reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return TeniError(f"{path}: Keras cannot rebuild this network ({reason}); save it anew as .keras")
