"""Where the state would rest if the input stood still."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Rows
from rnnviz.core.measures.jacobians import step_jacobians
from rnnviz.core.measures.norms import spectral_radii
from rnnviz.core.measures.steps import Steps, steps_from
from rnnviz.core.unroll import LayerWeights, Trace

_ITERATIONS = 80
_HALVINGS = 12
_AT_REST = 1e-10  # |F(s) − s| of a fixed point, relative to 1 + |s|
_SLOW = 1e-4  # q of a slow point: a step moves it by at most 0.014
_SAME = 1e-6  # distance below which two fixed points are one, relative to 1 + |s|


@dataclass(frozen=True, slots=True)
class FixedPoint:
    """A state s = F(s) that one step with the frozen input leaves as it is.

    Attributes:
        states: h and, for an LSTM, c; (H,) each.
        radius: |λ_max(J(s))|, the factor per step by which a change of the state grows or decays at last.
    """

    states: Rows
    radius: float

    @property
    def is_stable(self) -> bool:
        """Whether what starts nearby comes back: all λ of J lie inside the unit circle."""
        return self.radius < 1.0


def speeds(weights: LayerWeights, x: Array, points: Array) -> Array:
    """Return q(s) = ½ ‖F(s) − s‖² of n states (n, S*H) under the input x (N,), as (n,): 0 at a fixed point.

    Source: Sussillo and Barak 2013, Opening the black box.
    """
    with np.errstate(all="ignore"):
        return np.asarray(0.5 * np.square(_stepped(weights, x, points)[1]).sum(axis=1))


def starting_points(trace: Trace, count: int = 32, seed: int = 0) -> Array:
    """Return states to search from, (n, S*H): half of them from the trajectory, half drawn from the cube around it.

    The cube reaches at least from −1 to 1. States that overflowed are left out.
    """
    trajectory = np.concatenate(trace.states, axis=1)
    trajectory = trajectory[np.isfinite(trajectory).all(axis=1)]
    chosen = np.unique(np.linspace(0, len(trajectory) - 1, (count + 1) // 2).round().astype(int))
    reach = np.maximum(np.abs(trajectory).max(axis=0), 1.0)
    drawn = np.random.default_rng(seed).uniform(-1.0, 1.0, (count // 2, len(reach))) * reach
    return np.concatenate([trajectory[chosen], drawn])


@dataclass(frozen=True, slots=True)
class Rests:
    """Where a search for rest ended.

    Attributes:
        fixed: the fixed points, stable ones first.
        slow: states that nearly rest, q ≤ 10⁻⁴, at which the search could not go on; each h and, for an LSTM, c.
    """

    fixed: tuple[FixedPoint, ...]
    slow: tuple[Rows, ...]


def fixed_points(weights: LayerWeights, x: Array, starts: Array) -> tuple[FixedPoint, ...]:
    """Return the fixed points for the frozen input x (N,) that are found from the starts (n, S*H), stable ones first.

    Newton's method on F(s) − s = 0, each step halved until q falls. So unstable ones are found too; but none is
    promised to be found, and of a continuum there are as many as starts led there.
    """
    return rests(weights, x, starts).fixed


def rests(weights: LayerWeights, x: Array, starts: Array) -> Rests:
    """Return what `fixed_points` finds, and the slow points where its search got stuck."""
    points = starts[np.isfinite(starts).all(axis=1)]
    for _ in range(_ITERATIONS):
        closer = _newton_step(weights, x, points)
        if np.array_equal(closer, points):
            break
        points = closer
    with np.errstate(all="ignore"):
        _, rest = _stepped(weights, x, points)
        is_fixed = np.abs(rest).max(axis=1) <= _AT_REST * (1.0 + np.abs(points).max(axis=1))
        is_slow = ~is_fixed & (speeds(weights, x, points) <= _SLOW)
    distinct = _distinct(points[is_fixed])
    radii = spectral_radii(step_jacobians(weights, _stepped(weights, x, distinct)[0]))
    states = len(weights.cell.states)
    found = [
        FixedPoint(tuple(np.split(point, states)), float(radius)) for point, radius in zip(distinct, radii, strict=True)
    ]
    slow = tuple(tuple(np.split(point, states)) for point in _distinct(points[is_slow]))
    return Rests(tuple(sorted(found, key=lambda each: each.radius)), slow)


def _stepped(weights: LayerWeights, x: Array, points: Array) -> tuple[Steps, Array]:
    """Return one step from each point, and F(s) − s."""
    steps = steps_from(weights, x, tuple(np.split(points, len(weights.cell.states), axis=1)))
    return steps, np.concatenate(steps.after, axis=1) - points


def _newton_step(weights: LayerWeights, x: Array, points: Array) -> Array:
    """Return the points moved to where q is smaller; those that Newton's direction does not help stay."""
    with np.errstate(all="ignore"):
        steps, rest = _stepped(weights, x, points)
        move = _solved(step_jacobians(weights, steps) - np.eye(points.shape[1]), -rest)
        lowest, moved, waiting = speeds(weights, x, points), points.copy(), np.arange(len(points))
        for fraction in 0.5 ** np.arange(_HALVINGS):
            tried = points[waiting] + fraction * move[waiting]
            better = speeds(weights, x, tried) < lowest[waiting]
            moved[waiting[better]] = tried[better]
            waiting = waiting[~better]
    return moved


def _solved(matrices: Array, right: Array) -> Array:
    """Return the solutions of n systems; the shortest where there are many, 0 where a number is not finite."""
    found, finite = np.zeros_like(right), np.isfinite(matrices).all(axis=(1, 2)) & np.isfinite(right).all(axis=1)
    try:
        found[finite] = np.linalg.solve(matrices[finite], right[finite][..., None])[..., 0]
    except np.linalg.LinAlgError:  # singular: a direction in which nothing moves
        found[finite] = (np.linalg.pinv(matrices[finite]) @ right[finite][..., None])[..., 0]
    return found


def _distinct(points: Array) -> Array:
    kept: list[Array] = []
    for point in points:
        near = _SAME * (1.0 + np.abs(point).max())
        if all(np.abs(point - other).max() > near for other in kept):
            kept.append(point)
    return np.array(kept).reshape(-1, points.shape[1])
