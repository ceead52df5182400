"""The eigenvalues of the recurrent matrix in the complex plane, and what a step does to the gradient."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QLineF, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip, QWidget

from rnnviz.core.cells import CELLS
from rnnviz.core.eigenbasis import ImmovableError
from rnnviz.core.measures.norms import frobenius_norm
from rnnviz.core.measures.spectrum import Eigenvalues, Spectra, eigenvalues
from rnnviz.document.document import Place
from rnnviz.document.links import Eigenvalue, Focus, Step
from rnnviz.session.background import Question
from rnnviz.views.fonts import scientific, ui_font
from rnnviz.views.plots._base import Ghost, Look, Plot, PlotSpec
from rnnviz.views.plots._complex_plane import (
    eigenvalue_in_words,
    paint_dots,
    paint_names,
    paint_rings,
    paint_unit_circle,
)
from rnnviz.views.plots._eigen_drag import EigenDrag
from rnnviz.views.plots._ghosts import draw_ghost_marks, legend_above, paint_ghost_legend, widened
from rnnviz.views.plots._lit_spectrum import Dots, LitSpectrum, paint_lit
from rnnviz.views.plots._readings import Layout, Reading, arrange, paint_label, paint_value
from rnnviz.views.plots._rest import CursorRest
from rnnviz.views.plots._spectra import EXACT_ROWS, NO_VALUES, FoundSpectra
from rnnviz.views.plots._spectrum_look import GATES, SpectrumLook, SpectrumRow
from rnnviz.views.plots._table import DataTable, listed
from rnnviz.views.steps import rounded_limit
from rnnviz.views.theme import Theme

_LARGE = 999.0
_DOT_SIZES = ((12, 5.0), (40, 3.6))  # up to so many eigenvalues, dots of this radius
_FIRST_REACH = 1.25  # the plane reaches at least so far: nothing jumps when an eigenvalue crosses the circle
_REACH, _SNAP, _DEAD_ZONE = 9, 5, 3  # px: from a dot; from the real axis; a click with a trembling hand


class SpectrumPlot(Plot):
    """λ of W_hh against the unit circle."""

    spec = PlotSpec(
        key="spectrum",
        title="Eigenvalues",
        look_at="of the recurrent matrix",
        meaning="The eigenvalues λ of W_hh in the complex plane, and the unit circle. What W_hh multiplies "
        "again and again shrinks along a λ inside the circle and grows along one outside; a complex "
        "pair turns it. The spectral radius is max |λ|; σ max is the most that one product can "
        "stretch a vector. What a step really does is its Jacobian J, the derivative of the state after it "
        "with respect to the state before: J = diag(φ′(a_t)) W_hh in a plain cell, so saturated units, whose "
        "φ′ is small, shrink it.\n\nDrag an eigenvalue: W_hh follows, with its eigenvectors and all its other "
        "eigenvalues as they were; both of a pair move together.\n\nPoint at an entry of W_hh anywhere: arrows show "
        "where each λ goes to first order if the entry grows, ∂λ/∂w. Point at a unit: an arc around each λ is its "
        "share |∂λ/∂W_ii| of all units'. E lights up one eigenvalue after the other.",
        area="right",
        order=30,
        height=2,
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._look = SpectrumLook()
        self._row: SpectrumRow | None = None
        self._found = FoundSpectra()
        self._rest = CursorRest(self)
        self._rest.rested.connect(self._look_at_rest)
        self._ghosts: tuple[tuple[Ghost, Eigenvalues], ...] = ()
        self._kept: tuple[QRectF, Theme, Layout] | None = None
        self._lit: LitSpectrum | None = None
        self._drag: EigenDrag | None = None
        self._held_scale = 0.0
        self._pressed = QPointF()
        self._is_moving = False
        self.setMouseTracking(True)

    # What is shown

    @property
    def matrix_name(self) -> str:
        """The name of the matrix: of several blocks, the chosen one or the first."""
        return self._found.matrix_name

    def eigenvalues(self) -> Eigenvalues:
        """Return what is drawn, the largest |λ| first; none until they are known."""
        return self._found.values

    def jacobian_eigenvalues(self, t: int) -> Eigenvalues:
        """Return the rings of the step to t; none where no step is taken, or until they are known."""
        return self._found.jacobian_values(t) if self._look.shows_jacobian else NO_VALUES

    def readings(self) -> list[Reading]:
        """Return the numbers that do not depend on the cursor."""
        return self._found.readings()

    def readings_at(self, t: int) -> list[Reading]:
        """Return the numbers of the step to t: about its Jacobian, and the mean slope where there is one φ."""
        return self._found.readings_at(t)

    def tables(self) -> tuple[DataTable, ...]:
        """Return the dots and the rings at the cursor, each with its |λ|."""
        drawn = ((self.matrix_name, self.eigenvalues()), ("J", self.jacobian_eigenvalues(self.cursor_t)))
        rows = [(name, value.real, value.imag, abs(value)) for name, values in drawn for value in values.tolist()]
        return (listed(("matrix", "Re λ", "Im λ", "|λ|"), rows),) if rows else ()

    def frame_shown(self) -> None:
        assert self.frame is not None
        if self._drag is None:  # the plane stands still under the hand
            self._kept = None
        if self._row is not None:
            self._row.show_look(self._look, self.frame.document.layers[self.selection.layer].cell)
        self._found.show(self.frame, self.selection, self._look.block)
        self._rest.settle_now(self.cursor_t)
        self._ask()

    def _ask(self) -> None:
        self._found.ask(self._rest.t if self._look.shows_jacobian else 0)

    def _look_at_rest(self) -> None:
        if self.is_ready:
            self._ask()
            self.question_changed.emit()

    def question(self) -> Question | None:
        return self._found.question

    def answer_shown(self, answer: object) -> None:
        assert isinstance(answer, Spectra)
        self._found.take(answer)
        if self._drag is None:
            self._kept = None

    def show_cursor(self, t: int) -> None:
        super().show_cursor(t)
        if self._look.shows_jacobian:
            self._rest.move(t)

    # What is chosen

    def look(self) -> Look | None:
        has_block = self.frame is None or self._look.block in CELLS[self._found.cell].blocks
        return self._look if has_block else replace(self._look, block="")

    def take_look(self, look: Look) -> None:
        if isinstance(look, SpectrumLook):
            self._look = look

    def controls(self) -> QWidget | None:
        self._row = SpectrumRow(self.theme)
        self._row.changed.connect(self._take_choice)
        return self._row

    @property
    def row(self) -> SpectrumRow | None:
        """The controls above the plot; None in a figure."""
        return self._row

    def _take_choice(self) -> None:
        assert self._row is not None
        self._let_go()
        self._look = self._row.look
        if self.is_ready:
            self.ghosts_shown()
            self.frame_shown()
            self.set_remark(self.remark())
            self.repaint_ground()
            self.question_changed.emit()

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        if self._row is not None:
            self._row.apply_theme(theme)

    # Numbers

    def ghosts_shown(self) -> None:
        """Find the eigenvalues of each ghost: of the same matrix, or that of another cell which comes first."""
        found = []
        for ghost in self.ghosts:
            if ghost.layer(self.selection) is not None:
                layer = ghost.frame.document.layers[self.selection.layer]
                values = eigenvalues(layer.weights[f"W_h{self._look.block_of(layer.cell)}"])
                found.append((ghost, values[np.isfinite(values)]))
        self._ghosts = tuple(found)

    def remark(self) -> str:
        assert self.frame is not None
        if self._found.is_gated:
            gate = GATES.get(self.matrix_name[-1], self.matrix_name[-1])
            return f"of {self.matrix_name} ({gate})"
        return self.spec.look_at

    # Where it is

    def _layout(self, rect: QRectF) -> Layout:
        """Return where things are; kept as long as nothing can have moved."""
        if self._kept is None or self._kept[:2] != (rect, self.theme):
            px = self.theme.px
            area = self._legend(rect)[1].adjusted(px(14), px(4), -px(14), -px(8))
            readings = [*self.readings(), *self.readings_at(0)]
            # No J of a plain cell is larger than this, because no φ′ is larger than 1; a gated one seldom is.
            bound = Reading("", "", _LARGE if self._found.is_gated else frobenius_norm(self._found.matrix), "")
            texts = [reading.text for reading in (*self.readings(), bound)] + ["<0.001"]
            self._kept = (rect, self.theme, arrange(self.theme, area, readings, texts))
        return self._kept[2]

    def _legend(self, rect: QRectF) -> tuple[QRectF, QRectF]:
        """Return the line for names of what is drawn, where more than W is, and what is left below it."""
        named = (*self._ghosts, *([None] if self._look.shows_jacobian else []))
        return legend_above(self.theme, rect, named if self.shows_legend else ())

    def _pixels_per_one(self, square: QRectF) -> float:
        """Return the radius of the unit circle: it changes in steps, and not at all while an eigenvalue is held."""
        if self._drag is not None:
            return self._held_scale
        radius = float(np.abs(self._found.values[0])) if len(self._found.values) else 0.0
        reach = _FIRST_REACH if radius <= _FIRST_REACH else min(rounded_limit(radius), 1e300)
        for _, values in self._ghosts:
            reach = widened(reach, float(np.abs(values).max(initial=0.0)))
        _, reach = self.scale("plane", -reach, reach)
        return max(square.width() / 2 - self._dot_radius(square) - self.theme.px(3), 1.0) / reach

    def _dot_radius(self, square: QRectF) -> float:
        count = len(self._found.values)
        largest = next((radius for most, radius in _DOT_SIZES if count <= most), 2.6)
        return min(self.theme.px(largest), max(0.035 * square.width(), 1.0))

    def point_of(self, value: complex) -> QPointF:
        """Return where a complex number is in the widget."""
        return self._point_in(value, self._layout(QRectF(self.rect())).square)

    def _point_in(self, value: complex, square: QRectF) -> QPointF:
        scale, centre = self._pixels_per_one(square), square.center()
        return QPointF(centre.x() + value.real * scale, centre.y() - value.imag * scale)

    def _places(self, square: QRectF, values: Eigenvalues) -> list[QPointF]:
        return [self._point_in(complex(each), square) for each in values]

    def _overflows(self) -> bool:
        return not np.isfinite(np.abs(self._found.values)).all()

    # Painting

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        layout = self._layout(rect)
        if self._overflows():
            painter.setFont(ui_font(self.theme.px(12)))
            painter.setPen(QColor(self.theme.warning))
            centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(layout.square, centred, "The eigenvalues overflow")
        else:
            square, values = layout.square, self._found.values
            paint_unit_circle(painter, self.theme, square, self._pixels_per_one(square))
            self._paint_ghosts(painter, rect, square)
            paint_dots(painter, self.theme, values, self._places(square, values), self._dot_radius(square))
        static = self.readings()
        for reading, row in zip(static, layout.rows, strict=False):
            paint_label(painter, self.theme, row, reading.label(layout.words))
            paint_value(painter, self.theme, row, reading)
        if self.shows_cursor:
            for reading, row in zip(self.readings_at(0), layout.rows[len(static) :], strict=False):
                paint_label(painter, self.theme, row, reading.label(layout.words))

    def _paint_ghosts(self, painter: QPainter, rect: QRectF, square: QRectF) -> None:
        """Paint the eigenvalues of ghosts as hollow marks, a little larger: they are seen around those that agree."""
        names, radius = [(ghost.number, ghost.name) for ghost, _ in self._ghosts], 1.25 * self._dot_radius(square)
        line = self._legend(rect)[0]
        shows_jacobian = self._look.shows_jacobian
        used = paint_names(painter, self.theme, line, self.matrix_name, "J at t") if shows_jacobian else 0.0
        paint_ghost_legend(painter, self.theme, line.adjusted(used, 0, 0, 0), names, "mark")
        painter.save()
        painter.setClipRect(square, Qt.ClipOperation.IntersectClip)
        for ghost, values in self._ghosts:
            draw_ghost_marks(painter, self.theme, ghost.number, self._places(square, values), radius)
        painter.restore()

    def _rings(self, square: QRectF) -> tuple[list[complex], list[QPointF]]:
        """Return the eigenvalues of J at the cursor, and where their rings are: at the border, if they are beyond."""
        values = self.jacobian_eigenvalues(self.cursor_t)
        if len(values) == 0 or self._overflows() or not np.isfinite(values).all():
            return [], []
        margin = self._ring_radius(square) + 1
        inside = square.adjusted(margin, margin, -margin, -margin)
        return values.tolist(), [_nearest_in(inside, place) for place in self._places(square, values)]

    def _ring_radius(self, square: QRectF) -> float:
        return 0.9 * self._dot_radius(square)

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        layout = self._layout(rect)
        values, places = self._rings(layout.square)
        paint_rings(painter, self.theme, values, places, self._ring_radius(layout.square))
        rows = layout.rows[len(self.readings()) :]
        for reading, row in zip(self.readings_at(self.cursor_t) if rows else [], rows, strict=False):
            paint_value(painter, self.theme, row, reading)

    def cursor_region(self, rect: QRectF) -> list[QRect]:
        if self.frame is None:
            return []
        layout = self._layout(rect)
        rings = [layout.square.toAlignedRect()] if self._look.shows_jacobian else []
        return [*rings, *(row.toAlignedRect() for row in layout.rows[len(self.readings()) :])]

    # What is lit up

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return the eigenvalue at a position or, at a ring, the step whose J it belongs to."""
        square = self._layout(rect).square
        index = self._index_at(position, square)
        if index is not None:
            return Eigenvalue(self._place, index)
        return None if self._ring_at(position, square) is None else Step(self.cursor_t)

    @property
    def _place(self) -> Place:
        return Place(self.selection.layer, self.matrix_name)

    def lit(self) -> LitSpectrum:
        """Return what can be lit up of the eigenvalues that are drawn."""
        of = self._place, self._found.matrix, self._found.values
        if self._lit is None or not self._lit.is_of(*of):
            self._lit = LitSpectrum(*of)
        return self._lit

    def paint_links(self, painter: QPainter, rect: QRectF) -> None:
        square, values = self._layout(rect).square, self._found.values
        if self.links is None or self._overflows() or len(values) != len(self._found.matrix):
            return
        painter.setClipRect(square, Qt.ClipOperation.IntersectClip)
        dots = Dots(square, self._places(square, values), self._dot_radius(square), self._pixels_per_one(square))
        paint_lit(painter, self.theme, dots, self.lit(), self.links)

    def links_region(self, rect: QRectF) -> list[QRect]:
        return [] if self.frame is None else [self._layout(rect).square.toAlignedRect()]

    # The pointer

    def describe(self, position: QPointF, rect: QRectF) -> str:
        layout = self._layout(rect)
        rows = zip([*self.readings(), *self.readings_at(self.cursor_t)], layout.rows, strict=False)
        for reading, row in rows:
            if row.contains(position) and reading.value is not None:
                return f"{reading.meaning}\n{scientific(reading.value, 6)}"
        index = self._index_at(position, layout.square)
        value = None if index is None else complex(self._found.values[index])
        if value is None and (ring := self._ring_at(position, layout.square)) is not None:
            return f"of J at t = {self.cursor_t}\n{eigenvalue_in_words(ring)}"
        if value is None or index is None:
            return self.spec.meaning + self._note()
        return "\n".join(line for line in (eigenvalue_in_words(value), self.lit().words(index)) if line)

    def _eigenvalue_at(self, position: QPointF, square: QRectF) -> complex | None:
        """Return the eigenvalue that a position points at, or None."""
        index = self._index_at(position, square)
        return None if index is None else complex(self._found.values[index])

    def _index_at(self, position: QPointF, square: QRectF) -> int | None:
        """Return the number of the eigenvalue that a position points at, or None."""
        if self._overflows() or not len(self._found.values):
            return None
        distances = [QLineF(place, position).length() for place in self._places(square, self._found.values)]
        nearest = int(np.argmin(distances))
        return nearest if distances[nearest] <= self.theme.px(_REACH) else None

    def _ring_at(self, position: QPointF, square: QRectF) -> complex | None:
        """Return the eigenvalue of J whose ring a position points at, or None."""
        values, places = self._rings(square)
        distances = [QLineF(place, position).length() for place in places]
        nearest = int(np.argmin(distances)) if distances else 0
        return values[nearest] if distances and distances[nearest] <= self.theme.px(_REACH) else None

    def _value_at(self, position: QPointF, square: QRectF) -> complex:
        """Return the place in the complex plane, inside the square, that is nearest to a position."""
        scale, centre = self._pixels_per_one(square), square.center()
        x = min(max(position.x(), square.left()), square.right()) - centre.x()
        y = min(max(position.y(), square.top()), square.bottom()) - centre.y()
        return complex(round(x / scale, 4), round(-y / scale, 4))

    def _take_hold(self, position: QPointF, at: QPoint) -> None:
        """Begin to drag the eigenvalue under the pointer, or say why it cannot be moved."""
        square = self._layout(QRectF(self.rect())).square
        value = self._eigenvalue_at(position, square)
        if value is None:
            return
        scale = self._pixels_per_one(square)
        try:
            self._drag = EigenDrag.begin(Place(self.selection.layer, self.matrix_name), self._found.matrix, value)
        except ImmovableError as error:
            self._say(str(error), at)
            return
        self._held_scale = scale
        self._pressed = position
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _drag_to(self, position: QPointF, at: QPoint) -> None:
        drag = self._drag
        if drag is None or ((position - self._pressed).manhattanLength() < _DEAD_ZONE and not self._is_moving):
            return
        self._is_moving = True
        square = self._layout(QRectF(self.rect())).square
        asked, near = self._value_at(position, square), self.theme.px(_SNAP) / self._held_scale
        words = drag.words(asked, near)
        if words:
            self._say(words, at)
        else:
            QToolTip.hideText()
        self.edit_requested.emit(drag.edit(drag.allowed(asked, near)))

    def _let_go(self) -> None:
        """End the drag: all of it is one undo step, and the plane takes the scale that it needs now."""
        if self._drag is not None:
            self._drag, self._kept, self._is_moving = None, None, False
            self.unsetCursor()
            QToolTip.hideText()
            self.gesture_ended.emit()
            self.repaint_ground()

    def _say(self, words: str, at: QPoint) -> None:
        QToolTip.showText(at, words[0].upper() + words[1:] + ".", self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.frame is not None:
            self._take_hold(event.position(), event.globalPosition().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._let_go()  # if the release was lost, to another window for example
        if self._drag is not None:
            self._drag_to(event.position(), event.globalPosition().toPoint())
        elif self.frame is not None:
            is_over = self._eigenvalue_at(event.position(), self._layout(QRectF(self.rect())).square) is not None
            self.setCursor(Qt.CursorShape.OpenHandCursor if is_over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._let_go()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._drag is not None:
            self.edit_requested.emit(self._drag.edit(self._drag.start))
            self._let_go()
        elif event.key() == Qt.Key.Key_E and not event.modifiers() and len(self._found.values):
            is_here = isinstance(self.focus, Eigenvalue) and self.focus.place == self._place
            number = self.focus.number if is_here and isinstance(self.focus, Eigenvalue) else None
            following = 0 if number is None else (number + 1) % len(self._found.values)
            self.focus_requested.emit(Eigenvalue(self._place, following))
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._let_go()
        super().hideEvent(event)

    def _note(self) -> str:
        notes = []
        if self._found.is_gated:
            states = CELLS[self._found.cell].states
            after, before = (", ".join(f"{state}_{when}" for state in states) for when in ("t", "{t−1}"))
            notes.append(
                "This cell multiplies h with several matrices; these are the eigenvalues of "
                f"{self.matrix_name} alone. J is that of the whole step, gates included: ∂({after}) / ∂({before})."
            )
        if self._found.jacobian_rows > EXACT_ROWS:
            notes.append(f"A J of more than {EXACT_ROWS} rows has its Frobenius norm given: it is at least σ max of J.")
        return "".join(f"\n\n{note}" for note in notes)


def _nearest_in(rect: QRectF, place: QPointF) -> QPointF:
    return QPointF(min(max(place.x(), rect.left()), rect.right()), min(max(place.y(), rect.top()), rect.bottom()))


PLOT = SpectrumPlot
