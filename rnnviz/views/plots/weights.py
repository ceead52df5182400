"""Every matrix of the network as one figure, on one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from rnnviz.core.activations import Array
from rnnviz.document.document import READOUT, Document, Place
from rnnviz.document.links import Focus, Role, Weight
from rnnviz.views.axes import finite_extent
from rnnviz.views.colours import readable_on, signed_colours
from rnnviz.views.fonts import MINUS, number, scientific, ui_font
from rnnviz.views.formula import Symbol, symbol, symbol_width
from rnnviz.views.lights import outline
from rnnviz.views.marks import draw_heat_map
from rnnviz.views.plots._base import Ghost, Plot, PlotSpec
from rnnviz.views.steps import rounded_limit
from rnnviz.views.theme import Theme

Heading = Literal["full", "symbol", "none"]

_WRITTEN_CELLS = 2000  # more numbers than this cannot be read, and cost more than a frame
_LEAST_SHARE: dict[Heading, float] = {"full": 0.5, "symbol": 0.25}  # of the cells' size without headings
_ASPECTS, _BROAD_FROM = (1.35, 1.6, 1.9), 11  # of cells for numbers, and from which height on
_LEGEND_STEPS = 129
_TICK_LETTERS = 6
_LONG = 1e6  # from here on a number in a cell has a power of ten


@dataclass(frozen=True, slots=True)
class Matrix:
    """One array of weights as the figure shows it; a vector is a column."""

    place: Place
    values: Array
    symbol: Symbol
    size: str


@dataclass(frozen=True, slots=True)
class _Style:
    """How cells and headings are sized: ``cell`` is the height of one, ``aspect`` its width in heights.

    ``heads`` are the widths of the headings.
    """

    cell: float
    aspect: float
    heading: Heading
    heads: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    """A matrix in its place: the whole block with its heading, and its cells."""

    matrix: Matrix
    head: QPointF
    cells: QRectF


class WeightsPlot(Plot):
    """All weights of the document. The cursor changes nothing here."""

    spec = PlotSpec(
        key="weights",
        title="Weight matrices",
        look_at="orange is positive, blue negative, white exactly 0",
        meaning="Every matrix of the network, all on one scale: orange is positive, blue is negative, and "
        "the neutral colour is exactly 0. Row i feeds unit i, column j listens to input or unit j; "
        "a bias is a column.",
        area="right",
        order=90,
        height=2,
        shown=False,
        one_of=(),
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._matrices: tuple[Matrix, ...] = ()
        self._alike: tuple[Ghost, ...] = ()  # the ghosts whose matrices have the same sizes
        self._limit = 1.0
        self._kept: tuple[QRectF, Theme, tuple[tuple[Place, tuple[int, ...]], ...], _Style] | None = None

    # What is shown

    def matrices(self) -> tuple[Matrix, ...]:
        """Return what is drawn, in the order of the document."""
        return self._matrices

    @property
    def limit(self) -> float:
        """The |w| with the strongest colour: a round number that no weight exceeds."""
        return self._limit

    def frame_shown(self) -> None:
        assert self.frame is not None
        document = self.frame.document
        layers = len(document.layers)
        matrices = []
        for place in document.places():
            values = document.weight(place)
            size = " × ".join(str(length) for length in values.shape)
            base, _, subscript = place.name.partition("_")
            layer = f"({place.layer + 1})" if layers > 1 and place.layer != READOUT else ""
            columns = values.reshape(len(values), -1)
            matrices.append(Matrix(place, columns, Symbol(base, subscript, layer), size))
        self._matrices = tuple(matrices)
        self._alike = tuple(g for g in self.ghosts if _shapes(g.frame.document) == _shapes(document))
        largest = max(finite_extent(matrix.values) for matrix in matrices)
        limit = min(rounded_limit(max(largest, 1e-300)), 1e300)
        _, self._limit = self.scale("weights", -limit, limit)

    def remark(self) -> str:
        return self.spec.look_at.replace("white", "dark grey") if self.theme.is_dark else self.spec.look_at

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.set_remark(self.remark())

    # Where it is

    def _blocks(self, rect: QRectF) -> tuple[list[_Block], _Style]:
        """Return the matrices in their places, in the middle of the free height."""
        area, style = self._area(rect), self._style(rect)
        blocks = self._flow(area, style)
        down = QPointF(0, max(area.bottom() - max(block.cells.bottom() for block in blocks), 0.0) / 2)
        moved = [_Block(each.matrix, each.head + down, each.cells.translated(down)) for each in blocks]
        return moved, style

    def _area(self, rect: QRectF) -> QRectF:
        px = self.theme.px
        return rect.adjusted(px(14), px(4), -px(14), -self._legend_height(rect))

    def _style(self, rect: QRectF) -> _Style:
        """Return the style that fits best; it is kept while a drag changes numbers but no size."""
        sizes = tuple((matrix.place, matrix.values.shape) for matrix in self._matrices)
        if self._kept is None or self._kept[:3] != (rect, self.theme, sizes):
            self._kept = (rect, self.theme, sizes, self._best_style(self._area(rect)))
        return self._kept[3]

    def _best_style(self, area: QRectF) -> _Style:
        """Return the style with the largest cells, and as much heading as leaves them a fair size."""
        bare = style = self._largest_cells(area, 1.0, "none")
        for heading, share in _LEAST_SHARE.items():
            headed = self._largest_cells(area, 1.0, heading)
            if headed.cell >= share * bare.cell:
                style = headed
                break
        return self._broadened(area, style) if style.cell >= self.theme.px(_BROAD_FROM) else style

    def _broadened(self, area: QRectF, style: _Style) -> _Style:
        """Return a style with cells that are wider than high, for numbers, if that costs little height."""
        found = style
        for aspect in _ASPECTS:
            broad = self._largest_cells(area, aspect, style.heading)
            if broad.cell * aspect >= found.cell * found.aspect and broad.cell >= 0.8 * style.cell:
                found = broad
        return found

    def _largest_cells(self, area: QRectF, aspect: float, heading: Heading) -> _Style:
        """Find, by halving, the largest cells with which everything fits; 0 if nothing does."""
        heads = tuple(self._heading_width(matrix, heading) for matrix in self._matrices)
        small, large = 0.0, max(self.theme.px(56), min(area.width(), area.height()) / 6)
        for _ in range(14):
            middle = (small + large) / 2
            blocks = self._flow(area, _Style(middle, aspect, heading, heads))
            right = max(block.cells.right() for block in blocks)
            bottom = max(block.cells.bottom() for block in blocks)
            fits = right <= area.right() + 0.01 and bottom <= area.bottom() + 0.01
            small, large = (middle, large) if fits else (small, middle)
        return _Style(small, aspect, heading, heads)

    def _flow(self, area: QRectF, style: _Style) -> list[_Block]:
        """Place the blocks like words on lines, whose height is that of their tallest."""
        gap = self.theme.px(16 if style.heading != "none" else 4)
        head = self.theme.px(20) if style.heading != "none" else 0.0
        blocks: list[_Block] = []
        x, y, line = area.left(), area.top(), 0.0
        for matrix, head_width in zip(self._matrices, style.heads, strict=True):
            rows, columns = matrix.values.shape
            width, height = columns * style.cell * style.aspect, rows * style.cell
            taken = max(width, head_width)
            if x > area.left() and x + taken > area.right() + 0.01:
                x, y, line = area.left(), y + line + 0.5 * gap, 0.0
            cells = QRectF(x, y + head, max(width, 0.1), max(height, 0.1))
            blocks.append(_Block(matrix, QPointF(x, y + 0.72 * head), cells))
            x += taken + gap
            line = max(line, head + height)
        return blocks

    def _heading_width(self, matrix: Matrix, heading: Heading) -> float:
        if heading == "none":
            return 0.0
        base, subscript, superscript = matrix.symbol.base, matrix.symbol.subscript, matrix.symbol.superscript
        width = symbol_width(base, subscript, self.theme.px(15), superscript)
        if heading == "full":
            size = QFontMetricsF(ui_font(self.theme.words(10.5))).horizontalAdvance(matrix.size)
            width += self.theme.px(6) + size
        return width

    def _legend_height(self, rect: QRectF) -> float:
        return self.theme.px(30) if rect.height() >= self.theme.px(140) else self.theme.px(4)

    # Painting

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        blocks, style = self._blocks(rect)
        font = self._value_font(style)
        for block in blocks:
            if style.heading != "none":
                self._paint_heading(painter, block, style.heading)
            if style.cell < self.theme.px(7):
                self._paint_small_cells(painter, block)
            else:
                self._paint_cells(painter, block, font)
                self._paint_ghosts(painter, block)
        if self._legend_height(rect) > self.theme.px(10):
            self._paint_legend(painter, rect)

    def _paint_heading(self, painter: QPainter, block: _Block, heading: Heading) -> None:
        px, drawn, (x, y) = self.theme.px, block.matrix.symbol, block.head.toTuple()
        colour = QColor(self.theme.text)
        x += symbol(painter, x, y, drawn.base, drawn.subscript, px(15), colour, drawn.superscript) + px(6)
        if heading == "full":
            painter.setFont(ui_font(self.theme.words(10.5)))
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(QPointF(x, y), block.matrix.size)

    def _paint_small_cells(self, painter: QPainter, block: _Block) -> None:
        """Paint cells too small for gaps as one image, outlined because 0 looks nearly like the ground."""
        draw_heat_map(painter, block.cells, signed_colours(self.theme, block.matrix.values, self._limit))
        outline = QColor(self.theme.muted)
        outline.setAlphaF(0.35)
        painter.setPen(QPen(outline, 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(block.cells)

    def _paint_cells(self, painter: QPainter, block: _Block, font: QFont | None) -> None:
        values = block.matrix.values
        rows, columns = values.shape
        width, height = block.cells.width() / columns, block.cells.height() / rows
        gap = min(self.theme.px(2), 0.08 * height)
        colours = signed_colours(self.theme, values, self._limit).tolist()
        if font is not None:
            painter.setFont(font)
        for row, column in np.ndindex(rows, columns):
            left, top = block.cells.left() + column * width, block.cells.top() + row * height
            cell = QRectF(left, top, width - gap, height - gap)
            colour = QColor.fromRgba(colours[row][column])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(cell, gap, gap)
            if font is not None:
                painter.setPen(readable_on(colour))
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, _value_text(float(values[row, column])))

    def _paint_ghosts(self, painter: QPainter, block: _Block) -> None:
        """Give cells whose weights differ from a ghost's a lower edge in its colours, parted among the ghosts."""
        values, ghosts = block.matrix.values, self._alike
        rows, columns = values.shape
        width, height = block.cells.width() / columns, block.cells.height() / rows
        gap = min(self.theme.px(2), 0.08 * height)
        part, edge = (width - gap) / max(len(ghosts), 1), 0.22 * height
        painter.setPen(QPen(QColor(self.theme.card), gap / 2))
        for share, ghost in enumerate(ghosts):
            other = ghost.frame.document.weight(block.matrix.place).reshape(values.shape)
            colours = signed_colours(self.theme, other, self._limit).tolist()
            for row, column in np.argwhere(other != values).tolist():
                left = block.cells.left() + column * width + share * part
                bottom = block.cells.top() + (row + 1) * height - gap
                painter.setBrush(QColor.fromRgba(colours[row][column]))
                painter.drawRect(QRectF(left, bottom - edge, part, edge))

    def _value_font(self, style: _Style) -> QFont | None:
        """Return the font for the numbers in the cells, or None if they do not fit."""
        if sum(matrix.values.size for matrix in self._matrices) > _WRITTEN_CELLS:
            return None
        px = self.theme.px
        metrics = QFontMetricsF(ui_font(px(12), QFont.Weight.Medium))
        extremes = (end for matrix in self._matrices for end in (matrix.values.min(), matrix.values.max()))
        widest = max(metrics.horizontalAdvance(_value_text(float(value))) for value in extremes)
        room = style.cell * style.aspect - px(6)
        size = min(px(12), 0.6 * style.cell, px(12) * room / widest)
        return ui_font(size, QFont.Weight.Medium) if size >= self.theme.words(7.5) else None

    def _paint_legend(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the scale at the lower right, −limit, 0, limit, as far as there is room."""
        px = self.theme.px
        font = ui_font(self.theme.words(10.5))
        metrics = QFontMetricsF(font)
        self._name_ghosts(painter, rect, font)
        ends = [_round_text(-self._limit), "0", _round_text(self._limit)]
        overhang = metrics.horizontalAdvance(ends[0]) / 2
        width = min(px(140), rect.width() - px(28) - 2 * overhang)
        if width < 2 * overhang + px(12):
            return
        bar = QRectF(rect.right() - px(14) - overhang - width, rect.bottom() - px(23), width, px(6))
        scale = np.linspace(-self._limit, self._limit, _LEGEND_STEPS)[None]
        draw_heat_map(painter, bar, signed_colours(self.theme, scale, self._limit))
        painter.setFont(font)
        painter.setPen(QColor(self.theme.muted))
        labels = list(zip(ends, (bar.left(), bar.center().x(), bar.right()), strict=True))
        if width < 4 * overhang + px(24):
            del labels[1]
        for text, x in labels:
            advance = metrics.horizontalAdvance(text)
            painter.drawText(QPointF(x - advance / 2, bar.bottom() + px(13)), text)

    def _name_ghosts(self, painter: QPainter, rect: QRectF, font: QFont) -> None:
        """Say at the lower left whose colours the lower edges of cells have, from the left, as far as there is room."""
        px, names = self.theme.px, " | ".join(ghost.name for ghost in self._alike)
        room = rect.width() - px(14 + 14 + 190)
        if names and room > px(60):
            words = QFontMetricsF(font).elidedText(f"lower edge: {names}", Qt.TextElideMode.ElideRight, room)
            painter.setFont(font)
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(QPointF(rect.left() + px(14), rect.bottom() - px(10)), words)

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        """Paint nothing: weights are the same at every t."""

    def cursor_region(self, rect: QRectF) -> list[QRect]:  # noqa: ARG002
        return []

    # The pointer

    def describe(self, position: QPointF, rect: QRectF) -> str:
        found = self._entry_at(position, rect)
        if found is None:
            return self.spec.meaning
        block, row, column = found
        entry = f"{row + 1}" if "×" not in block.matrix.size else f"{row + 1}, {column + 1}"
        return f"{block.matrix.place.name}[{entry}] = {scientific(block.matrix.values[row, column], 6)}"

    def _entry_at(self, position: QPointF, rect: QRectF) -> tuple[_Block, int, int] | None:
        """Return the matrix at a position, with the row and the column there; None beside all of them."""
        for block in self._blocks(rect)[0]:
            cells, (rows, columns) = block.cells, block.matrix.values.shape
            if cells.contains(position):
                row = min(int((position.y() - cells.top()) / cells.height() * rows), rows - 1)
                column = min(int((position.x() - cells.left()) / cells.width() * columns), columns - 1)
                return block, row, column
        return None

    # What is lit up

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        found = self._entry_at(position, rect)
        return None if found is None else Weight(found[0].matrix.place, *found[1:])

    def paint_links(self, painter: QPainter, rect: QRectF) -> None:
        for role, place in self._lit_places(rect):
            outline(painter, self.theme, place, role)

    def links_region(self, rect: QRectF) -> list[QRect]:
        return [place.adjusted(-3, -3, 3, 3).toAlignedRect() for _, place in self._lit_places(rect)]

    def _lit_places(self, rect: QRectF) -> list[tuple[Role, QRectF]]:
        """Return where the rows, columns and entries are that are lit."""
        lit: list[tuple[Role, QRectF]] = []
        for block in () if self.links is None else self._blocks(rect)[0]:
            rows, columns = block.matrix.values.shape
            for role, row, column in self.links.cells(block.matrix.place) if self.links else ():
                place, (width, height) = QRectF(block.cells), block.cells.size().toTuple()
                if row is not None:
                    place.setRect(place.left(), place.top() + row * height / rows, width, height / rows)
                if column is not None:
                    place.setLeft(block.cells.left() + column * width / columns)
                    place.setWidth(width / columns)
                lit.append((role, place))
        return lit


def _shapes(document: Document) -> dict[Place, tuple[int, ...]]:
    return {place: document.weight(place).shape for place in document.places()}


def _value_text(value: float) -> str:
    return number(value, 2, sign=True) if abs(value) < _LONG else scientific(value)


def _round_text(value: float) -> str:
    plain = f"{value:g}".replace("-", MINUS)
    return plain if "e" not in plain and len(plain) <= _TICK_LETTERS else scientific(value)


PLOT = WeightsPlot
