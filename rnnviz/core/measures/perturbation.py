"""What becomes of a small nudge: the same run twice, once with one number moved."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.measures.jacobians import each_input_jacobian, each_step_jacobian
from rnnviz.core.measures.norms import norms
from rnnviz.core.unroll import WHOLE, LayerWeights, Trace, Window, unroll


@dataclass(frozen=True, slots=True)
class Perturbation:
    """Two trajectories of a layer, one of them nudged.

    Attributes:
        size: ε, how far.
        distances: ‖state′_t − state_t‖ over h and, for an LSTM, c, for t = 0…T, (T + 1,). Exactly 0 where the
            nudge cannot be felt.
        moved: the states of the nudged trajectory, h and, for an LSTM, c, each (T + 1, H).
    """

    size: float
    distances: Array
    moved: tuple[Array, ...]

    @property
    def ratios(self) -> Array:
        """How often ε the trajectories are apart, (T + 1,); a product of Jacobians as ε goes to 0."""
        with np.errstate(all="ignore"):
            return self.distances / self.size


def nudged_input(weights: LayerWeights, trace: Trace, k: int, direction: Array, size: float = 1e-6) -> Perturbation:
    """Return what moving x_k, k = 1…T, by ``size`` along ``direction`` (N,) does to the states of the layer."""
    x = np.repeat(trace.x[..., None], 2, axis=-1)
    x[k - 1, :, 1] += size * _unit(direction)
    states = unroll(weights, x, trace.window).states
    with np.errstate(all="ignore"):
        apart = np.concatenate([state[..., 1] - state[..., 0] for state in states], axis=1)
    return Perturbation(size, norms(apart), tuple(state[..., 1] for state in states))


def nudged_state(weights: LayerWeights, trace: Trace, t: int, direction: Array, size: float = 1e-6) -> Perturbation:
    """Return what moving the state at t = 0…T by ``size`` along ``direction`` (S*H,) does to the later states.

    The state is carried across the border of a stateful window, and forgotten at a stateless one; the initial
    state is where all stateless windows begin.
    """
    end, window = _felt_until(trace, t)
    here = tuple(state[t] for state in trace.states)
    nudges = np.split(size * _unit(direction), len(here))
    moved = tuple(state + nudge for state, nudge in zip(here, nudges, strict=True))
    runs = [unroll(replace(weights, initial=start), trace.x[t:end], window).states for start in (here, moved)]
    distances = np.zeros(len(trace.a) + 1)
    with np.errstate(all="ignore"):
        apart = [after - before for before, after in zip(*runs, strict=True)]
    distances[t : end + 1] = norms(np.concatenate(apart, axis=1))
    trajectories = tuple(np.concatenate([a[:t], b, a[end + 1 :]]) for a, b in zip(trace.states, runs[1], strict=True))
    return Perturbation(size, distances, trajectories)


def change_of_state(weights: LayerWeights, trace: Trace, k: int, direction: Array, size: float = 1e-6) -> Array:
    """Return how a move of x_k, k = 1…T, changes the state at k to first order, ∂s_k/∂x_k ε, (S*H,)."""
    (jacobian,) = each_input_jacobian(weights, trace, np.array([k]))
    with np.errstate(all="ignore"):
        return np.asarray(jacobian @ (size * _unit(direction)))


def linear_response(weights: LayerWeights, trace: Trace, t: int, change: Array) -> Array:
    """Return ‖J_k … J_{t+1} change‖, what becomes of a change (S*H,) of the state at t to first order, (T + 1,).

    What `nudged_state` tends to as the nudge becomes small; it stays so while the state is where J was taken.
    """
    T, window = len(trace.a), trace.window
    end, _ = _felt_until(trace, t)
    restarts = {piece.start for piece in window.pieces(T)} if t == 0 and not window.stateful else set()
    changes = np.zeros((T + 1, len(change)))
    changes[t] = change
    with np.errstate(all="ignore"):
        for k, J in enumerate(each_step_jacobian(weights, trace, np.arange(t + 1, end + 1)), start=t + 1):
            changes[k] = J @ (change if k - 1 in restarts else changes[k - 1])
    return norms(changes)


def _felt_until(trace: Trace, t: int) -> tuple[int, Window]:
    """Return the last step that feels the state at t, and how to run from there."""
    T, window = len(trace.a), trace.window
    if t == 0:
        return T, window
    return (T, WHOLE) if window.stateful else (min(-(-t // window.length) * window.length, T), WHOLE)


def _unit(direction: Array) -> Array:
    return np.asarray(direction / np.linalg.norm(direction))
