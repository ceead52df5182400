"""Matrices in LaTeX, written and read."""

from __future__ import annotations

import re

from rnnviz.document.values import Array

_AROUND = re.compile(r"\\(?:begin|end)\{\w+\*?\}(?:\{[lcr|]*\}|\[[lcr]\])?")
_ROW_END = re.compile(r"\\\\(?:\[[^\]]*\])?")
_FRACTION = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}")
_POWER = re.compile(r"\s*\\(?:cdot|times)\s*10\^\{?\s*([+-]?\d+)\s*\}?")
_SET_ASIDE = re.compile(r"\\hline|\\left|\\right|\\[\[\](),;! ]|[{}$()\[\]]")


def latex_text(block: Array) -> str:
    """Return numbers as a matrix in square brackets, each with all of its digits."""
    rows = (" & ".join(_written(value) for value in row) for row in block)
    return "\\begin{bmatrix}\n  " + " \\\\\n  ".join(rows) + "\n\\end{bmatrix}"


def is_latex(text: str) -> bool:
    """Return whether a text is a matrix in LaTeX, or rows of one."""
    return "\\begin{" in text or "\\\\" in text


def latex_rows(text: str) -> list[list[str]]:
    """Split a ``bmatrix``, ``pmatrix``, ``array`` …, or only the rows of one, into the texts of its cells."""
    rows = _ROW_END.split(_AROUND.sub("", text))
    return [[_read(cell) for cell in row.split("&")] for row in rows if _read(row)]


def _written(value: float) -> str:
    mantissa, _, exponent = repr(float(value)).removesuffix(".0").partition("e")
    return f"{mantissa} \\cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def _read(cell: str) -> str:
    """Return a cell as a plain number: fractions as a/b, powers of ten as e-notation."""
    return _SET_ASIDE.sub("", _POWER.sub(r"e\1", _FRACTION.sub(r"\1/\2", cell))).strip()
