"""The one door to every model of a user's: a run, a file of any age, the name of a network, or a model in memory."""

from dataclasses import replace
from pathlib import Path

import keras

from teni.backbones import Backbone, Preprocessing, backbone, backbone_names
from teni.backbones.network_file import load_network
from teni.errors import TeniError
from teni.prediction import load_model
from teni.run import read_run
from teni.task import Classes, Keypoints, Task
from teni.visualize.layers import layers_above
from teni.visualize.opened import Kind, Opened, open_network

SIZE = (128, 128)  # of a network that is opened by its name; its filters are seen whole, and it stays quick


def open_model(
    source: str | Path | keras.Model,
    *,
    weights: str | Path | None = None,
    size: tuple[int, int] | None = None,
    values: tuple[float, float] | None = None,
    names: tuple[str, ...] = (),
    seed: int = 0,
) -> Opened:
    """Open a model for looking into, whatever it is.

    Args:
        source: a run folder, a ``.keras`` or HDF5 file of any Keras, the name of a network (see
            `teni.backbones.backbone_names`), or a Keras model.
        weights: for a network that is named: a weights file, ``random`` or ``download``.
        size: height and width of the image, for a network that is named or takes any size.
        values: what the network takes of black and of white, e.g. ``(-1, 1)``; None: what is known of a named
            network, pixels for one that takes integers or begins by scaling them, and else 0 to 1.
        names: of the output's units, e.g. the classes; a run knows its own.
        seed: of initial values, with ``weights="random"``.

    Returns:
        The network from pixels to its output.

    Raises:
        TeniError: there is no such thing, it cannot be read, or it takes no image.

    >>> open_model("facial-cnn-2", weights="random", size=(32, 32)).shape
    (32, 32, 1)
    """
    if isinstance(source, keras.Model):
        return _network(source, source.name, values, names, size)
    path = Path(source)
    if path.is_dir():
        return _run(path)
    if path.is_file():
        if weights is not None:
            return _backbone(backbone(path, weights=weights, size=_own_size(path, size), seed=seed), names)
        network, _ = load_network(path)
        return _network(network, str(path), values, names, size)
    known = {name.lower() for name in backbone_names()}
    if str(source).lower() not in known and path.suffix == "" and "/" in str(source):
        raise TeniError(
            f"{source}: no such file or folder; give a run folder, a model file or the name of a network"
        )
    return _backbone(backbone(source, weights=weights, size=size or SIZE, seed=seed), names)


def _run(path: Path) -> Opened:
    run = read_run(path)
    kind, names = _outputs_of(run.task)
    opened = open_network(load_model(run), str(path), kind=kind, names=names)
    choice = run.about["choice"]
    known = {operation.name for operation in opened.model.operations}
    taps = tuple(tap for tap in dict.fromkeys(map(str, choice.get("taps", ()))) if tap in known)
    if choice.get("kernel") == "trained":
        return replace(opened, taps=taps)
    # A head in closed form was solved on features of layers that never moved, whatever their flags say.
    still = [name for tap in taps for name in layers_above(opened.model, tap)]
    return replace(opened, taps=taps, frozen=tuple(dict.fromkeys((*opened.frozen, *still))))


def _outputs_of(task: Task) -> tuple[Kind, tuple[str, ...]]:
    """Say what a run's outputs are, and their names.

    >>> from teni.task import Classes
    >>> _outputs_of(Classes(("cat", "dog"), 4, 4))
    ('classes', ('cat', 'dog'))
    """
    match task:
        case Keypoints():
            return "keypoints", tuple(f"{name}_{axis}" for name in task.names for axis in "xy")
        case Classes():
            return "classes", task.names


def _own_size(path: Path, size: tuple[int, int] | None) -> tuple[int, int]:
    if size is not None:
        return size
    network, _ = load_network(path)
    _, height, width, _ = network.input_shape
    return (height, width) if height and width else SIZE


def _backbone(found: Backbone, names: tuple[str, ...]) -> Opened:
    opened = open_network(found.model, found.name, preprocessing=found.preprocessing, names=names)
    return replace(opened, notes=found.notes)


def _network(
    network: keras.Model,
    name: str,
    values: tuple[float, float] | None,
    names: tuple[str, ...],
    size: tuple[int, int] | None,
) -> Opened:
    """Open a network that says little about what it expects of an image."""
    channels = network.inputs[0].shape[-1] if getattr(network, "inputs", None) else None
    notes: tuple[str, ...] = ()
    prepare = None
    if values is not None or not _takes_pixels(network):
        low, high = values or (0.0, 1.0)
        if values is None:
            notes = (
                f"{name}: nothing says what it expects of an image; values from 0 to 1 are assumed "
                "(say otherwise with --values LOW:HIGH, e.g. -1:1 or 0:255)",
            )
        many = 3 if channels == 3 else 1
        prepare = Preprocessing(many, ((high - low) / 255,) * many, (low,) * many)
    opened = open_network(network, name, preprocessing=prepare, names=names, size=size)
    return replace(opened, notes=notes)


def _takes_pixels(network: keras.Model) -> bool:
    inputs = getattr(network, "inputs", None)
    if inputs and "int" in str(inputs[0].dtype):
        return True
    scaling = (keras.layers.Rescaling, keras.layers.Normalization)
    return any(isinstance(layer, scaling) for layer in network.layers[:3])
