"""Finding entries of a matrix by their value: the largest, the second largest, and so on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnnviz.document.block import Cell
from rnnviz.document.values import Array


@dataclass(frozen=True, slots=True)
class Order:
    """A way to rank entries.

    Attributes:
        title: what the first one is, as the menu says it.
        key: of an array of values, numbers to sort by, the first one lowest.
    """

    title: str
    key: Callable[[Array], Array]


ORDERS = {
    "largest": Order("Largest", np.negative),
    "smallest": Order("Smallest", np.positive),
    "largest_size": Order("Largest |w|", lambda values: -np.abs(values)),
    "nearest_zero": Order("Nearest to zero", np.abs),
}


class Search:
    """Walks through the ranks of an order, over the values as they are at each step."""

    def __init__(self) -> None:
        self._order: str | None = None
        self._rank = 0

    @property
    def next_title(self) -> str:
        """What the next step would find; empty before the first."""
        return "" if self._order is None else f"{ORDERS[self._order].title}, number {self._rank + 2}"

    def first(self, order: str, values: Array) -> tuple[Cell, str]:
        """Return the first entry of an order (row, column), and what it is in words."""
        self._order, self._rank = order, 0
        return self._found(values)

    def next(self, values: Array) -> tuple[Cell, str]:
        """Return the entry of the next rank, after the last the first again; of the largest if none was looked for."""
        if self._order is None:
            return self.first("largest", values)
        self._rank = (self._rank + 1) % values.size
        return self._found(values)

    def _found(self, values: Array) -> tuple[Cell, str]:
        assert self._order is not None
        order = np.argsort(ORDERS[self._order].key(values).ravel(), kind="stable")
        row, column = divmod(int(order[self._rank]), values.shape[1])
        return (row, column), f"{ORDERS[self._order].title}, {self._rank + 1} of {values.size}"
