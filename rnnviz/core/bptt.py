"""Carry the gradient of the loss back through time, for any cell: all of BPTT is here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Rows
from rnnviz.core.unroll import LayerWeights, Trace, set_aside

# So many steps at once have their slopes in the cache when they are multiplied with.
BLOCK = 256


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
            with set_aside(d_states, piece.start):
                for state in d_states:
                    state[piece.start] = 0
                _through_one_piece(weights, trace, piece, (d_states, da, du))
                if not trace.window.stateful:
                    for state in d_states:
                        state[0] += state[piece.start]
        return _sum_over_time(weights, trace, d_states, direct, da, du)


def _through_one_piece(weights: LayerWeights, trace: Trace, piece: slice, arrays: tuple[Rows, Array, Array]) -> None:
    """Run one window backward."""
    d_states, da, du = arrays
    cell, before = weights.cell, trace.before
    product, pullback = np.ascontiguousarray(weights.U.T).dot, cell.pullback
    flat = du.reshape(len(du), -1, *du.shape[3:])
    through_U = np.empty_like(d_states[0][0])
    for stop in range(piece.stop, piece.start, -BLOCK):
        block = slice(max(piece.start, stop - BLOCK), stop)
        slopes = _slopes(cell, trace, block, before)
        d_before, d_after = tuple(state[block] for state in d_states), tuple(state[1:][block] for state in d_states)
        arrays_backwards = (array[::-1] for array in cell.pullback_arrays(slopes, d_after, d_before, du[block]))
        for dh_before, du_t, rows in zip(
            d_before[0][::-1], flat[block][::-1], zip(*arrays_backwards, strict=True), strict=True
        ):
            pullback(rows)
            product(du_t, through_U)
            np.add(dh_before, through_U, dh_before)
        cell.input_gradient(slopes, d_after, du[block], da[block])


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
    total: Array = d.sum(axis=(0, *range(2, d.ndim)))
    return total
