"""Numbers that say what a network does with its gradient, each with its definition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.activations import Array
from rnnviz.core.cells._base import Rows
from rnnviz.core.unroll import LayerWeights


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


def eigenvalues(matrix: Array) -> NDArray[np.complex128]:
    """Return the eigenvalues λ of a square matrix (H, H), the largest |λ| first, both of a conjugate pair."""
    with np.errstate(all="ignore"):  # an eigenvalue beyond float64 is left as inf
        found: NDArray[np.complex128] = np.linalg.eigvals(matrix).astype(np.complex128)
        return found[np.argsort(-np.abs(found), kind="stable")]


def steps_per_turn(eigenvalue: complex) -> float:
    """Return 2π / |arg λ|, the period in steps of what an eigenvalue λ turns; inf for a positive one."""
    angle = abs(float(np.angle(eigenvalue)))
    return 2.0 * np.pi / angle if angle > 0.0 else float("inf")


def frobenius_norm(matrix: Array) -> float:
    """Return ‖W‖_F = √Σ W_ij², an upper bound of σ_max(W) that needs no decomposition."""
    return float(norms(np.ravel(matrix)))


def step_from_plane(weights: LayerWeights, x: Array, before: Rows, units: Array, points: Array) -> Array:
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
        u = weights.U[rows] @ h
        if weights.recurrent_b is not None:
            u += weights.recurrent_b[rows, None]
        a = np.repeat((weights.W[rows] @ x + weights.b[rows])[:, None], B, axis=1)
        if not weights.cell.keeps_u:
            a += u
        held = [np.repeat(state[None, units, None], B, axis=2) for state in before[1:]]
        after = tuple(np.empty_like(points[None]) for _ in before)
        blocks = a.reshape(1, G, -1, B), u.reshape(1, G, -1, B)
        gates = after[0][:, None] if weights.cell.gate_is_state else np.empty_like(blocks[0])
        for only in zip(*weights.cell.step_arrays(*blocks, gates, (points[None], *held), after), strict=True):
            weights.cell.step(only)
    stepped: Array = after[0][0]
    return stepped
