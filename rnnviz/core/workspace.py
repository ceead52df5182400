"""The rows in which a layer takes its steps, some at a time, before what is kept is copied out of them.

A fresh page of memory costs more than the sums that go into it, and a row of an array is a Python object that costs
something too. So the steps are taken in a few rows that stay in the cache, and the objects are made only once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rnnviz.core.activations import Array

Steps = Iterable[tuple[Array, ...]]

# Up to LONGEST steps have a row each; of more, so many at a time, and fewer when a row has more than its share of NUMBERS.
LONGEST, MANY, FEW, NUMBERS = 256, 128, 8, 2**15


@dataclass(frozen=True, slots=True)
class Workspace:
    """Rows of slots, each with H numbers, side by side: what goes into one product stands together.

    Attributes:
        rows: (n + 1, len(slots) * H + rest), or with the batch as the last axis. Row t belongs to step t; the states
            that it leads to are written into row t + 1.
        slots: their names, in order.
        units: H.
    """

    rows: Array
    slots: tuple[str, ...]
    units: int

    def of(self, first: str, last: str = "") -> Array:
        """Return a slot in all rows, (n + 1, H), or what stands from one slot to another, (n + 1, k * H)."""
        start, stop = self.slots.index(first), self.slots.index(last or first) + 1
        return self.rows[:, start * self.units : stop * self.units]

    def flat(self, first: str, last: str = "") -> Array:
        """Return the same without an axis for the batch, (n + 1, k * H * B)."""
        part = self.of(first, last)
        return part if part.ndim == 2 else part.reshape(len(part), -1)  # noqa: PLR2004 - no batch

    def stacked(self, first: str, last: str) -> Array:
        """Return the slots from one to another as the rows of a matrix, (n + 1, k, H * B)."""
        part = self.of(first, last)
        return part.reshape(len(part), part.shape[1] // self.units, -1)


def steps_at_once(longest: int, H: int, batch: tuple[int, ...]) -> int:
    """Return for how many steps to make rows, when no more than ``longest`` follow one another."""
    most = min(longest if longest <= LONGEST else MANY, max(FEW, NUMBERS // math.prod((H, *batch))))
    return max(1, most)


def blocks(piece: slice, at_once: int) -> Iterator[slice]:
    """Yield the steps of a piece, so many at a time, the last ones perhaps fewer."""
    for first in range(piece.start, piece.stop, at_once):
        yield slice(first, min(first + at_once, piece.stop))


class Turns:
    """The rows of some arrays side by side, to be gone through once, or many times if there are ``more``."""

    def __init__(self, arrays: Iterable[Array], *, more: bool) -> None:
        rows = zip(*arrays, strict=False)
        self._rows: Steps = list(rows) if more else rows

    def first(self, n: int) -> Steps:
        """Return the first n of them: all, if they are gone through only once."""
        return self._rows[:n] if isinstance(self._rows, list) else self._rows
