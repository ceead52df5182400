"""Maps over time with a row for each unit."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from rnnviz.core.activations import Array
from rnnviz.views.colours import Table
from rnnviz.views.marks import draw_map
from rnnviz.views.plots._time import Panel
from rnnviz.views.theme import Theme

LABELLED_ROWS = 16
_ROOM_FOR_GAPS = 8  # px of a row


def unit_rows(theme: Theme, symbol: str, units: int) -> tuple[tuple[str, str], ...]:
    """Return the label and colour of each unit's row; none where there are too many."""
    if units > LABELLED_ROWS:
        return ()
    return tuple((f"{symbol}{unit + 1}", theme.unit_colour(unit).name()) for unit in range(units))


def paint_unit_map(
    painter: QPainter, theme: Theme, panel: Panel, values: Array, coloured: Callable[[Array], Table]
) -> None:
    """Fill a panel with a cell for each value, (steps, units), the first unit on top; high rows are kept apart.

    The values are of t = 0…T, or where there is one less, of t = 1…T. ``coloured`` gives colours to (units, steps).
    """
    steps = round(panel.last - panel.first)
    draw_map(painter, panel.rect if len(values) == steps else panel.steps_rect, values.T, coloured)
    units, seen = values.shape[1], panel.seen
    height = seen.height() / units
    if height < theme.px(_ROOM_FOR_GAPS):
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for row in range(1, units):
        y = round(seen.top() + row * height)
        painter.fillRect(QRectF(seen.left(), y - 1, seen.width(), 1), QColor(theme.card))
