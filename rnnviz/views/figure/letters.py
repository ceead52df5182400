"""Letters as outlines, exactly as the typeface has them."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QRawFont, QTextItem, QTransform

from rnnviz.views.text import shape


def letters(item: QTextItem, baseline: QPointF) -> QPainterPath:
    """Return the outlines of a text that begins at a point.

    Qt's own outlines are rounded to 1/64 pixel, in ways that depend on what was painted before. These are taken at
    the size of the typeface's own grid, where nothing has to be rounded.
    """
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for run in shape(item.text(), item.font()).runs:
        grid = QRawFont(run.rawFont())
        grid.setPixelSize(grid.unitsPerEm())
        scale = run.rawFont().pixelSize() / grid.unitsPerEm()
        for glyph, place in zip(run.glyphIndexes(), run.positions(), strict=True):
            at = baseline + place
            path.addPath(QTransform(scale, 0, 0, scale, at.x(), at.y()).map(grid.pathForGlyph(glyph)))
    return path
