"""Words painted quickly: each text is shaped once, and after that only its glyphs are put on the screen."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QGlyphRun, QPaintEngine, QPainter, QTextLayout

from rnnviz.views.fonts import load_fonts, maths_font, ui_font

_MOST_TEXTS = 4096  # of one face; numbers with three decimals repeat, so it is seldom reached


class Face:
    """A font that remembers the glyphs of the texts it has set. Needs a QGuiApplication."""

    def __init__(self, font: QFont) -> None:
        load_fonts()
        self.font = font
        self._shaped: dict[str, tuple[list[QGlyphRun], float]] = {}

    def width(self, text: str) -> float:
        """Return how far a text reaches."""
        return self.shaped(text)[1]

    def shaped(self, text: str) -> tuple[list[QGlyphRun], float]:
        """Return the glyphs of a text from the start of its baseline, and its width."""
        found = self._shaped.get(text)
        if found is None:
            if len(self._shaped) >= _MOST_TEXTS:
                self._shaped.clear()
            found = self._shaped[text] = _shape(text, self.font)
        return found


def _shape(text: str, font: QFont) -> tuple[list[QGlyphRun], float]:
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    if not line.isValid():
        return [], 0.0
    up = QPointF(0.0, line.ascent())
    runs = layout.glyphRuns()
    for run in runs:
        run.setPositions([place - up for place in run.positions()])
    return runs, line.horizontalAdvance()


@lru_cache(maxsize=64)
def ui_face(px: float, weight: QFont.Weight = QFont.Weight.Normal) -> Face:
    """Return Inter, see `ui_font`."""
    return Face(ui_font(px, weight))


@lru_cache(maxsize=64)
def maths_face(px: float) -> Face:
    """Return STIX Two Math, see `maths_font`."""
    return Face(maths_font(px))


class Writer:
    """Puts words on a painter, in the colour of its pen. To be made anew for each painting.

    Attributes:
        is_quick: glyphs are enough. A figure on its way to a file gets texts, which stay texts there.
    """

    def __init__(self, painter: QPainter) -> None:
        self.painter = painter
        # not the device: it is the widget too when a figure is made of the whole window
        self.is_quick = painter.paintEngine().type() == QPaintEngine.Type.Raster

    def write(self, x: float, y: float, text: str, face: Face) -> None:
        """Write from a point on the baseline."""
        at = QPointF(x, y)
        if self.is_quick:
            for run in face.shaped(text)[0]:
                self.painter.drawGlyphRun(at, run)
        else:
            self.painter.setFont(face.font)
            self.painter.drawText(at, text)

    def write_to(self, right: float, y: float, text: str, face: Face) -> None:
        """Write so that the text ends at a point on the baseline."""
        self.write(right - face.shaped(text)[1], y, text, face)

    def write_about(self, middle: float, y: float, text: str, face: Face) -> None:
        """Write with the middle of the text at a point on the baseline."""
        self.write(middle - face.shaped(text)[1] / 2, y, text, face)
