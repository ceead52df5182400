"""What is lit up in the unrolled network: units, boxes and edges."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from rnnviz.document.document import READOUT
from rnnviz.document.links import Eigenvalue, Feature, Focus, Links, Output, Role, Spot, Step, Unit, Weight, time_of
from rnnviz.views.lights import light_pen, outline
from rnnviz.views.plots._scaffold import units_in
from rnnviz.views.plots._unrolled import Geometry
from rnnviz.views.theme import Theme


class LitNetwork:
    """Paints what is linked, where a geometry says."""

    def __init__(self, painter: QPainter, theme: Theme, geometry: Geometry, links: Links) -> None:
        self._painter, self._theme, self._geometry, self._links = painter, theme, geometry, links

    def paint(self, layers: list[tuple[str, int]], goes_on: list[bool], length: int) -> None:
        """Paint units and edges, none of the padding.

        ``layers`` are the cell and the units of each; ``goes_on`` says of each shown step whether it starts from
        the step before.
        """
        for layer, (cell, count) in enumerate(layers):
            for spot in self._links.units(layer):
                if spot.number is not None or spot.t is not None:
                    self._paint_spot(layer, cell, count, spot, length)
        for t, from_before in zip(self._geometry.steps, goes_on, strict=True):
            if 1 <= t <= length:
                self._paint_edges(t, len(layers), from_before=from_before and t > self._geometry.first)

    def _paint_spot(self, layer: int, cell: str, count: int, spot: Spot, length: int) -> None:
        shown = range(self._geometry.first, min(self._geometry.steps[-1], length) + 1)
        for t in shown if spot.t is None else {spot.t} & set(shown):
            box, px = self._geometry.box(t, layer), self._theme.px
            if spot.number is None:
                outline(self._painter, self._theme, box.adjusted(-px(2), -px(2), px(2), px(2)), spot.role, px(8))
                continue
            units = units_in(box, cell, count, px(1.0))
            place = units.place(box, spot.number)
            around = min(px(1.5), 0.5 * min(place.width(), place.height()))
            place = place.adjusted(-around, -around, around, around)
            if units.are_dots:
                self._painter.setPen(light_pen(self._theme, spot.role))
                self._painter.drawEllipse(QRectF(place))
            else:
                outline(self._painter, self._theme, place, spot.role, 1.0)

    # Edges

    def _paint_edges(self, t: int, layers: int, *, from_before: bool) -> None:
        geometry, x = self._geometry, self._geometry.middle(t)
        for layer in range(layers):
            box, unit = geometry.box(t, layer), Unit(layer, None, t)
            if from_before:
                role = self._role_of_edge(Unit(layer, None, t - 1), unit, (layer, "W_h"))
                self._line(QPointF(geometry.box(t - 1, layer).right(), box.center().y()), box, role)
            below: Focus = Feature(None, t) if layer == 0 else Unit(layer - 1, None, t)
            foot = geometry.below[1] if layer == 0 else geometry.tops[layer - 1]
            self._upright(x, foot, box.bottom(), self._role_of_edge(below, unit, (layer, "W_x")))
        role = self._role_of_edge(Unit(layers - 1, None, t), Output(None, t), (READOUT, "W_hy"))
        self._upright(x, geometry.above[1], geometry.above[0], role)

    def _role_of_edge(self, start: Focus, end: Focus, weights: tuple[int, str]) -> Role | None:
        """Return how an edge is drawn that has these ends and weights: None if it is not part of a link."""
        focus, links = self._links.focus, self._links
        if isinstance(focus, Weight):
            layer, name = weights
            return "focus" if focus.place.layer == layer and focus.place.name.startswith(name) else None
        if isinstance(focus, Eigenvalue):
            return "source" if (focus.place.layer, "W_h") == weights else None
        if isinstance(focus, Step):
            return "source" if links.role(start) is not None and links.role(end) == "effect" else None
        if time_of(focus) is None:
            return None  # it would be every edge
        roles = links.role(start), links.role(end)
        if roles == ("source", "focus"):
            return "source"
        return "effect" if roles == ("focus", "effect") else None

    def _line(self, start: QPointF, box: QRectF, role: Role | None) -> None:
        if role is not None:
            self._painter.setPen(light_pen(self._theme, role))
            self._painter.drawLine(start, QPointF(box.left(), start.y()))

    def _upright(self, x: float, foot: float, head: float, role: Role | None) -> None:
        if role is not None:
            self._painter.setPen(light_pen(self._theme, role))
            self._painter.drawLine(QPointF(x, foot), QPointF(x, head))
