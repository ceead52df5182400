"""The reach of a gradient in words."""

from __future__ import annotations

import math

from rnnviz.core.measures.reach import EXPLODING, VANISHING, GradientReach
from rnnviz.views.fonts import power_of_ten, scientific


def reach_in_words(reach: GradientReach, steps: int) -> str:
    """Return what is left of the gradient after so many steps, such as ``vanishing: ×10⁻³ over 40 steps``."""
    if math.isnan(reach.ratio):
        return reach.verdict
    exponent = power_of_ten(round(math.log10(reach.ratio))) if reach.ratio > 0 else "0"
    times = f"×{scientific(reach.ratio)}" if VANISHING <= reach.ratio <= EXPLODING else f"×{exponent}"
    return f"{reach.verdict}: {times} over {steps} step{'s' if steps > 1 else ''}"
