"""The networks of ``keras.applications``: their names, how each is built, what each expects of an image."""

import contextlib
import inspect
import re
import sys
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from teni.backbones.graph import settle_names
from teni.backbones.initial import build_network, clone_network
from teni.backbones.preprocessing import Preprocessing
from teni.errors import TeniError

RESCALED = "imagenet_rescaling"  # name of the layer that only EfficientNet's published weights need
# Under which terms the ImageNet weights of each family were published, where Keras's documentation says so.
LICENCES = {
    "vgg16": "Creative Commons Attribution 4.0 (Visual Geometry Group, Oxford)",
    "vgg19": "Creative Commons Attribution 4.0 (Visual Geometry Group, Oxford)",
    "resnet": "MIT (Kaiming He)",
    "resnet50": "MIT (Kaiming He)",
    "xception": "MIT (François Chollet)",
    "inception_v3": "Apache-2.0",
    "inception_resnet_v2": "Apache-2.0",
    "mobilenet": "Apache-2.0",
    "mobilenet_v2": "Apache-2.0",
    "nasnet": "Apache-2.0",
    "densenet": "BSD 3-clause (Zhuang Liu)",
}
_IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Architecture:
    """A network of ``keras.applications``.

    Args:
        name: as a user writes it, e.g. ``mobilenet_v2``.
        construct: the function of ``keras.applications``.
        module: the module that holds its ``preprocess_input``.
    """

    name: str
    construct: Callable[..., keras.Model]
    module: Any


def architectures() -> dict[str, Architecture]:
    """List every network of ``keras.applications`` by the name that a user writes.

    >>> "mobilenet_v2" in architectures(), "convnext_tiny" in architectures()
    (True, True)
    """
    public = vars(keras.applications)
    modules = {name: found for name, found in public.items() if isinstance(found, types.ModuleType)}
    found = [
        _architecture(name, value, modules) for name, value in public.items() if inspect.isfunction(value)
    ]
    return {each.name: each for each in sorted(found, key=lambda each: each.name)}


def published_licence(name: str) -> str | None:
    """Say under which terms the ImageNet weights of a network were published, where Keras's documentation does.

    Args:
        name: as a user writes it.

    >>> published_licence("MobileNet"), published_licence("my_network")
    ('Apache-2.0', None)
    """
    found = {spelling(known): architecture for known, architecture in architectures().items()}
    architecture = found.get(spelling(name))
    return None if architecture is None else LICENCES.get(architecture.module.__name__.split(".")[-1])


def spelling(name: str) -> str:
    """Reduce a name to what tells networks apart, so that ``MobileNetV2`` and ``mobilenet-v2`` are one.

    >>> spelling("MobileNet-V2")
    'mobilenetv2'
    """
    return re.sub(r"[\s_-]", "", name).lower()


def preprocessing_of(architecture: Architecture) -> Preprocessing:
    """Read a network's preprocessing off its own ``preprocess_input``, by what it does to four pixels.

    Args:
        architecture: the network.

    >>> preprocessing_of(architectures()["mobilenet"]).offset
    (-1.0, -1.0, -1.0)
    """
    pixels = np.concatenate([np.zeros((1, 3)), 255 * np.eye(3)])  # black, red, green, blue
    seen = np.array(architecture.module.preprocess_input(pixels[None, None]))[0, 0]
    gain = (seen[1:] - seen[0]) / 255
    reverse = bool(gain[0, 0] == 0)
    scale = np.diag(gain[::-1] if reverse else gain)
    return Preprocessing(3, tuple(map(float, scale)), tuple(map(float, seen[0])), reverse)


def build_application(
    architecture: Architecture, size: tuple[int, int], *, seed: int | None, published: bool
) -> keras.Model:
    """Build a network of ``keras.applications`` without its head.

    Args:
        architecture: which one.
        size: height and width of its input, in pixels.
        seed: of its initial values; None leaves them zero, for weights that are about to be loaded.
        published: whether it is to take published weights: EfficientNet (first version) then needs one more
            layer, which Keras adds only where it downloads them itself.

    Returns:
        The network, with names that do not depend on what was built before.

    Raises:
        TeniError: the network does not take an image of that size.

    >>> net = build_application(architectures()["vgg16"], (32, 32), seed=None, published=True)
    >>> net.output_shape
    (None, 1, 1, 512)
    """
    shape = (*size, 3)
    try:
        model = build_network(
            lambda: architecture.construct(include_top=False, weights=None, input_shape=shape), seed=seed
        )
    except ValueError as error:
        raise TeniError(
            f"{architecture.name} does not take images of {size[0]} x {size[1]} pixels; "
            f"choose a larger --size ({_first_line(error)})"
        ) from error
    settle_names(model)
    if published and architecture.module is keras.applications.efficientnet:
        return _with_rescaling(model)
    return model


def download_application(architecture: Architecture, size: tuple[int, int]) -> keras.Model:
    """Let Keras fetch the ImageNet weights of a network and build it.

    Args:
        architecture: which one.
        size: height and width of its input, in pixels.

    Raises:
        TeniError: the weights could not be fetched.

    >>> def offline(**settings): raise OSError("no route to host")
    >>> download_application(Architecture("mobilenet", offline, keras.applications.mobilenet), (96, 96))
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: the weights of mobilenet could not be fetched (no route to host); ...
    """
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(sys.stderr):
            warnings.simplefilter(
                "ignore"
            )  # Keras remarks on sizes it has no weights for, which are not needed
            model = architecture.construct(include_top=False, weights="imagenet", input_shape=(*size, 3))
    except Exception as error:  # Keras raises a bare Exception where a download fails
        raise TeniError(
            f"the weights of {architecture.name} could not be fetched ({_first_line(error)}); "
            "fetch the file elsewhere and give it as --weights FILE"
        ) from error
    settle_names(model)
    if architecture.module is keras.applications.efficientnet:
        model.get_layer("rescaling_1").name = RESCALED
    return model


def _architecture(function: str, construct: Any, modules: dict[str, Any]) -> Architecture:
    """Name a network after its module, where that begins the function's name: ``convnext`` + ``_tiny``."""
    key = spelling(function)
    stem = max((name for name in modules if key.startswith(spelling(name))), key=len, default="")
    rest = key[len(spelling(stem)) :]
    holds = [name for name, module in modules.items() if hasattr(module, function)]
    name = f"{stem}_{rest}" if stem and rest.isalpha() else f"{stem}{rest}"
    return Architecture(name, construct, modules[holds[0] if holds else stem])


def _with_rescaling(model: keras.Model) -> keras.Model:
    """Divide by the square root of ImageNet's deviations after the normalisation, for the published weights.

    See https://github.com/tensorflow/tensorflow/issues/49930 and keras/src/applications/efficientnet.py.
    """

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        x = layer(*args, **kwargs)
        if layer.name != "normalization":
            return x
        return keras.layers.Rescaling([1 / value**0.5 for value in _IMAGENET_STD], name=RESCALED)(x)

    return clone_network(model, model.input_shape[1:3], seed=None, call=call)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
