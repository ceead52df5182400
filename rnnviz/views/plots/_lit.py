"""What is lit up in a panel over time: steps, rows of a map, curves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from rnnviz.core.activations import Array
from rnnviz.document.links import Role, Spot, named
from rnnviz.views.lights import light_pen, outline, pale, tint
from rnnviz.views.marks import draw_curves
from rnnviz.views.theme import Theme

if TYPE_CHECKING:
    from rnnviz.views.plots._time import Panel

_REACH = 9  # px from a curve that still point at it
_LEAST = 3.0  # px: the width of a lit step, and the height of a lit row, where they would be narrower
_RING = 4.5


def light_steps(painter: QPainter, theme: Theme, panel: Panel, spots: Iterable[Spot]) -> None:
    """Light up the columns of steps, each once."""
    columns: dict[int, Role] = {spot.t: spot.role for spot in spots if spot.t is not None}
    for t, role in columns.items():
        column = step_rect(panel, t)
        tint(painter, theme, column, role)
        outline(painter, theme, column.adjusted(0, 0.5, 0, -0.5), role)


def step_rect(panel: Panel, t: int) -> QRectF:
    """Return the column of a step in a panel."""
    return _at_least(QRectF(float(panel.x(t - 0.5)), panel.rect.top(), panel.step, panel.rect.height()))


def light_rows(painter: QPainter, theme: Theme, panel: Panel, spots: Iterable[Spot], rows: int) -> None:
    """Outline rows of a map, or their cells at a step; what is lit because everything is stays as it is."""
    height = panel.rect.height() / rows
    for spot in spots:
        if spot.number is None and spot.t is None:
            continue
        cell = QRectF(panel.rect)
        if spot.number is not None:
            cell.setTop(panel.rect.top() + spot.number * height)
            cell.setHeight(height)
        if spot.t is not None:
            cell.setLeft(float(panel.x(spot.t - 0.5)))
            cell.setWidth(panel.step)
        outline(painter, theme, _at_least(cell).adjusted(0.5, 0.5, -0.5, -0.5), spot.role)


def light_curves(
    painter: QPainter,
    theme: Theme,
    panel: Panel,
    spots: tuple[Spot, ...],
    curves: tuple[Array, list[QColor], int],
    drawn: tuple[Array, Array] | None = None,
) -> None:
    """Let the singled out curves stand out from the others, and light up steps.

    ``curves`` are the values (curves, steps), their colours, and the t of the first step; ``drawn`` is where the
    curves are in pixels, x (points,) and y (curves, points), if they do not simply go from step to step.
    """
    values, colours, first = curves
    chosen = sorted(named(spots))
    if chosen:
        pale(painter, theme, panel.rect.adjusted(-1, -1, 1, 1))
    light_steps(painter, theme, panel, (spot for spot in spots if spot.number is None))
    if not chosen:
        return
    xs, ys = drawn or (panel.x(np.arange(values.shape[1]) + first), panel.y(values))
    width = theme.px(2.4) * theme.line_px
    draw_curves(painter, xs, ys[chosen], [colours[number] for number in chosen], width)
    for spot in spots:
        if spot.number is not None and spot.t is not None and first <= spot.t < first + values.shape[1]:
            y = float(panel.y(values[spot.number, spot.t - first]))
            painter.setPen(light_pen(theme, spot.role))
            painter.setBrush(colours[spot.number])
            if np.isfinite(y):
                painter.drawEllipse(QPointF(float(panel.x(spot.t)), y), theme.px(_RING), theme.px(_RING))


def row_at(panel: Panel, position: QPointF, rows: int) -> int | None:
    """Return which row of a map is at a position, None outside of it."""
    row = int((position.y() - panel.rect.top()) * rows // panel.rect.height())
    return row if panel.rect.contains(position) and 0 <= row < rows else None


def curve_at(panel: Panel, theme: Theme, position: QPointF, values: Array) -> int | None:
    """Return which of the curves passes near a position, given their values at its step; None if none does."""
    if not panel.rect.adjusted(-1, -1, 1, 1).contains(position):
        return None
    away = np.abs(panel.y(values) - position.y())
    away[~np.isfinite(away)] = np.inf
    nearest = int(away.argmin())
    return nearest if away[nearest] <= theme.px(_REACH) else None


def _at_least(rect: QRectF) -> QRectF:
    """Return the rectangle, made wide and high enough to be seen."""
    across, upward = max(_LEAST - rect.width(), 0.0) / 2, max(_LEAST - rect.height(), 0.0) / 2
    return rect.adjusted(-across, -upward, across, upward)
