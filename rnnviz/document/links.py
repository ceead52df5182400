"""What depends on what in a network: the direct links of anything that can be pointed at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from rnnviz.core.cells import CELLS
from rnnviz.document.document import READOUT, Document, Place
from rnnviz.document.values import DocumentError

Role = Literal["focus", "source", "effect"]


@dataclass(frozen=True, slots=True)
class Unit:
    """The state of a hidden unit at the state index t; None stands for every unit, and for every t."""

    layer: int
    unit: int | None = None
    t: int | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """A block of a gated unit at step t; None stands for every one."""

    layer: int
    unit: int | None = None
    block: str | None = None
    t: int | None = None


@dataclass(frozen=True, slots=True)
class Weight:
    """An entry of a matrix, seen as the edge from unit or feature ``column`` to unit or output ``row``.

    None stands for every row or column; a vector is one column.
    """

    place: Place
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Matrices:
    """All matrices of a gated layer that multiply the same: ``W_h`` of every block, or ``W_x`` of every block."""

    layer: int
    name: Literal["W_h", "W_x"]

    def holds(self, place: Place) -> bool:
        """Return whether a place is that of one of them."""
        return place.layer == self.layer and place.name.startswith(self.name)


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of the input at step t; None stands for every one."""

    feature: int | None = None
    t: int | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """An output at step t; None stands for every one."""

    output: int | None = None
    t: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Everything that happens in the step to t; at 0 the initial state."""

    t: int


@dataclass(frozen=True, slots=True)
class Eigenvalue:
    """An eigenvalue of a recurrent matrix, numbered from the largest |λ|; None stands for every one."""

    place: Place
    number: int | None = None


Focus = Unit | Gate | Weight | Matrices | Feature | Output | Step | Eigenvalue
"""What can be pointed at, and what can be linked with it."""


class Spot(NamedTuple):
    """Something to light up: what it is to the focus, which one (None: all of them), and when (None: always)."""

    role: Role
    number: int | None
    t: int | None


class Cells(NamedTuple):
    """Entries of a matrix to light up: a whole row has no column, a whole column no row."""

    role: Role
    row: int | None
    column: int | None


@dataclass(frozen=True, slots=True)
class Links:
    """What the focus depends on, and what depends on it, one step away."""

    focus: Focus
    depends_on: frozenset[Focus]
    dependents: frozenset[Focus]

    def role(self, thing: Focus) -> Role | None:
        """Return what a thing is to the focus, None if they are not linked; "every" meets each."""
        if _meet(self.focus, thing):
            return "focus"
        for role, others in self._sides():
            if any(_meet(other, thing) for other in others):
                return role
        return None

    def units(self, layer: int) -> tuple[Spot, ...]:
        """Return the units of a layer to light up, the focus last; a gate counts as its unit."""
        spots = (
            Spot(role, each.unit, each.t)
            for role, each in self._all()
            if isinstance(each, Unit | Gate) and each.layer == layer
        )
        return tuple(dict.fromkeys(spots))

    def gates(self, layer: int, block: str) -> tuple[Spot, ...]:
        """Return the units of a block to light up, the focus last; one without number and t is the block as such.

        What is lit because every gate always is, is left out.
        """
        return tuple(
            Spot(role, each.unit, each.t)
            for role, each in self._all()
            if isinstance(each, Gate)
            and each.layer == layer
            and each.block in (None, block)
            and (each.unit, each.block, each.t) != (None, None, None)
        )

    def heading(self, document: Document, place: Place) -> Role | None:
        """Return how the name of a matrix is lit: as such, or with the gate that it belongs to; None if it is not."""
        whole = {Weight(place)}
        block = gate_of(document, place)
        for role, each in reversed(tuple(self._all())):
            if each in whole and role == "focus":
                return role
            if isinstance(each, Matrices) and each.holds(place):
                return role
            if isinstance(each, Gate) and block is not None and (each.layer, each.block) == (place.layer, block):
                return role
        return None

    def features(self) -> tuple[Spot, ...]:
        """Return the features to light up, the focus last."""
        return tuple(Spot(role, each.feature, each.t) for role, each in self._all() if isinstance(each, Feature))

    def outputs(self) -> tuple[Spot, ...]:
        """Return the outputs to light up, the focus last."""
        return tuple(Spot(role, each.output, each.t) for role, each in self._all() if isinstance(each, Output))

    def cells(self, place: Place) -> tuple[Cells, ...]:
        """Return the entries of a matrix to light up, the focus last."""
        if isinstance(self.focus, Matrices) and self.focus.holds(place):
            return (Cells("focus", None, None),)
        return tuple(
            Cells(role, each.row, each.column)
            for role, each in self._all()
            if isinstance(each, Weight) and each.place == place
        )

    def _sides(self) -> tuple[tuple[Role, frozenset[Focus]], ...]:
        return ("source", self.depends_on), ("effect", self.dependents)

    def _all(self) -> Iterator[tuple[Role, Focus]]:
        for role, things in self._sides():
            for thing in things:
                yield role, thing
        yield "focus", self.focus


def named(spots: tuple[Spot, ...]) -> frozenset[int]:
    """Return which ones are singled out, rather than lit because all are."""
    return frozenset(spot.number for spot in spots if spot.number is not None)


def covers(pattern: Focus, thing: Focus) -> bool:
    """Return whether a thing is one of those that a pattern stands for."""
    if type(pattern) is not type(thing):
        return False
    return all(ours is None or ours == theirs for ours, theirs in zip(_parts(pattern), _parts(thing), strict=True))


def time_of(focus: Focus) -> int | None:
    """Return the state index of what is pointed at; None if it is the same at every one."""
    return None if isinstance(focus, Weight | Matrices | Eigenvalue) else focus.t


def linked(document: Document, focus: Focus, sample: int = 0) -> Links:
    """Return what is linked with something in the document, for a sequence: where it ends is where links end.

    A weight is an edge: it depends on the unit that it comes from, and the unit that it leads to depends on it.
    The sum under a softmax, which ties every output to every other, is no link.
    """
    network = _Network(document, sample)
    return Links(focus, frozenset(network.sources(focus)), frozenset(network.effects(focus)))


def exists(document: Document, focus: Focus) -> bool:
    """Return whether what is pointed at is part of a document."""
    steps = document.timesteps
    match focus:
        case Unit(layer, unit, t):
            found = _has_unit(document, layer, unit) and _within(t, steps + 1)
        case Gate(layer, unit, block, t):
            found = _has_unit(document, layer, unit) and _has_block(document, layer, block) and _is_step(t, steps)
        case Weight() | Matrices():
            found = _has_weights(document, focus)
        case Feature(feature, t):
            found = _within(feature, len(document.input.features)) and _is_step(t, steps)
        case Output(output, t):
            found = _within(output, document.outputs) and _is_step(t, steps)
        case Step(t):
            found = _within(t, steps + 1)
        case Eigenvalue(place, number):
            found = _is_recurrent(document, place) and _has_entry(document, place, number, None)
    return found


def gate_of(document: Document, place: Place) -> str | None:
    """Return the gate that a weight belongs to; None in a plain layer, of the readout and of initial states."""
    if place.layer == READOUT or place.name.endswith("_0"):
        return None
    cell = document.layers[place.layer].cell
    return None if CELLS[cell].gate_is_state else block_of(cell, place.name)


def block_of(cell: str, name: str) -> str:
    """Return which block of a cell a weight belongs to: ``W_xf`` and ``b_f`` to f, ``b_hn`` to n."""
    if name.startswith("b_"):
        return name[2:] if name[2:] in CELLS[cell].blocks else name[3:]
    return name[3:]


class _Network:
    """The rules, for one sequence of a document."""

    def __init__(self, document: Document, sample: int) -> None:
        self._document = document
        sample = min(sample, document.batch - 1)
        self._length = document.input.length(sample)
        self._returns = document.window is not None and not document.window.stateful
        self._borders = document.borders(sample)

    def sources(self, focus: Focus) -> Iterator[Focus]:
        """Yield what it depends on."""
        match focus:
            case Unit(layer, unit, t):
                yield from self._before_unit(layer, unit, t)
            case Gate(_, _, _, t) if self._is_reached(t):
                yield from self._before_gate(focus)
            case Weight() | Matrices():
                yield from self._starts_of(focus)
            case Output(output, t):
                yield from self._before_output(output, t)
            case Eigenvalue(place, _):
                yield Weight(place)
            case Step(t) if self._is_reached(t):
                yield Feature(None, t)
                for layer in range(len(self._document.layers)):
                    yield Unit(layer, None, self._time_before(t))

    def effects(self, focus: Focus) -> Iterator[Focus]:
        """Yield what depends on it."""
        match focus:
            case Unit(layer, unit, t):
                yield from self._after_unit(layer, unit, t)
            case Gate(_, _, _, t) if self._is_reached(t):
                yield from self._after_gate(focus)
            case Weight() | Matrices():
                yield from self._ends_of(focus)
            case Feature(feature, t) if self._is_reached(t):
                yield from self._into_layer(0, feature, t)
            case Step(t) if t <= self._length:
                yield from (Unit(layer, None, t) for layer in range(len(self._document.layers)))
                if self._has_output(t):
                    yield Output(None, t)

    # Towards a unit

    def _before_unit(self, layer: int, unit: int | None, t: int | None) -> Iterator[Focus]:
        cell = CELLS[self._document.layers[layer].cell]
        if not t:
            for state in cell.states:
                yield Weight(Place(layer, f"{state}_0"), unit)
        if self._is_reached(t):
            yield from self._before_step(layer, unit, cell.blocks, t)
            if not cell.gate_is_state:
                yield Gate(layer, unit, None, t)

    def _before_gate(self, gate: Gate) -> Iterator[Focus]:
        yield from self._before_step(gate.layer, gate.unit, self._blocks(gate.layer, gate.block), gate.t)
        cell = CELLS[self._document.layers[gate.layer].cell]
        if cell.reset_block and gate.block == cell.candidate_block:
            yield replace(gate, block=cell.reset_block)

    def _before_step(self, layer: int, unit: int | None, blocks: tuple[str, ...], t: int | None) -> Iterator[Focus]:
        """Yield what some blocks of a unit read in the step to t: rows of weights, and what those multiply."""
        for name in (
            self._names(layer, "W_x", blocks) + self._names(layer, "W_h", blocks) + self._names(layer, "b_", blocks)
        ):
            yield Weight(Place(layer, name), unit)
        yield Unit(layer, None, None if t is None else self._time_before(t))
        yield Feature(None, t) if layer == 0 else Unit(layer - 1, None, t)

    def _before_output(self, output: int | None, t: int | None) -> Iterator[Focus]:
        if not self._has_output(t):
            return
        last = len(self._document.layers) - 1
        if self._document.readout is None:
            yield Unit(last, output, t)
            return
        yield Unit(last, None, t)
        for name in self._document.readout.weights:
            yield Weight(Place(READOUT, name), output)

    def _weights(self, focus: Weight | Matrices) -> Iterator[tuple[Place, int | None, int | None]]:
        """Yield the place, the row and the column of a weight; of matrices, those of each."""
        if isinstance(focus, Weight):
            yield focus.place, focus.row, focus.column
            return
        for name in self._names(focus.layer, focus.name, self._blocks(focus.layer)):
            yield Place(focus.layer, name), None, None

    def _starts_of(self, focus: Weight | Matrices) -> Iterator[Focus]:
        for place, _, column in self._weights(focus):
            yield from self._start_of(place, column)

    def _ends_of(self, focus: Weight | Matrices) -> Iterator[Focus]:
        for place, row, _ in self._weights(focus):
            yield from self._end_of(place, row)

    def _start_of(self, place: Place, column: int | None) -> Iterator[Focus]:
        """Yield what a weight multiplies; nothing, if it is a bias or an initial state."""
        if place.name.startswith("W_x"):
            yield Feature(column) if place.layer == 0 else Unit(place.layer - 1, column)
        elif place.name == "W_hy":
            yield Unit(len(self._document.layers) - 1, column)
        elif place.name.startswith("W_h"):
            yield Unit(place.layer, column)

    # Away from a unit

    def _after_unit(self, layer: int, unit: int | None, t: int | None) -> Iterator[Focus]:
        times = self._times_after(t)
        for time in times:
            yield from self._at(layer, time)
        for name in self._names(layer, "W_h", self._blocks(layer)) if times else ():
            yield Weight(Place(layer, name), None, unit)
        if not self._is_reached(t):
            return
        if layer + 1 < len(self._document.layers):
            yield from self._into_layer(layer + 1, unit, t)
        elif self._has_output(t) and self._document.readout is None:
            yield Output(unit, t)
        elif self._has_output(t):
            yield Output(None, t)
            yield Weight(Place(READOUT, "W_hy"), None, unit)

    def _after_gate(self, gate: Gate) -> Iterator[Focus]:
        yield Unit(gate.layer, gate.unit, gate.t)
        cell = CELLS[self._document.layers[gate.layer].cell]
        if cell.reset_block and gate.block == cell.reset_block:
            yield replace(gate, block=cell.candidate_block)

    def _into_layer(self, layer: int, column: int | None, t: int | None) -> Iterator[Focus]:
        yield from self._at(layer, t)
        for name in self._names(layer, "W_x", self._blocks(layer)):
            yield Weight(Place(layer, name), None, column)

    def _at(self, layer: int, t: int | None) -> Iterator[Focus]:
        """Yield all units of a layer at a step, and their gates."""
        yield Unit(layer, None, t)
        if not CELLS[self._document.layers[layer].cell].gate_is_state:
            yield Gate(layer, None, None, t)

    def _end_of(self, place: Place, row: int | None) -> Iterator[Focus]:
        """Yield what a weight leads to."""
        if place.layer == READOUT:
            yield Output(row)
        elif place.name.endswith("_0"):
            yield Unit(place.layer, row, 0)
        else:
            cell = self._document.layers[place.layer].cell
            yield Unit(place.layer, row)
            if not CELLS[cell].gate_is_state:
                yield Gate(place.layer, row, block_of(cell, place.name))
            if _is_recurrent(self._document, place):
                yield Eigenvalue(place)

    # Time and names

    def _is_reached(self, t: int | None) -> bool:
        """Return whether something is computed in a step: not at 0, and not in the padding."""
        return t is None or 1 <= t <= self._length

    def _time_before(self, t: int) -> int:
        """Return where the state before a step stands: at 0 where a window starts again from the initial state."""
        return 0 if self._returns and t - 1 in self._borders else t - 1

    def _times_after(self, t: int | None) -> list[int | None]:
        """Return the steps that start from a state; the initial state may start several windows."""
        if t is None:
            return [None]
        times: list[int | None] = []
        if t < self._length and self._time_before(t + 1) == t:
            times.append(t + 1)
        if t == 0 and self._returns:
            times += [border + 1 for border in self._borders]
        return times

    def _has_output(self, t: int | None) -> bool:
        if t is None:
            return True
        return t == self._length or (1 <= t < self._length and self._document.layers[-1].return_sequences)

    def _blocks(self, layer: int, block: str | None = None) -> tuple[str, ...]:
        return CELLS[self._document.layers[layer].cell].blocks if block is None else (block,)

    def _names(self, layer: int, start: str, blocks: tuple[str, ...]) -> list[str]:
        cell, names = self._document.layers[layer].cell, self._document.layers[layer].weights
        return [name for name in names if name.startswith(start) and block_of(cell, name) in blocks]


def _meet(one: Focus, other: Focus) -> bool:
    """Return whether there is something that both may stand for."""
    if isinstance(one, Matrices) and isinstance(other, Weight):
        return one.holds(other.place)
    if type(one) is not type(other):
        return False
    return all(a is None or b is None or a == b for a, b in zip(_parts(one), _parts(other), strict=True))


def _parts(thing: Focus) -> tuple[object, ...]:
    """Return the fields of a thing; dataclasses.astuple is thirty times slower, and views ask often."""
    match thing:
        case Unit(a, b, c) | Weight(a, b, c):
            return a, b, c
        case Gate(a, b, block, t):
            return a, b, block, t
        case Feature(a, b) | Output(a, b) | Matrices(a, b):
            return a, b
        case Step(a):
            return (a,)
        case Eigenvalue(a, b):
            return a, b


def _within(index: int | None, size: int) -> bool:
    return index is None or 0 <= index < size


def _is_step(t: int | None, steps: int) -> bool:
    return t is None or 1 <= t <= steps


def _has_unit(document: Document, layer: int, unit: int | None) -> bool:
    return 0 <= layer < len(document.layers) and _within(unit, document.layers[layer].units)


def _has_block(document: Document, layer: int, block: str | None) -> bool:
    cell = CELLS[document.layers[layer].cell]
    return not cell.gate_is_state and (block is None or block in cell.blocks)


def _is_recurrent(document: Document, place: Place) -> bool:
    """Return whether a place is that of a matrix from a layer to itself."""
    if not 0 <= place.layer < len(document.layers) or place.name not in document.layers[place.layer].weights:
        return False
    return place.name.startswith("W_h")


def _has_weights(document: Document, focus: Weight | Matrices) -> bool:
    if isinstance(focus, Weight):
        return _has_entry(document, focus.place, focus.row, focus.column)
    return _has_unit(document, focus.layer, None) and _has_block(document, focus.layer, None)


def _has_entry(document: Document, place: Place, row: int | None, column: int | None) -> bool:
    try:
        shape = document.weight(place).shape
    except DocumentError:
        return False
    return _within(row, shape[0]) and _within(column, (*shape, 1)[1])
