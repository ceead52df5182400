"""What is lit up among eigenvalues: those that are pointed at, and where a weight, or whose unit's share, leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from rnnviz.core.activations import Array
from rnnviz.core.eigenbasis import Eigenbasis, ImmovableError, eigenbasis
from rnnviz.core.measures.spectrum import Eigenvalues
from rnnviz.document.document import Place
from rnnviz.document.links import Eigenvalue, Links, Unit, Weight
from rnnviz.views.fonts import number, subscript, ui_font
from rnnviz.views.lights import light_pen
from rnnviz.views.plots._arrows import draw_arrow
from rnnviz.views.theme import Theme

MOST_TAKEN_APART = 64  # units: the eigenvectors of more take longer than a hovering hand waits for
_LONGEST, _SHORTEST = 30.0, 4.0  # px of an arrow
_FULL = 360 * 16  # a circle, as Qt measures arcs
_TOP = 90 * 16
_LISTED = 3


class LitSpectrum:
    """What the eigenvectors of one matrix say about what is pointed at; they are found when first asked for.

    Attributes:
        place: which matrix it is.
    """

    def __init__(self, place: Place, matrix: Array, values: Eigenvalues) -> None:
        self.place = place
        self._matrix, self._values = matrix, values
        self._basis: Eigenbasis | None = None
        self._is_tried = False

    def is_of(self, place: Place, matrix: Array, values: Eigenvalues) -> bool:
        """Return whether it is about this matrix and these eigenvalues."""
        return self.place == place and self._matrix is matrix and self._values is values

    def slopes(self, links: Links) -> Eigenvalues | None:
        """Return ∂λ/∂w of every λ, w being the entry that is pointed at; or None."""
        focus = links.focus
        if not isinstance(focus, Weight) or focus.place != self.place or focus.row is None or focus.column is None:
            return None
        basis = self._eigenbasis()
        return None if basis is None else self._in_order(basis, basis.slopes(focus.row, focus.column))

    def shares(self, links: Links) -> Array | None:
        """Return how much of every λ the unit that is pointed at holds, from 0 to 1; or None."""
        focus = links.focus
        if not isinstance(focus, Unit) or focus.layer != self.place.layer or focus.unit is None:
            return None
        basis = self._eigenbasis()
        return None if basis is None else self._in_order(basis, basis.shares(focus.unit)).real

    def words(self, index: int) -> str:
        """Return which units hold most of an eigenvalue, and which entry moves it most."""
        basis = self._eigenbasis()
        if basis is None:
            return ""
        k = basis.nearest(complex(self._values[index]))
        shares = np.array([basis.shares(unit)[k] for unit in range(len(basis.values))])
        largest = np.argsort(-shares, kind="stable")[:_LISTED].tolist()
        units = ", ".join(f"h{subscript(unit + 1)} {number(100 * shares[unit], 0)} %" for unit in largest)
        slopes = np.abs(np.outer(basis.left[k], basis.right[:, k]))
        row, column = np.unravel_index(int(slopes.argmax()), slopes.shape)
        entry = f"{self.place.name}[{row + 1}, {column + 1}]"
        return f"held by {units}\nmoves most with {entry}: |∂λ/∂w| = {number(float(slopes[row, column]), 3)}"

    def _eigenbasis(self) -> Eigenbasis | None:
        """Return the matrix taken apart; None if it is too large, or has not enough eigenvectors."""
        if not self._is_tried and len(self._matrix) <= MOST_TAKEN_APART:
            try:
                self._basis = eigenbasis(self._matrix)
            except ImmovableError:
                self._basis = None  # then only rings are drawn
        self._is_tried = True
        return self._basis

    def _in_order(self, basis: Eigenbasis, numbers: Array | Eigenvalues) -> Eigenvalues:
        """Return numbers in the order of the eigenvalues that are drawn."""
        apart = np.abs(self._values[:, None] - basis.values[None])
        order: list[int] = []
        for row in apart:
            row[order] = np.inf
            order.append(int(row.argmin()))
        return np.asarray(numbers)[order].astype(np.complex128)


@dataclass(frozen=True, slots=True)
class Dots:
    """Where the eigenvalues are drawn.

    Attributes:
        square: the part of the complex plane that is shown.
        places: the middle of each dot.
        radius: of a dot, in pixels.
        scale: the pixels of 1.
    """

    square: QRectF
    places: list[QPointF]
    radius: float
    scale: float


def paint_lit(painter: QPainter, theme: Theme, dots: Dots, lit: LitSpectrum, links: Links) -> None:
    """Light up eigenvalues: arrows for an entry, arcs for a unit, else rings around those that are linked."""
    slopes, shares, focus = lit.slopes(links), lit.shares(links), links.focus
    if slopes is not None and isinstance(focus, Weight):
        growth = _paint_moves(painter, theme, dots, slopes)
        entry = f"{focus.place.name}[{(focus.row or 0) + 1}, {(focus.column or 0) + 1}]"
        _say(painter, theme, dots.square, f"→ to first order, {entry} + {growth:g}")
    elif shares is not None and isinstance(focus, Unit):
        _paint_shares(painter, theme, dots, shares)
        _say(painter, theme, dots.square, f"arc: share of h{subscript((focus.unit or 0) + 1)} in λ")
    else:
        _paint_rings(painter, theme, dots, lit.place, links)


def _paint_rings(painter: QPainter, theme: Theme, dots: Dots, matrix: Place, links: Links) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    around = dots.radius + theme.px(3)
    for index, place in enumerate(dots.places):
        role = links.role(Eigenvalue(matrix, index))
        if role is not None:
            painter.setPen(light_pen(theme, role))
            painter.drawEllipse(place, around, around)


def _paint_moves(painter: QPainter, theme: Theme, dots: Dots, slopes: Eigenvalues) -> float:
    """Draw an arrow from each dot to where it goes; return the growth of the entry that is drawn."""
    growth = growth_for(float(np.abs(slopes).max(initial=0.0)) * dots.scale, theme.px(_LONGEST))
    for place, slope in zip(dots.places, slopes.tolist(), strict=True):
        step = QPointF(slope.real, -slope.imag) * (growth * dots.scale)
        if step.manhattanLength() >= theme.px(_SHORTEST):
            draw_arrow(painter, place, place + step, QColor(theme.link), theme.px(1.8), theme.px(6))
    return growth


def _paint_shares(painter: QPainter, theme: Theme, dots: Dots, shares: Array) -> None:
    around = dots.radius + theme.px(3)
    pen = QPen(QColor(theme.link), theme.px(2.2))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for place, share in zip(dots.places, shares.tolist(), strict=True):
        ring = QRectF(place.x() - around, place.y() - around, 2 * around, 2 * around)
        painter.drawArc(ring, _TOP, -round(_FULL * share))


def _say(painter: QPainter, theme: Theme, square: QRectF, words: str) -> None:
    """Write what the marks mean at the foot of the square, on a ground of the card's colour."""
    font = ui_font(theme.px(11))
    metrics = QFontMetricsF(font)
    place = QRectF(0, 0, metrics.horizontalAdvance(words) + theme.px(8), metrics.height() + theme.px(2))
    place.moveBottomLeft(square.bottomLeft())
    ground = QColor(theme.card)
    ground.setAlphaF(0.85)
    painter.fillRect(place, ground)
    painter.setFont(font)
    painter.setPen(QColor(theme.link))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)


def growth_for(pixels: float, longest: float) -> float:
    """Return a round growth, 1, 2 or 5 times a power of ten, at which an arrow of so many pixels per 1 is long enough.

    It is the largest that makes no arrow longer than ``longest``; 1 where nothing moves.
    """
    if not 0.0 < pixels < np.inf:
        return 1.0
    wanted = longest / pixels
    power = 10.0 ** np.floor(np.log10(wanted))
    return float(next(factor * power for factor in (5.0, 2.0, 1.0) if factor * power <= wanted * (1 + 1e-9)))
