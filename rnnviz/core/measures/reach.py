"""How much of the gradient at the last step is left at the first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.activations import Array

VANISHING, EXPLODING = 1e-2, 1e2


@dataclass(frozen=True, slots=True)
class GradientReach:
    """How much of the gradient at the last step is left at the initial state.

    Attributes:
        ratio: ‖∂L/∂h_0‖ / ‖∂L/∂h_T‖; nan when nothing reaches h_T or a number overflowed.
        verdict: "vanishing" (ratio < 0.01), "exploding" (ratio > 100), "kept" between, or why there is none.
    """

    ratio: float
    verdict: str


def gradient_reach(gradient_norms: Array) -> GradientReach:
    """Judge ‖∂L/∂h_t‖ for t = 0…T by the ratio of its first to its last value, never by the weights."""
    first, last = float(gradient_norms[0]), float(gradient_norms[-1])
    if not np.isfinite(gradient_norms).all():
        return GradientReach(float("nan"), "overflow")
    if last == 0.0:
        return GradientReach(float("nan"), "no gradient at the last step")
    ratio = first / last
    if ratio < VANISHING:
        return GradientReach(ratio, "vanishing")
    return GradientReach(ratio, "exploding" if ratio > EXPLODING else "kept")


def half_life(gradient_norms: Array) -> float:
    """Return after how many steps back the gradient has halved: steps, counted from the last of the norms (n,).

    The first crossing of half the last value, between two steps where ln‖·‖ is a straight line: exactly
    ln ½ / ln ρ for a gradient that shrinks by ρ per step. inf when it never halves; nan when there is no
    gradient at the last step or a number on the way overflowed.
    """
    backwards = gradient_norms[::-1]
    half = 0.5 * backwards[0]
    crossed = ~(backwards > half)
    if not np.isfinite(half) or half <= 0.0:
        return float("nan")
    if not crossed.any():
        return float("inf") if np.isfinite(backwards).all() else float("nan")
    step = int(crossed.argmax())
    if not np.isfinite(backwards[: step + 1]).all():
        return float("nan")
    with np.errstate(divide="ignore"):  # ln 0: a gradient that is gone at once
        above, below = np.log(backwards[step - 1]), np.log(backwards[step])
    return float(step - 1 + (above - np.log(half)) / (above - below))
