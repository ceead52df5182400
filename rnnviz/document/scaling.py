"""Bringing features to one size, and back: z-scores, or from 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnnviz.document.values import Array, DocumentError

Normalisation = Literal["z-score", "min-max"]

_KEPT_DIGITS = 13  # of a column's largest number, when raw values come back: rounding noise is not shown


@dataclass(frozen=True, slots=True)
class Scaling:
    """What was done to each feature: shown = (raw − offset) / scale.

    Attributes:
        kind: z-score, in standard deviations from the mean; min-max, from 0 to 1.
        offsets, scales: one for each feature; a feature that never changes has the scale 1 and becomes 0.
    """

    kind: Normalisation
    offsets: tuple[float, ...]
    scales: tuple[float, ...]

    def __post_init__(self) -> None:
        if self.kind not in ("z-score", "min-max"):
            raise DocumentError(f"input.scaling.kind: {self.kind!r} is not known; use z-score or min-max")
        if not np.isfinite([*self.offsets, *self.scales]).all() or 0 in self.scales:
            raise DocumentError("input.scaling: offsets and scales must be finite, and no scale 0")

    def describe(self) -> str:
        """Return what was done, in words; of several features, the first and how many more."""
        offset, scale = self.offsets[0], self.scales[0]
        if self.kind == "z-score":
            words = f"z-score: mean {_short(offset)}, deviation {_short(scale)}"
        else:
            words = f"0…1: from {_short(offset)} to {_short(offset + scale)}"
        more = len(self.offsets) - 1
        return f"{words}, and {more} more" if more else words

    def undone(self, shown: Array) -> Array:
        """Return raw values (rows, features), to 13 digits of each feature's largest."""
        raw = shown * np.array(self.scales) + np.array(self.offsets)
        largest = np.abs(raw).max(axis=0, initial=0.0)
        exponents = np.floor(np.log10(np.where(largest > 0, largest, 1.0))).astype(int)
        columns = [
            [round(value, decimals) for value in column]
            for column, decimals in zip(raw.T.tolist(), (_KEPT_DIGITS - 1 - exponents).tolist(), strict=True)
        ]
        return np.array(columns).reshape(raw.T.shape).T + 0.0


def scaling_of(raw: Array, kind: Normalisation) -> Scaling:
    """Return what brings raw values (rows, features) to mean 0 and deviation 1, or to between 0 and 1."""
    low, high = raw.min(axis=0), raw.max(axis=0)
    if kind == "min-max":
        with np.errstate(over="ignore"):
            spans = np.minimum(high - low, np.finfo(np.float64).max)
        return Scaling(kind, _numbers(low), _numbers(np.where(high > low, spans, 1.0)))
    largest = np.maximum(np.abs(low), np.abs(high))
    unit = np.where(largest > 0, largest, 1.0)  # squares of 1e200 would be infinite
    relative = raw / unit
    means = relative.mean(axis=0)
    deviations = np.sqrt(np.mean((relative - means) ** 2, axis=0)) * unit
    # rounding gives a constant a deviation, so that alone does not tell
    varies = (high > low) & (deviations > 0)
    offsets = np.where(varies, means * unit, low)
    return Scaling(kind, _numbers(offsets), _numbers(np.where(varies, deviations, 1.0)))


def scaled(raw: Array, scaling: Scaling) -> Array:
    """Return (raw − offset) / scale, for values (…, features)."""
    offsets, scales = np.array(scaling.offsets), np.array(scaling.scales)
    with np.errstate(over="ignore"):
        shown: Array = (raw - offsets) / scales
    if np.isfinite(shown).all():
        return shown
    halved: Array = (raw / 2 - offsets / 2) / (scales / 2)  # the difference of 1e308 and −1e308 is infinite
    return halved


def _numbers(values: Array) -> tuple[float, ...]:
    return tuple(values.tolist())


def _short(value: float) -> str:
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")
