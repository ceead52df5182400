"""What a plot draws, as numbers: tables that a spreadsheet or NumPy can read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rnnviz.core.activations import Array

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class DataTable:
    """Columns of equal length under their names."""

    names: tuple[str, ...]
    columns: tuple[tuple[Cell, ...], ...]

    def text(self) -> str:
        """Return a line of names and a line for each row, separated by tabs; numbers in full, nothing for nan."""
        rows = zip(*self.columns, strict=True)
        return "\n".join("\t".join(map(_written, row)) for row in (self.names, *rows)) + "\n"


def over_time(first: int, columns: Mapping[str, Array]) -> DataTable:
    """Return columns (T,) beside t, which counts up from ``first``."""
    length = max((len(values) for values in columns.values()), default=0)
    steps = tuple(range(first, first + length))
    return DataTable(("t", *columns), (steps, *(tuple(values.tolist()) for values in columns.values())))


def numbered(name: str, values: Array) -> dict[str, Array]:
    """Return the columns of (T, n) under names that count from 1: h1, h2 and so on."""
    return {f"{name}{number + 1}": values[:, number] for number in range(values.shape[1])}


def entries(matrices: Mapping[str, Array], value: str) -> DataTable:
    """Return every entry of matrices (rows, columns), one to a line, counted from 1."""
    lines = [
        (name, row + 1, column + 1, float(matrix[row, column]))
        for name, matrix in matrices.items()
        for row, column in np.ndindex(*matrix.shape)
    ]
    return DataTable(("matrix", "row", "column", value), _turned(lines, 4))


def listed(names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> DataTable:
    """Return rows as a table."""
    return DataTable(tuple(names), _turned(rows, len(names)))


def tables_text(tables: Sequence[DataTable]) -> str:
    """Return tables below each other, an empty line between them."""
    return "\n".join(table.text() for table in tables)


def _turned(rows: Sequence[Sequence[Cell]], width: int) -> tuple[tuple[Cell, ...], ...]:
    return tuple(tuple(row[column] for row in rows) for column in range(width))


def _written(cell: Cell) -> str:
    if isinstance(cell, float):
        return "" if math.isnan(cell) else repr(cell)
    return str(cell)
