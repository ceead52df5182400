"""The worked step as an exercise: what follows from other numbers is left blank, what is given stays."""

from __future__ import annotations

import re
from typing import NamedTuple

from rnnviz.views.formula import Equation
from rnnviz.views.plots._worked import Line

BLANK = "\N{LOW LINE}" * 6
_NUMBER = re.compile(r"[+−]?\d+(?:\.\d+)?(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
_KEPT = frozenset({"½", "1"})


class Row(NamedTuple):
    """A line of the calculation: in symbols, what is calculated, the sign, and what comes out.

    Attributes:
        label: in symbols.
        made: in numbers; empty where the result is made of everything above.
        sign: between them and the value.
        value: the result; empty if it is left blank.
        is_rule: a hairline and nothing else.
        is_result: the unit's state, or its gradient: what it is all about.
    """

    label: Equation = ()
    made: str = ""
    sign: str = ""
    value: str = ""
    is_rule: bool = False
    is_result: bool = False


def solved(line: Line) -> Row:
    """Return a line as it is."""
    if line.kind == "rule":
        return Row(is_rule=True)
    label = tuple(token for token in line.label if token != "=")
    made = " × ".join(line.factors) if line.factors else line.words
    sign = ("=" if line.exact else "≈") if line.text else ""
    return Row(label, made, sign, line.text, is_result=line.kind in ("result", "gradient"))


def blanked(line: Line, *, is_gated: bool) -> Row:
    """Return a line without what has to be calculated: results, and numbers that are results of other lines.

    Of a plain cell, weights, states before, inputs and biases are given. Of a gated one the sums inside the gates are;
    what is multiplied after that are results.
    """
    row = solved(line)
    if row.is_rule or line.kind == "note":
        return row
    if line.kind == "product" and not line.factors and line.label:
        return row  # a bias, or the input's part: nothing is calculated
    sign = "=" if row.sign else ""
    if line.kind in ("result", "gradient", "sum") or (is_gated and line.kind == "product"):
        return row._replace(made=_without_numbers(row.made), sign=sign, value="")
    return row._replace(sign=sign, value="")


def _without_numbers(words: str) -> str:
    return _NUMBER.sub(lambda found: found[0] if found[0] in _KEPT else BLANK, words)
