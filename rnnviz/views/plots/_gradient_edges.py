"""The gradient on its way back through an unrolled network: edges as wide and as red as it is large."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from rnnviz.core.activations import Array
from rnnviz.views.colours import legible, mixed
from rnnviz.views.fonts import MINUS, number, power_of_ten
from rnnviz.views.plots._arrows import draw_arrow, draw_loop
from rnnviz.views.plots._scaffold import Column, inks_of
from rnnviz.views.plots._unrolled import Geometry
from rnnviz.views.text import Writer, ui_face
from rnnviz.views.theme import Theme

_MOST_DECADES = 12
_THIN, _THICK = 1.2, 6.5


@dataclass(frozen=True, slots=True)
class GradientScale:
    """How wide and how red a norm is drawn: by its logarithm, between two powers of ten for the whole sequence."""

    low: int
    high: int

    def part(self, norm: float) -> float:
        """Return where a norm is on the scale, from 0 to 1."""
        if not norm > 0:
            return 0.0
        exponent = math.log10(norm) if math.isfinite(norm) else self.high
        return min(max((exponent - self.low) / (self.high - self.low), 0.0), 1.0)

    def width(self, norm: float) -> float:
        """Return the width of an edge, in pixels of the design."""
        return _THIN + (_THICK - _THIN) * self.part(norm)

    def colour(self, theme: Theme, norm: float) -> QColor:
        """Return the colour of an edge: crimson, pale where the gradient has nearly vanished."""
        if not math.isfinite(norm):
            return QColor(theme.warning)
        return _shade(theme, round(64 * self.part(norm)))


@lru_cache(maxsize=512)
def _shade(theme: Theme, level: int) -> QColor:
    """Return one of 65 shades of crimson."""
    return mixed(theme.card, theme.gradient, 0.3 + 0.7 * level / 64)


@lru_cache(maxsize=64)
def _light(theme: Theme, width: float) -> QPen:
    """Return the pen for the light that the pulse lies in."""
    pen = QPen(mixed(theme.card, theme.accent, 0.28), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


@lru_cache(maxsize=8)
def gradient_ink(theme: Theme) -> QColor:
    """Return the colour of words about the gradient."""
    return QColor(legible(theme, theme.gradient))


def scale_of(norms: list[Array]) -> GradientScale:
    """Return the scale for all norms of a sequence; it holds the largest and as much below it as it can."""
    every = np.concatenate(norms)
    usable = every[np.isfinite(every) & (every > 0)]
    if not len(usable):
        return GradientScale(-1, 0)
    high = math.ceil(math.log10(usable.max()) - 1e-9)
    low = min(math.floor(math.log10(usable.min()) + 1e-9), high - 1)
    return GradientScale(max(low, high - _MOST_DECADES), high)


def norm_text(norm: float, *, tight: bool = False) -> str:
    """Return a norm with two digits: 0.038 or 1.2 × 10⁻³, without the spaces where there is little room."""
    if not math.isfinite(norm):
        return "overflow"
    if norm == 0 or 0.00995 <= norm < 995:
        decimals = 0 if norm == 0 or norm >= 9.95 else 1 if norm >= 0.995 else 2 if norm >= 0.0995 else 3
        return number(norm, decimals)
    mantissa, exponent = f"{norm:.1e}".split("e")
    times = "×" if tight else " × "
    return f"{mantissa.replace('-', MINUS)}{times}{power_of_ten(int(exponent))}"


@dataclass(frozen=True, slots=True)
class GradientNorms:
    """How large the gradient of one layer is at each state index, (T + 1,): in total, and from outside."""

    total: Array
    direct: Array


class GradientEdges:
    """Paints the gradient's edges where a geometry says.

    Those that it has not come to yet are pale: at the cursor t it has reached h_t.
    """

    def __init__(self, writer: Writer, theme: Theme, geometry: Geometry, scale: GradientScale) -> None:
        self._writer, self._theme, self._geometry, self._scale = writer, theme, geometry, scale
        self._ink, self._inks = gradient_ink(theme), inks_of(theme)

    def paint(self, columns: tuple[Column, ...], layers: list[GradientNorms], now: int | None) -> None:
        """Paint all edges between shown steps; ``now`` is the cursor, None if the gradient has been everywhere."""
        steps = list(zip(self._geometry.steps, columns, strict=True))
        for layer, norms in enumerate(layers):
            for t, column in steps:
                if t and not column.is_padding:
                    self._paint_direct(t, layer, float(norms.direct[t]), now)
            for t, column in steps[1:]:
                if column.edge == "before":
                    self._paint_carried(t - 1, layer, float(norms.total[t - 1]), now)

    def paint_loop(self, layer: int, norm: float) -> None:
        """Paint the gradient's way from a box back to itself."""
        px, box = self._theme.px, self._geometry.box(self._geometry.first, layer)
        upper, lower = (QPointF(box.right(), box.top() + part * box.height()) for part in (0.25, 0.75))
        reach, colour = min(px(46), max(0.9 * box.height(), px(16))), self._scale.colour(self._theme, norm)
        width = px(self._scale.width(norm))
        draw_loop(self._writer.painter, upper, lower, reach, (colour, width, px(6)))
        self._writer.painter.setPen(self._ink)
        x = box.right() + 0.8 * reach + px(5)
        self._writer.write(x, box.center().y() + px(19), norm_text(norm), ui_face(self._theme.words(10)))

    def _paint_carried(self, t: int, layer: int, norm: float, now: int | None) -> None:
        """Paint the edge that the gradient takes back into h_t, with ‖∂L/∂h_t‖ below it."""
        geometry, px = self._geometry, self._theme.px
        box, start = geometry.box(t, layer), geometry.box(t + 1, layer).left()
        y, end = box.center().y(), box.right()
        self._arrow(QPointF(start, y), QPointF(end, y), norm, t, now)
        if now is not None and t < now:
            return
        room = start - end - px(2)
        for size, tight in ((10.0, False), (10.0, True), (9.0, True)):
            face, words = ui_face(px(size)), norm_text(norm, tight=tight)
            if face.width(words) <= room and (len(geometry.tops) == 1 or geometry.box_height >= px(26)):
                self._writer.painter.setPen(self._ink if math.isfinite(norm) else QColor(self._theme.warning))
                below = max(px(13), px(10) + px(self._scale.width(norm)))  # clear of the light around the pulse
                self._writer.write_about((start + end) / 2, y + below, words, face)
                return

    def _paint_direct(self, t: int, layer: int, norm: float, now: int | None) -> None:
        """Paint what comes into h_t from above: from the layer there, or from the output."""
        geometry, px, x = self._geometry, self._theme.px, self._geometry.middle(t)
        if layer + 1 < len(geometry.tops):
            top = geometry.tops[layer + 1] + geometry.box_height
        else:
            top = geometry.above[0] + px(3)
        bottom = geometry.tops[layer]
        if norm == 0:
            self._writer.painter.setPen(self._inks.faint)
            self._writer.painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        else:
            self._arrow(QPointF(x, top), QPointF(x, bottom), norm, t, now)

    def _arrow(self, start: QPointF, end: QPointF, norm: float, t: int, now: int | None) -> None:
        """Draw an edge; the one that the gradient has just come by lies in a light of its own: the pulse."""
        px, painter = self._theme.px, self._writer.painter
        if now is not None and t < now:
            draw_arrow(painter, start, end, self._inks.frame, px(0.9), px(4))
            return
        width, colour = px(self._scale.width(norm)), self._scale.colour(self._theme, norm)
        if t == now:
            # a line: Qt fills a translucent shape of this size in threads, and waits for them on a busy machine
            painter.setPen(_light(self._theme, width + px(6)))
            painter.drawLine(start, end)
        draw_arrow(painter, start, end, colour, width, px(6))


def paint_scale(writer: Writer, theme: Theme, scale: GradientScale, place: QRectF) -> None:
    """Paint the legend: a wedge that widens and reddens upward, with the powers of ten at its ends."""
    px, painter, steps = theme.px, writer.painter, 24
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for step in range(steps):
        part = 1 - (step + 0.5) / steps
        norm = 10.0 ** (scale.low + part * (scale.high - scale.low))
        width = px(scale.width(norm))
        strip = QRectF(
            place.right() - width, place.top() + step * place.height() / steps, width, place.height() / steps
        )
        painter.fillRect(strip.adjusted(0, 0, 0, 0.6), scale.colour(theme, norm))
    painter.restore()
    painter.setPen(QColor(theme.muted))
    face = ui_face(theme.words(9.5))
    for exponent, y in ((scale.high, place.top()), (scale.low, place.bottom())):
        writer.write_to(place.right() - px(10), y + px(3.4), power_of_ten(exponent), face)


def scale_width(theme: Theme, scale: GradientScale) -> float:
    """Return how wide the legend is."""
    face = ui_face(theme.words(9.5))
    return max(face.width(power_of_ten(exponent)) for exponent in (scale.low, scale.high)) + theme.px(10)
