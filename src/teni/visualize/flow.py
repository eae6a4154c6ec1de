"""A network as a list of steps, nested networks laid open in place: to run, to enter in the middle, to run backwards.

The steps are the network's own layers. They run in inference mode and see their weights as arguments, so nothing
that the network holds is read twice, changed or kept, whatever happens on the way.
"""

import difflib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from teni.errors import TeniError
from teni.gradients import compiled

Tensor = Any


@dataclass(frozen=True, eq=False)
class Call:
    """What is called, as Keras recorded it.

    Args:
        operation: the layer or operation.
        arguments: of the call.
        tensors: the symbolic tensors among the arguments, each once.
    """

    operation: Any
    arguments: Any
    tensors: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Step:
    """One call of a layer or an operation in the flow of a network.

    Args:
        path: the names of the networks around the layer, then its own, with slashes.
        call: what is called.
        inputs: where the value of each of the call's tensors is kept.
        outputs: where the value of each result is kept.
        shapes: of the results, as Keras knows them: the sizes of maps may be None.
    """

    path: str
    call: Call
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    shapes: tuple[tuple[Any, ...], ...]

    @property
    def name(self) -> str:
        """The layer's own name."""
        return self.operation.name

    @property
    def operation(self) -> Any:
        """The layer or operation."""
        return self.call.operation

    def run(self, values: Sequence[Tensor]) -> list[Tensor]:
        """Call the layer on values for its inputs, in inference mode."""
        filled = {id(tensor): value for tensor, value in zip(self.call.tensors, values, strict=True)}
        args, kwargs = self.call.arguments.fill_in(filled)
        if isinstance(self.operation, keras.Layer) and _takes_training(self.operation):
            kwargs = {**kwargs, "training": False}
        return keras.tree.flatten(self.operation(*args, **kwargs))


@dataclass(frozen=True, eq=False)
class Flow:
    """A network laid open; make it by `lay_open`.

    Args:
        model: the network.
        steps: in an order in which they can run.
        image: where the image is kept.
        output: where the (first) output is kept.
        places: how many values are kept in all.
    """

    model: keras.Model
    steps: tuple[Step, ...]
    image: int
    output: int
    places: int

    def weights(self) -> list[Tensor]:
        """Return the present values of all that the network holds, to be handed to `values`."""
        return [keras.ops.convert_to_tensor(variable.value) for variable in _variables(self.model)]

    def values(
        self, weights: Sequence[Tensor], image: Tensor, added: Mapping[int, Tensor] | None = None
    ) -> dict[int, Tensor]:
        """Run all steps.

        Args:
            weights: as `weights` gives them.
            image: ``(N, H, W, C)``, float whatever the network says it takes.
            added: what to add to values on the way, by where they are kept.

        Returns:
            All values, by where they are kept.
        """
        added = added or {}
        kept = {self.image: image}
        with self.holding(weights):
            for step in self.steps:
                for place, value in zip(step.outputs, step.run([kept[i] for i in step.inputs]), strict=True):
                    kept[place] = value + added[place] if place in added else value
        return kept

    def shapes(self, image: tuple[int, ...]) -> dict[int, tuple[int, ...]]:
        """Work out the shapes of all values, by where they are kept; the network is run once if it must be.

        Args:
            image: shape of the images, ``(N, H, W, C)``.
        """
        found: dict[int, tuple[Any, ...]] = {self.image: image}
        for step in self.steps:
            found.update(zip(step.outputs, step.shapes, strict=True))
        if all(None not in shape[1:] for shape in found.values()):
            return found
        run = compiled(lambda weights, images: self.values(weights, images))
        values = run(self.weights(), keras.ops.zeros(image))
        return {place: tuple(value.shape) for place, value in values.items()}

    def holding(self, weights: Sequence[Tensor]) -> Any:
        """Open a scope in which the layers see the given weights, and in which no update reaches the network."""
        return keras.StatelessScope(state_mapping=list(zip(_variables(self.model), weights, strict=True)))

    def find(self, layer: str) -> tuple[Step, ...]:
        """Find the calls of a layer; one that is shared is called several times, e.g. on the mirror image too.

        Args:
            layer: its name, or its path where two nested networks have a layer of that name.

        Returns:
            Those that see the image as it is first, else in the order in which they run.

        Raises:
            TeniError: no such layer, with the nearest names, or several of that name.
        """
        found = [step for step in self.steps if layer in (step.name, step.path)]
        paths = list(dict.fromkeys(step.path for step in found))
        if len(paths) > 1 and layer not in paths:
            raise TeniError(
                f"{self.model.name} has several layers {layer!r}; say which one: {', '.join(paths)}"
            )
        if not found:
            names = [step.name for step in self.steps]
            near = difflib.get_close_matches(layer, names, n=3, cutoff=0.5) or names[-3:]
            raise TeniError(f"{self.model.name} has no layer {layer!r}; near it are {', '.join(near)}")
        calls = [step for step in found if step.path == (layer if layer in paths else paths[0])]
        return tuple(sorted(calls, key=self.turned))

    def turned(self, step: Step) -> tuple[bool, bool]:
        """Tell whether a step sees the image upside down, and whether it sees its mirror image.

        Of a step with several inputs the first counts: a network that adds maps of both kinds has no one answer.
        """
        made = {place: each for each in self.steps for place in each.outputs}
        rows = across = False
        here: Step | None = step
        while here is not None:
            operation = here.operation
            if type(operation).__name__ == "Flip":
                axes = {axis % 4 for axis in flipped_axes(operation)}
                rows, across = rows ^ (1 in axes), across ^ (2 in axes)
            here = made.get(here.inputs[0])
        return rows, across


def lay_open(model: keras.Model) -> Flow:
    """Lay a network open.

    Args:
        model: a functional or sequential network of one image; networks nested in it may be either, too.

    Returns:
        Its steps, on the network's own layers.

    Raises:
        TeniError: not such a network.

    >>> x = keras.Input((2,), dtype="uint8")
    >>> inner = keras.Sequential([keras.Input((2,)), keras.layers.Rescaling(2.0, name="twice")], name="inner")
    >>> flow = lay_open(keras.Model(x, inner(x)))
    >>> [step.path for step in flow.steps]
    ['inner/twice']
    >>> keras.ops.convert_to_numpy(flow.values(flow.weights(), keras.ops.ones((1, 2)) / 4)[flow.output]).tolist()
    [[0.5, 0.5]]
    """
    if not _is_network(model) or len(_graph(model).inputs) != 1:
        raise TeniError(
            f"{model.name}: is no functional or sequential network of one image, whose layers could be followed"
        )
    counted = iter(range(10**9))
    image = next(counted)
    steps: list[Step] = []
    outputs = _walk(model, [image], "", counted, steps)
    return Flow(model, tuple(steps), image, outputs[0], next(counted))


def _walk(
    network: Any, inputs: Sequence[int], around: str, counted: Iterator[int], steps: list[Step]
) -> list[int]:
    """Append a network's steps, and return where its outputs are kept."""
    graph = _graph(network)
    kept = {id(tensor): place for tensor, place in zip(graph.inputs, inputs, strict=True)}
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        for node in graph._nodes_by_depth[depth]:
            if node.is_input or any(id(tensor) not in kept for tensor in node.input_tensors):
                continue
            tensors = tuple({id(tensor): tensor for tensor in node.input_tensors}.values())
            path = f"{around}{node.operation.name}"
            if _is_network(node.operation):
                given = [kept[id(tensor)] for tensor in node.input_tensors]
                places = _walk(node.operation, given, f"{path}/", counted, steps)
            else:
                places = [next(counted) for _ in node.outputs]
                taken = tuple(kept[id(tensor)] for tensor in tensors)
                shapes = tuple(tuple(tensor.shape) for tensor in node.outputs)
                call = Call(node.operation, node.arguments, tensors)
                steps.append(Step(path, call, taken, tuple(places), shapes))
            kept.update(zip(map(id, node.outputs), places, strict=True))
    return [kept[id(tensor)] for tensor in graph.outputs]


def flipped_axes(flip: Any) -> Sequence[int]:
    """List the axes that ``keras.ops.flip`` turns round.

    Args:
        flip: the operation, as it stands in a network.
    """
    if flip.axis is None:
        return range(4)
    return [flip.axis] if isinstance(flip.axis, int) else flip.axis


def _is_network(operation: Any) -> bool:
    return isinstance(operation, keras.Sequential) or hasattr(operation, "_nodes_by_depth")


def _graph(network: Any) -> Any:
    """Return the functional form, on the same layers."""
    return keras.Model(network.inputs, network.outputs) if isinstance(network, keras.Sequential) else network


def _variables(model: Any) -> list[Any]:
    return list({id(variable): variable for variable in model.variables}.values())


def _takes_training(layer: Callable[..., Any]) -> bool:
    call: Any = getattr(layer, "call")  # noqa: B009  the type of a layer does not say what its call takes
    return "training" in inspect.signature(call).parameters
