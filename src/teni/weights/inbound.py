"""Who takes from whom: the calls of layers, as every Keras listed them under ``inbound_nodes``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from teni.weights.graph import Node, Source


def calls_of(layer: Mapping[str, Any]) -> tuple[tuple[Source, ...], ...]:
    """Read ``inbound_nodes``: lists of [layer, call, tensor, …] up to Keras 2, keras_history in Keras 3.

    Args:
        layer: the layer's description.

    >>> calls_of({"inbound_nodes": [[["conv1", 0, 0]]]})
    ((Source(layer='conv1', call=0, tensor=0),),)
    """
    calls: list[tuple[Source, ...]] = []
    for inbound in layer.get("inbound_nodes", []):
        if isinstance(inbound, Mapping):
            histories = _histories(inbound.get("args", []))
            calls.append(tuple(Source(str(h[0]), int(h[1]), int(h[2])) for h in histories))
        else:
            calls.append(sources_of(inbound))
    return tuple(calls) or ((),)


def sources_of(listed: Any) -> tuple[Source, ...]:
    """Read a list of [layer, call, tensor, …], or a single one.

    Args:
        listed: parsed JSON.

    >>> sources_of(["conv1", 0, 0])
    (Source(layer='conv1', call=0, tensor=0),)
    """
    if listed and isinstance(listed[0], str):
        listed = [listed]
    return tuple(Source(str(item[0]), int(item[1]), int(item[2])) for item in listed)


def counted_from_zero(
    nodes: Sequence[Node], outputs: Sequence[Source]
) -> tuple[tuple[Node, ...], tuple[Source, ...]]:
    """Count the calls of nested networks from 0.

    A network has been called once before anybody calls it, when it was made: up to Keras 2, and for
    functional networks in Keras 3, the first call that a description lists has the number 1.

    Args:
        nodes: the layers.
        outputs: of the network that they make up.

    Returns:
        The same, with the first call that is listed of each nested network as number 0.
    """
    taken = [*outputs, *(source for node in nodes for call in node.calls for source in call)]
    first: dict[str, int] = {}
    for node in nodes:
        if node.inner is not None:
            first[node.name] = min((s.call for s in taken if s.layer == node.name), default=0)

    def renumber(sources: Sequence[Source]) -> tuple[Source, ...]:
        return tuple(replace(s, call=s.call - first.get(s.layer, 0)) for s in sources)

    renumbered = tuple(replace(node, calls=tuple(map(renumber, node.calls))) for node in nodes)
    return renumbered, renumber(outputs)


def in_order(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Order the layers so that each comes after all it takes from.

    A layer that is called twice may take from what comes after its first call; then nothing can be said
    about whole layers, and the order of the calls is left to those who compute them.

    Args:
        nodes: the layers, in any order.
    """
    needs = {node.name: {s.layer for call in node.calls for s in call} for node in nodes}
    takers: dict[str, list[str]] = {}
    for name, sources in needs.items():
        for source in sources:
            takers.setdefault(source, []).append(name)
    ready = [name for name, sources in needs.items() if not sources]
    for name in ready:  # grows on the way
        for taker in takers.get(name, ()):
            needs[taker].discard(name)
            if not needs[taker]:
                ready.append(taker)
    by_name = {node.name: node for node in nodes}
    return tuple(by_name[name] for name in [*ready, *(name for name in by_name if needs[name])])


def _histories(found: Any) -> Iterator[Sequence[Any]]:
    if isinstance(found, Mapping):
        if found.get("class_name") == "__keras_tensor__":
            yield found["config"]["keras_history"]
        return
    if isinstance(found, list | tuple):
        for item in found:
            yield from _histories(item)
