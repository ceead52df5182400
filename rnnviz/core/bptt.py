"""Carry the gradient of the loss back through time, for any cell: all of BPTT is here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Rows
from rnnviz.core.unroll import LayerWeights, Trace


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
    da = np.empty_like(trace.a)
    du = np.empty_like(da) if weights.cell.separate_recurrent_gradient else da
    with np.errstate(all="ignore"):
        after = tuple(state[1:] for state in trace.states)
        slopes = weights.cell.slopes(trace.a, trace.u, trace.gates, trace.before, after)
        for slope in slopes:
            for sequence, length in trace.padded(slope):
                sequence[length:] = 0
        for sequence, length in trace.padded(d_states[0]):
            sequence[length:] = np.cumsum(sequence[length:][::-1], axis=0)[::-1]
        for piece in reversed(trace.window.pieces(len(da))):
            _through_one_piece(weights, piece, trace, (slopes, d_states, da, du))
        return _sum_over_time(weights, trace, d_states, direct, da, du)


def _through_one_piece(
    weights: LayerWeights, piece: slice, trace: Trace, arrays: tuple[Rows, Rows, Array, Array]
) -> None:
    """Run one window backward. What leaves it reaches the initial state, or nothing: it is cut off there."""
    slopes, d_states, da, du = arrays
    leaving = tuple(np.zeros_like(state[0]) for state in d_states)
    d_after = list(zip(*(state[1:][piece] for state in d_states), strict=True))
    d_before = [leaving, *d_after[:-1]]
    du_flat = du.reshape(len(du), -1, *du.shape[3:])
    product, pullback = np.ascontiguousarray(weights.U.T).dot, weights.cell.pullback
    through_U = np.empty_like(leaving[0])
    slope_rows = zip(*(slope[piece][::-1] for slope in slopes), strict=True)
    backwards = (rows[piece][::-1] for rows in (da, du, du_flat))
    for slopes_t, da_t, du_t, flat_t, d_after_t, d_before_t in zip(
        slope_rows, *backwards, reversed(d_after), reversed(d_before), strict=True
    ):
        pullback(slopes_t, d_after_t, da_t, du_t, d_before_t)
        product(flat_t, through_U)
        np.add(d_before_t[0], through_U, out=d_before_t[0])
    if piece.start == 0 or not trace.window.stateful:
        for state, rest in zip(d_states, leaving, strict=True):
            state[0] += rest


def _sum_over_time(
    weights: LayerWeights, trace: Trace, d_states: Rows, direct: Array, da: Array, du: Array
) -> LayerGradients:
    T, batch = len(da), da.shape[3:]
    da_flat, du_flat = (d.reshape(T, -1, *batch) for d in (da, du))
    time_and_batch = [0, *range(2, da_flat.ndim)]
    return LayerGradients(
        states=d_states,
        direct=direct,
        a=da,
        W=np.tensordot(da_flat, trace.x, (time_and_batch, time_and_batch)),
        U=np.tensordot(du_flat, trace.before[0], (time_and_batch, time_and_batch)),
        b=da_flat.sum(tuple(time_and_batch)),
        recurrent_b=du_flat.sum(tuple(time_and_batch)),
        x=np.matmul(weights.W.T, da_flat) if batch else np.dot(da_flat, weights.W),
    )
