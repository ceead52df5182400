"""Maps over time with a row for each unit."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from rnnviz.views.colours import Table
from rnnviz.views.marks import draw_heat_map
from rnnviz.views.theme import Theme

LABELLED_ROWS = 16
_ROOM_FOR_GAPS = 8  # px of a row


def unit_rows(theme: Theme, symbol: str, units: int) -> tuple[tuple[str, str], ...]:
    """Return the label and colour of each unit's row; none where there are too many."""
    if units > LABELLED_ROWS:
        return ()
    return tuple((f"{symbol}{unit + 1}", theme.unit_colour(unit).name()) for unit in range(units))


def paint_unit_map(painter: QPainter, theme: Theme, rect: QRectF, colours: Table) -> None:
    """Fill a rectangle with cells, (units, columns) from the top; high rows are kept apart."""
    draw_heat_map(painter, rect, colours)
    height = rect.height() / len(colours)
    if height < theme.px(_ROOM_FOR_GAPS):
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for row in range(1, len(colours)):
        y = round(rect.top() + row * height)
        painter.fillRect(QRectF(rect.left(), y - 1, rect.width(), 1), QColor(theme.card))
