"""Fixed points in a phase portrait: what was found and for which input, and the marks that show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from rnnviz.core.activations import Array
from rnnviz.core.measures.fixed_points import Rests
from rnnviz.document.document import Document
from rnnviz.document.gradient_kinds import state_size
from rnnviz.document.resting import MOST_NUMBERS, resting_places
from rnnviz.session.background import Question
from rnnviz.session.computer import predicted_ms
from rnnviz.views.colours import mixed
from rnnviz.views.fonts import number, scientific
from rnnviz.views.theme import Theme

_CUBE_MS, _OVERHEAD_MS = 5e-4, 40.0  # of a search: for each rows³, and of any


@dataclass(frozen=True, slots=True, eq=False)
class Frozen:
    """What a search was made for: a layer, and an input that stands still.

    Attributes:
        t: a step, 1…T, that has this input.
        x: (N,).
    """

    document: Document
    layer: int
    sample: int
    t: int
    x: Array

    def is_like(self, other: Frozen | None) -> bool:
        """Return whether the same is found for it."""
        return (
            other is not None
            and self.document is other.document
            and (self.layer, self.sample) == (other.layer, other.sample)
            and np.array_equal(self.x, other.x)
        )


@dataclass(frozen=True, slots=True, eq=False)
class RestMark:
    """A fixed or a slow point: h (H,), and |λ_max(J)| of a fixed one, None of a slow one."""

    h: Array
    radius: float | None

    def words(self) -> str:
        """Return what it is."""
        if self.radius is None:
            return "a slow point: a step hardly moves it"
        kind = "stable" if self.radius < 1.0 else "unstable"
        return f"{kind} fixed point, |λ max| = {scientific(self.radius, 4)}"


class RestSearch:
    """Asks for fixed points, and keeps the last that were found.

    Attributes:
        question: what has to be found, or None.
        found_for: what the marks are of; None before there are any.
        marks: what was found.
    """

    def __init__(self) -> None:
        self.question: Question | None = None
        self.found_for: Frozen | None = None
        self.marks: tuple[RestMark, ...] = ()
        self._asked: Frozen | None = None

    def ask(self, frozen: Frozen | None) -> None:
        """Ask for the fixed points of an input, unless they are known or asked for; of None, forget all.

        Those of before stay until the answer comes, but not where h has another size.
        """
        if frozen is not None and self.found_for is not None and _units(frozen) != _units(self.found_for):
            self.found_for, self.marks = None, ()
        if frozen is None or state_size(frozen.document, frozen.layer) > MOST_NUMBERS:
            self.question = self._asked = self.found_for = None
            self.marks = ()
        elif frozen.is_like(self.found_for):
            self.question = self._asked = None
        elif not frozen.is_like(self._asked):
            self._asked = frozen
            rows = state_size(frozen.document, frozen.layer)
            cost_ms = _OVERHEAD_MS + predicted_ms(frozen.document) + rows**3 * _CUBE_MS
            arguments = (frozen.document, frozen.layer, frozen.sample, frozen.t)
            self.question = Question(resting_places, arguments, cost_ms)

    def take(self, answer: Rests) -> None:
        """Keep the answer to the question."""
        self.found_for, self.question, self._asked = self._asked, None, None
        slow = tuple(RestMark(states[0], None) for states in answer.slow)
        self.marks = (*slow, *(RestMark(point.states[0], point.radius) for point in answer.fixed))

    def summary(self, now: Frozen) -> str:
        """Return what was found in a few words, and of which input if that is not the one of now."""
        if self.found_for is None:
            return ""
        radii = [mark.radius for mark in self.marks if mark.radius is not None]
        stable = sum(radius < 1.0 for radius in radii)
        words = f"{number(stable, 0)} stable, {number(len(radii) - stable, 0)} unstable"
        return words if now.is_like(self.found_for) else f"{words}, for the x of t = {self.found_for.t}"


def _units(frozen: Frozen) -> int:
    return frozen.document.layers[frozen.layer].units


def paint_rest_marks(
    painter: QPainter, theme: Theme, marks: Sequence[RestMark], places: Sequence[QPointF], *, is_current: bool
) -> None:
    """Paint stable points filled, unstable ones as rings, slow ones small and pale; all paler if they are old."""
    ink = QColor(theme.text) if is_current else mixed(theme.card, theme.text, 0.4)
    for mark, place in zip(marks, places, strict=True):
        if mark.radius is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(theme.card, ink.name(), 0.5))
            painter.drawEllipse(place, theme.px(2.4), theme.px(2.4))
            continue
        painter.setPen(QPen(ink if mark.radius >= 1.0 else QColor(theme.card), theme.px(1.5)))
        painter.setBrush(QColor(theme.card) if mark.radius >= 1.0 else ink)
        painter.drawEllipse(place, theme.px(4.2), theme.px(4.2))
