"""How strongly every output depends on every input."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from rnnviz.core.activations import Array
from rnnviz.document.document import Document
from rnnviz.document.influence import Influence, influence, influence_ms, influence_stride
from rnnviz.session.background import Question
from rnnviz.views.axes import finite_extent, labels, ticks
from rnnviz.views.colours import Table, mixed
from rnnviz.views.fonts import power_of_ten, scientific, ui_font
from rnnviz.views.marks import draw_map
from rnnviz.views.plots._base import PlotSpec
from rnnviz.views.plots._sequence import PADDING, paint_veils
from rnnviz.views.plots._time import Panel, PanelSpec, TimePlot
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.check_box import CheckBox

DECADES = 10
_SHADES = 129
_PALEST = 0.1  # of what is not 0, however small


class ConnectivityPlot(TimePlot):
    """‖∂y_t/∂x_k‖ for every t and k."""

    spec = PlotSpec(
        key="connectivity",
        title="Connectivity ‖∂yₜ/∂xₖ‖",
        look_at="which inputs each output remembers",
        meaning="How strongly the output y_t (row t, downwards) depends on the input x_k (column k, across): the "
        "Frobenius norm of ∂y_t/∂x_k, through all layers. Colours are on one logarithmic scale for the whole map, ten "
        "powers of ten from full to palest; what is empty is exactly 0: no output depends on a later input, nor on one "
        "before the border of a window. A row that fades quickly to the left forgets quickly. "
        "'Each row by its largest' (R) divides every row by its largest value, to compare their shapes.",
        area="middle",
        order=36,
        height=7,
        shown=False,
        comes="whole",
        one_of=("sequence",),
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._map: Influence | None = None
        self._of: tuple[Document, int] | None = None  # the document and the sequence that the map is of
        self.by_row = CheckBox("each row by its largest", theme)
        self.by_row.setParent(self)
        self.by_row.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the plot has the keyboard, and R presses it
        self.by_row.setToolTip("Divide each row by its largest value: every output then has its strongest at 1 (R)")
        self.by_row.toggled.connect(self._scale_anew)

    # What is shown

    def frame_shown(self) -> None:
        assert self.frame is not None
        of = self.frame.document, self.selection.sample
        if self._of is not None and _axes(*self._of) != _axes(*of):
            self._map = self._of = None  # another map stands on other axes: there is nothing to keep
        if self._is_answered():
            self.is_waiting = False
        self._find_scale()

    def question(self) -> Question | None:
        if self.frame is None or self._is_answered():
            return None
        document, sample = self.frame.document, self.selection.sample
        stride = influence_stride(document, sample)
        return Question(influence, (document, sample, stride), influence_ms(document, sample, stride))

    def answer_shown(self, answer: object) -> None:
        assert isinstance(answer, Influence)
        assert self.frame is not None
        self._map, self._of = answer, (self.frame.document, self.selection.sample)
        self._find_scale()

    def _is_answered(self) -> bool:
        assert self.frame is not None
        return self._of is not None and self._of[0] is self.frame.document and self._of[1] == self.selection.sample

    def values(self) -> Array:
        """Return what is drawn, (n, n): a row for each looked-at t; empty before it has been computed."""
        if self._map is None:
            return np.zeros((0, 0))
        return _by_row(self._map.values) if self.by_row.isChecked() else self._map.values

    @property
    def stride(self) -> int:
        """How many steps a row, and a column, stands for."""
        return 1 if self._map is None or len(self._map.steps) < 2 else int(self._map.steps[1] - self._map.steps[0])

    def _find_scale(self) -> None:
        extent = finite_extent(self.values())
        top = math.ceil(math.log10(extent) - 1e-9) if extent > 0 else 0
        self._top = round(self.scale("colours", top - DECADES, top)[1])

    def _scale_anew(self) -> None:
        self._find_scale()
        if self.is_ready:
            self.set_remark(self.remark())
        self.repaint_ground()

    def remark(self) -> str:
        if self._map is None:
            return self.spec.look_at
        words = ["each row by its largest" if self.by_row.isChecked() else "one log scale"]
        if self.stride > 1:
            words.append(f"every {_ordinal(self.stride)} step of {self.length}")
        if not np.isfinite(self._map.values).all():
            words.append("overflow left blank")
        return ", ".join(words)

    def parts(self) -> Array:
        """Return how full each colour is, (n, n): 0 to 1 for what is not 0, and nan for 0 and for overflow."""
        values = self.values()
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.clip(1.0 + (np.log10(values) - self._top) / DECADES, 0.0, 1.0)
            return np.where(np.isfinite(values) & (values > 0), part, np.nan)

    # Painting

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        caption = "down: output at t,  across: input at k"
        first = max(self.visible.first, 1)  # there is no y at t = 0
        return (PanelSpec(self.visible.last + 0.5, first - 0.5, caption=caption, legend=self._scale()),)

    def _scale(self) -> tuple[tuple[str | None, str], ...]:
        if self._map is None:
            return ()
        words = (
            (1.0, power_of_ten(self._top)),
            (0.5, power_of_ten(self._top - DECADES // 2)),
            (0.0, f"≤ {power_of_ten(self._top - DECADES)}"),
        )
        return (*((self._shade(part).name(), text) for part, text in words), (None, "empty: exactly 0"))

    def _shade(self, part: float) -> QColor:
        return mixed(self.theme.card, self.theme.output, _PALEST + (1.0 - _PALEST) * part)

    def _coloured(self, parts: Array) -> Table:
        table = np.array([self._shade(step / (_SHADES - 1)).rgba() for step in range(_SHADES)], np.uint32)
        known = ~np.isnan(parts)
        return np.where(known, table[np.where(known, parts * (_SHADES - 1), 0).astype(np.intp)], np.uint32(0))

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:  # noqa: ARG002
        if self._map is None:
            return
        first, last = (max(round(t), 1) for t in (panel.spec.high + 0.5, panel.spec.low - 0.5))
        rows = slice((first - 1) // self.stride, (last - 1) // self.stride + 1)
        parts, step = self.parts()[rows], self._row_height(panel)
        top = panel.rect.top() + (0.5 + rows.start * self.stride - panel.spec.high) * step
        # the last cell, of a row and of a column, may stand for less than the others
        width = len(self._map.steps) * self.stride * panel.step
        place = QRectF(float(panel.x(0.5)), top, width, len(parts) * self.stride * step)
        draw_map(painter, place, parts, self._coloured)

    @staticmethod
    def _row_height(panel: Panel) -> float:
        """Return the height of the row of one step."""
        return panel.rect.height() / (panel.spec.low - panel.spec.high)

    def _paint_values(self, painter: QPainter, panel: Panel) -> None:
        """Write the steps t from the top down."""
        px, rect = self.theme.px, panel.rect
        painter.setFont(ui_font(px(11)))
        painter.setPen(QColor(self.theme.muted))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        shown = [t for t in ticks(self.theme, "time", panel.spec.high, panel.spec.low, 3.0 * rect.height()) if t >= 1]
        for t, text in zip(shown, labels("time", shown), strict=True):
            y = float(panel.y(t))
            painter.drawText(QRectF(0, y - px(9), rect.left() - px(6), px(18)), flags, text)
        painter.setPen(QColor(self.theme.border))
        painter.drawLine(rect.topLeft(), rect.bottomLeft())

    def _paint_padding(self, painter: QPainter, panels: tuple[Panel, ...]) -> None:
        if self.length >= self.visible.last:
            return
        rect, end = panels[0].rect, self.length + 0.5
        x = max(float(panels[0].x(end)), rect.left())
        y = max(rect.top() + (end - panels[0].spec.high) * self._row_height(panels[0]), rect.top())
        beside = QRectF(x, rect.top(), rect.right() - x, rect.height())
        below = QRectF(rect.left(), y, x - rect.left(), rect.bottom() - y)
        paint_veils(painter, self.theme, [beside, below])

    # The cursor: a cross, for what y_t depends on, and what depends on x_t

    def _cursor_y(self, rect: QRectF) -> float | None:
        panels = self.panels(rect)
        return (
            float(panels[0].y(self.cursor_t))
            if panels and self.cursor_t >= 1 and self.visible.holds(self.cursor_t)
            else None
        )

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        super().paint_cursor(painter, rect)
        y = self._cursor_y(rect)
        if y is not None:
            place = self.panels(rect)[0].rect
            painter.setPen(QPen(QColor(self.theme.accent), self.theme.px(1.6)))
            painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))

    def cursor_region(self, rect: QRectF) -> list[QRect]:
        y, half = self._cursor_y(rect), self.theme.px(3)
        if y is None:
            return super().cursor_region(rect)
        return [*super().cursor_region(rect), QRectF(rect.left(), y - half, rect.width(), 2 * half).toAlignedRect()]

    # The pointer and the control

    def describe(self, position: QPointF, rect: QRectF) -> str:
        words, panels, k = super().describe(position, rect), self.panels(rect), self.t_at(position)
        if self._map is None or not panels or not panels[0].rect.contains(position) or not 1 <= k <= self.length:
            return words
        row = (position.y() - panels[0].rect.top()) / self._row_height(panels[0])
        t = min(int(panels[0].spec.high + 0.5) + int(row), self.visible.last)
        if t > self.length:
            return f"t = {t}: {PADDING}\n\n{words}"
        t, k = (self._map.steps[(step - 1) // self.stride] for step in (t, k))
        value = float(self.values()[(t - 1) // self.stride, (k - 1) // self.stride])
        of_row = " of the largest of its row" if self.by_row.isChecked() else ""
        return f"t = {t}, k = {k}: ‖∂yₜ/∂xₖ‖ = {scientific(value, 4)}{of_row}\n\n{words}"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the control with R."""
        if event.key() == Qt.Key.Key_R and not event.modifiers():
            self.by_row.toggle()
        else:
            super().keyPressEvent(event)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.by_row.apply_theme(theme)
        self._place_control()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_control()

    def _place_control(self) -> None:
        """Put the control where the map is empty: the upper right; away with it where there is no room."""
        px = self.theme.px
        size = self.by_row.sizeHint()
        self.by_row.resize(size)
        self.by_row.move(self.width() - size.width() - round(px(20)), round(px(26)))
        self.by_row.setVisible(self.width() > 2.4 * size.width() and self.height() > px(150))


def _axes(document: Document, sample: int) -> tuple[object, ...]:
    """Return what decides where the cells of a map are."""
    return document.timesteps, document.input.length(sample), document.window


def _by_row(values: Array) -> Array:
    largest = values.max(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        return values / np.where(largest > 0, largest, 1.0)


def _ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else endings.get(number % 10, 'th')}"


PLOT = ConnectivityPlot
