"""What becomes of a small nudge: the same run twice, once with one number moved."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.measures.norms import norms
from rnnviz.core.unroll import WHOLE, LayerWeights, Trace, Window, unroll


@dataclass(frozen=True, slots=True)
class Perturbation:
    """Two trajectories of a layer, one of them nudged.

    Attributes:
        size: ε, how far.
        distances: ‖state′_t − state_t‖ over h and, for an LSTM, c, for t = 0…T, (T + 1,). Exactly 0 where the
            nudge cannot be felt.
    """

    size: float
    distances: Array

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
    return Perturbation(size, norms(apart))


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
    return Perturbation(size, distances)


def _felt_until(trace: Trace, t: int) -> tuple[int, Window]:
    """Return the last step that feels the state at t, and how to run from there."""
    T, window = len(trace.a), trace.window
    if t == 0:
        return T, window
    return (T, WHOLE) if window.stateful else (min(-(-t // window.length) * window.length, T), WHOLE)


def _unit(direction: Array) -> Array:
    return np.asarray(direction / np.linalg.norm(direction))
