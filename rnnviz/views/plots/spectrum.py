"""The eigenvalues of the recurrent matrix in the complex plane, and what a step does to the gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from rnnviz.core.activations import ACTIVATIONS, Array
from rnnviz.core.cells import CELLS
from rnnviz.core.eigenbasis import ImmovableError
from rnnviz.core.measures.jacobians import step_jacobians
from rnnviz.core.measures.norms import frobenius_norm, largest_singular_value
from rnnviz.core.measures.spectrum import eigenvalues, steps_per_turn
from rnnviz.core.unroll import LayerWeights
from rnnviz.document.compute import stacked_weights
from rnnviz.document.document import Place
from rnnviz.document.runs import layer_steps
from rnnviz.views.fonts import number, scientific, ui_font
from rnnviz.views.plots._base import Ghost, Plot, PlotSpec
from rnnviz.views.plots._eigen_drag import EigenDrag
from rnnviz.views.plots._ghosts import draw_ghost_marks, legend_above, paint_ghost_legend, widened
from rnnviz.views.steps import rounded_limit
from rnnviz.views.theme import Theme

EXACT_ROWS = 64  # up to here σ max of J is found at every cursor step; a larger J has its Frobenius norm shown
_UNREADABLE, _LONG, _VERY_LONG = 0.0005, 999.9995, 99999.5  # where a number needs another form
_LARGE = 999.0
_DOT_SIZES = ((12, 5.0), (40, 3.6))  # up to so many eigenvalues, dots of this radius
_FIRST_REACH = 1.25  # the plane reaches at least so far: nothing jumps when an eigenvalue crosses the circle
_ON_THE_CIRCLE = 1e-9  # an eigenvalue that is 1 but for rounding is not outside
_REACH, _SNAP, _DEAD_ZONE = 9, 5, 3  # px: from a dot; from the real axis; a click with a trembling hand
_GATES = {"i": "input gate", "r": "reset gate"}
OVERFLOW, NO_STEP = "overflow", "—"

Words = Literal["full", "short"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A number beside the circle.

    Attributes:
        words, short: what it is called where there is room, and where there is little.
        value: None where there is no such number; nan or inf where it overflows.
        meaning: for the tooltip.
    """

    words: str
    short: str
    value: float | None
    meaning: str

    @property
    def text(self) -> str:
        """What is drawn."""
        if self.value is None:
            return NO_STEP
        if not np.isfinite(self.value):
            return OVERFLOW
        if 0 < self.value < _UNREADABLE:
            return "<0.001"
        if self.value >= _VERY_LONG:
            return scientific(self.value)
        return number(self.value, 3 if self.value < _LONG else 0)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things are: the square of the complex plane, and a place for each reading."""

    square: QRectF
    rows: tuple[QRectF, ...]
    words: Words


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
        "eigenvalues as they were; both of a pair move together.",
        area="right",
        order=30,
        height=2,
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._matrix: Array = np.zeros((1, 1))
        self._eigenvalues: NDArray[np.complex128] = np.zeros(1, np.complex128)
        self._sigma = 0.0
        self._ghosts: tuple[tuple[Ghost, NDArray[np.complex128]], ...] = ()
        self._weights: LayerWeights | None = None
        self._kept: tuple[QRectF, Theme, _Layout] | None = None
        self._drag: EigenDrag | None = None
        self._held_scale = 0.0
        self._pressed = QPointF()
        self._is_moving = False
        self.setMouseTracking(True)

    # What is shown

    @property
    def matrix_name(self) -> str:
        """The name of the matrix: of several blocks, the first."""
        return f"W_h{CELLS[self._cell].blocks[0]}"

    @property
    def is_gated(self) -> bool:
        """Whether the cell has several recurrent matrices, so that there is no single φ."""
        return len(CELLS[self._cell].blocks) > 1

    @property
    def _cell(self) -> str:
        assert self.frame is not None
        return self.frame.document.layers[self.selection.layer].cell

    def eigenvalues(self) -> NDArray[np.complex128]:
        """Return what is drawn, the largest |λ| first."""
        return self._eigenvalues

    def frame_shown(self) -> None:
        assert self.frame is not None
        if self._drag is None:  # the plane stands still under the hand
            self._kept = None
        layer = self.frame.document.layers[self.selection.layer]
        self._weights, matrix = stacked_weights(layer), layer.weights[self.matrix_name]
        if matrix is not self._matrix:  # other edits leave it the same object, and 128 units cost 5 ms
            self._matrix = matrix
            self._eigenvalues = eigenvalues(matrix)
            self._sigma = largest_singular_value(matrix)

    def ghosts_shown(self) -> None:
        """Find the eigenvalues of each ghost: of the same matrix, or that of another cell which comes first."""
        found = []
        for ghost in self.ghosts:
            if ghost.layer(self.selection) is not None:
                layer = ghost.frame.document.layers[self.selection.layer]
                values = eigenvalues(layer.weights[f"W_h{CELLS[layer.cell].blocks[0]}"])
                found.append((ghost, values[np.isfinite(values)]))
        self._ghosts = tuple(found)

    def remark(self) -> str:
        assert self.frame is not None
        if self.is_gated:
            gate = _GATES.get(self.matrix_name[-1], self.matrix_name[-1])
            return f"of {self.matrix_name} ({gate})"
        return self.spec.look_at

    def readings(self) -> list[Reading]:
        """Return the numbers that do not depend on the cursor."""
        name = self.matrix_name
        radius = float(np.abs(self._eigenvalues[0]))
        return [
            Reading("spectral radius", "ρ", radius, f"spectral radius ρ = max |λ| of {name}"),
            Reading("σ max of W", "σ W", self._sigma, f"largest singular value of {name}"),
        ]

    def readings_at(self, t: int) -> list[Reading]:
        """Return the numbers of the step to t: about its Jacobian, and the mean slope where there is one φ."""
        stretch = Reading("σ max of J at t", "σ J", self._jacobian_norm(t), f"largest singular value of J at t = {t}")
        if self._jacobian_rows() > EXACT_ROWS:
            meaning = f"Frobenius norm of J at t = {t}, at least its σ max"
            stretch = Reading("Frobenius of J at t", "‖J‖", stretch.value, meaning)
        return [stretch] if self.is_gated else [stretch, self._mean_slope(t)]

    def _jacobian_rows(self) -> int:
        assert self._weights is not None
        return sum(len(state) for state in self._weights.initial)

    def _jacobian_norm(self, t: int) -> float | None:
        """Return what is known of ‖J‖ for the step to t, None where no step is taken."""
        if not self._is_step(t):
            return None
        assert self.frame is not None
        assert self._weights is not None
        layer, sample = self.selection.layer, self.selection.sample
        # the cursor follows a shorter sequence a moment later
        step = np.array([min(t, self.frame.last_step)])
        jacobian = step_jacobians(self._weights, layer_steps(self.frame, layer, sample, self._weights, step))[0]
        norm = largest_singular_value if self._jacobian_rows() <= EXACT_ROWS else frobenius_norm
        return norm(jacobian) if np.isfinite(jacobian).all() else float("nan")

    def _is_step(self, t: int) -> bool:
        """Return whether a step leads to t: none does to the start, and none to padding."""
        assert self.frame is not None
        return 0 < min(t, self.frame.last_step) <= self.frame.document.input.length(self.selection.sample)

    def _mean_slope(self, t: int) -> Reading:
        assert self.frame is not None
        activation, slope = self.frame.document.layers[self.selection.layer].activation, None
        if self._is_step(t):
            states = self.frame.layers[self.selection.layer].states["h"][self.selection.sample]
            with np.errstate(all="ignore"):
                slope = float(ACTIVATIONS[activation].slope(states[min(t, self.frame.last_step)]).mean())
        kind = "mean slope" if activation == "linear" else f"mean {activation}′"
        return Reading(f"{kind} at t", "φ′", slope, f"{kind} over the units at t = {t}")

    # Where it is

    def _fonts(self) -> tuple[QFont, QFont]:
        return ui_font(self.theme.px(12)), ui_font(self.theme.px(14), QFont.Weight.DemiBold)

    def _column_width(self, words: Words) -> float:
        """Return the room for the numbers: the same at every t."""
        label_font, value_font = self._fonts()
        labels, values = QFontMetricsF(label_font), QFontMetricsF(value_font)
        static, moving = self.readings(), self.readings_at(0)
        # No J of a plain cell is larger than this, because no φ′ is larger than 1; a gated one seldom is this large.
        bound = Reading("", "", _LARGE if self.is_gated else frobenius_norm(self._matrix), "")
        texts = [reading.text for reading in (*static, bound)] + ["<0.001"]
        widest = max(labels.horizontalAdvance(_label(reading, words)) for reading in (*static, *moving))
        return widest + self.theme.px(14) + max(values.horizontalAdvance(text) for text in texts)

    def _layout(self, rect: QRectF) -> _Layout:
        """Return the arrangement with the largest square: numbers beside or below it, with longest names."""
        if self._kept is None or self._kept[:2] != (rect, self.theme):
            px = self.theme.px
            area = legend_above(self.theme, rect, self._ghosts)[1].adjusted(px(14), px(4), -px(14), -px(8))
            self._kept = (rect, self.theme, max(self._arrangements(area), key=lambda each: each[0])[1])
        return self._kept[2]

    def _arrangements(self, area: QRectF) -> list[tuple[float, _Layout]]:
        """Return what fits, each with its worth; the square alone always does."""
        rows = len(self.readings()) + len(self.readings_at(0))
        side = max(min(area.width(), area.height()), 1.0)
        alone = _Layout(_square(area.center().x(), area.center().y(), side), (), "short")
        found = [(0.3 * side, alone)]
        worths: dict[Words, float] = {"full": 1.0, "short": 0.6}
        for words, worth in worths.items():
            width = self._column_width(words)
            for layout in (self._beside(area, width, rows, words), self._below(area, width, rows, words)):
                if layout is not None:
                    found.append((worth * layout.square.width(), layout))
        return found

    def _beside(self, area: QRectF, width: float, rows: int, words: Words) -> _Layout | None:
        px = self.theme.px
        side, pitch = min(area.height(), area.width() - width - px(16)), min(px(34), area.height() / rows)
        if side < px(24) or pitch < px(15):
            return None
        gap = px(16) + min(area.width() - width - px(16) - side, px(32))
        left = area.left() + (area.width() - side - gap - width) / 2
        first = QRectF(left + side + gap, area.center().y() - rows * pitch / 2, width, pitch)
        return _Layout(_square(left + side / 2, area.center().y(), side), _downwards(first, rows), words)

    def _below(self, area: QRectF, width: float, rows: int, words: Words) -> _Layout | None:
        px, pitch = self.theme.px, self.theme.px(21)
        side = min(area.width(), area.height() - rows * pitch - px(8))
        if side < px(24) or width > area.width():
            return None
        top = area.top() + (area.height() - side - rows * pitch - px(8)) / 2
        first = QRectF(area.center().x() - width / 2, top + side + px(8), width, pitch)
        return _Layout(_square(area.center().x(), top + side / 2, side), _downwards(first, rows), words)

    def _pixels_per_one(self, square: QRectF) -> float:
        """Return the radius of the unit circle: it changes in steps, and not at all while an eigenvalue is held."""
        if self._drag is not None:
            return self._held_scale
        radius = float(np.abs(self._eigenvalues[0]))
        reach = _FIRST_REACH if radius <= _FIRST_REACH else min(rounded_limit(radius), 1e300)
        for _, values in self._ghosts:
            reach = widened(reach, float(np.abs(values).max(initial=0.0)))
        return max(square.width() / 2 - self._dot_radius(square) - self.theme.px(3), 1.0) / reach

    def _dot_radius(self, square: QRectF) -> float:
        count = len(self._eigenvalues)
        largest = next((radius for most, radius in _DOT_SIZES if count <= most), 2.6)
        return min(self.theme.px(largest), max(0.035 * square.width(), 1.0))

    def point_of(self, value: complex) -> QPointF:
        """Return where a complex number is in the widget."""
        return self._point_in(value, self._layout(QRectF(self.rect())).square)

    def _point_in(self, value: complex, square: QRectF) -> QPointF:
        scale, centre = self._pixels_per_one(square), square.center()
        return QPointF(centre.x() + value.real * scale, centre.y() - value.imag * scale)

    def _places(self, square: QRectF, values: NDArray[np.complex128]) -> list[QPointF]:
        return [self._point_in(complex(each), square) for each in values]

    def _overflows(self) -> bool:
        return not np.isfinite(np.abs(self._eigenvalues)).all()

    # Painting

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        layout = self._layout(rect)
        if self._overflows():
            painter.setFont(ui_font(self.theme.px(12)))
            painter.setPen(QColor(self.theme.warning))
            centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(layout.square, centred, "The eigenvalues overflow")
        else:
            self._paint_circle(painter, layout.square)
            self._paint_ghosts(painter, rect, layout.square)
            self._paint_eigenvalues(painter, layout.square)
        static = self.readings()
        for reading, row in zip(static, layout.rows, strict=False):
            self._paint_label(painter, row, _label(reading, layout.words))
            self._paint_value(painter, row, reading)
        if self.shows_cursor:
            for reading, row in zip(self.readings_at(0), layout.rows[len(static) :], strict=False):
                self._paint_label(painter, row, _label(reading, layout.words))

    def _paint_circle(self, painter: QPainter, square: QRectF) -> None:
        radius, centre = self._pixels_per_one(square), square.center()
        painter.setPen(QPen(QColor(self.theme.muted), 1.1 * self.theme.line_px))
        painter.setBrush(_translucent(self.theme.muted, 0.12))
        painter.drawEllipse(centre, radius, radius)
        painter.setPen(QPen(_translucent(self.theme.muted, 0.3), 1.0))
        painter.drawLine(QLineF(square.left(), centre.y(), square.right(), centre.y()))
        painter.drawLine(QLineF(centre.x(), square.top(), centre.x(), square.bottom()))

    def _paint_ghosts(self, painter: QPainter, rect: QRectF, square: QRectF) -> None:
        """Paint the eigenvalues of ghosts as hollow marks, a little larger: they are seen around those that agree."""
        names, radius = [(ghost.number, ghost.name) for ghost, _ in self._ghosts], 1.25 * self._dot_radius(square)
        paint_ghost_legend(painter, self.theme, legend_above(self.theme, rect, names)[0], names, "mark")
        painter.save()
        painter.setClipRect(square, Qt.ClipOperation.IntersectClip)
        for ghost, values in self._ghosts:
            draw_ghost_marks(painter, self.theme, ghost.number, self._places(square, values), radius)
        painter.restore()

    def _paint_eigenvalues(self, painter: QPainter, square: QRectF) -> None:
        radius = self._dot_radius(square)
        outside = np.abs(self._eigenvalues) > 1.0 + _ON_THE_CIRCLE
        painter.setPen(QPen(QColor(self.theme.card), 0.3 * radius))
        for place, is_outside in zip(self._places(square, self._eigenvalues), outside.tolist(), strict=True):
            painter.setBrush(QColor(self.theme.accent if is_outside else self.theme.input))
            painter.drawEllipse(place, radius, radius)

    def _paint_label(self, painter: QPainter, row: QRectF, words: str) -> None:
        painter.setFont(self._fonts()[0])
        painter.setPen(QColor(self.theme.muted))
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_value(self, painter: QPainter, row: QRectF, reading: Reading) -> None:
        overflow = reading.text == OVERFLOW
        painter.setFont(ui_font(self.theme.words(10)) if overflow else self._fonts()[1])
        painter.setPen(QColor(self.theme.warning if overflow else self.theme.text))
        painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, reading.text)

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        rows = self._layout(rect).rows[len(self.readings()) :]
        for reading, row in zip(self.readings_at(self.cursor_t) if rows else [], rows, strict=False):
            self._paint_value(painter, row, reading)

    def cursor_region(self, rect: QRectF) -> list[QRect]:
        if self.frame is None:
            return []
        return [row.toAlignedRect() for row in self._layout(rect).rows[len(self.readings()) :]]

    # The pointer

    def describe(self, position: QPointF, rect: QRectF) -> str:
        layout = self._layout(rect)
        rows = zip([*self.readings(), *self.readings_at(self.cursor_t)], layout.rows, strict=False)
        for reading, row in rows:
            if row.contains(position) and reading.value is not None:
                return f"{reading.meaning}\n{scientific(reading.value, 6)}"
        value = self._eigenvalue_at(position, layout.square)
        return self.spec.meaning + self._note() if value is None else _eigenvalue_in_words(value)

    def _eigenvalue_at(self, position: QPointF, square: QRectF) -> complex | None:
        """Return the eigenvalue that a position points at, or None."""
        if self._overflows():
            return None
        distances = [QLineF(place, position).length() for place in self._places(square, self._eigenvalues)]
        nearest = int(np.argmin(distances))
        return complex(self._eigenvalues[nearest]) if distances[nearest] <= self.theme.px(_REACH) else None

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
            self._drag = EigenDrag.begin(Place(self.selection.layer, self.matrix_name), self._matrix, value)
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
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._let_go()
        super().hideEvent(event)

    def _note(self) -> str:
        notes = []
        if self.is_gated:
            states = CELLS[self._cell].states
            after, before = (", ".join(f"{state}_{when}" for state in states) for when in ("t", "{t−1}"))
            notes.append(
                "This cell multiplies h with several matrices; these are the eigenvalues of "
                f"{self.matrix_name} alone. J is that of the whole step, gates included: ∂({after}) / ∂({before})."
            )
        if self._jacobian_rows() > EXACT_ROWS:
            notes.append(f"A J of more than {EXACT_ROWS} rows has its Frobenius norm given: it is at least σ max of J.")
        return "".join(f"\n\n{note}" for note in notes)


def _square(x: float, y: float, side: float) -> QRectF:
    return QRectF(x - side / 2, y - side / 2, side, side)


def _downwards(first: QRectF, count: int) -> tuple[QRectF, ...]:
    return tuple(first.translated(0, row * first.height()) for row in range(count))


def _label(reading: Reading, words: Words) -> str:
    return reading.words if words == "full" else reading.short


def _translucent(colour: str, opacity: float) -> QColor:
    translucent = QColor(colour)
    translucent.setAlphaF(opacity)
    return translucent


def _eigenvalue_in_words(value: complex) -> str:
    """Return λ, |λ|, its angle and its period, a line each."""
    imaginary = abs(value.imag)
    pair = f" ± {scientific(imaginary, 4)} i" if imaginary else ""
    degrees = abs(float(np.degrees(np.angle(value))))
    lines = [f"λ = {scientific(value.real, 4)}{pair}", f"|λ| = {scientific(abs(value), 4)}"]
    lines.append(f"arg λ = {'±' if pair else ''}{number(degrees, 1)}°")
    turn = steps_per_turn(value)
    lines.append(f"one turn every {number(turn, 1)} steps" if np.isfinite(turn) else "does not turn")
    return "\n".join(lines)


PLOT = SpectrumPlot
