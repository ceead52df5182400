"""The names beside and above the cells of a matrix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from rnnviz.document.block import Block, Cell
from rnnviz.views.editors.grid import Grid
from rnnviz.views.editors.matrix_layout import NAME_PX, MatrixLayout
from rnnviz.views.editors.naming import AxisNames
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme

_LINE = 0.8  # of a line's height: the names have no accents
_EVERY_OTHER = 2
Lines = tuple[frozenset[int], frozenset[int]]  # rows, and columns
_STRIDES = (1, _EVERY_OTHER, 5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose names stand out: those of the current cell, and those of lit rows and columns."""

    current: Cell | None
    lit: Lines


def lines_of(blocks: Iterable[Block], shape: tuple[int, int]) -> Lines:
    """Return the rows and the columns that some blocks single out; a whole row singles out no column."""
    rows, columns = set(), set()
    for block in blocks:
        if block.top == block.bottom and shape[0] > 1:
            rows.add(block.top)
        if block.left == block.right and shape[1] > 1:
            columns.add(block.left)
    return frozenset(rows), frozenset(columns)


def paint_names(
    painter: QPainter, layout: MatrixLayout, grid: Grid, names: AxisNames, standing: Standing, theme: Theme
) -> None:
    """Paint the names of the rows and columns that are shown; those of the current cell and lit ones stand out."""
    if not layout.left:
        return
    writer, shown, current = _Writer(painter, theme), grid.shown, standing.current
    lit_rows, lit_columns = standing.lit
    row, column = current if current is not None and shown.holds(current) else (None, None)
    stride = _stride(_LINE * writer.metrics.height(), grid.cell_height + grid.gap / grid.ratio)
    for index in _named(shown.top, shown.bottom, stride, row):
        ink = writer.ink(is_current=index == row, is_lit=index in lit_rows)
        writer.write(names.rows[index], row_rect(layout, grid, index), Qt.AlignmentFlag.AlignRight, ink)
    widest = max(map(writer.metrics.horizontalAdvance, names.columns[shown.left : shown.right + 1]))
    stride = _stride(min(widest, theme.px(24)), grid.cell_width)
    for index in _named(shown.left, shown.right, stride, column):
        rect = column_rect(layout, grid, index)
        more = (stride - 1) * rect.width() / 2
        ink = writer.ink(is_current=index == column, is_lit=index in lit_columns)
        writer.write(names.columns[index], rect.adjusted(-more, 0, more, 0), Qt.AlignmentFlag.AlignHCenter, ink)


Ink = tuple[QFont, QColor]


class _Writer:
    """Writes names, shortened to their room."""

    def __init__(self, painter: QPainter, theme: Theme) -> None:
        self._painter = painter
        self._plain = ui_font(theme.px(NAME_PX)), QColor(theme.muted)
        self._strong = ui_font(theme.px(NAME_PX), QFont.Weight.DemiBold), QColor(theme.accent_text)
        self._lit = self._strong[0], QColor(theme.link)
        self.metrics = QFontMetricsF(self._plain[0])

    def ink(self, *, is_current: bool, is_lit: bool) -> Ink:
        """Return how a name is written."""
        return self._lit if is_lit else self._strong if is_current else self._plain

    def write(self, name: str, rect: QRectF, align: Qt.AlignmentFlag, ink: Ink) -> None:
        font, colour = ink
        self._painter.setFont(font)
        self._painter.setPen(colour)
        shortened = _shortened(name, self._plain[0].pixelSize(), rect.width() + 1)
        self._painter.drawText(rect, align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, shortened)


@lru_cache(maxsize=4096)
def _shortened(name: str, px: int, width: float) -> str:
    """Return a name as it fits; kept, because hovering asks for the same ones again and again."""
    return QFontMetricsF(ui_font(px)).elidedText(name, Qt.TextElideMode.ElideRight, width)


def row_rect(layout: MatrixLayout, grid: Grid, row: int) -> QRectF:
    """Return where the name of a shown row is."""
    cells = grid.block_rect(Block(row, grid.shown.left, row, grid.shown.left))
    left = grid.corner.x() - layout.left
    return QRectF(left, cells.top(), layout.left - 4, cells.height())


def column_rect(layout: MatrixLayout, grid: Grid, column: int) -> QRectF:
    """Return where the name of a shown column is."""
    cells = grid.block_rect(Block(grid.shown.top, column, grid.shown.top, column))
    return QRectF(cells.left(), cells.top() - layout.top, cells.width(), layout.top - 1)


def _stride(needed: float, pitch: float) -> int:
    """Return how many names to go on by, so that they do not meet."""
    return next((stride for stride in _STRIDES if stride * pitch >= needed), _STRIDES[-1])


def _named(first: int, last: int, stride: int, current: int | None) -> list[int]:
    """Return which names are written: every so many, and that of the current cell instead of its neighbours."""
    if stride == _EVERY_OTHER:
        regular = [i for i in range(first, last + 1) if i % stride == 0]  # 1 3 5 …
    else:
        regular = [i for i in range(first, last + 1) if i == 0 or (i + 1) % stride == 0]  # 1 5 10 …
    if current is None or stride == 1:
        return regular
    return [*(i for i in regular if abs(i - current) >= stride), current]
