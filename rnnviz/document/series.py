"""Time series from CSV and TXT files and from pasted tables: a row is a time step, a column is a feature.

How a table is read
-------------------
- **Layout.** Separator and decimal sign are found out, as the head of `table_layout` explains. What was found
  is part of the result, to be shown to the user.
- **Passed over.** Blank lines, lines that begin with ``#``, separators at the end of a row, rows of nothing
  but separators above and below the table, a first line ``sep=;`` (which is obeyed).
- **Header.** The first row, when there is a name in it and no number, not even a broken one, where the other
  rows have numbers. A header of plain numbers (years) looks like a row of data and is read as one.
- **Labels.** Leading columns in which no row has a number (dates, times, names of rows) are left out and
  reported. So is a first column that counts the rows and has no name, as R writes it (the header is one name
  short). A date such as 20240131 is a number.
- **Numbers.** As `table_cells` defines them.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path

import numpy as np

from rnnviz.document.table_cells import (
    complaint,
    counted,
    is_number_anywhere,
    label_complaint,
    number_of,
    shortened,
)
from rnnviz.document.table_layout import Dialect, Layout, detect, dialects_for, sample_of
from rnnviz.document.table_rows import Row, TableError, rows_of
from rnnviz.document.text import TextError, decoded_file
from rnnviz.document.values import Array, DocumentError

MAX_BYTES = 50_000_000
MAX_ROWS = 1_000_000
MAX_FEATURES = 256
MIN_ROWS = 2
MAX_LINE = 20_000  # characters: 256 numbers need some 7,000

_SEPARATOR_LINE = re.compile(r"sep=([,;\t])", re.IGNORECASE)


class SeriesError(DocumentError):
    """A time series cannot be read: one line that says what is wrong, where, and what to do.

    Attributes:
        line: the line at fault, from 1, or None when it is not one line.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A time series, and how it was read.

    Attributes:
        names: the features; from the header, or x1, x2 …
        values: (timesteps, features), as in the file, read-only.
        separator: comma, semicolon or tab; a space for any white space; empty for a single column.
        decimal: point or comma.
        has_header: the first row gave the names.
        left_out: columns of labels that were not read, by name or as "column 1".
    """

    names: tuple[str, ...]
    values: Array
    separator: str
    decimal: str
    has_header: bool
    left_out: tuple[str, ...] = ()


# ---- reading


def read_series(path: Path) -> Series:
    """Return the time series in a CSV or TXT file: UTF-8, UTF-16 with a byte order mark, or Latin-1.

    Raises:
        SeriesError: the file cannot be opened, is over 50 MB or binary, or what `parse_series` refuses.
    """
    try:
        text = decoded_file(path, MAX_BYTES)
    except TextError as error:
        raise SeriesError(str(error)) from error
    return parse_series(text, path.name)


def parse_series(text: str, source: str = "the text") -> Series:
    """Return the time series that a table of text holds, read as the head of this module explains.

    ``source`` begins every message.

    Raises:
        SeriesError: nothing there, no numbers, rows of different lengths, a cell that is no number, infinite
            or missing, fewer than 2 or more than 1,000,000 rows, more than 256 features, a line over
            20,000 characters, over 50 MB.
    """
    try:
        return _parse(text)
    except TableError as error:
        raise SeriesError(f"{source}{error}", error.line) from error


def _parse(text: str) -> Series:
    if len(text) > MAX_BYTES:
        raise TableError(f" is over {MAX_BYTES / 1e6:.0f} MB: cut it into smaller parts.")
    rows = rows_of(text.removeprefix("\ufeff"))
    told = _SEPARATOR_LINE.fullmatch(rows[0].text.strip(" ")) if rows else None
    if told:
        rows = rows[1:]
    if not rows:
        raise TableError(f" is empty: give it at least {MIN_ROWS} rows of numbers.")
    _check_lines(rows)
    return _read(rows, [dialect for dialect in dialects_for(rows) if told is None or dialect[0] == told[1]])


def _read(rows: list[Row], dialects: list[Dialect]) -> Series:
    """Read the rows; if one cannot be read, detect again with that row in the sample."""
    sample = sample_of(rows)
    layout = detect(sample, dialects)
    try:
        return _series(rows, layout)
    except TableError as error:
        surprising = [row for row in rows if row.line == error.line and row not in sample]
        again = detect(sample + surprising, dialects)
        if again == layout:
            raise
        return _series(rows, again)


def _series(rows: list[Row], layout: Layout) -> Series:
    header = layout.cells(rows[0].text)
    has_header = not layout.is_good(header) and layout.names_a_column(header)
    if has_header:
        layout = _fitted_to_header(layout, header, rows)
        rows = rows[1:]
    _check_size(len(rows), layout.width - layout.labels)
    names = _names(header if has_header else [], layout.width)
    labels = layout.labels
    return Series(
        names=tuple(name or f"x{feature}" for feature, name in enumerate(names[labels:], start=1)),
        values=_values(rows, layout, names),
        separator=layout.separator,
        decimal=layout.decimal,
        has_header=has_header,
        left_out=tuple(name or f"column {column}" for column, name in enumerate(names[:labels], start=1)),
    )


def _check_lines(rows: Sequence[Row]) -> None:
    longest = max(rows, key=lambda row: len(row.text))
    if len(longest.text) > MAX_LINE:
        raise TableError(
            f": {len(longest.text):,} characters, and at most {MAX_LINE:,} can be read: write one time step to a line.",
            longest.line,
        )


def _check_size(rows: int, features: int) -> None:
    if features > MAX_FEATURES:
        raise TableError(
            f" has {features:,} columns of numbers, and at most {MAX_FEATURES} can be read: "
            "remove some, or write one time step to a line if they are the steps."
        )
    if rows > MAX_ROWS:
        raise TableError(f" has {rows:,} rows, and at most {MAX_ROWS:,} can be read: keep a part, or every n-th row.")
    if rows < MIN_ROWS:
        raise TableError(
            f" has {'only one' if rows else 'no'} row of numbers: a series needs at least {MIN_ROWS}, "
            "one line for each time step."
        )


# ---- the header


def _fitted_to_header(layout: Layout, header: Sequence[str], rows: Sequence[Row]) -> Layout:
    """Return the layout, with a column of row names if the header is one name short."""
    missing = layout.width - len(header)
    if missing == 0 or (missing == 1 and layout.labels):
        return layout
    first_cells = [layout.cells(row.text)[0] for row in rows[1:3]]
    if missing == 1 and first_cells in (["0", "1"], ["1", "2"]):
        return replace(layout, labels=1, labels_may_be_numbers=True)
    raise TableError(
        f": the header has {counted(len(header), 'name')}, but the rows below have "
        f"{counted(layout.width, 'cell')}. Give each column one name; "
        "a name with a separator in it goes in quotation marks.",
        rows[0].line,
    )


def _names(header: Sequence[str], width: int) -> list[str]:
    """Return a name for each column, labels included, empty where there is none; no other occurs twice."""
    names = [""] * (width - len(header)) + [" ".join(name.split()) for name in header]
    taken: Counter[str] = Counter()
    for column, name in enumerate(names):
        taken[name] += 1
        if name and taken[name] > 1:
            names[column] = f"{name} ({taken[name]})"
    return names


# ---- values


def _values(rows: Sequence[Row], layout: Layout, names: Sequence[str]) -> Array:
    numbers = array("d")
    for row in rows:
        cells = layout.cells(row.text)
        if len(cells) != layout.width:
            raise TableError(
                f": {counted(len(cells), 'cell')} where the other rows have {layout.width}. "
                "Give every row the same number of cells.",
                row.line,
            )
        converted = _converted(row, cells, layout)
        if converted is None:
            raise _bad_cell(row, layout, names)
        numbers.extend(converted)
    values = np.array(numbers, dtype=np.float64).reshape(len(rows), layout.width - layout.labels)
    finite = np.isfinite(values).all(axis=1)
    if not finite.all():
        raise _bad_cell(rows[int(np.argmin(finite))], layout, names)
    values.setflags(write=False)
    return values


def _converted(row: Row, cells: Sequence[str], layout: Layout) -> list[float] | None:
    """Return the numbers of a row, or None if a cell is none or a label is one; "nan" and "inf" may pass."""
    labels, values = cells[: layout.labels], cells[layout.labels :]
    if any(_is_bad_label(label, layout) for label in labels):
        return None
    if layout.decimal == "." and row.text.isascii() and "_" not in row.text:
        try:
            return [float(cell) for cell in values]  # three times as fast as the check below
        except ValueError:
            return None
    return [number_of(cell) for cell in values] if all(map(layout.is_number, values)) else None


def _bad_cell(row: Row, layout: Layout, names: Sequence[str]) -> TableError:
    """Return what to say about a row with a bad cell: what is wrong with the first one."""
    troubles = [_trouble(column, cell, layout) for column, cell in enumerate(layout.cells(row.text))]
    column = next(column for column, trouble in enumerate(troubles) if trouble)
    name = f" ({shortened(names[column])})" if names[column] else ""
    return TableError(f", column {column + 1}{name}: {troubles[column]}", row.line)


def _trouble(column: int, cell: str, layout: Layout) -> str:
    """Return what is wrong with a cell, or nothing."""
    if column < layout.labels:
        return label_complaint(cell) if _is_bad_label(cell, layout) else ""
    is_right = layout.is_number(cell) and isfinite(number_of(cell))
    return "" if is_right else complaint(cell)


def _is_bad_label(cell: str, layout: Layout) -> bool:
    return is_number_anywhere(cell) and not layout.labels_may_be_numbers


# ---- what a series is turned into


def with_next_value_targets(values: Array) -> tuple[Array, Array]:
    """Return all rows but the last, and the row after each: inputs and targets, both (T - 1, N), copies.

    Raises:
        SeriesError: ``values`` is not (timesteps, features) with at least two time steps.
    """
    _check_table(values, rows=MIN_ROWS)
    return values[:-1].copy(), values[1:].copy()


def _check_table(values: Array, rows: int) -> None:
    match values.shape:
        case (timesteps, _) if timesteps >= rows:
            return
    raise SeriesError(
        f"The values have shape {values.shape}: give (timesteps, features), at least {counted(rows, 'row')}."
    )
