"""A table of text as rows and cells: line ends, comments, quotation marks and separators."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

ONE_COLUMN = ""
WHITE_SPACE = " "

_SEPARATORS = ' \t,;"'
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_QUOTED_OR_WORD = re.compile(r'"(?:[^"]|"")*"|[^ \t]+')
_SPACES = re.compile(r"[ \t]+")


class TableError(Exception):
    """A table cannot be read. The message goes on after the table's name, as in "values.csv is empty".

    Attributes:
        line: the line at fault, from 1, or None when it is not one line.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message if line is None else f", line {line}{message}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: the line it starts on, from 1, and its text."""

    line: int
    text: str


# ---- rows


def rows_of(text: str) -> list[Row]:
    """Return the rows that say something, without rows of nothing but separators above and below them.

    A quoted cell may go on over several lines.

    Raises:
        TableError: a quotation mark is never closed.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if '"' in text:
        rows = _joined(lines)
    else:
        rows = [Row(number, line) for number, line in enumerate(lines, start=1) if _says_something(line)]
    filled = [number for number, row in enumerate(rows) if row.text.strip(_SEPARATORS)]
    return rows[filled[0] : filled[-1] + 1] if filled else []


def _says_something(line: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and not stripped.startswith("#")


def _joined(lines: Sequence[str]) -> list[Row]:
    """Return the rows, with lines put together until the quotation marks are closed."""
    rows: list[Row] = []
    open_lines: list[str] = []
    start = 1
    for number, line in enumerate(lines, start=1):
        if not open_lines and not _says_something(line):
            continue
        start = start if open_lines else number
        has_odd_mark = line.count('"') % 2 == 1
        closes = has_odd_mark == bool(open_lines)
        open_lines.append(line)
        if closes:
            rows.append(Row(start, "\n".join(open_lines)))
            open_lines = []
    if open_lines:
        raise TableError(": a quotation mark is opened and never closed. Close it or remove it.", start)
    return rows


# ---- cells


def split(text: str, separator: str) -> list[str]:
    """Return the cells of a row, without the white space around them and without their quotation marks."""
    if '"' in text:
        return _split_quoted(text, separator)
    if separator == ONE_COLUMN:
        return [text.strip()]
    if separator == WHITE_SPACE:
        # str.split splits at a no-break space too, which groups digits: that must not make two cells
        return text.split() if text.isascii() else _SPACES.split(text.strip())
    return [cell.strip() for cell in text.split(separator)]


def _split_quoted(text: str, separator: str) -> list[str]:
    if separator == ONE_COLUMN:
        return [_unquoted(text.strip())]
    if separator == WHITE_SPACE:
        return [_unquoted(cell) for cell in _QUOTED_OR_WORD.findall(text.strip())]
    try:
        cells = next(csv.reader([text], delimiter=separator, skipinitialspace=True))
    except csv.Error:  # a quotation mark inside a cell, as in 5" pipe, over a line end; or an endless cell
        cells = text.split(separator)
    return [cell.strip() for cell in cells]


def _unquoted(cell: str) -> str:
    quoted = _QUOTED.fullmatch(cell)
    return quoted[1].replace('""', '"').strip() if quoted else cell
