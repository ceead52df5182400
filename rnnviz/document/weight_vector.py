"""All that a network learns as one vector, and back: what an optimiser works on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.bptt import LayerGradients
from rnnviz.core.cells import CELLS, make_cell
from rnnviz.core.cells._base import Cell, Rows
from rnnviz.core.network import Backward, ReadoutWeights
from rnnviz.core.unroll import LayerWeights
from rnnviz.document.compute import readout_weights
from rnnviz.document.document import READOUT, Document, Place
from rnnviz.document.locks import Mask
from rnnviz.document.values import Array, equal


@dataclass(frozen=True, slots=True)
class _LayerSlots:
    """Where the stacked arrays of a layer lie in the vector: W, U, b and, of some cells, recurrent_b."""

    cell: Cell
    initial: Rows
    slots: tuple[slice, ...]
    units: int
    inputs: int

    def weights(self, vector: Array) -> LayerWeights:
        parts = [vector[slot] for slot in self.slots]
        initial = tuple(state.astype(vector.dtype, copy=False) for state in self.initial)
        return LayerWeights(
            cell=self.cell,
            W=parts[0].reshape(-1, self.inputs),
            U=parts[1].reshape(-1, self.units),
            b=parts[2],
            recurrent_b=parts[3] if len(parts) > 3 else None,  # noqa: PLR2004 - not every cell has the last
            initial=initial,
        )

    def write(self, gradients: LayerGradients, vector: Array) -> None:
        parts = (gradients.W, gradients.U, gradients.b, gradients.recurrent_b)
        for slot, part in zip(self.slots, parts, strict=False):  # not every cell has the last
            vector[slot] = part.ravel()


class WeightVector:
    """Which number of a vector is which weight of a network.

    The arrays of a layer lie in it stacked as the core wants them, so that weights and gradients are views: nothing
    is copied on the way. Initial states are not learned.

    Attributes:
        size: how many numbers it has.
        places: every array of weights, in the order in which they lie.
        starts: where each of them begins, (n,).
        free: which entries training may change, or None where all are free.
    """

    def __init__(self, document: Document) -> None:
        """Lay out the weights of a document."""
        self._document = document
        self._slots: dict[Place, slice] = {}
        self._layers: list[_LayerSlots] = []
        self._readout: tuple[slice, ...] = ()
        self.size = 0
        for number in range(len(document.layers)):
            self._lay_out_layer(number)
        if document.readout is not None:
            places = [Place(READOUT, name) for name in ("W_hy", "b_y")]
            self._readout = tuple(self._slot(document.weight(place).size, place) for place in places)
        self.places = tuple(self._slots)
        self.starts: NDArray[np.intp] = np.array([slot.start for slot in self._slots.values()], np.intp)
        self.free = self._free()
        self._held = np.flatnonzero(~self.free) if self.free is not None else np.empty(0, np.intp)

    def _lay_out_layer(self, number: int) -> None:
        layer = self._document.layers[number]
        kind, units, inputs = CELLS[layer.cell], layer.units, layer.inputs
        slots = []
        for prefix, columns in (("W_x", inputs), ("W_h", units), ("b_", 1)):
            parts = [self._slot(units * columns, Place(number, f"{prefix}{block}")) for block in kind.blocks]
            slots.append(slice(parts[0].start, parts[-1].stop))
        if kind.recurrent_biases:
            parts = []
            for block in kind.blocks:
                is_learned = block in kind.recurrent_biases
                parts.append(self._slot(units, Place(number, f"b_h{block}") if is_learned else None))
            slots.append(slice(parts[0].start, parts[-1].stop))
        cell = make_cell(layer.cell, layer.activation)
        initial = tuple(layer.initial_state[state] for state in cell.states)
        self._layers.append(_LayerSlots(cell, initial, tuple(slots), units, inputs))

    def _slot(self, size: int, place: Place | None) -> slice:
        """Take the next numbers; those without a place are never anything but zero."""
        slot = slice(self.size, self.size + size)
        self.size += size
        if place is not None:
            self._slots[place] = slot
        return slot

    def _free(self) -> Mask | None:
        free = np.zeros(self.size, np.bool_)
        for place, slot in self._slots.items():
            locked = self._document.locked(place)
            free[slot] = True if locked is None else ~locked.ravel()
        return None if free.all() else free

    def of(self, document: Document) -> Array:
        """Return the weights of a document of this layout, (size,), read-only."""
        vector = np.zeros(self.size)
        for place, slot in self._slots.items():
            vector[slot] = document.weight(place).ravel()
        vector.flags.writeable = False
        return vector

    def fits(self, document: Document) -> bool:
        """Return whether a document differs from the one laid out in nothing but weights, input and objective."""
        return equal(_fixed_parts(self._document), _fixed_parts(document))

    @property
    def blocks(self) -> int:
        """How many blocks all layers have together."""
        return sum(len(layer.cell.blocks) for layer in self._layers)

    def columns(self, layer: int, block: str | None = None) -> list[int]:
        """Return which of `places` belong to a layer, or READOUT; with a block, only those of it."""
        return [
            number
            for number, place in enumerate(self.places)
            if place.layer == layer and (block is None or _block_of(place) == block)
        ]

    def slot(self, place: Place) -> slice:
        """Return where an array of weights lies; KeyError if there is none of that place."""
        return self._slots[place]

    def name_of(self, vector: Array) -> str:
        """Return the name of the first array in a vector with a number that is not finite."""
        place = next(place for place, slot in self._slots.items() if not np.isfinite(vector[slot]).all())
        is_named = place.layer == READOUT or len(self._layers) == 1
        return place.name if is_named else f"{place.name} of layer {place.layer + 1}"

    def document(self, vector: Array, document: Document) -> Document:
        """Return a document with these weights: its own arrays where they are the same, bit for bit."""
        changed: dict[int, dict[str, Array]] = {}
        for place, slot in self._slots.items():
            old = document.weight(place)
            values = vector[slot].reshape(old.shape)
            if values.tobytes() != old.tobytes():
                changed.setdefault(place.layer, {})[place.name] = values
        if not changed:
            return document
        readout, layers = document.readout, list(document.layers)
        for number, weights in changed.items():
            if number == READOUT and readout is not None:
                readout = replace(readout, weights={**readout.weights, **weights})
            else:
                layers[number] = replace(layers[number], weights={**layers[number].weights, **weights})
        return replace(document, layers=tuple(layers), readout=readout)

    def parts(self, vector: Array) -> tuple[tuple[LayerWeights, ...], ReadoutWeights]:
        """Return what the core multiplies with, as views of the vector, in its precision."""
        return tuple(layer.weights(vector) for layer in self._layers), self._readout_of(vector)

    def _readout_of(self, vector: Array) -> ReadoutWeights:
        made = readout_weights(self._document)
        if not self._readout:
            return ReadoutWeights(made.activation, made.W.astype(vector.dtype), made.b.astype(vector.dtype))
        matrix, bias = (vector[slot] for slot in self._readout)
        return ReadoutWeights(made.activation, matrix.reshape(made.W.shape), bias)

    def moved(self, weights: Array, to: Array) -> Array:
        """Return other weights, read-only, but with the old ones where they are locked or no weights at all."""
        moved: Array = to if self.free is None else np.where(self.free, to, weights)
        moved.flags.writeable = False
        return moved

    def gradient(self, backward: Backward) -> Array:
        """Return dL/dw of all of it, (size,) in double precision; 0 where locked."""
        vector = np.empty(self.size)
        for layer, gradients in zip(self._layers, backward.layers, strict=True):
            layer.write(gradients, vector)
        for slot, part in zip(self._readout, (backward.readout_W, backward.readout_b), strict=False):
            vector[slot] = part.ravel()
        if self.free is not None:
            vector[self._held] = 0.0
        return vector


def _block_of(place: Place) -> str:
    """Return the block that an array of a layer belongs to: W_xi, W_hi and b_i are those of i; b_hn is one of n."""
    return place.name.removeprefix("W_").removeprefix("b_")[-1]


def _fixed_parts(document: Document) -> tuple[object, ...]:
    """Return what a training leaves alone of a network, and what its weights have to fit."""
    layers = tuple(
        (layer.cell, layer.activation, layer.inputs, layer.return_sequences, layer.initial_state, layer.locks)
        for layer in document.layers
    )
    readout = document.readout
    return (
        layers,
        document.precision,
        None if readout is None else (readout.activation, document.outputs, readout.locks),
    )
