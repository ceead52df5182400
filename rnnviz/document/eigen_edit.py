"""The edit that moves an eigenvalue of a matrix."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from rnnviz.core.eigenbasis import Eigenbasis, ImmovableError
from rnnviz.document.changing import with_every_entry
from rnnviz.document.document import Document, Place
from rnnviz.document.edits import Edit
from rnnviz.document.values import DocumentError


def move_eigenvalue(place: Place, basis: Eigenbasis, index: int, value: complex, merge_key: Hashable = None) -> Edit:
    """Replace a square matrix by the one that ``basis`` was taken of with an eigenvalue, or a pair, elsewhere.

    A drag keeps the basis that it began with: nothing drifts, and a pair that has come onto the real axis
    is still a pair.
    """

    def apply(document: Document) -> Document:
        if document.weight(place).shape != basis.matrix.shape:
            raise DocumentError(f"{place.name}: it has another size than the matrix whose eigenvalue is moved")
        try:
            moved = basis.moved(index, value)
        except ImmovableError as error:
            raise DocumentError(f"{place.name}: {error}") from None
        if not np.isfinite(moved).all():
            raise DocumentError(f"{place.name}: the eigenvalue is moved too far; an entry would overflow")
        return with_every_entry(document, place, moved, "have its eigenvalues moved")

    return Edit(f"Move an eigenvalue of {place.name}", apply, merge_key)
