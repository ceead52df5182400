"""What came of a sweep, as arrays, with the scales that it is drawn on; and the range of a weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.document.sweep import SweepRow, Swept
from rnnviz.views.axes import decades
from rnnviz.views.steps import rounded_limit

LARGEST = 8e307  # a range is finite, and so is its reciprocal
_FIRST_LIMIT = 2.0  # of a range, for weights of usual size
_BOUNDED = ("tanh", "sigmoid")
_OUTLIERS = 98.0  # per cent of |h| that the scale holds: what explodes at the ends must not bleach the rest


@dataclass(frozen=True, slots=True, eq=False)
class SweepMap:
    """The answer to a sweep.

    Attributes:
        swept: what was asked.
        values: of the weight, (V,).
        exponents: log10 ‖∂L/∂h_t‖, (V, T + 1); −inf where it is 0.
        h: of the unit, (V, T + 1).
        losses: (V,).
        length: the last t that is not padding.
        low, high: whole exponents, the ends of the scale.
        limit: of |h|, the end of its scale. is_cut: whether some |h| is beyond it.
    """

    swept: Swept
    values: Array
    exponents: Array
    h: Array
    losses: Array
    length: int
    low: float
    high: float
    limit: float
    is_cut: bool

    @property
    def overflows(self) -> bool:
        """Whether a gradient is beyond float64 somewhere."""
        real = self.exponents[:, : self.length + 1]
        return bool((np.isnan(real) | (real == np.inf)).any())

    @property
    def half_step(self) -> float:
        """Half of the distance between two values: a row of the map reaches so far from its value."""
        return float(self.values[1] - self.values[0]) / 2

    def row(self, value: float) -> int:
        """Return the row whose value is nearest."""
        return int(np.abs(self.values - value).argmin())


def sweep_map(swept: Swept, rows: list[SweepRow], length: int, activation: str) -> SweepMap:
    """Return the rows as a map; ``activation`` is that of the layer that is looked at."""
    norms, h = np.stack([row.gradient_norms for row in rows]), np.stack([row.h for row in rows])
    with np.errstate(divide="ignore", invalid="ignore"):
        exponents = np.log10(norms)
    low, high = decades(norms[:, : length + 1].ravel())
    extents = np.abs(h[:, : length + 1])
    extents = extents[np.isfinite(extents)]
    limit = 1.0
    if activation not in _BOUNDED and len(extents):
        limit = min(rounded_limit(float(np.percentile(extents, _OUTLIERS))), LARGEST)
    return SweepMap(
        swept=swept,
        values=np.array([row.value for row in rows]),
        exponents=exponents,
        h=h,
        losses=np.array([row.loss for row in rows]),
        length=length,
        low=low,
        high=high,
        limit=limit,
        is_cut=bool(extents.max(initial=0.0) > limit),
    )


def usual_limit(value: float) -> float:
    """Return how far a range reaches on both sides of 0 for a weight: twice its size, and at least to 2."""
    return min(rounded_limit(max(2 * abs(value), _FIRST_LIMIT)), LARGEST)


def wider(limit: float) -> float:
    """Return the next larger round limit."""
    return min(rounded_limit(limit * 1.01), LARGEST)


def narrower(limit: float) -> float:
    """Return the next smaller round limit."""
    parts = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5)
    return next((found for part in parts if (found := rounded_limit(limit * part)) < limit * 0.99), limit)
