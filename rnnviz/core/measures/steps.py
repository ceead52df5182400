"""Single steps of a layer, many at once, and their derivatives: the one file here that asks a cell.

A cell is elementwise: a unit's new state depends on that unit's own pre-activations and states. So one pullback
of ones gives the derivatives of all units, and with the steps in the place of the batch, those of all steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Cell, Rows
from rnnviz.core.unroll import LayerWeights, Trace
from rnnviz.core.workspace import Slots

StepNumbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Steps:
    """What n steps of a layer did, in any order.

    Attributes:
        a, u, gates: as in `Trace`, (n, G, H) and (n, apart, H).
        before, after: the states each step started from and led to, (n, H) each.
    """

    a: Array
    u: Array
    gates: Array
    before: Rows
    after: Rows


@dataclass(frozen=True, slots=True)
class StepDerivatives:
    """How each state after a step depends on what the same unit was given.

    Attributes:
        a, u: ∂state_t/∂a_t and ∂state_t/∂u_t for each of the S states, (n, S, G, H).
        carried: ∂state_t/∂state_{t−1} past U, from each state (third axis) to each (second), (n, S, S, H).
    """

    a: Array
    u: Array
    carried: Array


def steps_of(trace: Trace, steps: StepNumbers | None = None) -> Steps:
    """Return the steps of a run with these numbers, each 1…T; all of them by default."""
    rows: StepNumbers | slice = slice(None) if steps is None else steps - 1
    before, after = trace.before, tuple(state[1:] for state in trace.states)
    return Steps(
        trace.a[rows],
        trace.u[rows],
        trace.gates[rows],
        tuple(state[rows] for state in before),
        tuple(state[rows] for state in after),
    )


def steps_from(weights: LayerWeights, x: Array, before: Rows) -> Steps:
    """Return one step from each of n states, (n, H) each, all with the same input x (N,)."""
    with np.errstate(all="ignore"):
        a, u = weights.W @ x + weights.b, weights.U @ before[0].T
        if weights.recurrent_b is not None:
            u += weights.recurrent_b[:, None]
        held = tuple(np.ascontiguousarray(state.T) for state in before)
        a, u, gates, after = _take(weights.cell, a, u, held)
    return Steps(_batch_first(a), _batch_first(u), _batch_first(gates), before, tuple(map(_batch_first, after)))


def step_from_plane(weights: LayerWeights, x: Array, before: Rows, units: StepNumbers, points: Array) -> Array:
    """Return where one step takes the points of a plane through the state space: h' of P units, (P, B).

    The plane holds every state at ``before`` (one (H,) each) but for h of ``units`` (P,), which is ``points``
    (P, B); x (N,) is the input of the step. For a point that ``before`` itself lies on, this is the step that
    `unroll` takes from there, with the sums of its product in another order.
    """
    G, H, B = len(weights.cell.blocks), weights.U.shape[1], points.shape[1]
    rows = (np.arange(G)[:, None] * H + units).ravel()
    h = np.repeat(before[0][:, None], B, axis=1)
    h[units] = points
    with np.errstate(all="ignore"):
        a, u = weights.W[rows] @ x + weights.b[rows], weights.U[rows] @ h
        if weights.recurrent_b is not None:
            u += weights.recurrent_b[rows, None]
        held = [np.repeat(state[units, None], B, axis=1) for state in before[1:]]
        *_, after = _take(weights.cell, a, u, (points, *held))
    return after[0]


def step_from_span(weights: LayerWeights, x: Array, before: Rows, axes: Array, offsets: Array) -> Array:
    """Return where one step takes h + axes @ offsets, as h' of all units (H, B).

    ``before`` is one (H,) for each state, and all states but h stay there; axes (H, K), offsets (K, B); x (N,) is
    the input of the step.
    """
    B = offsets.shape[1]
    with np.errstate(all="ignore"):
        a, u = weights.W @ x + weights.b, (weights.U @ before[0])[:, None] + (weights.U @ axes) @ offsets
        if weights.recurrent_b is not None:
            u += weights.recurrent_b[:, None]
        held = [np.repeat(state[:, None], B, axis=1) for state in before[1:]]
        *_, after = _take(weights.cell, a, u, (before[0][:, None] + axes @ offsets, *held))
    return after[0]


def _take(cell: Cell, a: Array, u: Array, before: Rows) -> tuple[Array, Array, Array, Rows]:
    """Take one step from n states: a (G*P,), u (G*P, n), before (P, n) each. Returns a, u, gates and the states."""
    G, (P, n) = len(cell.blocks), before[0].shape
    joined = (G - cell.apart) * P
    slots = Slots(np.empty((2, len(cell.slots) * P, n)), cell.slots, P)
    row = slots.rows[0]
    row[: G * P] = u
    row[:joined] += a[:joined, None]
    row[: G * P] *= np.repeat(cell.scales, P)[:, None]
    row[G * P : (G + cell.apart) * P] = a[joined:, None]
    for name, state in zip(cell.states, before, strict=True):
        slots.of(name)[0] = state
    cell.forward(list(zip(*cell.forward_arrays(slots), strict=False)), [row[: G * P]])
    after = tuple(slots.of(name)[1] for name in cell.states)
    a, u = np.empty((1, G, P, n)), np.empty((1, cell.apart, P, n))
    gates = after[0][None, None] if cell.gate_is_state else np.empty_like(a)
    cell.read(slots, a, u, gates)
    return a[0], u[0], gates[0], after


def step_derivatives(cell: Cell, steps: Steps) -> StepDerivatives:
    """Return the derivatives of n steps, unit by unit."""
    n, G, H = steps.a.shape
    S = len(cell.states)
    of_a, of_u, carried = np.empty((n, S, G, H)), np.empty((n, S, G, H)), np.empty((n, S, S, H))
    slopes = _slopes(cell, steps)
    for place in range(S):
        d_after = tuple(np.full((H, n), float(state == place)) for state in range(S))
        da, du, d_before = _pulled_back(cell, slopes, d_after)
        of_a[:, place], of_u[:, place] = _batch_first(da), _batch_first(du)
        for state, reached in enumerate(d_before):
            carried[:, place, state] = reached.T
    return StepDerivatives(of_a, of_u, carried)


def recurrent_gradients(cell: Cell, steps: Steps, d_states: Rows, da: Array) -> Array:
    """Return dL/du of n steps, (n, G, H), from dL/da and from dL/dstate (n, H) as `backpropagate` returns them."""
    if not cell.apart:
        return da
    slopes = _slopes(cell, steps)
    d_h, *others = (np.ascontiguousarray(d_state.T) for d_state in d_states)
    within = (d_h.copy(), *(np.zeros_like(other) for other in others))
    _pulled_back(cell, slopes, within)  # completes the other states with what h alone hands them: take it out again
    arriving = (d_h, *(other - own for other, own in zip(others, within[1:], strict=True)))
    return _batch_first(_pulled_back(cell, slopes, arriving)[1])


def _slopes(cell: Cell, steps: Steps) -> Array:
    """Return what the cell's pullback multiplies with: one step, with the n steps in the place of the batch."""
    n, _, H = steps.a.shape
    slopes = np.empty((n, cell.slope_blocks, H))
    with np.errstate(all="ignore"):
        cell.slopes(steps.a, steps.u, steps.gates, steps.before, steps.after, slopes)
    return np.ascontiguousarray(np.moveaxis(slopes, 0, -1))[None]


def _pulled_back(cell: Cell, slopes: Array, d_after: Rows) -> tuple[Array, Array, Rows]:
    """Return da, du (G, H, n) and d_before (H, n) of n steps at once, for d_after (H, n), which it completes."""
    H, n = d_after[0].shape
    sent = np.zeros((2, len(cell.past) + len(cell.blocks), H, n))
    for place, state in enumerate(d_after[1:]):
        sent[1, place] = state
    d_pulled = np.empty((1, len(cell.pulled), H, n))
    d_total = [d_pulled[0, cell.pulled.index(state)] for state in cell.states]
    d_total[0][...] = d_after[0]
    with np.errstate(all="ignore"):
        cell.backward(list(zip(*cell.backward_arrays(d_pulled, slopes, sent), strict=True)), d_total[:1])
        du = sent[:1, len(cell.past) :]
        da = du.copy()
        cell.input_gradient(slopes, d_after[0][None], du, da)
    for state, total in zip(d_after[1:], d_total[1:], strict=True):
        state[...] = total
    d_before = {"h": np.zeros((H, n))} | dict(zip(cell.past, sent[0], strict=False))
    return da[0], du[0], tuple(d_before.values())


def _batch_first(rows: Array) -> Array:
    return np.ascontiguousarray(np.moveaxis(rows, -1, 0))
