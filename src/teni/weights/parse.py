"""A network's description as every Keras wrote it into JSON, parsed into plain nodes and calls."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from teni.errors import TeniError
from teni.weights.graph import CONTAINERS, Network, Node, Source
from teni.weights.inbound import calls_of, counted_from_zero, in_order, sources_of

MAX_LAYERS = 20_000
MAX_DEPTH = 16


def layer_configs(config: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Walk over the settings of every layer of a ``model_config``, nested ones too.

    Args:
        config: parsed JSON, of any Keras.

    >>> [c["nb_filter"] for c in layer_configs({"config": [{"config": {"nb_filter": 8}}]})]
    [8]
    """
    waiting: list[Any] = [config]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Mapping):
            inner = found.get("config")
            if isinstance(inner, Mapping):
                yield inner
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def layer_names(config: Any) -> tuple[str, ...]:
    """List the names of a network's own layers, as far as a ``model_config`` tells them.

    Args:
        config: parsed JSON, of any Keras; nothing is required of it.

    >>> layer_names({"config": {"layers": [{"config": {"name": "conv1"}}, {"config": {}}]}})
    ('conv1',)
    """
    inner = config.get("config") if isinstance(config, Mapping) else None
    layers = inner.get("layers") if isinstance(inner, Mapping) else inner
    if not isinstance(layers, list):
        return ()
    settings = [layer.get("config") for layer in layers if isinstance(layer, Mapping)]
    return tuple(str(found["name"]) for found in settings if isinstance(found, Mapping) and "name" in found)


def parse_network(config: Mapping[str, Any], source: str) -> Network:
    """Parse a ``model_config`` of Keras 1, 2 or 3: Sequential or functional, nested ones too.

    Args:
        config: parsed JSON with ``class_name`` and ``config``.
        source: the file, for messages.

    Returns:
        The network; a Sequential gets an ``InputLayer`` of its own.

    Raises:
        TeniError: neither a Sequential nor a functional network, or a damaged description.

    >>> dense = {"class_name": "Dense", "config": {"name": "d", "batch_input_shape": [None, 2]}}
    >>> network = parse_network({"class_name": "Sequential", "config": [dense]}, "w.h5")
    >>> [node.kind for node in network.nodes]
    ['InputLayer', 'Dense']
    """
    return _parse(config, source, 0)


def _parse(config: Mapping[str, Any], source: str, depth: int) -> Network:
    kind, inner = config.get("class_name"), config.get("config")
    if depth > MAX_DEPTH:
        raise TeniError(f"{source}: networks are nested more than {MAX_DEPTH} deep")
    try:
        if kind == "Sequential":
            return _sequential(inner, source, depth)
        if kind in CONTAINERS and isinstance(inner, Mapping):
            return _functional(inner, source, depth)
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        raise TeniError(
            f"{source}: its 'model_config' is damaged ({type(error).__name__}: {error})"
        ) from error
    raise TeniError(f"{source}: describes a {str(kind)[:60]!r}; expected a Sequential or functional network")


def _sequential(inner: Any, source: str, depth: int) -> Network:
    if isinstance(inner, list):
        inner = {"layers": inner}
    layers: Sequence[Mapping[str, Any]] = inner["layers"]
    _check_count(layers, source)
    name = str(inner.get("name", "sequential"))
    if layers and layers[0]["class_name"] == "Merge":
        return _branches(name, layers, source, depth)
    nodes: list[Node] = []
    if layers and layers[0]["class_name"] != "InputLayer":
        shape = _input_shape(layers[0])
        if shape is None:
            shape = inner.get("build_input_shape") or inner.get("batch_input_shape")
        # As Keras named it: by the first layer, so that branches side by side have inputs of their own.
        given = f"{_name(layers[0], name)}_input"
        settings = {"name": given, "batch_input_shape": shape, **_input_dtype(layers[0])}
        nodes.append(Node(given, "InputLayer", settings, ((),)))
    nodes += _chain(layers, nodes[-1].name if nodes else None, source, depth)
    if not nodes:
        raise TeniError(f"{source}: describes a network without layers")
    return Network(name, tuple(nodes), (Source(nodes[0].name),), (Source(nodes[-1].name),))


def _chain(layers: Sequence[Mapping[str, Any]], before: str | None, source: str, depth: int) -> list[Node]:
    nodes: list[Node] = []
    for position, layer in enumerate(layers):
        calls = ((),) if before is None else ((Source(before),),)
        node = _node(layer, calls, source, depth)
        if node.inner is not None and not _is_named(layer):
            # Up to Keras 1 a Sequential had no name within another.
            node = replace(node, name=f"{node.name}_at_{position}")
        nodes.append(node)
        before = node.name
    _check_names(nodes, source)
    return nodes


def _branches(name: str, layers: Sequence[Mapping[str, Any]], source: str, depth: int) -> Network:
    """Keras 1 could begin a Sequential with a Merge of other networks: lay them side by side."""
    nodes: list[Node] = []
    inputs: list[Source] = []
    ends: list[Source] = []
    for branch in layers[0]["config"]["layers"]:
        network = _parse(branch, source, depth + 1)
        nodes += network.nodes
        inputs += network.inputs
        ends += network.outputs
    merge = _node(layers[0], (tuple(ends),), source, depth)
    nodes += [merge, *_chain(layers[1:], merge.name, source, depth)]
    return Network(name, tuple(nodes), tuple(inputs), (Source(nodes[-1].name),))


def _functional(inner: Mapping[str, Any], source: str, depth: int) -> Network:
    layers: Sequence[Mapping[str, Any]] = inner["layers"]
    _check_count(layers, source)
    nodes = tuple(_node(layer, calls_of(layer), source, depth) for layer in layers)
    known = {node.name for node in nodes}
    _check_names(nodes, source)
    for node in nodes:
        for call in node.calls:
            for origin in call:
                if origin.layer not in known:
                    raise TeniError(
                        f"{source}: layer {node.name!r} takes from {origin.layer!r}, which is not there"
                    )
    nodes, outputs = counted_from_zero(nodes, sources_of(inner["output_layers"]))
    return Network(
        str(inner.get("name", "model")), in_order(nodes), sources_of(inner["input_layers"]), outputs
    )


def _node(layer: Mapping[str, Any], calls: tuple[tuple[Source, ...], ...], source: str, depth: int) -> Node:
    kind, settings = str(layer["class_name"]), layer["config"]
    wrapped = settings["layer"] if kind == "TimeDistributed" else None
    nested = kind in CONTAINERS
    if wrapped is not None and wrapped["class_name"] in CONTAINERS:
        inner = _parse(wrapped, source, depth + 1)
    else:
        inner = _parse(layer, source, depth + 1) if nested else None
    plain = _unwrapped(settings) if isinstance(settings, Mapping) and not nested else {}
    return Node(_name(layer, inner.name if inner else kind.lower()), kind, plain, calls, inner)


def _unwrapped(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take out the numbers that Keras 2 sometimes wrapped: {"type": "ndarray", "value": 0.1}."""
    return {
        key: value.get("value") if isinstance(value, Mapping) and value.get("type") == "ndarray" else value
        for key, value in settings.items()
    }


def _name(layer: Mapping[str, Any], otherwise: str) -> str:
    settings = layer["config"]
    told = layer.get("name") or (settings.get("name") if isinstance(settings, Mapping) else None)
    return str(told or otherwise)


def _is_named(layer: Mapping[str, Any]) -> bool:
    return _name(layer, "") != ""


def _input_shape(layer: Mapping[str, Any]) -> Sequence[int | None] | None:
    """Find the input's shape: in the first layer, however deep that is nested or wrapped."""
    settings = layer["config"]
    for _ in range(MAX_DEPTH):
        if isinstance(settings, list) or "layers" in settings:
            inner = settings if isinstance(settings, list) else settings["layers"]
            settings = inner[0]["config"]
            continue
        for word in ("batch_input_shape", "batch_shape"):
            if settings.get(word) is not None:
                return settings[word]
        if "input_length" in settings or "input_dim" in settings:
            length = settings.get("input_length")
            return (
                [None, length]
                if layer["class_name"] == "Embedding"
                else [None, length, settings["input_dim"]]
            )
        return None
    return None


def _input_dtype(layer: Mapping[str, Any]) -> dict[str, str]:
    settings = layer["config"]
    dtype = settings.get("input_dtype") if isinstance(settings, Mapping) else None
    return {"dtype": dtype} if isinstance(dtype, str) else {}


def _check_names(nodes: Sequence[Node], source: str) -> None:
    found: set[str] = set()
    for node in nodes:
        if node.name in found:
            raise TeniError(f"{source}: two layers are named {node.name!r}; its description is damaged")
        found.add(node.name)


def _check_count(layers: Any, source: str) -> None:
    if not isinstance(layers, list) or len(layers) > MAX_LAYERS:
        raise TeniError(f"{source}: its 'model_config' must list at most {MAX_LAYERS:,} layers")
