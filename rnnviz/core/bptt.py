"""Carry the gradient of the loss back through time, for any cell: all of BPTT is here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Rows
from rnnviz.core.unroll import LayerWeights, Trace

# So many steps at once have their slopes in the cache when they are multiplied with.
BLOCK = 256
# Up to so many units a product with twice as many columns costs less than a sum.
NARROW = 32


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


def backpropagate(weights: LayerWeights, trace: Trace, direct: Array) -> LayerGradients:
    """Return the gradients of one layer, given what reaches its outputs from outside.

    dL/dh_t = direct_t + Uᵀ du_{t+1} (+ what the cell carries elementwise), da_t = pullback(dL/dh_t), and each
    weight's gradient is one product over all steps: dW = Σ_t da_t x_tᵀ, dU = Σ_t du_t h_{t−1}ᵀ. Where a
    sequence is padded h_t = h_{t−1}: dL/dh_t goes on to the step before as it is, and da_t = 0.

    Args:
        weights: the layer.
        trace: what `unroll` returned for it.
        direct: (T + 1, H) or (T + 1, H, B), with row 0 zero: nothing listens to the initial state.
    """
    d_states: Rows = (direct.copy(), *(np.zeros_like(state) for state in trace.states[1:]))
    du = np.empty_like(trace.a)
    da = np.empty_like(du) if weights.cell.separate_recurrent_gradient else du
    with np.errstate(all="ignore"):
        for sequence, length in trace.padded(d_states[0]):
            sequence[length:] = np.cumsum(sequence[length:][::-1], axis=0)[::-1]
        for piece in reversed(trace.window.pieces(len(da))):
            if piece.start == 0:
                _through_one_piece(weights, trace, piece, (d_states, da, du))
                continue
            # What leaves this window reaches the initial state, or nothing: it is cut off.
            kept = [state[piece.start].copy() for state in d_states]
            for state in d_states:
                state[piece.start] = 0
            _through_one_piece(weights, trace, piece, (d_states, da, du))
            for state, row in zip(d_states, kept, strict=True):
                if not trace.window.stateful:
                    state[0] += state[piece.start]
                state[piece.start] = row
        return _sum_over_time(weights, trace, d_states, direct, da, du)


def _through_one_piece(weights: LayerWeights, trace: Trace, piece: slice, arrays: tuple[Rows, Array, Array]) -> None:
    """Run one window backward."""
    (dh, *others), da, du = arrays
    cell, before, start = weights.cell, trace.before, piece.start
    arrivals, du_rows, dh_rows = _arrivals(weights, dh[start : piece.stop + 1], du[piece])
    for stop in range(piece.stop, start, -BLOCK):
        block = slice(max(start, stop - BLOCK), stop)
        within = slice(block.start - start, stop - start)
        slopes = tuple(slope[::-1] for slope in _slopes(cell, trace, block, before))
        d_before = dh_rows[within][::-1], *(state[block][::-1] for state in others)
        d_after = tuple(state[1:][block][::-1] for state in (dh, *others))
        cell.backward(arrivals, slopes, d_after, d_before, du_rows[within][::-1], da[block][::-1])
    next(arrivals)
    if du_rows is not du:
        du[piece] = du_rows


def _arrivals(weights: LayerWeights, dh: Array, du: Array) -> tuple[Iterator[Array], Array, Array]:
    """Prepare n steps of which dL/dh (n + 1, H) is known but for what arrives through U, and complete in its last row.

    Returns an iterator that completes one row at every turn, the last one first; rows for du (n, G, H); and rows
    (n, H) to which anything else that reaches dL/dh before a step is to be added.
    """
    n, G, H, *batch = du.shape
    through_U = np.ascontiguousarray(weights.U.T)
    if H <= NARROW and not batch:
        # A sum less to make at every step: dh = [Uᵀ | 1] · [du | what else reaches h]
        rows = np.empty((n, G + 1, H), du.dtype)
        rows[:, G] = dh[:-1]
        product = np.concatenate([through_U, np.eye(H, dtype=through_U.dtype)], axis=1).dot
        made = map(product, rows.reshape(n, (G + 1) * H)[::-1], dh[-2::-1])
        return chain([dh[-1]], made), rows[:, :G], rows[:, G]
    part, dh_backwards = np.empty(dh.shape[1:], dh.dtype), list(dh[-2::-1])
    parts = map(through_U.dot, du.reshape(n, G * H, *batch)[::-1], repeat(part))
    return chain([dh[-1]], map(np.add, parts, dh_backwards, dh_backwards)), du, dh[:-1]


def _slopes(cell: Cell, trace: Trace, block: slice, before: Rows) -> Rows:
    """Return the local derivatives of some steps: 0 where a sequence is padded."""
    before, after = tuple(state[block] for state in before), tuple(state[1:][block] for state in trace.states)
    slopes = cell.slopes(trace.a[block], trace.u[block], trace.gates[block], before, after)
    for slope in slopes:
        for sequence, length in trace.padded(slope):
            sequence[max(length - block.start, 0) :] = 0
    return slopes


def _sum_over_time(
    weights: LayerWeights, trace: Trace, d_states: Rows, direct: Array, da: Array, du: Array
) -> LayerGradients:
    T, batch = len(da), da.shape[3:]
    da_flat, du_flat = (d.reshape(T, -1, *batch) for d in (da, du))
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
    product: Array = np.dot(d.T, v)
    return product


def sum_over_steps(d: Array) -> Array:
    """Return Σ_t d_t, (M,), for d (T, M), or over the batch too when it is the last axis."""
    total: Array = np.add.reduce(d, (0, 2) if d.ndim == 3 else 0)  # noqa: PLR2004 - (T, M, B)
    return total
