"""Numbers that say what a network does with its gradient, each with its definition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.activations import Array


def norms(vectors: Array) -> Array:
    """Return the Euclidean norm over the last axis, safe against under- and overflow of the squares."""
    largest = np.abs(vectors).max(axis=-1, keepdims=True)
    unit = np.where(np.isfinite(largest) & (largest > 0), largest, 1.0)
    with np.errstate(all="ignore"):  # a norm beyond float64, or of inf and nan, is left as inf and nan
        return np.asarray(np.linalg.norm(vectors / unit, axis=-1) * unit[..., 0])


def spectral_radius(matrix: Array) -> float:
    """Return ρ(W) = max |λ| over the complex eigenvalues λ of a square matrix."""
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def largest_singular_value(matrix: Array) -> float:
    """Return σ_max(W), the most a vector can grow in one product."""
    return float(np.linalg.svd(matrix, compute_uv=False)[0])


def step_jacobian(slope: Array, U: Array) -> Array:
    """Return J_t = ∂h_t/∂h_{t−1} = diag(φ′(a_t)) W_hh of a plain RNN, (H, H)."""
    return np.asarray(slope[:, None] * U)


@dataclass(frozen=True, slots=True)
class GradientReach:
    """How much of the gradient at the last step is left at the initial state.

    Attributes:
        ratio: ‖∂L/∂h_0‖ / ‖∂L/∂h_T‖; nan when nothing reaches h_T or a number overflowed.
        verdict: "vanishing" (ratio < 0.01), "exploding" (ratio > 100), "kept" between, or why there is none.
    """

    ratio: float
    verdict: str


VANISHING, EXPLODING = 1e-2, 1e2


def gradient_reach(gradient_norms: Array) -> GradientReach:
    """Judge ‖∂L/∂h_t‖ for t = 0…T by the ratio of its first to its last value, never by the weights."""
    first, last = float(gradient_norms[0]), float(gradient_norms[-1])
    if not np.isfinite(gradient_norms).all():
        return GradientReach(float("nan"), "overflow")
    if last == 0.0:
        return GradientReach(float("nan"), "no gradient at the last step")
    ratio = first / last
    if ratio < VANISHING:
        return GradientReach(ratio, "vanishing")
    return GradientReach(ratio, "exploding" if ratio > EXPLODING else "kept")
