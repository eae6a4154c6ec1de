"""Descriptions that would run code of somebody's own when a network is built of them: refused."""

from collections.abc import Mapping
from typing import Any

from teni.errors import TeniError

# What a description may name of Keras itself; its utilities and its settings are no parts of a network.
PARTS = (
    *("layers", "initializers", "regularizers", "constraints", "activations", "optimizers", "losses"),
    *("metrics", "models", "ops", "random", "quantizers", "dtype_policies", "engine", "src"),
)
CODE = ("Lambda", "__lambda__", "function")
# How the network was trained is never rebuilt.
UNUSED = ("compile_config", "training_config")


def refuse_code(config: Any, source: str) -> None:
    """Make sure that a description names only Keras's own classes and no functions.

    Args:
        config: parsed JSON.
        source: the file, for the message.

    Raises:
        TeniError: a Lambda or another function, or a class that is not Keras's own; it is named.

    >>> refuse_code({"class_name": "Lambda", "config": {"name": "twice"}}, "model.keras")
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: model.keras: 'twice' is a Lambda, code that teni does not run; rebuild it from ...
    """
    waiting = [config]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Mapping):
            if "class_name" in found:
                _check(found, source)
            waiting.extend(value for key, value in found.items() if key not in UNUSED)
        elif isinstance(found, list | tuple):
            waiting.extend(found)


def _check(found: Mapping[str, Any], source: str) -> None:
    kind, module, registered = str(found["class_name"]), found.get("module"), found.get("registered_name")
    if kind in CODE:
        raise TeniError(
            f"{source}: {_name(found)!r} is a {kind}, code that teni does not run; "
            "rebuild it from Keras's own layers"
        )
    package, _, owned = str(registered or "").rpartition(">")
    if _is_keras(module) and package.lower() in ("", "keras"):
        return
    needed = registered if owned and package else f"{module}.{kind}"
    raise TeniError(
        f"{source}: needs {str(needed)[:80]!r}, code that is not Keras's and that teni does not run; "
        "rebuild it from Keras's own layers"
    )


def _is_keras(module: Any) -> bool:
    if module is None or module in ("builtins", "keras"):
        return True
    first, _, rest = str(module).partition(".")
    return first in ("keras", "tf_keras") and rest.partition(".")[0] in PARTS


def _name(found: Mapping[str, Any]) -> str:
    """Name the layer, where the object is one; a function has but its own name, if any."""
    settings = found.get("config")
    inner = settings.get("name") if isinstance(settings, Mapping) else settings
    told = found.get("name") or inner
    return told[:60] if isinstance(told, str) else str(found["class_name"])
