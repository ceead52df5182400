"""One weight moved through a range: what the gradient and a unit would do at every value of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnnviz.core.measures.norms import norms
from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Place
from rnnviz.document.values import Array

MOST_VALUES, FEWEST_VALUES = 61, 9  # odd, so that the middle of a range is among them


@dataclass(frozen=True, slots=True)
class Swept:
    """What to sweep, and what to look at.

    Attributes:
        place, index: the weight, (row, column) in a matrix, (row,) in a vector.
        low, high: the range, its ends included.
        layer, sample, unit: whose states and gradients are looked at.
        count: how many values the weight is given.
    """

    place: Place
    index: tuple[int, ...]
    low: float
    high: float
    layer: int = 0
    sample: int = 0
    unit: int = 0
    count: int = MOST_VALUES

    def values(self) -> Array:
        """Return the values that the weight is given, from low to high, (count,)."""
        return np.linspace(self.low, self.high, self.count)


@dataclass(frozen=True, slots=True)
class SweepRow:
    """What comes of one value of the weight: ‖∂L/∂h_t‖ and the unit's h_t, each (T + 1,), and the loss."""

    value: float
    gradient_norms: Array
    h: Array
    loss: float


def values_within(each_ms: float, all_ms: float) -> int:
    """Return how many values can be tried in a time, an odd number: fewer for a document that takes long."""
    affordable = int(min(all_ms / each_ms, MOST_VALUES))
    return max(affordable - (affordable + 1) % 2, FEWEST_VALUES)


def without_weight(document: Document, place: Place, index: tuple[int, ...]) -> Document:
    """Return the document with 0 for one weight: what a sweep of that weight depends on."""
    return _with_entry(document, place, index, 0.0)


def sweep(document: Document, swept: Swept) -> Iterator[SweepRow]:
    """Yield a row for every value of the weight; nothing else of the document changes.

    Overflow is left in the numbers as inf and nan.
    """
    for value in swept.values().tolist():
        frame = compute(_with_entry(document, swept.place, swept.index, value))
        layer = frame.layers[swept.layer]
        yield SweepRow(
            value=value,
            gradient_norms=norms(layer.state_gradients["h"][swept.sample]),
            h=np.array(layer.states["h"][swept.sample, :, swept.unit]),
            loss=frame.loss,
        )


def _with_entry(document: Document, place: Place, index: tuple[int, ...], value: float) -> Document:
    changed = document.weight(place).copy()
    changed[index] = value
    return document.with_weight(place, changed)
