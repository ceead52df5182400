"""How much of the past can be read out of the state."""

from __future__ import annotations

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.unroll import LayerWeights, unroll

_SETTLING = 100
_LEAST_STEPS = 5000
_RIDGE = 1e-10


def memory_capacity(weights: LayerWeights, seed: int = 0, delays: int | None = None) -> Array:
    """Return how well the input of d steps ago can be read out of h, for d = 0…delays (by default 2 H + 50).

    The layer is driven by white noise, uniform from −1 to 1 and independent in every feature. For each d one
    linear readout of h with a bias is fitted by ridge regression to x_{t−d}; the value is r² = 1 − Σ error² /
    Σ deviation² on steps that it was not fitted to, not below 0, summed over the features. All of them added up
    are the layer's memory capacity, in steps; in theory it is at most H. nan throughout when the layer overflows.

    Source: Jaeger 2001, Short term memory in echo state networks; his sum starts at d = 1, this one at 0.
    """
    H, N = weights.U.shape[1], weights.W.shape[1]
    delays = 2 * H + 50 if delays is None else delays
    fitted = max(_LEAST_STEPS, 10 * H)
    first, split = _SETTLING + delays, _SETTLING + delays + fitted
    x = np.random.default_rng(seed).uniform(-1.0, 1.0, (split + fitted // 2, N))
    h = unroll(weights, x).states[0][1:]
    with np.errstate(all="ignore"):
        spread = h[first:split].std(axis=0)
        h = (h - h[first:split].mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
        readable = np.concatenate([h, np.ones((len(h), 1))], axis=1)
        known, unknown = readable[first:split], readable[split:]
        gram = known.T @ known + _RIDGE * fitted * np.eye(H + 1)
    if not np.isfinite(gram).all() or not np.isfinite(unknown).all():
        return np.full(delays + 1, np.nan)
    solver = np.linalg.solve(gram, known.T)
    return np.array(
        [
            _determination(x[split - d : len(x) - d], unknown @ (solver @ x[first - d : split - d]))
            for d in range(delays + 1)
        ]
    )


def _determination(wanted: Array, read: Array) -> float:
    """Return r², not below 0, summed over the features."""
    error, deviation = np.square(wanted - read).sum(axis=0), np.square(wanted - wanted.mean(axis=0)).sum(axis=0)
    return float(np.maximum(1.0 - error / deviation, 0.0).sum())
