"""A product of several factors, some of them slopes: δ of a gate is one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from rnnviz.views.formula import Equation
from rnnviz.views.plots._digits import Digits, digits_for
from rnnviz.views.plots._worked import Line

Form = Literal["", "1 −", "σ′", "tanh′", "tanh", "tanh′ of"]
"""How a number goes into a product: as it is, 1 − x, the slopes x (1 − x) and 1 − x² of what x came out of, tanh x, or
the slope of tanh at x."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor: its symbols, its number, and the form in which the number is multiplied."""

    label: Equation
    value: float
    form: Form = ""

    def text(self) -> str:
        """Return what is shown of it."""
        words = self._digits().text(self.value, sign=False)
        inner = f"({words})" if words[0] == "−" else words
        return {
            "": words,
            "1 −": f"(1 − {inner})",
            "σ′": f"{words} × (1 − {inner})",
            "tanh′": f"(1 − {inner}²)",
            "tanh": f"tanh({words})",
            "tanh′ of": f"(1 − tanh({words})²)",
        }[self.form]

    def shown(self) -> float:
        """Return what a calculator makes of what is shown."""
        return _formed(self._digits().shown(self.value), self.form) if math.isfinite(self.value) else math.nan

    def _digits(self) -> Digits:
        return digits_for([self.value]).finer()

    def symbols(self) -> Equation:
        """Return it in symbols."""
        if self.form == "":
            return self.label
        if self.form == "tanh":
            return ("tanh", *self.label)
        if self.form == "σ′":
            return (*self.label, "(", "1", "−", *self.label, ")")
        if self.form == "1 −":
            return ("(", "1", "−", *self.label, ")")
        if self.form == "tanh′ of":
            return ("(", "1", "−", "tanh²", *self.label, ")")
        return ("(", "1", "−", *self.label, "²", ")")


def _formed(x: float, form: Form) -> float:
    return {
        "": x,
        "1 −": 1 - x,
        "σ′": x * (1 - x),
        "tanh′": 1 - x * x,
        "tanh": math.tanh(x),
        "tanh′ of": 1 - math.tanh(x) ** 2,
    }[form]


def factor_line(
    label: Equation, factors: list[Factor], value: float, hint: str, digits: Digits | None = None
) -> list[Line]:
    """Return a line of symbols and a line of numbers: the product, and what it gives.

    ``digits`` says that the line is a term among others that are written alike; without, it is a result.
    """
    symbols: Equation = (*label, "=")
    for number, factor in enumerate(factors):
        symbols += (*(("×",) if number else ()), *factor.symbols())
    own = digits or digits_for([value])
    shown = math.prod(factor.shown() for factor in factors)
    words = " × ".join(factor.text() for factor in factors)
    exact = not math.isfinite(shown) or own.agree(shown, value)
    line = Line("term" if digits else "gradient", (), value, own.text(value), words=words, exact=exact, hint=hint)
    return [Line("note", symbols, hint=hint), line]
