"""How the numbers of a calculation are written, and whether a reader's calculator agrees with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rnnviz.views.fonts import MINUS, number, power_of_ten

OVERFLOW = "overflow"


@dataclass(frozen=True, slots=True)
class Digits:
    """How numbers that belong together are written: with so many decimals; None: as 1.06 × 10⁻⁷."""

    decimals: int | None

    def text(self, value: float, *, sign: bool = True) -> str:
        """Return what is shown of a value."""
        if not math.isfinite(value):
            return OVERFLOW
        if self.decimals is not None or value == 0:
            return number(value, self.decimals or 0, sign=sign)
        mantissa, exponent = f"{value:+.2e}".split("e")
        mantissa = mantissa if sign else mantissa.removeprefix("+")
        return f"{mantissa.replace('-', MINUS)} × {power_of_ten(int(exponent))}"

    def shown(self, value: float) -> float:
        """Return the number that a reader types into a calculator."""
        return round(value, self.decimals) if self.decimals is not None else float(f"{value:.2e}")

    def grain(self, value: float) -> float:
        """Return one unit of the last digit shown."""
        if self.decimals is not None:
            return 10.0**-self.decimals
        return float(f"1e{int(f'{value:.2e}'.split('e')[1]) - 2}") if value else 0.0

    def finer(self) -> Digits:
        """Return how to write numbers that are multiplied or put into a function: with one decimal more."""
        return self if self.decimals is None else Digits(self.decimals + 1)

    def agree(self, calculated: float, value: float) -> bool:
        """Return whether a result calculated from shown numbers, once it is rounded, is the shown value."""
        if not (math.isfinite(value) and math.isfinite(calculated)):
            return True  # there is nothing to compare: the line says overflow
        shown = self.shown(value)
        return abs(calculated - shown) <= 0.5 * self.grain(value) * (1 + 1e-9) + 1e-12 * abs(shown)


def digits_for(values: Sequence[float], *, short: bool = False) -> Digits:
    """Return how to write numbers that stand below each other.

    Three decimals where the largest is between 0.01 and 100: results are then compared at a glance, and
    nothing changes width while the cursor moves. Fewer for larger numbers, more for smaller ones, and a power
    of ten outside 0.0001 … 100,000. ``short`` asks for two decimals if they tell the whole truth, as they do
    of weights that were typed in. Factors have one decimal more than products, see `Digits.finer`: a calculator
    then nearly always gives the shown product. Where it gives another last digit, the line says ≈, and so does a
    sum whose shown terms do not add up to it: every number is rounded correctly, none is adjusted to make a sum
    come out.
    """
    largest = max([abs(value) for value in values if math.isfinite(value)], default=0.0)
    if largest == 0:
        return Digits(2 if short else 3)
    exponent = math.floor(math.log10(largest))
    if not -4 <= exponent < 5:  # see the docstring
        return Digits(None)
    decimals = 2 - exponent if exponent < -2 else min(3, max(1, 4 - exponent))
    if short and decimals > 2 and all(abs(value - round(value, 2)) < 1e-9 for value in values):
        return Digits(2)
    return Digits(decimals)
