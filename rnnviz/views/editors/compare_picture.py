"""A state at a glance: how far its gradient reaches as a small curve, and its hidden states as a small map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QLineF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.core.activations import Array
from rnnviz.views.colours import signed_colours
from rnnviz.views.editors.compare_facts import Facts
from rnnviz.views.fonts import power_of_ten
from rnnviz.views.marks import curve_lines, draw_map, draw_segments
from rnnviz.views.theme import Theme


@dataclass(frozen=True, slots=True)
class Scales:
    """The scales of all rows, so that they can be compared.

    Attributes:
        low, high: exponents of ten of the gradient.
        steps: the longest T.
        limit: the |h| with the strongest colour.
    """

    low: float
    high: float
    steps: int
    limit: float


class ComparePicture(QWidget):
    """log10 ‖∂L/∂h_t‖ at the left, h at the right, both over t."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._facts: Facts | None = None
        self._scales = Scales(-1.0, 0.0, 1, 1.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_facts(self, facts: Facts, scales: Scales) -> None:
        """Draw another state, or the same on other scales."""
        if facts is not self._facts or scales != self._scales:
            self._facts, self._scales = facts, scales
            range_in_words = f"{power_of_ten(round(scales.low))} … {power_of_ten(round(scales.high))}"
            self.setToolTip(
                f"Left: ‖∂L/∂hₜ‖₂ over t, on a log axis {range_in_words}. Right: hₜ, a row for each unit, orange "
                f"positive, blue negative, full at ±{scales.limit:g}. All states on the same scales."
            )
            self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(200)), round(self._theme.px(38)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._theme.px(60)), round(self._theme.px(38)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if self._facts is None:
            return
        gap, rect = self._theme.px(10), QRectF(self.rect())
        width = (rect.width() - gap) / 2
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_reach(painter, QRectF(0, 0, width, rect.height()), self._facts.exponents)
            self._paint_states(painter, QRectF(width + gap, 0, width, rect.height()), self._facts.states)

    def _paint_reach(self, painter: QPainter, rect: QRectF, exponents: Array) -> None:
        painter.setPen(QPen(QColor(self._theme.faint), 1))
        for y in (rect.top() + 0.5, rect.bottom() - 0.5):
            painter.drawLine(QLineF(rect.left(), y, rect.right(), y))
        if len(exponents) == 0:
            return
        scales, inner = self._scales, rect.adjusted(1, 2, -1, -2)
        xs = inner.left() + np.arange(float(len(exponents))) * (inner.width() / max(scales.steps, 1))
        with np.errstate(invalid="ignore"):
            part = (exponents - scales.low) / (scales.high - scales.low)
            part[part < 0] = np.nan
        painter.setPen(QPen(QColor(self._theme.gradient), self._theme.px(1.5)))
        draw_segments(painter, curve_lines(xs, inner.bottom() - part * inner.height()))

    def _paint_states(self, painter: QPainter, rect: QRectF, states: Array) -> None:
        if len(states):
            used = rect.width() * len(states) / (self._scales.steps + 1)
            colours = partial(signed_colours, self._theme, limit=self._scales.limit)
            draw_map(painter, QRectF(rect.left(), rect.top(), used, rect.height()), states.T, colours)
