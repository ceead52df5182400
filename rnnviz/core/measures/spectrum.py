"""The eigenvalues of the recurrent matrix, and what they say by themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.activations import Array
from rnnviz.core.measures.norms import largest_singular_value, spectral_radii
from rnnviz.core.unroll import LayerWeights

Eigenvalues = NDArray[np.complex128]


def recurrent_matrices(weights: LayerWeights) -> Array:
    """Return the recurrent matrix of each block, (G, H, H), in the order of the cell's blocks."""
    H = weights.U.shape[1]
    return weights.U.reshape(-1, H, H)


def spectral_radius(matrix: Array) -> float:
    """Return ρ(W) = max |λ| over the complex eigenvalues λ of a square matrix; nan if an entry is not finite."""
    return float(spectral_radii(matrix[None])[0])


def eigenvalues(matrix: Array) -> Eigenvalues:
    """Return the eigenvalues λ of a square matrix (H, H), the largest |λ| first, both of a conjugate pair."""
    with np.errstate(all="ignore"):  # an eigenvalue beyond float64 is left as inf
        found: Eigenvalues = np.linalg.eigvals(matrix).astype(np.complex128)
        return found[np.argsort(-np.abs(found), kind="stable")]


@dataclass(frozen=True, slots=True, eq=False)
class Spectra:
    """The eigenvalues of a recurrent matrix, with its σ_max, and of a Jacobian; each None where there is none."""

    matrix: Eigenvalues | None
    sigma: float
    jacobian: Eigenvalues | None


def spectra(matrix: Array | None, jacobian: Array | None) -> Spectra:
    """Take matrices apart, those that are given; nan throughout where an entry is not finite."""
    sigma = float("nan") if matrix is None else largest_singular_value(matrix)
    return Spectra(None if matrix is None else _found(matrix), sigma, None if jacobian is None else _found(jacobian))


def _found(matrix: Array) -> Eigenvalues:
    if not np.isfinite(matrix).all():
        return np.full(len(matrix), np.nan, np.complex128)
    return eigenvalues(matrix)


def steps_per_turn(eigenvalue: complex) -> float:
    """Return 2π / |arg λ|, the period in steps of what an eigenvalue λ turns; inf for a positive one."""
    angle = abs(float(np.angle(eigenvalue)))
    return 2.0 * np.pi / angle if angle > 0.0 else float("inf")


def geometric_line(radius: float, T: int) -> Array:
    """Return ρ^(T − t) for t = 0…T, (T + 1,): how a gradient of length 1 at T would go back if each J had norm ρ."""
    with np.errstate(all="ignore"):
        return np.asarray(np.float64(radius) ** np.arange(T, -1, -1))


def memory_half_life(radius: float) -> float:
    """Return ln ½ / ln ρ, the steps after which a linear layer has forgotten half; inf for ρ ≥ 1, 0 for ρ = 0."""
    if radius <= 0.0 or np.isnan(radius):
        return 0.0 if radius == 0.0 else float("nan")
    return float(np.log(0.5) / np.log(radius)) if radius < 1.0 else float("inf")
