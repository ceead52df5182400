"""The weights that every step shares: where their edges are, and all of them lit up at once."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from rnnviz.views.plots._scaffold import Scaffold
from rnnviz.views.plots._unrolled import Geometry
from rnnviz.views.theme import Theme

Which = Literal["hh", "xh", "hy"]
"""The recurrent weights, those of the input, and those of the readout."""


class SharedWeights:
    """The edges of one kind of weights at all shown steps; without a painter they can only be looked for."""

    def __init__(self, painter: QPainter | None, theme: Theme, geometry: Geometry, scaffold: Scaffold) -> None:
        self._painter, self._theme, self._geometry, self._scaffold = painter, theme, geometry, scaffold

    def edges(self, which: Which) -> list[QLineF]:
        """Return the edges that have the same weights."""
        geometry, lines = self._geometry, []
        for t, column in zip(geometry.steps, self._scaffold.columns, strict=True):
            x = geometry.middle(t)
            if which == "hh" and column.edge in ("before", "cut") and t > geometry.first:
                for layer in range(len(geometry.tops)):
                    y, end = geometry.box(t, layer).center().y(), geometry.box(t, layer).left()
                    lines.append(QLineF(geometry.box(t - 1, layer).right(), y, end, y))
            elif which == "xh" and t and not column.is_padding:
                lines.append(QLineF(x, geometry.below[1], x, geometry.below[0]))
            elif which == "hy" and column.has_output:
                lines.append(QLineF(x, geometry.above[1], x, geometry.above[0]))
        return lines

    def at(self, position: QPointF) -> Which | None:
        """Return which weights are pointed at: an edge of theirs, or their name beside it."""
        reach, named = self._theme.px(8), self._theme.px(34)
        kinds: tuple[Which, ...] = ("hh", "xh", "hy")
        for which in kinds:
            for line in self.edges(which):
                across, upward = sorted((line.x1(), line.x2())), sorted((line.y1(), line.y2()))
                left = across[0] - (named if which != "hh" else 0.0)
                top = upward[0] - (2.4 * reach if which == "hh" else 0.0)
                if left <= position.x() <= across[1] + reach * (which != "hh") and (
                    top <= position.y() <= upward[1] + reach * (which == "hh")
                ):
                    return which
        return None

    def light(self, which: Which) -> None:
        """Light up all edges of the weights."""
        if self._painter is None:
            return
        colour = QColor(self._theme.weights)
        colour.setAlphaF(0.35)
        pen = QPen(colour, self._theme.px(9))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self._painter.setPen(pen)
        self._painter.drawLines(self.edges(which))
