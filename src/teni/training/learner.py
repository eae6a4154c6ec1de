"""One phase of a training: the network as pure functions, the steps compiled, the data on the device."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.gradients import compiled, value_and_grad
from teni.task import loss
from teni.training.augmentation import draw_numbers, draw_order
from teni.training.data import Images, TrainingData
from teni.training.divide import divide
from teni.training.optimizer import start_state, update
from teni.training.phases import Phase
from teni.training.photometry import relight
from teni.training.settings import TrainingSettings
from teni.training.steps import compile_steps, on_accelerator
from teni.training.units import seen_both_ways, to_units
from teni.training.warp import warp

ops: Any = keras.ops
Tensor = Any
State = dict[str, Any]
Floats = NDArray[np.float32]

# Outputs of frozen layers are kept for all images up to this many bytes; beyond it they are computed in each step.
MOST_STORED = 2**30


class Learner:
    """A network in one phase; final. Weights live in a state of arrays, and go back by `write`.

    Args:
        network: flat and functional, from the raw image to raw outputs; its flags of what is trainable are changed.
        phase: which layers learn.
        data: what from.
        settings: batch, optimiser, augmentation, precision.
        seed: of order, augmentation and dropout.
    """

    def __init__(
        self,
        network: keras.Model,
        phase: Phase,
        data: TrainingData,
        settings: TrainingSettings,
        seed: int,
    ) -> None:
        self.phase, self._data, self._settings, self._seed = phase, data, settings, seed
        self._batch = min(settings.batch, len(data.images))
        self.steps = -(-len(data.images) // self._batch)
        learned = _choose_trained(network, phase)
        self._lower, self._upper = divide(network, phase.rates)
        if settings.precision == "mixed" or (settings.precision == "auto" and on_accelerator()):
            _mix_precision(self._upper)
        inner: Any = self._upper
        self._trainable, self._fixed = list(inner.trainable_variables), list(inner.non_trainable_variables)
        everything = [*self._trainable, *self._fixed]
        self._learned = [v for v in everything if id(v) in learned]
        self._rest = [v for v in everything if id(v) not in learned]
        self._rates = [learned[id(v)] for v in self._learned]
        self._seeds = _seed_places(self._upper, self._rest)
        self._frozen = [] if self._lower is None else [np.array(v.value) for v in self._lower.variables]
        self._stored = self._store() if self._can_store() else None
        self._arrays = self._on_device()
        self._forward = compiled(self._validate_batch)
        self._run: Callable[..., tuple[Any, Any]] | None = None

    @property
    def parameters(self) -> int:
        """Count the numbers that learn."""
        return sum(int(np.prod(v.shape)) for v in self._learned)

    @property
    def stores(self) -> bool:
        """Tell whether the frozen part ran beforehand, once."""
        return self._stored is not None

    def start(self) -> State:
        """Return the state before the first step, from the weights that the network has."""
        learned = [np.array(ops.convert_to_numpy(v.value)) for v in self._learned]
        rest = [np.array(ops.convert_to_numpy(v.value)) for v in self._rest]
        return {
            "learned": learned,
            "optimizer": start_state(learned, self._settings.optimizer),
            "rest": rest,
        }

    def compile(self, state: State) -> None:
        """Compile the steps, so that the first epoch takes as long as the others."""
        if self._run is None:
            plan = self._plan(1, np.zeros(self.steps, np.float32))
            self._run = compile_steps(self._step, _tensors(state), self._arrays, _tensors(plan))

    def epoch(self, state: State, epoch: int, rates: Floats) -> tuple[State, Floats]:
        """Train over all images once.

        Args:
            state: from `start`, or from the epoch before.
            epoch: counted from 1 over all phases; says with the seed what the images go through.
            rates: the learning rate of each of its `steps`.

        Returns:
            The new state, as NumPy arrays, and the loss of each step.
        """
        self.compile(state)
        if self._run is None:
            raise ValueError("the steps were not compiled")
        state = {**state, "rest": self._reseeded(state["rest"], epoch)}
        found: Any
        found, losses = self._run(_tensors(state), self._arrays, _tensors(self._plan(epoch, rates)))
        new: Any = keras.tree.map_structure(_array, found)
        return new, _array(losses)

    def validate(self, state: State) -> tuple[Floats, float]:
        """Predict the validation images in the network's units, and measure the loss over them.

        Mirror images are looked at too, and averaged, where they were learned from.
        """
        outputs = self._predict(state)
        targets = to_units(self._data.validation_targets, self._data.task)
        return outputs, float(loss(targets, ops.convert_to_tensor(outputs), self._data.task))

    def write(self, state: State) -> None:
        """Put the state's weights into the network."""
        for variables, values in ((self._learned, state["learned"]), (self._rest, state["rest"])):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(np.array(value))

    def _plan(self, epoch: int, rates: Floats) -> dict[str, Any]:
        """Lay out an epoch's steps: which images, what befalls them, how fast to learn."""
        order = draw_order(len(self._data.images), self._batch, self._seed, epoch)
        numbers = draw_numbers(order.size, self._seed, epoch).reshape(*order.shape, -1)
        each = np.outer(rates, self._rates).astype(np.float32)
        return {"rows": order, "numbers": numbers, "rates": each}

    def _reseeded(self, rest: list[Any], epoch: int) -> list[Any]:
        """Give the random generators, dropout's, the seeds of an epoch."""
        rest, drawn = list(rest), np.random.default_rng([self._seed, epoch, 2])
        for place in self._seeds:
            rest[place] = drawn.integers(2**31, size=rest[place].shape).astype(rest[place].dtype)
        return rest

    def _call(self, learned: list[Tensor], rest: list[Tensor], x: Tensor, training: bool) -> tuple[Any, Any]:
        """Run the upper part with given values; returns its outputs and what became of the rest."""
        values = {id(v): value for v, value in zip(self._learned, learned, strict=True)}
        values |= {id(v): value for v, value in zip(self._rest, rest, strict=True)}
        upper: Any = self._upper
        trainable = [values[id(v)] for v in self._trainable]
        fixed = [values[id(v)] for v in self._fixed]
        outputs, after = upper.stateless_call(trainable, fixed, x, training=training)
        found = {id(v): value for v, value in zip(self._fixed, after, strict=True)}
        new = [found.get(id(v), values[id(v)]) for v in self._rest]
        return ops.cast(outputs, "float32"), new

    def _below(self, frozen: list[Tensor], images: Tensor) -> Tensor:
        if self._lower is None:
            return images
        lower: Any = self._lower
        values = {id(v): value for v, value in zip(lower.variables, frozen, strict=True)}
        trainable = [values[id(v)] for v in lower.trainable_variables]
        fixed = [values[id(v)] for v in lower.non_trainable_variables]
        return lower.stateless_call(trainable, fixed, images, training=False)[0]

    def _step(self, state: State, data: dict[str, Any], entry: dict[str, Any]) -> tuple[State, Tensor]:
        x, targets = self._seen(data, entry["rows"], entry["numbers"])

        def objective(learned: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
            outputs, rest = self._call(learned, state["rest"], x, True)
            return loss(to_units(targets, self._data.task), outputs, self._data.task), rest

        (value, rest), gradients = value_and_grad(objective, has_aux=True)(state["learned"])
        # One rate a variable comes with the plan: strategies that differ in nothing else share a compiled program.
        rates = [entry["rates"][i] for i in range(len(self._rates))]
        learned, optimizer = update(
            state["learned"], gradients, state["optimizer"], rates, self._settings.optimizer
        )
        return {"learned": learned, "optimizer": optimizer, "rest": rest}, value

    def _seen(self, data: dict[str, Any], rows: Tensor, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Take a batch: stored outputs of the frozen part, or images that go through the augmentation."""
        augment, task, center = self._settings.augment, self._data.task, self._data.center
        targets = ops.take(data["targets"], rows, axis=0)
        if self._stored is None:
            images = ops.take(data["images"], rows, axis=0)
            images, targets = warp(images, targets, numbers, task, augment, center)
            return self._below(data["frozen"], relight(images, numbers, augment)), targets
        nothing = ops.zeros((self._batch, 1, 1, 1))
        _, targets = warp(nothing, targets, numbers, task, augment, center)
        flags = ops.cast(numbers[:, 0] < 0.5, "int32") if augment.flip else 0
        places = rows + flags * len(self._data.images)
        return keras.tree.map_structure(lambda x: ops.take(x, places, axis=0), data["stored"]), targets

    def _can_store(self) -> bool:
        if self._lower is None or not self._settings.augment.only_flips:
            return False
        outputs: list[Any] = self._lower.outputs
        each = 4 * sum(int(np.prod(output.shape[1:])) for output in outputs)
        count = len(self._data.images) + len(self._data.validation_images)
        return each * count * (1 + self._settings.augment.flip) <= MOST_STORED

    def _store(self) -> dict[str, Any]:
        run = compiled(self._below)
        return {
            "images": self._store_each(run, self._data.images),
            "validation": self._store_each(run, self._data.validation_images),
        }

    def _store_each(self, run: Callable[..., Any], images: Images) -> Any:
        flags = [images, images[:, :, ::-1]] if self._settings.augment.flip else [images]
        found: list[Any] = []
        for some in flags:
            for part, size in _batches(some, self._batch):
                out = run(_tensors(self._frozen), ops.convert_to_tensor(part))
                found.append(keras.tree.map_structure(lambda x, n=size: _array(x)[:n], out))
        return keras.tree.map_structure(lambda *each: np.concatenate(each), *found)

    def _on_device(self) -> dict[str, Any]:
        arrays: dict[str, Any] = {"targets": self._data.targets}
        if self._data.targets.dtype.kind == "i":
            arrays["targets"] = self._data.targets.astype(np.int32)
        if self._stored is None:
            arrays |= {"images": self._data.images, "frozen": self._frozen}
        else:
            arrays["stored"] = self._stored["images"]
        return _tensors(arrays)

    def _validate_batch(self, learned: Any, rest: Any, frozen: Any, x: Any) -> Any:
        x = x if self._stored is not None else self._below(frozen, ops.cast(x, "float32"))
        return self._call(learned, rest, x, False)[0]

    def _predict(self, state: State) -> Floats:
        learned, rest, frozen = (_tensors(x) for x in (state["learned"], state["rest"], self._frozen))
        count, mirror = len(self._data.validation_images), self._settings.augment.flip
        if self._stored is None:
            images = self._data.validation_images
            sources = [images, images[:, :, ::-1]] if mirror else [images]
        else:
            stored = self._stored["validation"]
            sources = [
                keras.tree.map_structure(lambda x, f=flag: x[f * count : (f + 1) * count], stored)
                for flag in range(1 + mirror)
            ]
        found = [
            np.concatenate(
                [
                    _array(self._forward(learned, rest, frozen, _tensors(x)))[:n]
                    for x, n in _batches(s, self._batch)
                ]
            )
            for s in sources
        ]
        if not mirror:
            return found[0]
        one, other = _tensors(found)
        return _array(seen_both_ways(one, other, self._data.task, self._data.center))


def _choose_trained(network: Any, phase: Phase) -> dict[int, float]:
    """Set what learns, and return the rate of each variable that does, by its identity.

    A batch norm that keeps its statistics is frozen for Keras, which has it run in inference mode; its scale and
    offset learn all the same.
    """
    found: dict[int, float] = {}
    for layer in network.layers:
        layer.trainable = True
        if layer.name in phase.rates:
            found |= {id(v): phase.rates[layer.name] for v in layer.trainable_variables}
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = layer.name in phase.rates and not (is_norm and phase.norms == "kept")
    return found


def _seed_places(network: Any, rest: list[Any]) -> list[int]:
    """Find the states of random generators (dropout's) among the variables that do not learn."""
    states = {
        id(generator.state)
        for layer in network.layers
        for generator in getattr(layer, "_seed_generators", [])
    }
    return [place for place, variable in enumerate(rest) if id(variable) in states]


def _mix_precision(network: Any) -> None:
    """Let layers multiply in bfloat16; outputs and weights stay float32."""
    for layer in network.layers:
        if layer.variables and layer.name != "head":
            layer.dtype_policy = keras.DTypePolicy("mixed_bfloat16")


@contextmanager
def plain_afterwards(network: Any) -> Generator[None]:
    """Give a network back as float32 and trainable, whatever a training made of it."""
    policies = {layer.name: layer.dtype_policy for layer in network.layers}
    try:
        yield
    finally:
        for layer in network.layers:
            layer.trainable = True
            layer.dtype_policy = policies[layer.name]


def _batches(x: Any, size: int) -> Iterator[tuple[Any, int]]:
    """Yield batches of one size, the last filled up with its last entry, and how many of each count."""
    count = len(keras.tree.flatten(x)[0])
    size = min(size, count)
    for start in range(0, count, size):
        here = min(size, count - start)
        rows = np.minimum(np.arange(start, start + size), count - 1)
        yield keras.tree.map_structure(lambda a, r=rows: a[r], x), here


def _tensors(structure: Any) -> Any:
    return keras.tree.map_structure(ops.convert_to_tensor, structure)


def _array(x: Any) -> Any:
    return np.array(ops.convert_to_numpy(x))
