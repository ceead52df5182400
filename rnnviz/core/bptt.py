"""Carry the gradient of the loss back through time, for any cell: all of BPTT is here."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Rows
from rnnviz.core.unroll import LayerWeights, Trace
from rnnviz.core.workspace import Turns, blocks, steps_at_once

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
    cell, T, batch = weights.cell, len(trace.a), trace.a.shape[3:]
    du = np.empty_like(trace.a)
    da = np.empty_like(du) if cell.apart else du
    d_states = tuple(np.empty_like(state) for state in trace.states)
    for state in d_states:
        state[0] = 0
    with np.errstate(all="ignore"):
        reaching = direct if trace.lengths is None else direct.copy()
        for sequence, length in trace.padded(reaching):
            sequence[length:] = np.cumsum(sequence[length:][::-1], axis=0)[::-1]
        at_once = steps_at_once(min(trace.window.length, T), weights.U.shape[1], batch)
        steps, before = _Steps(weights, at_once, du, is_finite=bool(np.isfinite(reaching).all())), trace.before
        for piece in reversed(trace.window.pieces(T)):
            steps.begin()
            for block in reversed(list(blocks(piece, at_once))):
                after = slice(block.start + 1, block.stop + 1)
                _write_slopes(cell, trace, block, before, steps.slopes[at_once - len(reaching[after]) :])
                steps.take(reaching[after])
                steps.read(du[block], da[block], tuple(state[after] for state in d_states))
            # What leaves this window reaches the initial state, or nothing: it is cut off.
            if piece.start == 0 or not trace.window.stateful:
                for state, leaving in zip(d_states, steps.leaving(), strict=True):
                    state[0] += leaving
        return _sum_over_time(weights, trace, d_states, direct, da, du)


class _Steps:
    """The steps of a layer backward, with one product for each; fewer than there are rows for have the last ones.

    In a row of ``sent``: what the states other than h hand to the step before, dL/du, what h hands on past U, and
    what else reaches h after the step before.
    """

    def __init__(self, weights: LayerWeights, at_once: int, du: Array, *, is_finite: bool) -> None:
        cell, (GH, H), (G, *shape), more = weights.cell, weights.U.shape, du.shape[1:], at_once < len(du)
        others = len(cell.states) - 1
        self.cell, self.du = cell, slice(others, others + G)
        self.sent = np.empty((at_once + 1, others + G + cell.passes_h + 1, *shape), du.dtype)
        self.slopes = np.empty((at_once, cell.slope_blocks, *shape), du.dtype)
        self.d_states = tuple(np.empty((at_once, *shape), du.dtype) for _ in cell.states)
        self.steps = Turns(cell.backward_arrays(self.slopes, self.sent, self.d_states[1:]), more=more)
        self.through_U, self.part = np.ascontiguousarray(weights.U.T), np.empty(shape, du.dtype)
        arriving, dh = self.sent[:0:-1], self.d_states[0][::-1]
        # Beside a number that is not finite, the zeros of an identity would make nan.
        if H <= NARROW and len(shape) == 1 and is_finite:
            # A sum less to make at every step: dh = [Uᵀ | 1 | 1] · [du | past U | what else reaches h]
            ones = [np.eye(H, dtype=self.through_U.dtype)] * (1 + cell.passes_h)
            self.product = np.concatenate([self.through_U, *ones], axis=1).dot
            factors, summands = arriving[:, others:].reshape(at_once, -1), []
        else:
            self.product = self.through_U.dot
            factors = arriving[:, self.du].reshape(at_once, GH, *shape[1:])
            summands = [arriving[:, block] for block in range(others + G, self.sent.shape[1])]
        self.factors, self.dh = list(factors) if more else factors, list(dh) if more or summands else dh
        self.summands = [list(summand) if more else summand for summand in summands]

    def begin(self) -> None:
        """Let nothing arrive from later steps."""
        self.sent[-1] = 0
        self.first = len(self.sent) - 1

    def take(self, reaching: Array) -> None:
        """Carry the gradient back through n more steps, given what else reaches h after each of them, (n, H)."""
        n = len(reaching)
        self.sent[-1] = self.sent[self.first]
        self.first = len(self.dh) - n
        self.sent[self.first + 1 :, -1] = reaching
        factors, dh = self.factors[:n], self.dh[:n]
        if not self.summands:
            arrivals = map(self.product, factors, dh)
        else:
            arrivals = map(self.product, factors, repeat(self.part))
            for summand in self.summands:
                arrivals = map(np.add, arrivals, summand, dh)
        self.cell.backward(self.steps.first(n), arrivals)

    def read(self, du: Array, da: Array, d_states: Rows) -> None:
        """Copy what these steps made."""
        du[...] = self.sent[self.first : -1, self.du]
        for state, row in zip(d_states, self.d_states, strict=True):
            state[...] = row[self.first :]
        self.cell.input_gradient(self.slopes[self.first :], d_states[0], du, da)

    def leaving(self) -> Rows:
        """Return what reaches the states before these steps, (H,) each."""
        row, others = self.sent[self.first], self.du.start
        dh: Array = self.through_U.dot(row[self.du].reshape(-1, *row.shape[2:]))
        if self.cell.passes_h:
            dh += row[self.du.stop]
        return dh, *row[:others]


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
