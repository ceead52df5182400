"""Initial values for matrices of weights, each drawn from a generator that the caller has seeded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz.core.activations import Array


@dataclass(frozen=True, slots=True)
class Initialiser:
    """A way to fill a matrix.

    Attributes:
        name: the key in scene files.
        title: what menus call it.
        meaning: its definition, in one line.
        draw: ``draw(generator, units, columns)`` returns a new matrix (units, columns).
    """

    name: str
    title: str
    meaning: str
    draw: Callable[[np.random.Generator, int, int], Array]


def _zeros(generator: np.random.Generator, units: int, columns: int) -> Array:  # noqa: ARG001
    return np.zeros((units, columns))


def _identity(generator: np.random.Generator, units: int, columns: int) -> Array:  # noqa: ARG001
    return np.eye(units, columns)


def _orthogonal(generator: np.random.Generator, units: int, columns: int) -> Array:
    square = generator.normal(size=(max(units, columns),) * 2)
    Q, R = np.linalg.qr(square)
    # the signs make the distribution uniform over all orthogonal matrices: Mezzadri 2007, math-ph/0609050
    rotated: Array = Q * np.where(np.diag(R) < 0, -1.0, 1.0)
    return rotated[:units, :columns].copy()


def _glorot(generator: np.random.Generator, units: int, columns: int) -> Array:
    limit = np.sqrt(6.0 / (units + columns))
    return generator.uniform(-limit, limit, (units, columns))


def _he(generator: np.random.Generator, units: int, columns: int) -> Array:
    return generator.normal(0.0, np.sqrt(2.0 / columns), (units, columns))


def _uniform(generator: np.random.Generator, units: int, columns: int) -> Array:
    limit = 1.0 / np.sqrt(units)
    return generator.uniform(-limit, limit, (units, columns))


_ALL = (
    Initialiser("zeros", "Zeros", "every entry 0", _zeros),
    Initialiser("identity", "Identity", "1 on the diagonal, 0 elsewhere (Le, Jaitly and Hinton 2015)", _identity),
    Initialiser("orthogonal", "Orthogonal", "a random rotation: rows of length 1, all |λ| = 1", _orthogonal),
    Initialiser("glorot", "Glorot", "uniform in ±√(6 / (rows + columns)) (Glorot and Bengio 2010)", _glorot),
    Initialiser("he", "He", "normal with deviation √(2 / columns) (He et al. 2015)", _he),
    Initialiser("uniform", "Uniform ±1/√H (PyTorch)", "uniform in ±1/√H, H the number of rows", _uniform),
)

INITIALISERS = {initialiser.name: initialiser for initialiser in _ALL}


def with_spectral_radius(matrix: Array, radius: float, present: float | None = None) -> Array:
    """Return a square matrix scaled so that max |λ| is ``radius``; what it is now is found unless it is ``present``.

    Raises:
        ValueError: all its eigenvalues are zero, or one overflows: no factor does it.
    """
    if present is None:
        with np.errstate(all="ignore"):
            present = float(np.abs(np.linalg.eigvals(matrix)).max())
    # the eigenvalues of a nilpotent matrix come out as rounding errors, not as zeros
    if not np.isfinite(present) or present <= 1e-12 * float(np.abs(matrix).max()):
        raise ValueError("its eigenvalues are all zero, so that no factor changes the spectral radius")
    if abs(radius - present) <= 1e-12 * present:
        return matrix  # it has it, but for rounding
    return matrix * (radius / present)
