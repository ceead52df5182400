"""Lengths of vectors and matrices."""

from __future__ import annotations

import numpy as np

from rnnviz.core.activations import Array

_SAFE = (1e-280, 1e280)  # squares between these have lost nothing


def norms(vectors: Array) -> Array:
    """Return the Euclidean norm over the last axis, safe against under- and overflow of the squares."""
    vectors = np.asarray(vectors, np.float64)  # squares of single precision leave its range soon
    with np.errstate(all="ignore"):
        squares = np.asarray(np.einsum("...i,...i->...", vectors, vectors))
        found = np.sqrt(squares)
    extreme = ~((squares > _SAFE[0]) & (squares < _SAFE[1]))
    if extreme.any():
        found = np.asarray(found)
        found[extreme] = _scaled_norms(vectors[extreme])
    return np.asarray(found)


def _scaled_norms(vectors: Array) -> Array:
    largest = np.abs(vectors).max(axis=-1, keepdims=True)
    unit = np.where(np.isfinite(largest) & (largest > 0), largest, 1.0)
    with np.errstate(all="ignore"):  # a norm beyond float64, or of inf and nan, is left as inf and nan
        return np.asarray(np.linalg.norm(vectors / unit, axis=-1) * unit[..., 0])


def frobenius_norm(matrix: Array) -> float:
    """Return ‖W‖_F = √Σ W_ij², an upper bound of σ_max(W) that needs no decomposition."""
    return float(norms(np.ravel(matrix)))


def largest_singular_value(matrix: Array) -> float:
    """Return σ_max(W), the most a vector can grow in one product; nan when an entry is not finite."""
    return float(largest_singular_values(matrix[None])[0])


def largest_singular_values(matrices: Array) -> Array:
    """Return σ_max of each of n matrices (n, P, Q), as (n,); nan where an entry is not finite."""
    found = np.full(len(matrices), np.nan)
    finite = np.isfinite(matrices).all(axis=(1, 2))
    if finite.any():
        scaled, scale = _scaled(matrices[finite])
        with np.errstate(all="ignore"):
            found[finite] = np.linalg.svd(scaled, compute_uv=False)[:, 0] * scale
    return found


def spectral_radii(matrices: Array) -> Array:
    """Return ρ = max |λ| of each of n square matrices (n, P, P), as (n,); nan where an entry is not finite."""
    found = np.full(len(matrices), np.nan)
    finite = np.isfinite(matrices).all(axis=(1, 2))
    if finite.any():
        scaled, scale = _scaled(matrices[finite])
        with np.errstate(all="ignore"):
            found[finite] = np.abs(np.linalg.eigvals(scaled)).max(axis=1) * scale
    return found


def _scaled(matrices: Array) -> tuple[Array, Array]:
    """Return matrices with entries of about 1, and the powers of two they were divided by: exact."""
    _, exponents = np.frexp(np.abs(matrices).max(axis=(1, 2)))
    exponents = np.clip(exponents, -1021, 1023)
    return np.ldexp(matrices, -exponents[:, None, None]), np.ldexp(1.0, exponents)
