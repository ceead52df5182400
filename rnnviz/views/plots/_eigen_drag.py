"""A drag of an eigenvalue: what it takes hold of, where it may go, and the edit for each place."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.core.activations import Array
from rnnviz.core.eigenbasis import Eigenbasis, ImmovableError, eigenbasis
from rnnviz.document.document import Place
from rnnviz.document.edits import Edit
from rnnviz.document.eigen_edit import move_eigenvalue

MOST_UNITS = 256  # the eigenvectors of more take longer than a press should


@dataclass(frozen=True, slots=True, eq=False)
class EigenDrag:
    """One eigenvalue, or a conjugate pair, in hand. No other drag equals it: it is the merge key of its edits.

    Attributes:
        place: where the matrix is.
        basis: the matrix as the drag began, taken apart: nothing drifts on the way.
        index: which eigenvalue is held.
    """

    place: Place
    basis: Eigenbasis
    index: int

    @classmethod
    def begin(cls, place: Place, matrix: Array, value: complex) -> EigenDrag:
        """Take hold of the eigenvalue of a matrix that is nearest to a value.

        Raises:
            ImmovableError: it cannot be moved, and why.
        """
        if len(matrix) > MOST_UNITS:
            raise ImmovableError(
                f"eigenvalues can be dragged in matrices of up to {MOST_UNITS} units; this one has {len(matrix)}"
            )
        basis = eigenbasis(matrix)
        drag = cls(place, basis, basis.nearest(value))
        basis.moved(drag.index, drag.start + 1.0)  # refused now rather than at the first move
        return drag

    @property
    def start(self) -> complex:
        """Where the eigenvalue was."""
        return complex(self.basis.values[self.index])

    @property
    def is_real(self) -> bool:
        """Whether it moves along the real axis only."""
        return self.basis.is_real(self.index)

    def allowed(self, value: complex, near: float) -> complex:
        """Return where it goes when it is dragged to a value: onto the real axis if that is all it can, or so near."""
        return complex(value.real) if self.is_real or abs(value.imag) < near else value

    def edit(self, value: complex) -> Edit:
        """Return the edit that puts it there."""
        return move_eigenvalue(self.place, self.basis, self.index, value, merge_key=self)

    def words(self, asked: complex, near: float) -> str:
        """Return what has to be said of a drag to a value; empty if it simply goes there."""
        if self.is_real and abs(asked.imag) >= near:
            return "it is real: without a conjugate partner it moves along the real axis only, or W would not stay real"
        if not self.is_real and abs(asked.imag) < near:
            return "the pair is on the real axis: let go, and each of the two can be dragged by itself"
        return ""
