"""Moving one eigenvalue of a real matrix, or a conjugate pair of them, and leaving all others where they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.activations import Array

MOST_SENSITIVE = 1e6  # how much more than an eigenvalue's move the matrix may have to change
_SMALLEST_ROUNDED = 1e-280  # NumPy cannot round to more decimals


class ImmovableError(ValueError):
    """An eigenvalue cannot be moved, or not to there; the message says why."""


@dataclass(frozen=True, slots=True)
class Eigenbasis:
    """A real matrix W = V diag(λ) V⁻¹, taken apart once so that moving an eigenvalue costs one outer product.

    Attributes:
        matrix: W, (H, H).
        values: λ, (H,), a conjugate pair being two neighbours, exactly conjugate.
        right: V, (H, H): column k is the eigenvector of λ_k.
        left: V⁻¹, (H, H): row k belongs to λ_k.
    """

    matrix: Array
    values: NDArray[np.complex128]
    right: NDArray[np.complex128]
    left: NDArray[np.complex128]

    def nearest(self, value: complex) -> int:
        """Return which eigenvalue is nearest to a value."""
        return int(np.abs(self.values - value).argmin())

    def is_real(self, index: int) -> bool:
        """Return whether an eigenvalue is real, so that it has no partner and can move along the axis only."""
        return bool(self.values[index].imag == 0)

    def slopes(self, row: int, column: int) -> NDArray[np.complex128]:
        """Return ∂λ_k/∂W_{row, column} for every k, (H,): w_k[row] v_k[column], w_k being row k of V⁻¹."""
        slopes: NDArray[np.complex128] = self.left[:, row] * self.right[column]
        return slopes

    def shares(self, unit: int) -> Array:
        """Return how much of every λ a unit holds, (H,): |∂λ_k/∂W_ii|, all units together being 1."""
        parts = np.abs(self.left.T * self.right)
        shares: Array = parts[unit] / parts.sum(axis=0)
        return shares

    def moved(self, index: int, value: complex) -> Array:
        """Return W with λ_index, and its partner if it has one, at another place: every other λ and V stay.

        For a real λ: W + (μ − λ) v wᵀ, with v its column of V and w its row of V⁻¹. For a pair: W + 2 Re((μ − λ) v wᵀ),
        so that W stays real. A pair may come onto the real axis, where it is twice the same number.

        Raises:
            ImmovableError: a real eigenvalue is to leave the axis; or its eigenvector almost coincides with
                another, so that the smallest move would change W beyond measure.
        """
        old = self.values[index]
        if self.is_real(index) and value.imag != 0:
            raise ImmovableError(
                "a real eigenvalue has no conjugate partner, and W is real: it moves along the real axis only"
            )
        v, w = self.right[:, index], self.left[index]
        sensitivity = float(np.linalg.norm(v) * np.linalg.norm(w))
        if not sensitivity < MOST_SENSITIVE:
            raise ImmovableError(
                "its eigenvector almost coincides with that of another eigenvalue (W is nearly defective), "
                "so that it cannot be moved alone; change an entry of W first"
            )
        if value == old:
            return self.matrix
        change = np.outer((value - old) * v, w)
        moved: Array = self.matrix + (change.real if self.is_real(index) else 2 * change.real)
        return _without_noise(moved)


def eigenbasis(matrix: Array) -> Eigenbasis:
    """Return a real square matrix taken apart.

    Raises:
        ImmovableError: it has not enough eigenvectors (it is defective), or an eigenvalue overflows.
    """
    with np.errstate(all="ignore"):
        values, right = np.linalg.eig(matrix)
        try:
            left = np.linalg.inv(right)
        except np.linalg.LinAlgError:
            raise ImmovableError(
                "W is defective: two of its eigenvalues share one eigenvector, so that neither can be moved alone; "
                "change an entry of W first"
            ) from None
    if not (np.isfinite(values).all() and np.isfinite(left).all()):
        raise ImmovableError("the eigenvalues of W overflow; make its entries smaller first")
    return Eigenbasis(matrix, values.astype(np.complex128), right.astype(np.complex128), left.astype(np.complex128))


def _without_noise(matrix: Array) -> Array:
    """Return the matrix without the last digit or so: 0.5 is not to become 0.49999999999999994."""
    largest = float(np.abs(matrix).max())
    if not _SMALLEST_ROUNDED < largest < np.inf:
        return matrix
    return np.asarray(np.round(matrix, 14 - int(np.floor(np.log10(largest)))) + 0.0)
