"""The directions in which a trajectory reaches furthest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.activations import Array

_MOST_STATES = 256  # that the directions are taken of; the decomposition of more takes longer than a frame may


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Orthogonal directions through the mean of a trajectory.

    Attributes:
        mean: (H,).
        axes: one unit vector of (H,) for each column, (H, K); its largest entry is positive.
        shares: the part of the variance along each, (K,); 0 where nothing moves.
    """

    mean: Array
    axes: Array
    shares: Array

    def project(self, states: Array) -> Array:
        """Return where states (n, H) are along the axes, (n, K)."""
        with np.errstate(all="ignore"):
            return np.asarray((states - self.mean) @ self.axes)


def principal_components(states: Array, count: int = 2) -> Components:
    """Return the first principal components of states (n, H), H ≥ count; states that overflowed are left out.

    Of a long trajectory evenly spread states are taken.
    """
    known = states[np.isfinite(states).all(axis=1)]
    chosen = np.unique(np.linspace(0, len(known) - 1, min(_MOST_STATES, len(known))).round().astype(int))
    taken = known[chosen] if len(known) else np.zeros((1, states.shape[1]))
    size = np.abs(taken).max() or 1.0  # so that no square overflows, or vanishes
    taken = taken / size
    mean = taken.mean(axis=0)
    _, lengths, directions = np.linalg.svd(taken - mean, full_matrices=False)
    axes = np.eye(states.shape[1])[:, :count]  # what is left over if fewer states than components are known
    found = min(count, len(directions))
    axes[:, :found] = directions[:found].T
    axes = np.linalg.qr(axes)[0]
    axes *= np.where(axes[np.abs(axes).argmax(axis=0), np.arange(count)] < 0, -1.0, 1.0)
    shares = np.zeros(count)
    variance = np.square(lengths).sum()
    if variance > 0:
        shares[:found] = np.square(lengths[:found]) / variance
    return Components(mean * size, axes, shares)
