"""A painted matrix: colours, numbers where there is room, and outlines around what is pointed at."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from math import ceil

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
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
from rnnviz.document.links import Role
from rnnviz.document.locks import Mask
from rnnviz.document.values import Array
from rnnviz.views.colours import Table, image_of, readable_on, signed_colours
from rnnviz.views.editors.grid import Grid, margin_of
from rnnviz.views.editors.lock_mark import paint_lock
from rnnviz.views.editors.matrix_layout import Header, MatrixLayout
from rnnviz.views.editors.matrix_names import Lines, Standing, lines_of, paint_names
from rnnviz.views.editors.naming import AxisNames
from rnnviz.views.editors.overview import Overview
from rnnviz.views.fonts import number, ui_font
from rnnviz.views.lights import outline
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
    """Paints numbers in rows and columns on a signed colour scale; its height follows from its width.

    Where not all cells fit it shows them all in an overview, and some of them large in a lens below it.
    """

    def __init__(self, values: Array, names: AxisNames, theme: Theme, parent: QWidget | None = None) -> None:
        """Show a matrix (rows, columns)."""
        super().__init__(parent)
        self._theme = theme
        self._values, self._names = values, names
        self._locked: Mask | None = None
        self._limit = limit_for(values)
        self._marks = Marks()
        self._lit: tuple[tuple[Role, Block], ...] = ()
        self._origin: Cell = (0, 0)
        self._layout_of: MatrixLayout | None = None
        self._colours_of: Table | None = None
        self._overview_of: QImage | None = None
        self._grille: QPixmap | None = None
        self._ground: QPixmap | None = None  # the cells with their numbers, kept while only lights change
        self._keeps_ground = False
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
    def values(self) -> Array:
        """The numbers, as displayed."""
        return self._values

    @property
    def names(self) -> AxisNames:
        """What the rows and columns are called, as displayed."""
        return self._names

    @property
    def limit(self) -> float:
        """The end of the colour scale."""
        return self._limit

    @property
    def marks(self) -> Marks:
        """What is outlined."""
        return self._marks

    @property
    def lens(self) -> Block | None:
        """The cells in the lens, or None where all cells fit."""
        return self._grid().shown if self._layout().overview is not None else None

    @property
    def shows_numbers(self) -> bool:
        """Whether the cells are wide enough for their numbers."""
        return self._fits(self._font())

    @property
    def lit(self) -> tuple[tuple[Role, Block], ...]:
        """The displayed cells that are lit, because they are linked with what is pointed at."""
        return self._lit

    def set_lit(self, lit: tuple[tuple[Role, Block], ...]) -> None:
        """Light up other cells."""
        if lit == self._lit:
            return
        for _, block in (*self._lit, *lit):
            self._update_around(self._grid().block_rect(block))
        if self.lens is not None:
            self.update()
        self._keeps_ground = True
        before, self._lit = self.lit_lines, lit
        if self.lit_lines != before:
            self._update_names()

    @property
    def lit_lines(self) -> Lines:
        """The displayed rows and columns whose names are lit."""
        return lines_of((block for _, block in self._lit), self.shape)

    def set_limit(self, limit: float) -> None:
        """Let the colours end at ±limit."""
        if limit != self._limit:
            self._limit = limit
            self._repaint()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self._forget_layout()
        self.updateGeometry()
        self._repaint()

    def cell_rect(self, row: int, column: int) -> QRect:
        """Return where a displayed cell is in the widget: a cell outside the lens is in the overview."""
        return self.block_rect(Block(row, column, row, column))

    def block_rect(self, block: Block) -> QRect:
        """Return where a rectangle of cells is in the widget, as far as it is shown."""
        rect, overview = self._grid().block_rect(block), self._layout().overview
        if rect.isEmpty() and overview is not None:
            rect = overview.block_rect(block)
        return rect.toAlignedRect()

    def cell_at(self, point: QPointF) -> Cell | None:
        """Return the displayed cell at a point of the widget, in the overview too."""
        overview = self._layout().overview
        return self._grid().at(point) or (None if overview is None else overview.at(point))

    def overview_holds(self, point: QPointF) -> bool:
        """Return whether a point is in the overview, where a pixel may be many cells."""
        overview = self._layout().overview
        return overview is not None and overview.rect.contains(point)

    def overview_cell(self, point: QPointF) -> Cell:
        """Return the cell whose place in the overview is nearest to a point."""
        overview = self._layout().overview
        assert overview is not None
        return overview.nearest(point)

    def nearest_cell(self, point: QPointF) -> Cell:
        """Return the cell among those shown large that is nearest to a point."""
        return self._grid().nearest(point)

    def header_at(self, point: QPointF) -> Header | None:
        """Return which row or column is named at a point of the widget."""
        return self._layout().header_at(point, self._grid())

    def show_cell(self, cell: Cell, *, centred: bool = False) -> None:
        """Move the lens, if there is one, so that a cell is in it: as little as possible, or with it in the middle."""
        shown, layout = self._grid().shown, self._layout()
        rows, columns = shown.shape
        if centred:
            origin = cell[0] - rows // 2, cell[1] - columns // 2
        else:
            origin = _near(shown.top, cell[0], rows), _near(shown.left, cell[1], columns)
        origin = layout.clamped(origin)
        if origin != self._origin:
            self._origin, self._colours_of = origin, None
            self._drop_ground()
            self.update()

    def _set_values(self, values: Array) -> None:
        """Show other numbers of the same shape; only the cells that differ are painted anew."""
        changed = np.argwhere(self._values != values)
        if not len(changed):
            return
        self._values = values
        self._colours_of = self._overview_of = None
        self._drop_ground()
        if len(changed) > _FEW or self.lens is not None:
            self.update()
            return
        for row, column in changed:
            self._update_around(self._grid().rect((int(row), int(column))))

    def _set_locked(self, locked: Mask | None) -> None:
        """Mark other cells as locked."""
        self._locked = locked
        self._drop_ground()
        self.update()

    def _set_marks(self, marks: Marks) -> None:
        old, self._marks = self._marks, marks
        if marks == old:
            return
        if self.lens is not None:
            self.update()
            return
        for cell in {old.current, old.hovered, marks.current, marks.hovered} - {None}:
            if cell is not None:
                self._update_around(self._grid().rect(cell))
        for block in {old.block, marks.block} - {None} if old.block != marks.block else ():
            if block is not None:
                self._update_around(self._grid().block_rect(block))
        if old.current != marks.current:
            self._update_names()

    def _update_names(self) -> None:
        layout = self._layout()
        self.update(0, 0, ceil(layout.left), self.height())
        self.update(0, 0, self.width(), ceil(layout.top))

    def _update_around(self, rect: QRectF) -> None:
        outline = margin_of(self._theme)
        self.update(rect.adjusted(-outline, -outline, outline, outline).toAlignedRect())

    def _repaint(self) -> None:
        self._colours_of = self._overview_of = None
        self._drop_ground()
        self.update()

    def _drop_ground(self) -> None:
        """Paint cells one by one again, until the next time that only a light changes."""
        self._ground, self._keeps_ground = None, False

    def _forget_layout(self) -> None:
        self._texts.clear()
        self._drop_ground()
        self._layout_of = self._grille = self._colours_of = self._overview_of = None

    def _font(self) -> QFont:
        """Return the typeface of the numbers: smaller in narrow cells, such as those of a small projector."""
        fonts = [ui_font(self._theme.px(size), QFont.Weight.Medium) for size in _NUMBER_PX]
        return next(filter(self._fits, fonts), fonts[-1])

    def _fits(self, font: QFont) -> bool:
        widest = QFontMetricsF(font).horizontalAdvance("+0.00")
        return self._grid().cell_width >= widest + self._theme.px(3)

    def _layout(self) -> MatrixLayout:
        ratio = self.devicePixelRatioF()
        if self._layout_of is None or self._layout_of.grid.ratio != ratio:
            self._forget_layout()
            self._layout_of = MatrixLayout.fit(self._names, self.width(), self._theme, ratio)
            self._origin = self._layout_of.clamped(self._origin)
        return self._layout_of

    def _grid(self) -> Grid:
        layout = self._layout()
        return layout.grid if layout.grid.origin == self._origin else layout.grid.showing(self._origin)

    def _colours(self) -> Table:
        """Return the colours of the cells that are shown large."""
        if self._colours_of is None:
            self._colours_of = signed_colours(self._theme, self._values[self._grid().shown.slices], self._limit)
        return self._colours_of

    # Painting

    def _paint_overview(self, painter: QPainter, overview: Overview) -> None:
        theme, ratio = self._theme, self._grid().ratio
        if self._overview_of is None:
            self._overview_of = overview.image(self._values, theme, self._limit, ratio)
        draw_image(painter, overview.rect, self._overview_of)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._marks.block is not None:
            painter.setPen(QPen(QColor(theme.accent), theme.px(1.25)))
            painter.drawRect(overview.block_rect(self._marks.block))
        painter.setPen(QPen(QColor(theme.text), theme.px(1.25)))
        painter.drawRect(overview.block_rect(self._grid().shown).adjusted(-1, -1, 1, 1))

    def _paint_fills(self, painter: QPainter, block: Block) -> None:
        """Paint the colours as one image of device pixels, and over it what shows only the cells of it."""
        grid = self._grid()
        if painter.paintEngine().type() == QPaintEngine.Type.User:
            self._paint_cells(painter, block)  # a figure of the window: it has no device pixels
            return
        top, left = block.top - grid.shown.top, block.left - grid.shown.left
        bottom, right = block.bottom - grid.shown.top, block.right - grid.shown.left
        heights, widths = np.diff(grid.y[top : bottom + 2]), np.diff(grid.x[left : right + 2])
        colours = self._colours()[top : bottom + 1, left : right + 1]
        image = image_of(colours.repeat(heights, axis=0).repeat(widths, axis=1))
        image.setDevicePixelRatio(grid.ratio)
        at = QPointF(grid.x[left] / grid.ratio, grid.y[top] / grid.ratio)
        painter.drawImage(at, image)
        if grid.gap:
            source = QRectF(at * grid.ratio, QSize(image.width(), image.height()))
            painter.drawPixmap(QRectF(at, source.size() / grid.ratio), self._grille_pixmap(), source)

    def _paint_cells(self, painter: QPainter, block: Block) -> None:
        """Paint the colours as one rounded rectangle for each cell, or as an image if nothing parts them."""
        grid = self._grid()
        if not grid.gap:
            colours = signed_colours(self._theme, self._values[block.slices], self._limit)
            draw_image(painter, grid.block_rect(block), image_of(colours))
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for cell in block.cells():
            painter.setBrush(self._colour(cell))
            painter.drawRoundedRect(grid.rect(cell), grid.radius, grid.radius)
        painter.restore()

    def _colour(self, cell: Cell) -> QColor:
        top, left = self._grid().origin
        return QColor.fromRgba(int(self._colours()[cell[0] - top, cell[1] - left]))

    def _grille_pixmap(self) -> QPixmap:
        """Return the card with a hole for each cell; laid over the colours it beats rounding every cell."""
        if self._grille is None:
            grid = self._layout().grid
            last = QPointF(grid.x[-1] / grid.ratio, grid.y[-1] / grid.ratio)
            path = QPainterPath()
            path.addRect(QRectF(QPointF(0, 0), last))
            for cell in grid.shown.cells():
                path.addRoundedRect(grid.rect(cell), grid.radius, grid.radius)
            self._grille = QPixmap(int(grid.x[-1]), int(grid.y[-1]))
            self._grille.setDevicePixelRatio(grid.ratio)
            self._grille.fill(Qt.GlobalColor.transparent)
            with QPainter(self._grille) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.fillPath(path, QColor(self._theme.card))
        return self._grille

    def _paint_numbers(self, painter: QPainter, block: Block) -> None:
        grid = self._grid()
        painter.setFont(self._font())
        for cell in block.cells():
            text = self._text(cell_text(float(self._values[cell])))
            size = text.size()
            painter.setPen(readable_on(self._colour(cell)))
            painter.drawStaticText(grid.rect(cell).center() - QPointF(size.width() / 2, size.height() / 2), text)

    def _paint_locks(self, painter: QPainter, block: Block) -> None:
        """Paint a small padlock into the corner of each locked cell."""
        if self._locked is None:
            return
        grid, size = self._grid(), min(self._theme.px(4.5), 0.4 * self._grid().cell_height)
        for row, column in np.argwhere(self._locked[block.slices]) + block.corner:
            cell = int(row), int(column)
            paint_lock(painter, grid.rect(cell).topRight(), size, readable_on(self._colour(cell)))

    def _text(self, text: str) -> QStaticText:
        if text not in self._texts:
            if len(self._texts) > _CACHED_TEXTS:
                self._texts.clear()
            static = QStaticText(text)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.prepare(font=self._font())
            self._texts[text] = static
        return self._texts[text]

    def _painted_ground(self) -> QPixmap:
        """Return a picture of the widget with all shown cells and nothing else."""
        grid = self._grid()
        ground = QPixmap(self.size() * grid.ratio)
        ground.setDevicePixelRatio(grid.ratio)
        ground.fill(QColor(self._theme.card))
        with QPainter(ground) as painter:
            self._paint_block(painter, grid.touched_by(QRectF(self.rect())))
        return ground

    def _paint_block(self, painter: QPainter, block: Block) -> None:
        """Paint cells with their numbers and padlocks."""
        self._paint_fills(painter, block)
        if self.shows_numbers:
            self._paint_numbers(painter, block)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_locks(painter, block)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_lit(self, painter: QPainter) -> None:
        """Outline what is linked: in the overview too, where it may be far outside of the lens."""
        grid, overview = self._grid(), self._layout().overview
        for role, block in self._lit:
            rect = grid.block_rect(block)
            if not rect.isEmpty():
                outline(painter, self._theme, rect, role, grid.radius)
            if overview is not None:
                outline(painter, self._theme, overview.block_rect(block), role, 0.0)

    def _paint_marks(self, painter: QPainter) -> None:
        grid, marks, theme = self._grid(), self._marks, self._theme
        if marks.hovered is not None and marks.hovered != marks.current:
            self._outline(painter, grid.block_rect(Block(*marks.hovered, *marks.hovered)), theme.text, 1.0)
        if marks.block is not None:
            self._outline(painter, grid.block_rect(marks.block), theme.accent, theme.px(1.25))
        if marks.current is not None:
            self._outline(painter, grid.block_rect(Block(*marks.current, *marks.current)), theme.accent, theme.px(2))

    def _outline(self, painter: QPainter, rect: QRectF, colour: str, width: float) -> None:
        if rect.isEmpty():
            return  # outside the lens
        painter.setPen(QPen(QColor(colour), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = self._grid().radius
        painter.drawRoundedRect(rect, radius, radius)

    # Qt

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return MatrixLayout.fit(self._names, width, self._theme).height

    def sizeHint(self) -> QSize:
        width = round(self._theme.px(255))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._theme.px(60)), round(self._theme.px(8)))

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002
        self._forget_layout()

    def paintEvent(self, event: QPaintEvent) -> None:
        layout, grid = self._layout(), self._grid()
        if self._keeps_ground and self._ground is None:
            self._ground = self._painted_ground()
        with QPainter(self) as painter:
            is_figure = painter.paintEngine().type() == QPaintEngine.Type.User
            if self._ground is None or is_figure:
                painter.fillRect(event.rect(), QColor(self._theme.card))
                self._paint_block(painter, grid.touched_by(QRectF(event.rect())))
            else:
                source = QRectF(event.rect().topLeft() * grid.ratio, event.rect().size() * grid.ratio)
                painter.drawPixmap(event.rect(), self._ground, source.toRect())
            if layout.overview is not None:
                self._paint_overview(painter, layout.overview)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if event.rect().left() < grid.corner.x() or event.rect().top() < grid.corner.y():
                paint_names(
                    painter, layout, grid, self._names, Standing(self._marks.current, self.lit_lines), self._theme
                )
            self._paint_lit(painter)
            self._paint_marks(painter)


def _near(first: int, index: int, count: int) -> int:
    """Return where a lens of so many rows begins that moves as little as possible to hold one of them."""
    return min(max(first, index - count + 1), index)
