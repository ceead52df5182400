"""A painted matrix: colours, numbers where there is room, and outlines around what is pointed at."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPaintEngine,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QStaticText,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.document.block import Block, Cell
from rnnviz.document.values import Array
from rnnviz.views.colours import Table, image_of, readable_on, signed_colours
from rnnviz.views.editors.grid import Grid, margin_of
from rnnviz.views.fonts import number, ui_font
from rnnviz.views.marks import draw_image
from rnnviz.views.theme import Theme

_LIMITS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)  # close: colours should be strong
_FEW = 16  # changed cells: up to this many are repainted one by one
_CACHED_TEXTS = 4096
_NUMBER_PX = (11, 10, 9)
_CHARACTERS = 5  # of a number in a cell: a sign, three digits and a point


@dataclass(frozen=True, slots=True)
class Marks:
    """What is outlined: the current cell, the selected block and the cell under the pointer."""

    current: Cell | None = None
    block: Block | None = None
    hovered: Cell | None = None


def limit_for(*arrays: Array) -> float:
    """Return the end of a signed scale for all the numbers: rounded up, and at least 1."""
    largest = max((float(np.abs(array).max()) for array in arrays), default=1.0)
    if largest <= 1.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    rounded = next((step * power for step in _LIMITS if step * power >= largest), largest)
    return min(rounded, sys.float_info.max)


def cell_text(value: float) -> str:
    """Return a number for a cell: two decimals, fewer for large numbers, a sign unless it reads zero."""
    for decimals in (2, 1, 0):
        text = number(value, decimals, sign=True)
        if len(text) <= _CHARACTERS:
            return text if text.strip("+0.") else text[1:]
    mantissa, exponent = f"{value:+.0e}".split("e")
    return number(float(mantissa), 0, sign=True) + f"e{int(exponent)}"


class MatrixView(QWidget):
    """Paints numbers in rows and columns on a signed colour scale; its height follows from its width."""

    def __init__(self, values: Array, theme: Theme, parent: QWidget | None = None) -> None:
        """Show a matrix (rows, columns)."""
        super().__init__(parent)
        self._theme = theme
        self._values = values
        self._limit = limit_for(values)
        self._marks = Marks()
        self._grid_of: Grid | None = None
        self._colours_of: Table | None = None
        self._grille: QPixmap | None = None
        self._texts: dict[str, QStaticText] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, as displayed."""
        return self._values.shape[0], self._values.shape[1]

    @property
    def limit(self) -> float:
        """The end of the colour scale."""
        return self._limit

    @property
    def marks(self) -> Marks:
        """What is outlined."""
        return self._marks

    @property
    def shows_numbers(self) -> bool:
        """Whether the cells are wide enough for their numbers."""
        return self._fits(self._font())

    def set_limit(self, limit: float) -> None:
        """Let the colours end at ±limit."""
        if limit != self._limit:
            self._limit = limit
            self._repaint()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self._texts.clear()
        self._forget_layout()
        self.updateGeometry()
        self._repaint()

    def cell_rect(self, row: int, column: int) -> QRect:
        """Return where a displayed cell is in the widget."""
        return self._grid().rect((row, column)).toAlignedRect()

    def cell_at(self, point: QPointF) -> Cell | None:
        """Return the displayed cell at a point of the widget."""
        return self._grid().at(point)

    def _set_values(self, values: Array) -> None:
        """Show other numbers of the same shape; only the cells that differ are painted anew."""
        changed = np.argwhere(self._values != values)
        if not len(changed):
            return
        self._values = values
        self._colours_of = None
        if len(changed) > _FEW:
            self.update()
        for row, column in changed if len(changed) <= _FEW else ():
            self._update_around(self._grid().rect((int(row), int(column))))

    def _set_marks(self, marks: Marks) -> None:
        old, self._marks = self._marks, marks
        if marks == old:
            return
        cells = {old.current, old.hovered, marks.current, marks.hovered} - {None}
        for cell in cells:
            if cell is not None:
                self._update_around(self._grid().rect(cell))
        for block in {old.block, marks.block} - {None} if old.block != marks.block else ():
            if block is not None:
                self._update_around(self._grid().block_rect(block))

    def _update_around(self, rect: QRectF) -> None:
        outline = margin_of(self._theme)
        self.update(rect.adjusted(-outline, -outline, outline, outline).toAlignedRect())

    def _repaint(self) -> None:
        self._colours_of = None
        self.update()

    def _forget_layout(self) -> None:
        self._texts.clear()
        self._grid_of = self._grille = None

    def _font(self) -> QFont:
        """Return the typeface of the numbers: smaller in narrow cells, such as those of a small projector."""
        fonts = [ui_font(self._theme.px(size), QFont.Weight.Medium) for size in _NUMBER_PX]
        return next(filter(self._fits, fonts), fonts[-1])

    def _fits(self, font: QFont) -> bool:
        widest = QFontMetricsF(font).horizontalAdvance("+0.00")
        return self._grid().cell_width >= widest + self._theme.px(3)

    def _grid(self) -> Grid:
        ratio = self.devicePixelRatioF()
        if self._grid_of is None or self._grid_of.ratio != ratio:
            self._forget_layout()
            self._grid_of = Grid.fit(self.shape, self.width(), self._theme, ratio)
        return self._grid_of

    def _colours(self) -> Table:
        if self._colours_of is None:
            self._colours_of = signed_colours(self._theme, self._values, self._limit)
        return self._colours_of

    # Painting

    def _paint_fills(self, painter: QPainter, block: Block) -> None:
        """Paint the colours as one image of device pixels, and over it what shows only the cells of it."""
        grid = self._grid()
        if painter.paintEngine().type() == QPaintEngine.Type.User:
            self._paint_cells(painter, block)  # a figure of the window: it has no device pixels
            return
        rows, columns = block.slices
        heights = np.diff(grid.y[block.top : block.bottom + 2])
        widths = np.diff(grid.x[block.left : block.right + 2])
        image = image_of(self._colours()[rows, columns].repeat(heights, axis=0).repeat(widths, axis=1))
        image.setDevicePixelRatio(grid.ratio)
        at = QPointF(grid.x[block.left] / grid.ratio, grid.y[block.top] / grid.ratio)
        painter.drawImage(at, image)
        if grid.gap:
            source = QRectF(at * grid.ratio, QSize(image.width(), image.height()))
            painter.drawPixmap(QRectF(at, source.size() / grid.ratio), self._grille_pixmap(), source)

    def _paint_cells(self, painter: QPainter, block: Block) -> None:
        """Paint the colours as one rounded rectangle for each cell, or as an image if nothing parts them."""
        grid, colours = self._grid(), self._colours()
        if not grid.gap:
            rows, columns = block.slices
            draw_image(painter, grid.block_rect(block), image_of(colours[rows, columns]))
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for row in range(block.top, block.bottom + 1):
            for column in range(block.left, block.right + 1):
                painter.setBrush(QColor.fromRgba(int(colours[row, column])))
                painter.drawRoundedRect(grid.rect((row, column)), grid.radius, grid.radius)
        painter.restore()

    def _grille_pixmap(self) -> QPixmap:
        """Return the card with a hole for each cell; laid over the colours it beats rounding every cell."""
        if self._grille is None:
            grid = self._grid()
            last = QPointF(grid.x[-1] / grid.ratio, grid.y[-1] / grid.ratio)
            path = QPainterPath()
            path.addRect(QRectF(QPointF(0, 0), last))
            for row in range(self.shape[0]):
                for column in range(self.shape[1]):
                    path.addRoundedRect(grid.rect((row, column)), grid.radius, grid.radius)
            self._grille = QPixmap(int(grid.x[-1]), int(grid.y[-1]))
            self._grille.setDevicePixelRatio(grid.ratio)
            self._grille.fill(Qt.GlobalColor.transparent)
            with QPainter(self._grille) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.fillPath(path, QColor(self._theme.card))
        return self._grille

    def _paint_numbers(self, painter: QPainter, block: Block) -> None:
        grid, colours = self._grid(), self._colours()
        painter.setFont(self._font())
        for row in range(block.top, block.bottom + 1):
            for column in range(block.left, block.right + 1):
                text = self._text(cell_text(float(self._values[row, column])))
                size = text.size()
                centre = grid.rect((row, column)).center()
                painter.setPen(readable_on(QColor.fromRgba(int(colours[row, column]))))
                painter.drawStaticText(centre - QPointF(size.width() / 2, size.height() / 2), text)

    def _text(self, text: str) -> QStaticText:
        if text not in self._texts:
            if len(self._texts) > _CACHED_TEXTS:
                self._texts.clear()
            static = QStaticText(text)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.prepare(font=self._font())
            self._texts[text] = static
        return self._texts[text]

    def _paint_marks(self, painter: QPainter) -> None:
        grid, marks, theme = self._grid(), self._marks, self._theme
        if marks.hovered is not None and marks.hovered != marks.current:
            self._outline(painter, grid.rect(marks.hovered), theme.text, 1.0)
        if marks.block is not None:
            self._outline(painter, grid.block_rect(marks.block), theme.accent, theme.px(1.25))
        if marks.current is not None:
            self._outline(painter, grid.rect(marks.current), theme.accent, theme.px(2))

    def _outline(self, painter: QPainter, rect: QRectF, colour: str, width: float) -> None:
        painter.setPen(QPen(QColor(colour), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = self._grid().radius
        painter.drawRoundedRect(rect, radius, radius)

    # Qt

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return Grid.fit(self.shape, width, self._theme).height

    def sizeHint(self) -> QSize:
        width = round(self._theme.px(255))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._theme.px(60)), round(self._theme.px(8)))

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002
        self._forget_layout()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), QColor(self._theme.card))
            block = self._grid().touched_by(QRectF(event.rect()))
            self._paint_fills(painter, block)
            if self.shows_numbers:
                self._paint_numbers(painter, block)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_marks(painter)
