"""Run one layer forward through time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Rows

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


def unroll(weights: LayerWeights, x: Array, window: Window = WHOLE, lengths: Lengths | None = None) -> Trace:
    """Return what the layer does with x (T, N) or (T, N, B).

    h_t = cell(W x_t + b, U h_{t−1} + b_u), from the initial state on. Overflow is left in the numbers as inf
    and nan, without a warning. Lengths (B,), each from 1 to T, say where sequences end and padding begins.
    """
    cell, T, batch = weights.cell, len(x), x.shape[2:]
    G, H, apart = len(cell.blocks), weights.U.shape[1], cell.apart
    arrays = (x, weights.W, weights.U, weights.b, *weights.initial)
    dtype = np.result_type(*arrays if weights.recurrent_b is None else (*arrays, weights.recurrent_b))
    # In a row: u of the blocks kept apart, then a of all blocks. The matrix gives the first G of these.
    rows = np.empty((T, apart + G, H, *batch), dtype)
    u, a = rows[:, :apart], rows[:, apart:]
    # What the matrix is multiplied with: h and behind it x and 1, so that one product gives all of a. But x is left
    # out where most of the time would go into it, as it would for a large vocabulary.
    is_wide = x.shape[1] > WIDE * H
    z = np.empty((T + 1, H + 1 if is_wide else H + x.shape[1] + 1, *batch), dtype)
    states = (z[:, :H], *(np.empty((T + 1, H, *batch), dtype) for _ in cell.states[1:]))
    gates = np.empty((0 if cell.gate_is_state else T, G, H, *batch), dtype)
    for state, initial in zip(states, weights.initial, strict=True):
        state[0] = initial.reshape(H, *(-1 for _ in batch))
    z[:, -1] = 1
    with np.errstate(all="ignore"):
        if is_wide:
            u[...] = 0
            _write_input_part(weights, x, a, 0)
        else:
            z[:-1, H:-1] = x
            if apart:
                _write_input_part(weights, x, a, G - apart)
        products = _products(_matrix(weights, z.shape[1], dtype, is_wide), z, rows, adding=is_wide)
        for piece in [slice(0, T)] if window.stateful else window.pieces(T):
            kept = [state[piece.start].copy() for state in states]
            for state in states:
                state[piece.start] = state[0]
            before, after = tuple(state[piece] for state in states), tuple(state[1:][piece] for state in states)
            cell.forward(products, a[piece], u[piece], gates[piece], before, after)
            for state, row in zip(states, kept, strict=True):
                state[piece.start] = row
        for block, scale in cell.scales.items():
            a[:, block] /= scale
    states = (np.ascontiguousarray(states[0]), *states[1:])
    gates = states[0][1:, None] if cell.gate_is_state else gates
    trace = Trace(x, np.ascontiguousarray(a), np.ascontiguousarray(u), gates, states, window, lengths)
    return trace if lengths is None else _hold_after_the_end(trace)


def _matrix(weights: LayerWeights, columns: int, dtype: np.dtype[np.float64], is_wide: bool) -> Array:
    """Return [U | W | b], scaled for the cell: with the blocks kept apart on top and without W and b for these."""
    cell, (GH, H) = weights.cell, weights.U.shape
    top = cell.apart * H
    joined = GH - top
    # In this order the product with a vector is a little faster.
    matrix = np.zeros((GH, columns), dtype, order="F")
    matrix[top:, :H] = weights.U[:joined]
    if not is_wide:
        matrix[top:, H:-1] = weights.W[:joined]
        matrix[top:, -1] = weights.b[:joined]
    if top:
        matrix[:top, :H] = weights.U[joined:]
    if weights.recurrent_b is not None:
        matrix[top:, -1] += weights.recurrent_b[:joined]
        matrix[:top, -1] = weights.recurrent_b[joined:]
    for block, scale in cell.scales.items():
        matrix[top + block * H : top + (block + 1) * H] *= scale
    return matrix


def _products(matrix: Array, z: Array, rows: Array, *, adding: bool) -> Iterator[Array]:
    """Return an iterator that writes the product of one more z_t into its row, or adds it, at every turn."""
    T, blocks, H, *batch = rows.shape
    targets = rows.reshape(T, blocks * H, *batch)[:, : len(matrix)]
    if not adding:
        return map(matrix.dot, z, targets)
    u_t, targets_once = np.empty(targets.shape[1:], rows.dtype), list(targets)
    return map(np.add, map(matrix.dot, z, repeat(u_t)), targets_once, targets_once)


def _write_input_part(weights: LayerWeights, x: Array, a: Array, first: int) -> None:
    """Write W x + b, scaled for the cell, into all of a from one block on: one product for all t."""
    cell, H = weights.cell, weights.U.shape[1]
    W, b, blocks = weights.W[first * H :], weights.b[first * H :], a[:, first:]
    part = np.matmul(W, x) + b[:, None] if x.shape[2:] else np.dot(x, W.T) + b
    blocks[...] = part.reshape(blocks.shape)
    for block, scale in cell.scales.items():
        if block >= first:
            a[:, block] *= scale


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
