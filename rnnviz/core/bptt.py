"""Carry the gradient of the loss back through time, for any cell: all of BPTT is here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from threading import get_ident

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Products, Rows
from rnnviz.core.unroll import LayerWeights, Trace
from rnnviz.core.workspace import SHAPES, DType, Steps, aligned_matrix, blocks, ones, steps_at_once

# A step's product with so many numbers more in its matrix costs less than one more sum.
FEW = 32 * 32


@dataclass(frozen=True, slots=True)
class LayerGradients:
    """The derivatives of the loss with respect to everything in one layer.

    Attributes:
        states: dL/dstate, the total, (T + 1, H) for each state; row 0 belongs to the initial state.
        direct: the part of dL/dh that does not come through the next step of this layer, (T + 1, H).
        a: dL/da, (T, G, H), with respect to the pre-activations.
        W, U, b, recurrent_b: as the weights; ``recurrent_b`` is (G*H,) even where the layer has none.
        x: dL/dx, (T, N).
    """

    states: Rows
    direct: Array
    a: Array
    W: Array
    U: Array
    b: Array
    recurrent_b: Array
    x: Array


@np.errstate(all="ignore")
def backpropagate(
    weights: LayerWeights, trace: Trace, direct: Array, factors: tuple[Array, Array] | None = None
) -> LayerGradients:
    """Return the gradients of one layer, given what reaches its outputs from outside.

    dL/dh_t = direct_t + Uᵀ du_{t+1} (+ what the cell carries elementwise), da_t = pullback(dL/dh_t), and each
    weight's gradient is one product over all steps: dW = Σ_t da_t x_tᵀ, dU = Σ_t du_t h_{t−1}ᵀ. Where a
    sequence is padded h_t = h_{t−1}: dL/dh_t goes on to the step before as it is, and da_t = 0.

    Args:
        weights: the layer.
        trace: what `unroll` returned for it.
        direct: (T + 1, H) or (T + 1, H, B), with row 0 zero: nothing listens to the initial state.
        factors: d (T, K) or (T, K, B), 0 where padded, and V (K, H), if direct_t = Vᵀ d_t: a few columns more in
            the product of a step cost less than to add what they make.
    """
    cell, T = weights.cell, len(trace.a)
    du = np.empty_like(trace.a)
    da = np.empty_like(du) if cell.apart else du
    d_states = tuple(np.empty_like(state) for state in trace.states)
    for state in d_states:
        state[0] = 0
    reaching = direct if trace.lengths is None else direct.copy()
    for sequence, length in trace.padded(reaching):
        sequence[length:] = np.cumsum(sequence[length:][::-1], axis=0)[::-1]
    steps, before = _Layer(weights, du, reaching[1:], factors), trace.before
    for piece in reversed(trace.window.pieces(T)):
        steps.begin()
        for block in reversed(list(blocks(piece, steps_at_once(weights.U.shape[1], du.shape[3:])))):
            after = slice(block.start + 1, block.stop + 1)
            _write_slopes(cell, trace, block, before, steps.slopes(block.stop - block.start))
            steps.take(block)
            steps.read(du[block], da[block], tuple(state[after] for state in d_states))
        # Nothing arrives at the last step: its total is the direct part, whatever the product made of it.
        d_states[0][piece.stop] = reaching[piece.stop]
        # What leaves this window reaches the initial state, or nothing: it is cut off.
        if piece.start == 0 or not trace.window.stateful:
            for state, leaving in zip(d_states, steps.leaving(), strict=True):
                state[0] += leaving
    return _sum_over_time(weights, trace, d_states, direct, da, du)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows for steps backward, (n, …, H), and the matrix of their product.

    A row holds what a step sends to the one before, elementwise past U and through it, and behind that what else
    reaches h after the step before: dh = [Uᵀ | Vᵀ] · [du | d], or Uᵀ du + d. One more row is for what arrives from
    later steps.
    """

    slopes: Array
    sent: Array
    outside: Array
    d_states: Rows
    steps: Steps
    factors: list[Array]
    summands: list[list[Array]]
    dh: list[Array]
    part: Array
    matrix: Array


@lru_cache(maxsize=SHAPES)
def _rows(
    thread: int,  # noqa: ARG001
    cell: type[Cell],
    shape: tuple[int, ...],
    dtype: DType,
    width: int,
    *,
    is_added: bool,
) -> _Rows:
    """Return rows for states of that shape, (H,) or (H, B), and for so many numbers from outside, or H to be added."""
    H, batch, past, G = shape[0], shape[1:], len(cell.past), len(cell.blocks)
    n, end = steps_at_once(H, batch), (past + G) * H
    rows, slopes = np.empty((n + 1, end + width, *batch), dtype), np.empty((n, cell.slope_blocks, *shape), dtype)
    sent, arriving = rows[:, :end].reshape(n + 1, past + G, *shape), rows[:0:-1]
    d_pulled = np.empty((n, len(cell.pulled), *shape), dtype)
    d_states = tuple(d_pulled[:, cell.pulled.index(state)] for state in cell.states)
    first, last = past * H, end if is_added else end + width
    summands = [list(arriving[:, first - H : first])] if "h" in cell.past else []
    if is_added:
        summands.append(list(arriving[:, end:]))
    return _Rows(
        slopes=slopes,
        sent=sent,
        outside=rows[:, end:],
        d_states=d_states,
        steps=list(zip(*cell.backward_arrays(d_pulled, slopes, sent), strict=True)),
        factors=list(arriving[:, first:last]),
        summands=summands,
        dh=list(d_states[0][::-1]),
        part=np.empty(shape, dtype),
        matrix=aligned_matrix(H, last - first, dtype),
    )


class _Layer:
    """A layer that takes its steps backward in rows, with one product for each; its last step in the last row."""

    def __init__(self, weights: LayerWeights, du: Array, direct: Array, factors: tuple[Array, Array] | None) -> None:
        d, V = factors if factors is not None and factors[1].size <= FEW else (direct, None)
        self.cell, self.U, self.outside = weights.cell, weights.U, d
        self.rows = _rows(get_ident(), type(self.cell), du.shape[2:], du.dtype, d.shape[1], is_added=V is None)
        GH = len(weights.U)
        self.rows.matrix[:, :GH] = weights.U.T
        if V is not None:
            self.rows.matrix[:, GH:] = V.T
        self.product = self.rows.matrix.dot

    def begin(self) -> None:
        """Let nothing arrive from later steps."""
        self.rows.sent[-1] = 0
        self.first = len(self.rows.dh)

    def slopes(self, n: int) -> Array:
        """Return where the local derivatives of the next n steps belong."""
        return self.rows.slopes[len(self.rows.slopes) - n :]

    def take(self, block: slice) -> None:
        """Carry the gradient back through these steps, those before the ones taken last."""
        n, rows = block.stop - block.start, self.rows
        rows.sent[-1] = rows.sent[self.first]
        self.first = len(rows.dh) - n
        rows.outside[self.first + 1 :] = self.outside[block]
        factors, dh = rows.factors[:n], rows.dh
        if rows.summands:
            arrivals: Products = map(self.product, factors, repeat(rows.part))
            for summand in rows.summands:
                arrivals = map(np.add, arrivals, summand, dh)
        else:
            arrivals = map(self.product, factors, dh)
        self.cell.backward(rows.steps, arrivals)

    def read(self, du: Array, da: Array, d_states: Rows) -> None:
        """Copy what these steps made."""
        du[...] = self.rows.sent[self.first : -1, len(self.cell.past) :]
        for state, row in zip(d_states, self.rows.d_states, strict=True):
            state[...] = row[self.first :]
        self.cell.input_gradient(self.rows.slopes[self.first :], d_states[0], du, da)

    def leaving(self) -> Rows:
        """Return what reaches the states before these steps, (H,) each."""
        sent = self.rows.sent[self.first]
        dh: Array = self.U.T.dot(sent[len(self.cell.past) :].reshape(-1, *sent.shape[2:]))
        past = dict(zip(self.cell.past, sent, strict=False))
        if "h" in past:
            dh += past.pop("h")
        return dh, *past.values()


def _write_slopes(cell: Cell, trace: Trace, block: slice, before: Rows, out: Array) -> None:
    """Write the local derivatives of some steps: 0 where a sequence is padded."""
    before, after = tuple(state[block] for state in before), tuple(state[1:][block] for state in trace.states)
    cell.slopes(trace.a[block], trace.u[block], trace.gates[block], before, after, out)
    for sequence, length in trace.padded(out):
        sequence[max(length - block.start, 0) :] = 0


def _sum_over_time(
    weights: LayerWeights, trace: Trace, d_states: Rows, direct: Array, da: Array, du: Array
) -> LayerGradients:
    T, batch = len(da), da.shape[3:]
    da_flat = da.reshape(T, -1, *batch)
    du_flat = da_flat if da is du else du.reshape(T, -1, *batch)
    b = sum_over_steps(da_flat)
    return LayerGradients(
        states=d_states,
        direct=direct,
        a=da,
        W=sum_of_products(da_flat, trace.x),
        U=sum_of_products(du_flat, trace.before[0]),
        b=b,
        recurrent_b=b if da is du else sum_over_steps(du_flat),
        x=np.matmul(weights.W.T, da_flat) if batch else np.dot(da_flat, weights.W),
    )


def sum_of_products(d: Array, v: Array) -> Array:
    """Return Σ_t d_t v_tᵀ, (M, N), for d (T, M) and v (T, N), or over the batch too when it is their last axis."""
    if d.ndim == 3:  # noqa: PLR2004 - (T, M, B)
        return np.tensordot(d, v, ((0, 2), (0, 2)))
    # With the longer side last the product is up to a fifth faster.
    product: Array = np.dot(v.T, d).T if d.shape[1] > v.shape[1] else np.dot(d.T, v)
    return product


def sum_over_steps(d: Array) -> Array:
    """Return Σ_t d_t, (M,), for d (T, M), or over the batch too when it is the last axis."""
    several = d.ndim == 3  # noqa: PLR2004 - (T, M, B)
    total: Array = np.add.reduce(d, (0, 2)) if several else ones(len(d), d.dtype).dot(d)
    return total
