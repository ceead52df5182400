"""The rows in which a layer takes its steps, some at a time, before what is kept is copied out of them.

A fresh page of memory costs more than the sums that go into it, and every row of an array is a Python object that
costs a fifth of a sum. So the steps are taken in a few rows that stay in the cache, and `unroll` and `bptt` keep them
with their objects for the next run of the same shape, for each thread its own. Nothing that is returned may be part of
them, and nothing may be read from them that the same run did not write.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rnnviz.core.activations import Array

Steps = list[tuple[Array, ...]]
DType = np.dtype[np.float64]

# Rows for so many steps, but fewer when a row has more than its share of NUMBERS; and rows of so many shapes.
STEPS, FEWEST, NUMBERS, SHAPES = 128, 8, 2**13, 8


@dataclass(frozen=True, slots=True)
class Slots:
    """Rows of slots, each with H numbers, side by side: what goes into one product stands together.

    Attributes:
        rows: (n + 1, len(names) * H + rest), or with the batch as the last axis. Row t belongs to step t; the states
            that it leads to are written into row t + 1.
        names: what is in them, in order.
        units: H.
    """

    rows: Array
    names: tuple[str, ...]
    units: int

    def of(self, first: str, last: str = "") -> Array:
        """Return a slot in all rows, (n + 1, H), or what stands from one slot to another, (n + 1, k * H)."""
        start, stop = self.names.index(first), self.names.index(last or first) + 1
        return self.rows[:, start * self.units : stop * self.units]

    def flat(self, first: str, last: str = "") -> Array:
        """Return the same without an axis for the batch, (n + 1, k * H * B)."""
        part = self.of(first, last)
        return part.reshape(len(part), -1)

    def stacked(self, first: str, last: str) -> Array:
        """Return the slots from one to another as the rows of a matrix, (n + 1, k, H * B)."""
        part = self.of(first, last)
        return part.reshape(len(part), part.shape[1] // self.units, -1)


def in_turn(first: Iterable[object], second: Iterable[object]) -> None:
    """Take an item of the first, then one of the second, until the first ends: a loop whose body is one call."""
    deque(zip(first, second, strict=False), maxlen=0)


@lru_cache(maxsize=2 * SHAPES)
def ones(n: int, dtype: DType) -> Array:
    """Return n ones, (n,): where few numbers belong together, a product with ones is a sum in half the time."""
    array = np.ones(n, dtype)
    array.flags.writeable = False
    return array


def aligned_matrix(rows: int, columns: int, dtype: DType) -> Array:
    """Return a matrix of zeros whose product with a vector is as fast as can be.

    Its columns stand together, and it begins at a multiple of 64 bytes: without either a product takes up to a tenth
    longer.
    """
    numbers = 64 // dtype.itemsize
    room = np.zeros(rows * columns + numbers, dtype)
    start = -room.ctypes.data % 64 // dtype.itemsize
    return room[start : start + rows * columns].reshape(columns, rows).T


def steps_at_once(H: int, batch: tuple[int, ...]) -> int:
    """Return for how many steps there are rows."""
    return min(STEPS, max(FEWEST, NUMBERS // math.prod((H, *batch))))


def blocks(piece: slice, at_once: int) -> Iterator[slice]:
    """Yield the steps of a piece, so many at a time, the last ones perhaps fewer."""
    for first in range(piece.start, piece.stop, at_once):
        yield slice(first, min(first + at_once, piece.stop))
