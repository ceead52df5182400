"""A rectangle of entries of a matrix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

Cell = tuple[int, int]


class Block(NamedTuple):
    """A rectangle of rows and columns, all four numbers included. A vector is seen as one column."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def between(cls, one: Cell, other: Cell) -> Block:
        """Return the smallest block that holds both cells."""
        (top, bottom), (left, right) = sorted((one[0], other[0])), sorted((one[1], other[1]))
        return cls(top, left, bottom, right)

    @classmethod
    def whole(cls, shape: tuple[int, ...]) -> Block:
        """Return all of an array."""
        rows, columns = (*shape, 1)[:2]
        return cls(0, 0, rows - 1, columns - 1)

    @property
    def corner(self) -> Cell:
        """The cell at the top left."""
        return self.top, self.left

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns it has."""
        return self.bottom - self.top + 1, self.right - self.left + 1

    @property
    def slices(self) -> tuple[slice, slice]:
        """What to index an array of all cells with."""
        return slice(self.top, self.bottom + 1), slice(self.left, self.right + 1)

    def cells(self) -> Iterator[Cell]:
        """Yield every cell, row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column

    @property
    def transposed(self) -> Block:
        """The same entries of the transposed matrix."""
        return Block(self.left, self.top, self.right, self.bottom)

    def within(self, other: Block) -> Block | None:
        """Return what two blocks have in common, or None."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        bottom, right = min(self.bottom, other.bottom), min(self.right, other.right)
        return Block(top, left, bottom, right) if top <= bottom and left <= right else None

    def holds(self, cell: Cell) -> bool:
        """Return whether a cell is in it."""
        return self.top <= cell[0] <= self.bottom and self.left <= cell[1] <= self.right
