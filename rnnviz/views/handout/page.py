"""A handout as pages of A4: for the students, and with the solution."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from rnnviz.views.figure import Figure
from rnnviz.views.fonts import ui_font
from rnnviz.views.formula import Formula, formula_renderer, latex_of
from rnnviz.views.handout.content import Handout
from rnnviz.views.handout.pictures import CURVES, NETWORK, PAPER, picture
from rnnviz.views.handout.steps import Row

A4_MM = (210.0, 297.0)
_MARGIN, _GAP = 56.0, 14.0  # logical pixels, like all sizes here: 96 are an inch
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
_NETWORK_HEIGHT, _CURVES_HEIGHT, _MOST_CURVES_HEIGHT = 150.0, 150.0, 230.0
_EQUATION, _LEADING = 14.0, 8.0
_EQUATION_SCALES = (1.0, 0.93, 0.86, 0.8, 0.73, 0.66, 0.6, 0.53)  # of their size, until they fit
_ROW, _LEAST_ROW, _MOST_ROW, _COLUMN = 24.0, 15.0, 32.0, 74.0
_STEP_WIDTH = 276.0
_STEP_LABEL = 46.0
_MOST_NOTES = 48.0


def handout_pages(content: Handout, command: str = "", *, with_solution: bool = True) -> tuple[Figure, ...]:
    """Return the page for students and, after it, the page with the solution; ``command`` makes them again."""
    kinds = (False, True) if with_solution else (False,)
    return tuple(_page(content, command, is_solution=is_solution) for is_solution in kinds)


def _page(content: Handout, command: str, *, is_solution: bool) -> Figure:
    def paint(painter: QPainter, rect: QRectF) -> None:
        _Page(painter, content, is_solution=is_solution).paint(rect)

    return Figure(
        paint=paint,
        width_mm=A4_MM[0],
        height_mm=A4_MM[1],
        title=content.title,
        background=QColor(PAPER.card),
        description=command,
    )


class _Page:
    """Paints one page from top to bottom. ``_y`` is where the next thing begins."""

    def __init__(self, painter: QPainter, content: Handout, *, is_solution: bool) -> None:
        self._painter, self._content, self._is_solution = painter, content, is_solution
        self._ink, self._muted = QColor(PAPER.text), QColor(PAPER.muted)

    def paint(self, rect: QRectF) -> None:
        """Paint the page; the equations are made as large as there is room for."""
        area = rect.adjusted(_MARGIN, _MARGIN * 0.8, -_MARGIN, -_MARGIN * 0.8)
        self._left, self._width, self._y = area.left(), area.width(), area.top()
        self._paint_heading()
        self._paint_picture(NETWORK, QRectF(self._left, self._y, self._width, _NETWORK_HEIGHT))
        self._y += _NETWORK_HEIGHT + _GAP
        exercise = self._exercise_height()
        below = 2 * _GAP + exercise + 22
        self._paint_equations(area.bottom() - self._y - below - _CURVES_HEIGHT)
        width, height = (self._width - _GAP) / 2, min(area.bottom() - self._y - below, _MOST_CURVES_HEIGHT)
        for number, view in enumerate(CURVES):
            self._paint_picture(view, QRectF(self._left + number * (width + _GAP), self._y, width, height))
        self._y += height + _GAP
        self._paint_exercise(min(exercise * _MOST_ROW / _ROW, area.bottom() - self._y - 22))

    # Above

    def _paint_heading(self) -> None:
        title = self._content.title + (": solution" if self._is_solution else "")
        self._write(title, 20, self._left, self._y + 18, weight=QFont.Weight.DemiBold, room=self._width * 0.6)
        if not self._is_solution:
            self._write_right(
                "Name \N{LOW LINE}" + "\N{LOW LINE}" * 17 + "   Date \N{LOW LINE}" + "\N{LOW LINE}" * 8, 11
            )
        self._y += 30
        for words in (self._content.notes, *self._content.remarks):
            if words:
                self._y += self._paint_words(words)
        self._y += 6

    def _paint_words(self, words: str) -> float:
        """Paint a paragraph, cut off where it is very long; return its height."""
        font = ui_font(11.5)
        room = QRectF(self._left, self._y, self._width, _MOST_NOTES)
        height = min(QFontMetricsF(font).boundingRect(room, _WRAPPED, words).height(), _MOST_NOTES)
        self._painter.setFont(font)
        self._painter.setPen(self._muted)
        self._painter.drawText(QRectF(room.topLeft(), room.size()), _WRAPPED, words)
        return height + 2

    def _paint_picture(self, view: str, place: QRectF) -> None:
        figure = picture(view, self._content.moment, place.width(), place.height())
        self._painter.save()
        self._painter.translate(place.topLeft())
        self._painter.setClipRect(QRectF(0, 0, place.width(), place.height()))
        figure.paint(self._painter, QRectF(0, 0, place.width(), place.height()))
        self._painter.restore()

    # Equations

    def _paint_equations(self, room: float) -> None:
        """Paint the equations one behind the other, each group on lines of its own, in the largest size that fits."""
        for scale in _EQUATION_SCALES:
            rows = self._equation_rows(self._width / scale)
            height = sum(above + below + _LEADING for _, above, below in rows)
            if height * scale <= room:
                break
        scale = min(scale, room / max(height, 1.0))  # only what is far too much becomes smaller than the least size
        self._painter.save()
        self._painter.translate(self._left, self._y)
        self._painter.scale(scale, scale)
        y = 0.0
        for formulas, above, below in rows:
            y += above
            for x, formula in formulas:
                formula.paint(self._painter, x, y)
            y += below + _LEADING
        self._painter.restore()
        self._y += height * scale + _GAP

    def _equation_rows(self, width: float) -> list[tuple[list[tuple[float, Formula]], float, float]]:
        """Return the lines of equations: each formula with its place, and how far the line reaches up and down."""
        rows: list[list[tuple[float, Formula]]] = []
        for group in self._content.equations:
            x = 0.0
            rows.append([])
            for latex in group:
                formula = formula_renderer(latex, _EQUATION, PAPER.text)
                if rows[-1] and x + formula.width > width:
                    rows.append([])
                    x = 0.0
                rows[-1].append((x, formula))
                x += formula.width + 2 * _EQUATION
        return [(row, max(f.ascent for _, f in row), max(f.descent for _, f in row)) for row in rows]

    # What is to be filled in

    def _exercise_height(self) -> float:
        rows = len(self._content.rows) + 1
        lines = [0.5 if row.is_rule else 1.0 for row in self._content.exercise]
        return max(rows * _ROW, (sum(lines) + 2.2) * 19.0)

    def _paint_exercise(self, height: float) -> None:
        columns = len(self._content.head)
        table_width = min(columns * _COLUMN, self._width - _STEP_WIDTH - 1.5 * _GAP)
        verb = "Solution" if self._is_solution else "Fill in"
        self._write(f"{verb}: {self._content.table_title}", 12.5, self._left, self._y + 10, QFont.Weight.DemiBold)
        left = self._left + self._width - _STEP_WIDTH
        self._write(f"{verb}: {self._content.step_title}", 12.5, left, self._y + 10, QFont.Weight.DemiBold)
        self._y += 20
        self._paint_table(table_width, height)
        self._paint_step(QRectF(left, self._y, _STEP_WIDTH, height))

    def _paint_table(self, width: float, height: float) -> None:
        head, rows, painter = self._content.head, self._content.rows, self._painter
        row_height = min(max(height / (len(rows) + 1), _LEAST_ROW), _MOST_ROW)
        first = 26.0
        edges = [self._left, self._left + first]
        edges += [edges[1] + (width - first) * (k + 1) / (len(head) - 1) for k in range(len(head) - 1)]
        painter.setPen(QPen(QColor(PAPER.muted), 0.6))
        bottom = self._y + row_height * (len(rows) + 1)
        for number in range(len(rows) + 2):
            y = self._y + number * row_height
            painter.drawLine(QPointF(edges[0], y), QPointF(edges[-1], y))
        for x in edges:
            painter.drawLine(QPointF(x, self._y), QPointF(x, bottom))
        for number, latex in enumerate(head):
            self._centre_formula(latex, (edges[number], edges[number + 1]), self._y + row_height * 0.66)
        font = ui_font(min(11.0, row_height * 0.6))
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        for number, cells in enumerate(rows, 1):
            for column, cell in enumerate(cells):
                text = "" if cell.is_asked and not self._is_solution else cell.text
                is_answer = cell.is_asked and self._is_solution
                painter.setPen(QColor(PAPER.accent_text) if is_answer else self._ink)
                middle = (edges[column] + edges[column + 1]) / 2
                advance, room = metrics.horizontalAdvance(text), edges[column + 1] - edges[column] - 4
                baseline = self._y + number * row_height + row_height / 2 + metrics.capHeight() / 2
                painter.save()
                painter.translate(middle, baseline)
                scale = min(1.0, room / max(advance, 1.0))
                painter.scale(scale, scale)
                painter.drawText(QPointF(-advance / 2, 0), text)
                painter.restore()

    def _centre_formula(self, latex: str, ends: tuple[float, float], baseline: float) -> None:
        formula = formula_renderer(latex, 11.0, PAPER.text)
        scale = min(1.0, (ends[1] - ends[0] - 4) / max(formula.width, 1.0))
        formula.paint(self._painter, (sum(ends) - formula.width * scale) / 2, baseline, scale)

    def _paint_step(self, place: QRectF) -> None:
        content, y = self._content, place.top()
        rows = content.solution if self._is_solution else content.exercise
        lines = sum(0.5 if row.is_rule else 1.0 for row in rows) + len(content.step_equations)
        height = min(place.height() / lines, 26.0)
        forward, backward = content.step_equations
        last_rule = max((n for n, row in enumerate(rows) if row.is_rule), default=-1)
        y += self._paint_step_equation(forward, place.left(), y, height)
        for number, row in enumerate(rows):
            if row.is_rule:
                line = y + height * 0.25
                self._painter.setPen(QPen(self._muted, 0.6))
                self._painter.drawLine(QPointF(place.left(), line), QPointF(place.right(), line))
                y += height * 0.5
            else:
                self._paint_row(row, place, y + height * 0.68)
                y += height
            if number == last_rule:
                y += self._paint_step_equation(backward, place.left(), y, height)

    def _paint_step_equation(self, latex: str, x: float, y: float, height: float) -> float:
        formula = formula_renderer(latex, 12.0, PAPER.text)
        formula.paint(self._painter, x, y + height * 0.68, min(1.0, _STEP_WIDTH / max(formula.width, 1.0)))
        return height

    def _paint_row(self, row: Row, place: QRectF, baseline: float) -> None:
        x = place.left()
        if row.label:
            formula = formula_renderer(latex_of(row.label), 11.0, PAPER.text)
            formula.paint(self._painter, x, baseline, min(1.0, (_STEP_LABEL - 4) / max(formula.width, 1.0)))
        end = place.right() - 72
        self._write(row.made, 11, x + _STEP_LABEL, baseline, room=end - x - _STEP_LABEL - 14)
        self._write(row.sign, 11, end - 10, baseline)
        if row.value:
            weight = QFont.Weight.DemiBold if row.is_result else QFont.Weight.Normal
            advance = QFontMetricsF(ui_font(11, weight)).horizontalAdvance(row.value)
            self._write(row.value, 11, place.right() - advance, baseline, weight)
        elif row.sign:
            self._painter.setPen(QPen(self._ink, 0.6))
            self._painter.drawLine(QPointF(end + 6, baseline + 2), QPointF(place.right(), baseline + 2))

    # Words

    def _write(  # a drawing primitive: each of them is one mark on paper
        self,
        text: str,
        size: float,
        x: float,
        baseline: float,
        weight: QFont.Weight = QFont.Weight.Normal,
        room: float | None = None,
    ) -> None:
        """Write a line, made smaller where it would be wider than the room."""
        font = ui_font(size, weight)
        scale = 1.0 if room is None else min(1.0, room / max(QFontMetricsF(font).horizontalAdvance(text), 1.0))
        painter = self._painter
        painter.save()
        painter.setFont(font)
        painter.setPen(self._ink)
        painter.translate(x, baseline)
        painter.scale(scale, scale)
        painter.drawText(QPointF(0, 0), text)
        painter.restore()

    def _write_right(self, text: str, size: float) -> None:
        advance = QFontMetricsF(ui_font(size)).horizontalAdvance(text)
        self._write(text, size, self._left + self._width - advance, self._y + 18)
