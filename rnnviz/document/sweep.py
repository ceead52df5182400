"""One weight moved through a range: what the gradient and a unit would do at every value of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnnviz.core.measures.norms import norms
from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Place
from rnnviz.document.values import Array

VALUES = 61  # odd, so that the middle of a range is among them


@dataclass(frozen=True, slots=True)
class Swept:
    """What to sweep, and what to look at.

    Attributes:
        place, index: the weight, (row, column) in a matrix, (row,) in a vector.
        low, high: the range, its ends included.
        layer, sample, unit: whose states and gradients are looked at.
    """

    place: Place
    index: tuple[int, ...]
    low: float
    high: float
    layer: int = 0
    sample: int = 0
    unit: int = 0

    def values(self) -> Array:
        """Return the values that the weight is given, from low to high, (V,)."""
        return np.linspace(self.low, self.high, VALUES)


@dataclass(frozen=True, slots=True)
class SweepRow:
    """What comes of one value of the weight: ‖∂L/∂h_t‖ and the unit's h_t, each (T + 1,), and the loss."""

    value: float
    gradient_norms: Array
    h: Array
    loss: float


def sweep(document: Document, swept: Swept) -> Iterator[SweepRow]:
    """Yield a row for every value of the weight; nothing else of the document changes.

    Overflow is left in the numbers as inf and nan.
    """
    start = document.weight(swept.place)
    for value in swept.values().tolist():
        changed = start.copy()
        changed[swept.index] = value
        frame = compute(document.with_weight(swept.place, changed))
        layer = frame.layers[swept.layer]
        yield SweepRow(
            value=value,
            gradient_norms=norms(layer.state_gradients["h"][swept.sample]),
            h=np.array(layer.states["h"][swept.sample, :, swept.unit]),
            loss=frame.loss,
        )
