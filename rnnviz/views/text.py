"""Words painted quickly: each text is shaped once, and after that only its glyphs are put on the screen."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QGlyphRun, QPainter, QTextLayout

from rnnviz.views.fonts import MINUS, load_fonts, maths_font, ui_font, words_family
from rnnviz.views.marks import is_screen

_MOST_TEXTS = 4096  # of one face; numbers with three decimals repeat, so it is seldom reached
_SIGNS, _FIGURES = f"+{MINUS}", frozenset("0123456789.")


class Shaped(NamedTuple):
    """The glyphs of a text from the start of its baseline, and how far it reaches."""

    runs: list[QGlyphRun]
    width: float


class Face:
    """A font that remembers the glyphs of the texts it has set. Needs a QGuiApplication."""

    def __init__(self, font: QFont) -> None:
        load_fonts()
        self.font = font
        self._shaped: dict[str, Shaped] = {}
        self._figures: dict[str, tuple[int, float]] = {}

    def width(self, text: str) -> float:
        """Return how far a text reaches."""
        return self.shaped(text).width

    def shaped(self, text: str) -> Shaped:
        """Return the glyphs of a text."""
        found = self._shaped.get(text)
        if found is None:
            if len(self._shaped) >= _MOST_TEXTS:
                self._shaped.clear()
            is_number = text[-1:].isdigit() and _FIGURES.issuperset(text.lstrip(_SIGNS))
            found = self._shaped[text] = self._number(text) if is_number else shape(text, self.font)
        return found

    def _number(self, text: str) -> Shaped:
        """Return a number from glyphs that are known already: four times quicker than to shape it."""
        if not self._figures:
            self._learn_figures()
        if not self._figures.keys() >= set(text):
            return shape(text, self.font)
        width, indexes, places = 0.0, [], []
        for letter in text:
            index, advance = self._figures[letter]
            indexes.append(index)
            places.append(QPointF(width, 0.0))
            width += advance
        run = QGlyphRun()
        run.setRawFont(self.shaped(_SIGNS).runs[0].rawFont())
        run.setGlyphIndexes(indexes)
        run.setPositions(places)
        return Shaped([run], width)

    def _learn_figures(self) -> None:
        """Learn the glyphs of numbers where they stand in one: Inter has another plus before a figure."""
        for text in ("0123456789.0", *(f"{sign}0" for sign in _SIGNS)):
            runs, width = shape(text, self.font)
            if len(runs) != 1 or len(runs[0].glyphIndexes()) != len(text):
                continue  # not the typeface that ships with the program
            starts = [place.x() for place in runs[0].positions()]
            advances = [end - start for start, end in pairwise([*starts, width])]
            for letter, index, advance in zip(text, runs[0].glyphIndexes(), advances, strict=True):
                self._figures[letter] = index, advance


def shape(text: str, font: QFont) -> Shaped:
    """Return the glyphs of a text in a font."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    if not line.isValid():
        return Shaped([], 0.0)
    up = QPointF(0.0, line.ascent())
    runs = layout.glyphRuns()
    for run in runs:
        run.setPositions([place - up for place in run.positions()])
    return Shaped(runs, line.horizontalAdvance())


def ui_face(px: float, weight: QFont.Weight = QFont.Weight.Normal) -> Face:
    """Return Inter, see `ui_font`."""
    return _words_face(words_family(), px, weight)


@lru_cache(maxsize=128)
def _words_face(family: str, px: float, weight: QFont.Weight) -> Face:  # noqa: ARG001 - what `ui_font` depends on
    return Face(ui_font(px, weight))


@lru_cache(maxsize=64)
def maths_face(px: float) -> Face:
    """Return STIX Two Math, see `maths_font`."""
    return Face(maths_font(px))


class Words:
    """Takes words, each with a place, in one colour after the other."""

    def set_colour(self, colour: QColor) -> None:
        """Write in this colour from now on."""
        raise NotImplementedError

    def write(self, x: float, y: float, text: str, face: Face) -> None:
        """Write from a point on the baseline."""
        raise NotImplementedError

    def write_to(self, right: float, y: float, text: str, face: Face) -> None:
        """Write so that the text ends at a point on the baseline."""
        self.write(right - face.width(text), y, text, face)

    def write_about(self, middle: float, y: float, text: str, face: Face) -> None:
        """Write with the middle of the text at a point on the baseline."""
        self.write(middle - face.width(text) / 2, y, text, face)


class Writer(Words):
    """Puts words on a painter, in the colour of its pen. To be made anew for each painting.

    Attributes:
        is_quick: glyphs are enough. A figure on its way to a file gets texts, which stay texts there.
    """

    def __init__(self, painter: QPainter) -> None:
        self.painter = painter
        self.is_quick = is_screen(painter)

    def set_colour(self, colour: QColor) -> None:
        self.painter.setPen(colour)

    def write(self, x: float, y: float, text: str, face: Face) -> None:
        at = QPointF(x, y)
        if self.is_quick:
            for run in face.shaped(text).runs:
                self.painter.drawGlyphRun(at, run)
        else:
            self.painter.setFont(face.font)
            self.painter.drawText(at, text)


Lettering = dict[int, list[tuple[QPointF, QGlyphRun]]]
"""Words that were set: for each colour (ARGB32) the glyphs, and from where on the baseline."""


class Setting(Words):
    """Sets words that are put on the screen many times, one colour after the other."""

    def __init__(self) -> None:
        self.lettering: Lettering = {}
        self._of_colour: list[tuple[QPointF, QGlyphRun]] = []

    def set_colour(self, colour: QColor) -> None:
        self._of_colour = self.lettering.setdefault(colour.rgba(), [])

    def write(self, x: float, y: float, text: str, face: Face) -> None:
        at = QPointF(x, y)
        for run in face.shaped(text).runs:
            self._of_colour.append((at, run))


def put(painter: QPainter, lettering: Lettering) -> None:
    """Put words that were set on a screen."""
    for colour, pieces in lettering.items():
        painter.setPen(QColor.fromRgba(colour))
        for at, run in pieces:
            painter.drawGlyphRun(at, run)
