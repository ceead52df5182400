"""How a matrix uses its room: names beside the cells; all cells, or an overview with a lens below it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from rnnviz.document.block import Cell
from rnnviz.views.editors.grid import Area, Grid, margin_of
from rnnviz.views.editors.naming import AxisNames
from rnnviz.views.editors.overview import Overview
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme

NAME_PX = 9.5
_SMALLEST_CELL = 6  # px wide: smaller ones cannot be told apart, nor hit
_MOST_ROWS = 64
_LENS_CELL, _LENS_ROWS = 36, 7
_NARROW = 110  # px: less than this has no room for names
_NAME_LIMITS = (20, 46)

Header = tuple[Literal["row", "column", "all"], int]


@dataclass(frozen=True, slots=True, eq=False)
class MatrixLayout:
    """Where everything of a matrix is, in logical pixels.

    Attributes:
        grid: the cells: all of them, or as many as the lens holds.
        overview: the picture of all cells above the lens, or None.
        left, top: the room for the names of rows and of columns; 0 where there is none.
        height: what it all needs.
    """

    grid: Grid
    overview: Overview | None
    left: float
    top: float
    height: int

    @classmethod
    @lru_cache(maxsize=64)  # Qt asks for the height of a matrix dozens of times while a window is laid out
    def fit(cls, names: AxisNames, width: int, theme: Theme, ratio: float = 1.0) -> MatrixLayout:
        """Return the layout of the matrix that has these names, in a width."""
        shape, px, margin = (len(names.rows), len(names.columns)), theme.px, margin_of(theme)
        left, top = (_name_width(names, theme), px(13)) if width >= px(_NARROW) else (0.0, 0.0)
        room = max(width - left, 1.0)
        if room - 2 * margin >= px(_SMALLEST_CELL) * shape[1] and shape[0] <= _MOST_ROWS:
            grid = Grid.fit(shape, Area(left, top, room), theme, ratio)
            return cls(grid, None, left, top, grid.bottom)
        inner = max(room - 2 * margin, 1.0)
        tall = min(max(inner / shape[1] * shape[0], px(14)), inner)
        overview = Overview(QRectF(left + margin, margin, inner, tall), shape)
        lens = min(_LENS_ROWS, shape[0]), min(max(int(inner / px(_LENS_CELL)), 1), shape[1])
        grid = Grid.fit(lens, Area(left, tall + 2 * margin + px(5) + top, room), theme, ratio)
        return cls(grid, overview, left, top, grid.bottom)

    def clamped(self, origin: Cell) -> Cell:
        """Return the nearest first cell of a lens that stays inside the matrix."""
        if self.overview is None:
            return 0, 0
        (rows, columns), (shown_rows, shown_columns) = self.overview.shape, self.grid.shown.shape
        return min(max(origin[0], 0), rows - shown_rows), min(max(origin[1], 0), columns - shown_columns)

    def header_at(self, point: QPointF, grid: Grid) -> Header | None:
        """Return which row or column a point names: beside the cells, or above them."""
        corner = grid.corner
        is_above = corner.y() - self.top <= point.y() < corner.y()
        is_beside = corner.x() - self.left <= point.x() < corner.x()
        if is_above and is_beside:
            return "all", 0
        if is_above and (cell := grid.at(QPointF(point.x(), corner.y() + 1))) is not None:
            return "column", cell[1]
        if is_beside and (cell := grid.at(QPointF(corner.x() + 1, point.y()))) is not None:
            return "row", cell[0]
        return None


def _name_width(names: AxisNames, theme: Theme) -> float:
    """Return the room for the names of the rows; the longest of them are cut."""
    metrics = QFontMetricsF(ui_font(theme.px(NAME_PX)))
    longest = max(names.rows, key=len) if len(names.rows) > _MOST_ROWS else None
    candidates = names.rows if longest is None else (longest,)
    widest = max(metrics.horizontalAdvance(name) for name in candidates)
    least, most = (theme.px(size) for size in _NAME_LIMITS)
    return min(max(widest + theme.px(6), least), most)
