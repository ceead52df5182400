"""Structures that a matrix can be brought into, each as near to what it was as its definition says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz.core.activations import Array

_EXACT = 1e-12  # relative: what is orthogonal but for rounding stays as it is


@dataclass(frozen=True, slots=True)
class Structure:
    """A property of a matrix, and the way there.

    Attributes:
        name: its key.
        title: what menus call it.
        meaning: its definition, in one line.
        of: ``of(matrix)`` returns a new matrix; ValueError, with the reason, when there is none.
        needs_square: whether only a square matrix can have it.
    """

    name: str
    title: str
    meaning: str
    of: Callable[[Array], Array]
    needs_square: bool = True


def _symmetric(matrix: Array) -> Array:
    return matrix / 2 + matrix.T / 2


def _skew(matrix: Array) -> Array:
    return matrix / 2 - matrix.T / 2


def _diagonal(matrix: Array) -> Array:
    kept: Array = np.where(np.eye(*matrix.shape) > 0, matrix, 0.0)
    return kept


def _orthogonal(matrix: Array) -> Array:
    """Return U Vᵀ of W = U Σ Vᵀ: the polar decomposition's orthogonal factor (Higham 1986)."""
    scale = float(np.abs(matrix).max())
    if scale == 0:
        raise ValueError("its entries are all zero, so that no orthogonal matrix is the nearest")
    unit = matrix / scale
    small = unit if unit.shape[0] <= unit.shape[1] else unit.T
    if np.abs(scale * scale * (small @ small.T) - np.eye(len(small))).max() < _EXACT:
        return matrix
    U, sigma, Vh = np.linalg.svd(unit, full_matrices=False)
    if sigma[-1] <= _EXACT * sigma[0]:
        raise ValueError("it is singular, so that several orthogonal matrices are equally near")
    nearest: Array = U @ Vh
    return nearest


_ALL = (
    Structure("symmetric", "Symmetric", "(W + Wᵀ) / 2: all eigenvalues real", _symmetric),
    Structure("skew", "Skew-symmetric", "(W − Wᵀ) / 2: all eigenvalues imaginary", _skew),
    Structure("orthogonal", "Orthogonal", "the nearest with WᵀW = I: it turns and keeps lengths", _orthogonal, False),
    Structure("diagonal", "Diagonal", "only W_ii: every unit feeds itself alone", _diagonal),
)

STRUCTURES = {structure.name: structure for structure in _ALL}


def rotation(units: int, angle: float) -> Array:
    """Return a matrix (units, units) that turns every pair of units by an angle in radians.

    The last of an odd number of units keeps its value.
    """
    matrix = np.eye(units)
    for first in range(0, units - 1, 2):
        matrix[first : first + 2, first : first + 2] = [
            [np.cos(angle), -np.sin(angle)],
            [np.sin(angle), np.cos(angle)],
        ]
    return matrix
