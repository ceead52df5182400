"""Round numbers: for ticks, and for ranges that seldom change."""

from __future__ import annotations

import math

_TICK_ROOM = 16.0  # px of height for a label


def round_step(step: float) -> float:
    """Return the smallest of 1, 2, 5 × 10ⁿ that is not below the step."""
    if not math.isfinite(step) or step <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= step * (1 - 1e-9))


def value_ticks(low: float, high: float, size: float) -> list[float]:
    """Return round numbers between low and high, few enough to be labelled along ``size`` pixels of height.

    Two at least where there is room: one alone gives no scale.
    """
    step = round_step((high - low) / max(2.6, min(5.0, size / 40.0)))
    ticks = _multiples(low, high, step)
    if len(ticks) > 1:
        return ticks
    finer = _multiples(low, high, round_step(step / 2.5))
    return finer if len(finer) * _TICK_ROOM <= size else ticks


def time_ticks(low: float, high: float, size: float) -> list[int]:
    """Return whole steps t ≥ 0 between low and high, to be labelled along ``size`` pixels of width."""
    step = max(1.0, round_step((high - low) / max(1.0, size / 90.0)))
    return [round(tick) for tick in _multiples(max(low, 0.0), high, step)]


def decade_ticks(low: float, high: float, size: float) -> list[float]:
    """Return whole exponents between low and high, to be labelled along ``size`` pixels of height."""
    return _multiples(low, high, float(max(1, math.ceil((high - low) / max(1.0, size / 26.0)))))


def rounded_limit(largest: float) -> float:
    """Return a round number not below ``largest``: ranges then change seldom while a weight is dragged."""
    if not math.isfinite(largest) or largest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    factors = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
    return next(factor * power for factor in factors if factor * power >= largest * (1 - 1e-9))


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]
