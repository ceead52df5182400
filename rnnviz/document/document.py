"""The document: everything a user edits, as one frozen value that is always consistent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.core.objectives import LOSSES, READOUTS
from rnnviz.document.initialisation import Initialisation
from rnnviz.document.locks import Mask, fitted_locks
from rnnviz.document.scaling import Scaling
from rnnviz.document.values import Array, DocumentError, Value, frozen, frozen_mapping

Steps = Literal["all", "last"] | tuple[int, ...]
READOUT = -1


class Place(NamedTuple):
    """Where a matrix lives: a layer's number, or ``READOUT``, and its name (``W_hh``, ``b_y``, ``h_0`` …)."""

    layer: int
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Layer(Value):
    """A recurrent layer.

    Attributes:
        cell: a key of ``core.cells.CELLS``.
        weights: one array for each name in `weight_shapes`; biases may be left out and are then zero.
        initial_state: ``h`` and, for an LSTM, ``c``; each (units,), zero when left out.
        activation: of the plain RNN; gated cells have fixed ones.
        return_sequences: hand on every step's state, or the last one only.
        locks: what neither edits nor training may change, by the name in a `Place`; it follows its array's shape.
    """

    cell: str
    weights: Mapping[str, Array]
    initial_state: Mapping[str, Array] = field(default_factory=dict)
    activation: str = "tanh"
    return_sequences: bool = True
    locks: Mapping[str, Mask] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.cell not in CELLS:
            raise DocumentError(f"cell: {self.cell!r} is not known; use one of {', '.join(CELLS)}")
        if self.activation not in ACTIVATIONS:
            raise DocumentError(f"activation: {self.activation!r} is not known; use one of {', '.join(ACTIVATIONS)}")
        if self.cell != "rnn" and self.activation != "tanh":
            raise DocumentError(f"activation: an {self.cell} has fixed activations; leave it out")
        cell = CELLS[self.cell]
        weights = frozen_mapping(self.weights, "weights")
        units = len(_matrix(weights, f"W_h{cell.blocks[0]}", ("units", "units")))
        inputs = _matrix(weights, f"W_x{cell.blocks[0]}", ("units", "inputs")).shape[1]
        _complete(self, "weights", weights, weight_shapes(self.cell, units, inputs))
        initial_state = frozen_mapping(self.initial_state, "initial_state")
        _complete(self, "initial_state", initial_state, dict.fromkeys(cell.states, (units,)))
        object.__setattr__(self, "locks", fitted_locks(self.locks, self.arrays()))

    def arrays(self) -> dict[str, Array]:
        """Return every array that can be edited, by the name in a `Place`: the weights, then ``h_0`` and ``c_0``."""
        return {**self.weights, **{f"{state}_0": array for state, array in self.initial_state.items()}}

    @property
    def units(self) -> int:
        """The number of hidden units H."""
        return len(self.initial_state["h"])

    @property
    def inputs(self) -> int:
        """The number of features that feed the layer."""
        return int(self.weights[f"W_x{CELLS[self.cell].blocks[0]}"].shape[1])


def weight_shapes(cell: str, units: int, inputs: int) -> dict[str, tuple[int, ...]]:
    """Return the name and shape of every weight: a matrix is (units, inputs), row i feeds unit i."""
    kind = CELLS[cell]
    shapes: dict[str, tuple[int, ...]] = {f"W_x{block}": (units, inputs) for block in kind.blocks}
    shapes |= {f"W_h{block}": (units, units) for block in kind.blocks}
    shapes |= {f"b_{block}": (units,) for block in kind.blocks}
    return shapes | {f"b_h{block}": (units,) for block in kind.recurrent_biases}


def _matrix(arrays: Mapping[str, Array], name: str, sizes: tuple[str, str]) -> Array:
    """Return an array that has to be there and to be a matrix."""
    matrix = arrays.get(name)
    if matrix is None or matrix.ndim != len(sizes) or matrix.size == 0:
        found = "nothing" if matrix is None else f"shape {matrix.shape}"
        raise DocumentError(f"weights.{name}: expected a matrix ({', '.join(sizes)}), got {found}")
    return matrix


def _complete(owner: object, what: str, arrays: Mapping[str, Array], shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Check arrays against shapes, fill in the vectors that were left out, and store them in that order."""
    for name in arrays:
        if name not in shapes:
            raise DocumentError(f"{what}.{name}: no such entry here; expected {', '.join(shapes)}")
    complete = {}
    for name, shape in shapes.items():
        if name not in arrays and len(shape) > 1:
            raise DocumentError(f"{what}.{name}: missing; expected a matrix of shape {shape}")
        complete[name] = arrays[name] if name in arrays else frozen(np.zeros(shape), name)
        if complete[name].shape != shape:
            raise DocumentError(f"{what}.{name}: expected shape {shape}, got {complete[name].shape}")
    object.__setattr__(owner, what, MappingProxyType(complete))


@dataclass(frozen=True, slots=True, eq=False)
class Readout(Value):
    """y_t = activation(W_hy h_t + b_y), with W_hy (outputs, units) and b_y (outputs,); ``locks`` as in `Layer`."""

    activation: str
    weights: Mapping[str, Array]
    locks: Mapping[str, Mask] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.activation not in READOUTS:
            raise DocumentError(
                f"readout.activation: {self.activation!r} is not known; use one of {', '.join(READOUTS)}"
            )
        try:
            weights = frozen_mapping(self.weights, "weights")
            matrix = _matrix(weights, "W_hy", ("outputs", "units"))
            _complete(self, "weights", weights, {"W_hy": matrix.shape, "b_y": (len(matrix),)})
        except DocumentError as error:
            raise DocumentError(f"readout.{error}") from None
        object.__setattr__(self, "locks", fitted_locks(self.locks, self.weights))


@dataclass(frozen=True, slots=True, eq=False)
class Input(Value):
    """The sequences that are fed in.

    Attributes:
        features: a name for each feature.
        values: (batch, timesteps, features).
        text: what the sequence spells, when it is one-hot text; with its ``vocabulary``.
        encoding: whether the symbols of the text are characters or words.
        lengths: how many steps of each sequence are real; the rest is padding. None when all fill the array.
        scaling: how the values were normalised, or None if they are raw.
    """

    features: tuple[str, ...]
    values: Array
    text: str | None = None
    vocabulary: tuple[str, ...] | None = None
    encoding: Literal["char", "word"] | None = None
    lengths: tuple[int, ...] | None = None
    scaling: Scaling | None = None

    def __post_init__(self) -> None:
        values = frozen(self.values, "input.values", ndim=3)
        object.__setattr__(self, "values", values)
        if 0 in values.shape:
            raise DocumentError(
                f"input.values: shape {values.shape} is empty; give at least one sequence, step and feature"
            )
        if len(self.features) != values.shape[2]:
            raise DocumentError(
                f"input.features: {len(self.features)} names for {values.shape[2]} features in input.values"
            )
        text_keys = (self.text, self.vocabulary, self.encoding)
        if any(key is not None for key in text_keys) and any(key is None for key in text_keys):
            raise DocumentError("input: text, vocabulary and encoding belong together; give all or none")
        if self.vocabulary is not None and len(self.vocabulary) != values.shape[2]:
            raise DocumentError(
                f"input.vocabulary: {len(self.vocabulary)} symbols for {values.shape[2]} features in input.values"
            )
        if self.encoding not in (None, "char", "word"):
            raise DocumentError(f"input.encoding: {self.encoding!r} is not known; use char or word")
        if self.lengths is not None:
            self._check_lengths(self.lengths)
        if self.scaling is not None and {len(self.scaling.offsets), len(self.scaling.scales)} != {values.shape[2]}:
            raise DocumentError(
                f"input.scaling: expected an offset and a scale for each of the {values.shape[2]} features"
            )

    def _check_lengths(self, lengths: tuple[int, ...]) -> None:
        batch, timesteps = self.values.shape[:2]
        if len(lengths) != batch:
            raise DocumentError(f"input.lengths: {len(lengths)} lengths for {batch} sequences in input.values")
        for number, length in enumerate(lengths):
            if not 1 <= length <= timesteps:
                raise DocumentError(
                    f"input.lengths[{number}]: {length} is not between 1 and {timesteps}, the timesteps"
                )
        if all(length == timesteps for length in lengths):
            object.__setattr__(self, "lengths", None)  # one way only to say that there is no padding

    def length(self, sample: int) -> int:
        """Return how many steps of a sequence are real."""
        return int(self.values.shape[1]) if self.lengths is None else self.lengths[sample]


@dataclass(frozen=True, slots=True, eq=False)
class Objective(Value):
    """Which number the gradient is of.

    Attributes:
        loss: a key of ``core.objectives.LOSSES``.
        steps: which steps count: all, the last, or a list of t (1-based).
        reduction: over the steps that count; over the batch it is always the mean.
        targets: (batch, timesteps, outputs); class indices (batch, timesteps) for cross entropy; or None.
    """

    loss: str = "sum"
    steps: Steps = "all"
    reduction: Literal["sum", "mean"] = "sum"
    targets: Array | None = None

    def __post_init__(self) -> None:
        if self.loss not in LOSSES:
            raise DocumentError(f"objective.loss: {self.loss!r} is not known; use one of {', '.join(LOSSES)}")
        if self.reduction not in ("sum", "mean"):
            raise DocumentError(f"objective.reduction: {self.reduction!r} is not known; use sum or mean")
        if isinstance(self.steps, str) and self.steps not in ("all", "last"):
            raise DocumentError(f"objective.steps: {self.steps!r} is not known; use all, last, or a list of steps")
        if self.targets is not None:
            ndim = 2 if LOSSES[self.loss].integer_targets else 3
            object.__setattr__(self, "targets", frozen(self.targets, "objective.targets", ndim))
        elif LOSSES[self.loss].needs_targets:
            raise DocumentError(f"objective.targets: {self.loss} compares with targets; give them, or use sum")


@dataclass(frozen=True, slots=True, eq=False)
class Window(Value):
    """Process the sequence in windows of ``length`` steps; the gradient stops at each border."""

    length: int
    stateful: bool

    def __post_init__(self) -> None:
        if self.length < 1:
            raise DocumentError(f"window.length: {self.length} is too short; use at least 1 step")


@dataclass(frozen=True, slots=True, eq=False)
class Document(Value):
    """All that a user edits. Whatever exists is consistent: making an impossible one raises DocumentError.

    Attributes:
        precision: of the computation; ``float32`` halves the memory of very long sequences.
        initialisation: how weights are drawn that nobody has set.
    """

    layers: tuple[Layer, ...]
    readout: Readout | None
    input: Input
    objective: Objective
    window: Window | None = None
    title: str = "Untitled"
    notes: str = ""
    precision: Literal["float64", "float32"] = "float64"
    initialisation: Initialisation = field(default_factory=Initialisation)

    def __post_init__(self) -> None:
        width, source = self.input.values.shape[2], f"the input has {self.input.values.shape[2]} features"
        if not self.layers:
            raise DocumentError("layers: a network needs at least one recurrent layer")
        for number, layer in enumerate(self.layers):
            if layer.inputs != width:
                raise DocumentError(
                    f"layers[{number}].weights: the input matrices have {layer.inputs} columns, but {source}"
                )
            width, source = layer.units, f"layers[{number}] has {layer.units} units"
            if number + 1 < len(self.layers) and not layer.return_sequences:
                raise DocumentError(
                    f"layers[{number}].return_sequences is false: it hands on the last state only, "
                    f"(batch, units) = ({self.batch}, {layer.units}), but layers[{number + 1}] is recurrent "
                    "and reads (batch, timesteps, features) = "
                    f"({self.batch}, {self.timesteps}, {layer.units}); set return_sequences to true"
                )
        if self.readout is not None and self.readout.weights["W_hy"].shape[1] != width:
            raise DocumentError(f"readout.weights.W_hy: {self.readout.weights['W_hy'].shape[1]} columns, but {source}")
        if isinstance(self.objective.steps, tuple):
            self._check_steps(self.objective.steps)
        self._check_loss()
        if self.precision not in ("float64", "float32"):
            raise DocumentError(f"precision: {self.precision!r} is not known; use float64 or float32")

    def _check_steps(self, steps: tuple[int, ...]) -> None:
        outside = [t for t in steps if not 1 <= t <= self.timesteps]
        if outside or not steps:
            found = f"step {outside[0]} does not exist" if outside else "no step is chosen"
            raise DocumentError(f"objective.steps: {found}; choose from 1 to {self.timesteps}")
        if len(set(steps)) < len(steps):
            raise DocumentError("objective.steps: a step is listed twice; list each once")
        for number, length in enumerate(map(self.input.length, range(self.batch)), start=1):
            if not any(t <= length for t in steps):
                raise DocumentError(
                    f"objective.steps: sequence {number} ends at step {length}, before the first of the chosen "
                    'steps; choose an earlier one too, or use "last"'
                )
        if not self.layers[-1].return_sequences and steps != (self.timesteps,):
            raise DocumentError(
                "objective.steps: the last layer has return_sequences false, so there is an output only "
                f'at step {self.timesteps}; use "last"'
            )

    def _check_loss(self) -> None:
        loss = LOSSES[self.objective.loss]
        activation = "linear" if self.readout is None else self.readout.activation
        if loss.readout is not None and activation != loss.readout:
            raise DocumentError(
                f"objective.loss: {loss.name} needs a {loss.readout} readout, but the readout is {activation}"
            )
        targets = self.objective.targets
        if targets is None:
            return
        shape = (self.batch, self.timesteps) + (() if loss.integer_targets else (self.outputs,))
        if targets.shape != shape:
            raise DocumentError(f"objective.targets: expected shape {shape}, got {targets.shape}")
        if loss.integer_targets and not (
            np.equal(targets, np.floor(targets)).all() and targets.min() >= 0 and targets.max() < self.outputs
        ):
            raise DocumentError(f"objective.targets: expected whole numbers from 0 to {self.outputs - 1}")

    @property
    def batch(self) -> int:
        """The number of sequences B."""
        return int(self.input.values.shape[0])

    @property
    def timesteps(self) -> int:
        """The number of steps T."""
        return int(self.input.values.shape[1])

    @property
    def outputs(self) -> int:
        """The number of outputs K: the readout's, or the last layer's units without one."""
        return self.layers[-1].units if self.readout is None else len(self.readout.weights["b_y"])

    def counted_steps(self, sample: int) -> tuple[int, ...]:
        """Return the steps t (1-based) of a sequence whose loss counts; none of its padding."""
        length = self.input.length(sample)
        if self.objective.steps == "last" or not self.layers[-1].return_sequences:
            return (length,)
        if self.objective.steps == "all":
            return tuple(range(1, length + 1))
        return tuple(t for t in self.objective.steps if t <= length)

    def borders(self, sample: int) -> range:
        """Return the steps t of a sequence behind which one window ends and the next begins; none without windows."""
        if self.window is None:
            return range(0)
        return range(self.window.length, self.input.length(sample), self.window.length)

    def restarts(self, sample: int) -> range:
        """Return those of a sequence's `borders` behind which the state starts again from the initial one."""
        return range(0) if self.window is None or self.window.stateful else self.borders(sample)

    def places(self) -> Iterator[Place]:
        """Yield every array of weights: layer by layer, then the readout."""
        for number, layer in enumerate(self.layers):
            for name in layer.weights:
                yield Place(number, name)
        if self.readout is not None:
            for name in self.readout.weights:
                yield Place(READOUT, name)

    def weight(self, place: Place) -> Array:
        """Return the array at a place; ``h_0`` and ``c_0`` are a layer's initial states.

        Raises:
            DocumentError: there is none; who asks may have seen another network.
        """
        if place.layer == READOUT:
            found = None if self.readout is None else self.readout.weights.get(place.name)
        elif place.layer < len(self.layers):
            layer, is_state = self.layers[place.layer], place.name.endswith("_0")
            found = layer.initial_state.get(place.name[0]) if is_state else layer.weights.get(place.name)
        else:
            found = None
        if found is None:
            where = "the readout" if place.layer == READOUT else f"layer {place.layer + 1}"
            raise DocumentError(f"{place.name}: {where} of this network has no such weights; look at it again")
        return found

    @property
    def locks(self) -> Mapping[Place, Mask]:
        """Where something is locked, and which entries (true): the places that are absent are free."""
        found = {
            Place(number, name): mask for number, layer in enumerate(self.layers) for name, mask in layer.locks.items()
        }
        if self.readout is not None:
            found |= {Place(READOUT, name): mask for name, mask in self.readout.locks.items()}
        return MappingProxyType(found)

    def locked(self, place: Place) -> Mask | None:
        """Return which entries of an array are locked; None where all are free, or where there is no such place."""
        if place.layer == READOUT:
            return None if self.readout is None else self.readout.locks.get(place.name)
        return self.layers[place.layer].locks.get(place.name) if place.layer < len(self.layers) else None

    def with_locks(self, place: Place, mask: Mask) -> Document:
        """Return the document with these entries of an array locked (true), and all its others free.

        Raises:
            DocumentError: there is no such place, or the mask has another shape than the array.
        """
        shape = self.weight(place).shape
        if mask.shape != shape:
            raise DocumentError(f"locks.{place.name}: expected shape {shape}, got {mask.shape}")
        if place.layer == READOUT and self.readout is not None:
            return replace(self, readout=replace(self.readout, locks={**self.readout.locks, place.name: mask}))
        layer = self.layers[place.layer]
        return self._with_layer(place.layer, replace(layer, locks={**layer.locks, place.name: mask}))

    def with_weight(self, place: Place, values: object) -> Document:
        """Return the document with another array at a place, whatever is locked; edits go through `changing`.

        Raises:
            DocumentError: there is no such place, the shape differs, or an entry is not a finite number.
        """
        array, shape = frozen(values, place.name), self.weight(place).shape
        if array.shape != shape:
            raise DocumentError(f"{place.name}: expected shape {shape}, got {array.shape}")
        if place.layer == READOUT and self.readout is not None:
            weights = {**self.readout.weights, place.name: array}
            return replace(self, readout=replace(self.readout, weights=weights))
        layer = self.layers[place.layer]
        if place.name.endswith("_0"):
            layer = replace(layer, initial_state={**layer.initial_state, place.name[0]: array})
        else:
            layer = replace(layer, weights={**layer.weights, place.name: array})
        return self._with_layer(place.layer, layer)

    def _with_layer(self, number: int, layer: Layer) -> Document:
        return replace(self, layers=(*self.layers[:number], layer, *self.layers[number + 1 :]))
