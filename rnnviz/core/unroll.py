"""Run one layer forward through time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Rows


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """What one layer multiplies with, all blocks stacked.

    Shapes: W (G*H, N), U (G*H, H), b (G*H,), recurrent_b (G*H,) or None and only for a cell that keeps
    u, initial one (H,) for each state, or (H, B) where every sequence has its own.
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
        u: recurrent parts U h + recurrent_b, (T, G, H); (0, G, H) of a cell that does not keep them.
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
    G, H = len(cell.blocks), weights.U.shape[1]
    arrays = (x, weights.W, weights.U, weights.b, weights.recurrent_b, *weights.initial)
    dtype = np.result_type(*(array for array in arrays if array is not None))
    with np.errstate(all="ignore"):
        a = _input_part(weights, x, dtype)
    u = np.empty_like(a if cell.keeps_u else a[:0])
    states = tuple(np.empty((T + 1, H, *batch), dtype) for _ in cell.states)
    for state, initial in zip(states, weights.initial, strict=True):
        state[0] = initial.reshape(H, *(-1 for _ in batch))
    gates = states[0][1:, None] if cell.gate_is_state else np.empty((T, G, H, *batch), dtype)
    a, u = a.reshape(T, G, H, *batch), u.reshape(len(u), G, H, *batch)
    with np.errstate(all="ignore"):
        for piece in window.pieces(T):
            blocks = a[piece], u[piece], gates[piece]
            with set_aside(states, piece.start):
                if not window.stateful:
                    for state in states:
                        state[piece.start] = state[0]
                _through_one_piece(weights, blocks, tuple(state[piece.start : piece.stop + 1] for state in states))
    trace = Trace(x, a, u, gates, states, window, lengths)
    return trace if lengths is None else _hold_after_the_end(trace)


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


@contextmanager
def set_aside(states: Rows, t: int) -> Iterator[None]:
    """Keep what the states hold at one time while that row is used for something else."""
    kept = [state[t].copy() for state in states]
    yield
    for state, row in zip(states, kept, strict=True):
        state[t] = row


def _through_one_piece(weights: LayerWeights, blocks: tuple[Array, Array, Array], states: Rows) -> None:
    """Take the steps of one window, given its (n, G, H) and the states before, between and after them."""
    (a, u, _), h_before, cell = blocks, states[0][:-1], weights.cell
    before, after = tuple(state[:-1] for state in states), tuple(state[1:] for state in states)
    rows_of_cell = zip(*cell.step_arrays(*blocks, before, after), strict=True)
    # In this order the product with a vector is a little faster.
    product, step = np.asfortranarray(weights.U).dot, cell.step
    flat = (len(weights.b), *a.shape[3:])
    if cell.keeps_u:
        bias = np.zeros(flat, u.dtype)
        if weights.recurrent_b is not None:
            bias += weights.recurrent_b.reshape(-1, *(1 for _ in a.shape[3:]))
        for h_t, u_t, rows in zip(h_before, u.reshape(-1, *flat), rows_of_cell, strict=True):
            product(h_t, u_t)
            np.add(u_t, bias, u_t)
            step(rows)
    else:
        u_t = np.empty(flat, a.dtype)
        for h_t, a_t, rows in zip(h_before, a.reshape(-1, *flat), rows_of_cell, strict=True):
            product(h_t, u_t)
            np.add(a_t, u_t, a_t)
            step(rows)


def _input_part(weights: LayerWeights, x: Array, dtype: np.dtype[np.float64]) -> Array:
    """Return a = W x + b for all t in one product, (T, G*H)."""
    a: Array
    if x.shape[2:]:
        a = np.matmul(weights.W, x).astype(dtype, copy=False)
        a += weights.b[:, None]
    else:
        a = np.dot(x, weights.W.T).astype(dtype, copy=False)
        a += weights.b
    return a
