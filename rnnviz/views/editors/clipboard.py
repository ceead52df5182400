"""Matrices as text: what a spreadsheet and NumPy read and write."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from rnnviz.document.values import Array
from rnnviz.views.editors.latex import is_latex, latex_rows
from rnnviz.views.editors.number_entry import NumberError, parse_number

LONGEST = 2_000_000
_ROW = re.compile(r"\[([^\[\]]*)\]")
_AROUND_ROWS = re.compile(r"(np\.|numpy\.)?(array\()?[\[\],\s]*(dtype=[\w.'\"]+)?\)?\s*")
_DECIMAL_COMMA = re.compile(r"[^\s,.]*,[^\s,.]+")


Form = Callable[[Array], str]


class BlockError(ValueError):
    """A text is not a block of numbers; the message names row and column."""


def block_text(block: Array) -> str:
    """Return numbers as tab-separated lines, each with as many digits as it takes to read it back exactly."""
    return "\n".join("\t".join(repr(float(value)) for value in row) for row in block)


def numpy_text(block: Array) -> str:
    """Return numbers as Python that makes them a NumPy matrix, exactly."""
    rows = (f"[{', '.join(repr(float(value)) for value in row)}]" for row in block)
    return "np.array([" + (",\n" + " " * 10).join(rows) + "])"


def parse_block(text: str) -> Array:
    """Return the numbers of a text, (rows, columns).

    Between numbers: tabs, semicolons, commas or spaces, whichever comes first in this list and in the text.
    NumPy's ``[[1. 2.] [3. 4.]]``, Python's ``[[1, 2], [3, 4]]`` and LaTeX's matrices are read as well. With tabs,
    semicolons or spaces between numbers, and in a single number, a comma is a decimal comma.

    Raises:
        BlockError: a cell is not a number, or rows differ in length.
    """
    if len(text) > LONGEST:
        raise BlockError(f"the text has {len(text):,} characters; at most {LONGEST:,} are read")
    rows = latex_rows(text) if is_latex(text) else _bracketed(text) if "[" in text else _lines(text)
    if not rows:
        raise BlockError("there are no numbers to paste; copy rows of numbers first")
    numbers = [[_number(cell, r, c) for c, cell in enumerate(row, 1)] for r, row in enumerate(rows, 1)]
    for r, row in enumerate(numbers, 1):
        if len(row) != len(numbers[0]):
            column = min(len(row), len(numbers[0])) + 1
            raise BlockError(
                f"row {r}, column {column}: row 1 has {len(numbers[0])} numbers, row {r} has {len(row)}; "
                "make all rows equally long"
            )
    return np.array(numbers)


def _number(cell: str, row: int, column: int) -> float:
    try:
        return parse_number(cell)
    except NumberError as error:
        raise BlockError(f"row {row}, column {column}: {error}") from None


def _bracketed(text: str) -> list[list[str]]:
    """Split what NumPy or Python printed; a row may go on over several lines."""
    if not _AROUND_ROWS.fullmatch(_ROW.sub("", text.strip())):
        raise BlockError("row 1, column 1: the brackets are not those of a matrix; expected [[1, 2], [3, 4]]")
    return [
        [cell.strip() for cell in row.strip().removesuffix(",").split(",")] if "," in row else row.split()
        for row in _ROW.findall(text)
    ]


def _lines(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.strip()]
    for separator in "\t;":
        if separator in text:
            return [line.split(separator) for line in lines]
    if "," in text and not _has_decimal_commas(lines):
        return [line.strip().removesuffix(",").split(",") for line in lines]
    return [line.split() for line in lines]


def _has_decimal_commas(lines: list[str]) -> bool:
    """Return whether commas are decimal: in ``0,5`` and ``0,5 1,5`` they are, in two lines of ``1,2`` not."""
    words = [line.split() for line in lines]
    several = len(lines) == 1 or any(len(row) > 1 for row in words)
    return (
        several
        and all(_DECIMAL_COMMA.fullmatch(word) for row in words for word in row if "," in word)
        and (not any("." in word for row in words for word in row))
    )
