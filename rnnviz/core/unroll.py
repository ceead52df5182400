"""Run one layer forward through time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import repeat
from threading import get_ident

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Products, Rows
from rnnviz.core.workspace import SHAPES, DType, Slots, Steps, aligned_matrix, blocks, steps_at_once

# An input of more than so many features for each unit is multiplied with W for all steps at once.
WIDE = 2


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """What one layer multiplies with, all blocks stacked.

    Shapes: W (G*H, N), U (G*H, H), b (G*H,), recurrent_b (G*H,) or None and only for a cell that keeps
    u apart, initial one (H,) for each state, or (H, B) where every sequence has its own.
    """

    cell: Cell
    W: Array
    U: Array
    b: Array
    recurrent_b: Array | None
    initial: Rows


@dataclass(frozen=True, slots=True)
class Window:
    """Process a sequence in pieces of ``length`` steps; the gradient never crosses from one to the next.

    Stateful hands the state on from piece to piece (truncated BPTT); otherwise every piece starts from the
    initial state.
    """

    length: int
    stateful: bool

    def pieces(self, T: int) -> list[slice]:
        """Return the pieces of a sequence of T steps."""
        return [slice(first, min(first + self.length, T)) for first in range(0, T, self.length)]

    def states_before(self, state: Array) -> Array:
        """Return the state that each step started from, (T, H), given the states at all times, (T + 1, H)."""
        if self.stateful or self.length >= len(state) - 1:
            return state[:-1]
        before = state[:-1].copy()
        before[:: self.length] = state[0]
        return before


WHOLE = Window(length=2**62, stateful=True)

Lengths = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything one layer did, time-major, batch last when there are several sequences.

    A sequence shorter than T is padded at its end: there its states are held as they are after its last step, and
    x, a, u and the gates are 0. No window cuts what is held, for no step is taken.

    Attributes:
        x: what was fed in, (T, N).
        a: pre-activations, (T, G, H): of the GRU's n, a_n + r ⊙ u_n.
        u: recurrent parts U h + recurrent_b of the blocks that the cell keeps apart, (T, apart, H).
        gates: activated blocks, (T, G, H).
        states: each state including the initial one, (T + 1, H).
        window: how the sequence was cut.
        lengths: how many steps of each sequence are its own, (B,); None when all T are.
    """

    x: Array
    a: Array
    u: Array
    gates: Array
    states: Rows
    window: Window
    lengths: Lengths | None

    def padded(self, array: Array) -> Iterator[tuple[Array, int]]:
        """Yield each sequence's part of an array (T, …), a view, and its length; nothing when none is padded."""
        if self.lengths is None:
            return
        for b, length in enumerate(self.lengths.tolist()):
            yield (array[..., b] if self.x.ndim == 3 else array), length  # noqa: PLR2004 - (T, N, B)

    @property
    def before(self) -> Rows:
        """The states each step started from, (T, H): at the start of a stateless window the initial ones."""
        return tuple(self.window.states_before(state) for state in self.states)


@np.errstate(all="ignore")
def unroll(weights: LayerWeights, x: Array, window: Window = WHOLE, lengths: Lengths | None = None) -> Trace:
    """Return what the layer does with x (T, N) or (T, N, B).

    h_t = cell(W x_t + b, U h_{t−1} + b_u), from the initial state on. Overflow is left in the numbers as inf
    and nan, without a warning. Lengths (B,), each from 1 to T, say where sequences end and padding begins.
    """
    cell, T, batch = weights.cell, len(x), x.shape[2:]
    G, H = len(cell.blocks), weights.U.shape[1]
    arrays = (x, weights.W, weights.U, weights.b, *weights.initial)
    dtype = np.result_type(*arrays if weights.recurrent_b is None else (*arrays, weights.recurrent_b))
    a, u = np.empty((T, G, H, *batch), dtype), np.empty((T, cell.apart, H, *batch), dtype)
    states = tuple(np.empty((T + 1, H, *batch), dtype) for _ in cell.states)
    gates = states[0][1:, None] if cell.gate_is_state else np.empty_like(a)
    for state, initial in zip(states, weights.initial, strict=True):
        state[0] = initial.reshape(H, *(-1 for _ in batch))
    layer = _Layer(weights, x, dtype)
    for piece in [slice(0, T)] if window.stateful else window.pieces(T):
        for block in blocks(piece, steps_at_once(H, batch)):
            n, start = block.stop - block.start, 0 if block.start == piece.start else block.start
            for state, row in zip(states, layer.rows.states, strict=True):
                row[0] = state[start]
            layer.take(x[block])
            for state, row in zip(states, layer.rows.states, strict=True):
                state[block.start + 1 : block.stop + 1] = row[1 : n + 1]
            cell.read(layer.rows.slots, a[block], u[block], gates[block])
    trace = Trace(x, a, u, gates, states, window, lengths)
    return trace if lengths is None else _hold_after_the_end(trace)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The slots of a cell and behind them room for x and 1; what a step's product takes and where it writes it."""

    slots: Slots
    states: Rows
    x: Array
    factors: list[Array]
    targets: list[Array]
    steps: Steps
    scales: Array
    u: Array
    matrix: Array


@lru_cache(maxsize=SHAPES)
def _rows(thread: int, cell: type[Cell], H: int, N: int, batch: tuple[int, ...], dtype: DType) -> _Rows:  # noqa: ARG001
    GH, width = len(cell.blocks) * H, len(cell.slots) * H
    rows = np.empty((steps_at_once(H, batch) + 1, width + N + 1, *batch), dtype)
    rows[:, -1] = 1
    slots, targets = Slots(rows, cell.slots, H), list(rows[:, :GH])
    return _Rows(
        slots=slots,
        states=tuple(slots.of(name) for name in cell.states),
        x=rows[:, width:-1],
        factors=list(rows[:, width - H :]),
        targets=targets,
        steps=list(zip(*cell.forward_arrays(slots), strict=False)),
        scales=np.repeat(np.array(cell.scales, dtype), H)[:, None],
        u=np.empty_like(targets[0]),
        matrix=aligned_matrix(GH, H + N + 1, dtype),
    )


class _Layer:
    """A layer that takes its steps in rows, with one product for each.

    That product is [U | W | b] with [h | x | 1]. But W x + b is one product for many steps for the blocks that need u
    apart, and for all where most of the time would go into it, as it would for a large vocabulary.
    """

    def __init__(self, weights: LayerWeights, x: Array, dtype: DType) -> None:
        (GH, H), N = weights.U.shape, x.shape[1]
        self.cell, self.is_wide, self.joined = weights.cell, N > WIDE * H, GH - weights.cell.apart * H
        columns = 0 if self.is_wide else N
        self.rows = _rows(get_ident(), type(self.cell), H, columns, x.shape[2:], dtype)
        matrix = self.rows.matrix
        matrix[:, :H] = weights.U
        matrix[:, -1] = 0
        if not self.is_wide:
            matrix[: self.joined, H:-1] = weights.W[: self.joined]
            matrix[: self.joined, -1] = weights.b[: self.joined]
        if weights.recurrent_b is not None:
            matrix[:, -1] += weights.recurrent_b
        if any(scale != 1 for scale in self.cell.scales):
            matrix *= self.rows.scales
        self.product = matrix.dot
        first = 0 if self.is_wide else self.joined
        self.W, self.b = weights.W[first:], weights.b[first:]

    def take(self, x: Array) -> None:
        """Take one step for each x, from the states in the first row on."""
        n, rows = len(x), self.rows
        factors, targets = rows.factors[:n], rows.targets
        if self.is_wide:
            products: Products = map(np.add, map(self.product, factors, repeat(rows.u)), targets, targets)
        else:
            rows.x[:n] = x
            products = map(self.product, factors, targets)
        if len(self.b):
            self._write_input_part(x)
        self.cell.forward(rows.steps, products)

    def _write_input_part(self, x: Array) -> None:
        """Write W x + b: behind the products where u is apart, else to where the product is added."""
        n, rows, scales = len(x), self.rows.slots.rows, self.rows.scales
        GH, part = len(scales), np.matmul(self.W, x) + self.b[:, None] if x.shape[2:] else np.dot(x, self.W.T) + self.b
        if self.is_wide:
            part, joined = part[:, self.joined :], part[:, : self.joined]
            rows[:n, : self.joined] = joined * scales[: self.joined].reshape(-1, *(1 for _ in x.shape[2:]))
            rows[:n, self.joined : GH] = 0
        rows[:n, GH : GH + part.shape[1]] = part


def _hold_after_the_end(trace: Trace) -> Trace:
    """Return the trace with its padded steps as they are to be: no real step ever depended on them."""
    # The gates may be the states themselves, and x belongs to the caller.
    held = replace(trace, x=trace.x.copy(), gates=trace.gates.copy())
    for state in held.states:
        for sequence, length in held.padded(state):
            sequence[length + 1 :] = sequence[length]
    for array in (held.x, held.a, held.u, held.gates):
        for sequence, length in held.padded(array):
            sequence[length:] = 0
    return held
