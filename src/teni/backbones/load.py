"""The one door to every backbone: by the name of a network or by the path of a file."""

import difflib
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import keras

from teni.backbones.backbone import Backbone
from teni.backbones.catalogue import (
    LICENCES,
    Architecture,
    architectures,
    build_application,
    download_application,
    preprocessing_of,
    spelling,
)
from teni.backbones.facial_cnn import FACIAL_PREPROCESSING, build_facial_cnn, facial_recipes
from teni.backbones.graph import renumbered
from teni.backbones.initial import clone_network
from teni.backbones.network_file import load_network
from teni.backbones.partial import cut_below
from teni.backbones.preprocessing import Preprocessing
from teni.backbones.resize import at_size
from teni.errors import TeniError
from teni.paths import base_name
from teni.weights import LoadReport, SavedWeights, apply, missing_layers, read

FACE_FILE = Path(__file__).with_name("face_backbone.keras")
FACE_LICENCE = "Apache-2.0, pretrained on synthetic faces"
FACE_PREPROCESSING = Preprocessing(1, (1 / 127.5,), (-1.0,))
_SUFFIXES = (".keras", ".h5", ".hdf5")


@dataclass(frozen=True)
class _Wanted:
    """What a caller wants of a network, whichever it is."""

    weights: str | Path | None
    size: tuple[int, int]
    seed: int
    allow_missing: tuple[str, ...]


def backbone_names() -> tuple[str, ...]:
    """List the names that ``backbone`` knows.

    >>> {"mobilenet", "facial-cnn-6", "face"} <= set(backbone_names())
    True
    """
    return (*architectures(), *facial_recipes(), "face")


def backbone(
    name_or_path: str | Path,
    *,
    weights: str | Path | None = None,
    size: tuple[int, int] = (96, 96),
    seed: int = 0,
    allow_missing: Collection[str] = (),
    preprocessing: Preprocessing | None = None,
) -> Backbone:
    """Make a backbone by name or from a file.

    A layer whose weights the weights file does not hold ends the network: it is cut off with all that depends
    on it, and ``notes`` and ``unusable`` say so. Weights of another shape are an error.

    Args:
        name_or_path: a network of ``keras.applications`` in any spelling, ``facial-cnn-1`` to
            ``facial-cnn-8``, ``face`` for the one inside the package, or the path of a ``.keras`` or HDF5
            file of a whole network.
        weights: a weights file for the network; ``random`` for initial values; ``download`` to let Keras
            fetch the ImageNet weights. Without it, or with ``none``, a file, or ``face``, brings its own, a
            ``facial-cnn`` has initial values, and the others fail: teni never goes online unless it is asked to.
        size: height and width of the image that the network gets to see, in pixels.
        seed: of the initial values, where there are any.
        allow_missing: layers that keep initial values where the weights file has none for them.
        preprocessing: what the network expects of an image, where that differs from what is known of it; for
            a file by default values from 0 to 1, unless it begins by scaling them itself.

    Returns:
        The backbone.

    Raises:
        TeniError: no such network or file, no weights given, weights that do not fit, code inside a file, or
            an image size that the network does not take.

    >>> backbone("vgg16", weights="random", size=(32, 32)).model.output_shape
    (None, 1, 1, 512)
    >>> backbone("mobilenet")
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: mobilenet needs weights: --weights FILE with ...
    """
    if min(size) < 1:
        raise TeniError(
            f"an image of {size[0]} x {size[1]} pixels is none; give a height and a width above 0"
        )
    wanted = _Wanted(None if weights == "none" else weights, size, seed, tuple(allow_missing))
    key = spelling(str(name_or_path))
    applications = {spelling(name): found for name, found in architectures().items()}
    ladder = {spelling(name): name for name in facial_recipes()}
    if key in applications:
        found = _application(applications[key], wanted)
    elif key in ladder:
        found = _facial_cnn(ladder[key], wanted)
    elif key == "face":
        found = _face(FACE_FILE, wanted)
    else:
        path = Path(name_or_path)
        if not (path.is_file() or path.suffix.lower() in _SUFFIXES):
            raise _unknown(str(name_or_path))
        return _file(str(path), path, preprocessing, wanted)
    return found if preprocessing is None else replace(found, preprocessing=preprocessing)


def _application(architecture: Architecture, wanted: _Wanted) -> Backbone:
    name, prepare = architecture.name, preprocessing_of(architecture)
    if wanted.weights is None:
        raise TeniError(
            f"{name} needs weights: --weights FILE with its ImageNet weights as Keras publishes them "
            "(HDF5, no top), --weights random for none, or --weights download to fetch them"
        )
    if wanted.weights == "download":
        model = download_application(architecture, wanted.size)
        return Backbone(
            name, model, prepare, licence=LICENCES.get(architecture.module.__name__.split(".")[-1])
        )
    if wanted.weights == "random":
        model = build_application(architecture, wanted.size, seed=wanted.seed, published=False)
        return Backbone(name, model, prepare)
    saved = read(Path(wanted.weights))
    published = _as_published(saved)
    model = build_application(architecture, wanted.size, seed=_seed(wanted), published=published)
    return _with_weights(Backbone(name, model, prepare), saved, wanted)


def _as_published(saved: SavedWeights) -> bool:
    """Whether an EfficientNet's weights are Keras's; only a file with the network in it can deny it."""
    if saved.model_config is None:
        return True
    return json.dumps(saved.model_config, default=str).count('"class_name": "Rescaling"') != 1


def _facial_cnn(name: str, wanted: _Wanted) -> Backbone:
    if wanted.weights == "download":
        raise _nothing_to_download(name)
    random = wanted.weights in (None, "random")
    model = build_facial_cnn(name, wanted.size, seed=wanted.seed if random else _seed(wanted))
    bare = Backbone(name, model, FACIAL_PREPROCESSING)
    return bare if random else _with_weights(bare, read(Path(str(wanted.weights))), wanted)


def _face(path: Path, wanted: _Wanted) -> Backbone:
    if not path.is_file():
        raise TeniError(
            f"the face backbone is not part of this installation ({path} is missing); "
            "install teni anew or choose another backbone"
        )
    found = _file("face", path, FACE_PREPROCESSING, wanted)
    own = wanted.weights is None
    return replace(found, licence=FACE_LICENCE if own else None)


def _file(name: str, path: Path, prepare: Preprocessing | None, wanted: _Wanted) -> Backbone:
    """Make a backbone of a network from a file, which brings weights at a size of its own."""
    if wanted.weights == "download":
        raise _nothing_to_download(name)
    model, report = load_network(path)
    notes: tuple[str, ...] = ()
    if prepare is None:
        prepare, note = _guess(model)
        notes = (f"{name}: {note}",)
    bare = Backbone(name, model, prepare, notes=notes)
    if wanted.weights is None:
        own = replace(bare, load_report=report, notes=(*notes, *_assumed(report)))
        return at_size(own, *wanted.size)
    fresh = replace(bare, model=clone_network(model, bare.size, seed=wanted.seed))
    if wanted.weights != "random":
        fresh = _with_weights(fresh, read(Path(wanted.weights)), wanted)
    return at_size(fresh, *wanted.size)


def _guess(model: keras.Model) -> tuple[Preprocessing, str]:
    channels = 1 if model.input_shape[3] == 1 else 3
    scaling = (keras.layers.Rescaling, keras.layers.Normalization)
    if any(isinstance(layer, scaling) for layer in model.layers[1:3]):
        return Preprocessing(
            channels, (1.0,) * channels, (0.0,) * channels
        ), "the network scales the image itself"
    told = "nothing says what it expects of an image; values from 0 to 1 are assumed"
    return Preprocessing(channels, (1 / 255,) * channels, (0.0,) * channels), told


def _seed(wanted: _Wanted) -> int | None:
    """Draw initial values only where some will be left."""
    return wanted.seed if wanted.weights == "random" or wanted.allow_missing else None


def _with_weights(bare: Backbone, saved: SavedWeights, wanted: _Wanted) -> Backbone:
    """Load a weights file, and cut the network below the first layer that the file has nothing for."""
    saved = _settled(saved, bare.model)
    missing = missing_layers(saved, bare.model)
    try:
        report = apply(saved, bare.model, allow_missing={*missing, *wanted.allow_missing})
    except TeniError as error:
        if saved.model_config is None:
            raise
        raise TeniError(
            f"{error}; the file holds a network of its own: to use that, give the file as --backbone"
        ) from error
    why = f"{saved.source} does not hold its weights"
    cut_off = [name for name in missing if name not in wanted.allow_missing]
    kept, unusable = cut_below(bare.model, dict.fromkeys(cut_off, why))
    notes = (*bare.notes, *_assumed(report))
    if unusable:
        lost = ", ".join(cut_off[:3]) + (f" and {len(cut_off) - 3} more" if len(cut_off) > 3 else "")
        notes = (
            *notes,
            f"{base_name(saved.source)} does not hold the weights of {lost}: {bare.name} ends at "
            f"{kept.operations[-1].name}, and {len(unusable)} of its layers are cut off",
        )
    kept_initial = [name for name in missing if name in wanted.allow_missing]
    if kept_initial:
        notes = (*notes, f"{bare.name}: {', '.join(kept_initial)} kept initial values, as allowed")
    return replace(bare, model=kept, load_report=report, unusable=unusable, notes=notes)


def _assumed(report: LoadReport | None) -> tuple[str, ...]:
    if report is None:
        return ()
    # Without folders: notes are kept, and reports are passed on.
    return tuple(f"{base_name(report.source)}: assumed {each}" for each in report.assumed)


def _settled(saved: SavedWeights, model: keras.Model) -> SavedWeights:
    """Renumber the layers that Keras numbered by itself, where the file was written after other networks."""
    held = renumbered(each.name for each in saved.with_tensors)
    own = {each.name for each in model.layers if each.weights}
    if set(held) <= own or sorted(held.values()) != sorted(renumbered(own)):
        return saved
    layers = tuple(replace(each, name=held.get(each.name, each.name)) for each in saved.layers)
    return replace(saved, layers=layers)


def _unknown(name: str) -> TeniError:
    names = {spelling(each): each for each in backbone_names()}
    near = [names[key] for key in difflib.get_close_matches(spelling(name), names, n=3, cutoff=0.5)]
    remedy = (
        f"did you mean {', '.join(near)}?" if near else "names are mobilenet, resnet50, facial-cnn-6, face …"
    )
    return TeniError(f"no backbone and no file {name!r}; {remedy}")


def _nothing_to_download(name: str) -> TeniError:
    return TeniError(f"there are no weights of {name} to download; give --weights FILE or --weights random")
