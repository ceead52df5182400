"""Typeset mathematics: whole equations by ziamath, short symbols straight from its font."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QByteArray, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtSvg import QSvgRenderer

from rnnviz.views.fonts import italic
from rnnviz.views.text import Face, Words, Writer, maths_face

_SMALL = 0.7  # a subscript's size; how far it is lowered; how far a superscript is raised, all of the base's
_LOWERED = 0.22
_RAISED = 0.42
TRANSPOSE = "\N{DOWN TACK}"
_SPACED = frozenset("=+−⊙×,")
_COMMANDS = {
    "tanh": r"\tanh",
    "ln": r"\ln",
    "⊙": r"\odot",
    "σ": r"\sigma",
    ",": r",\quad",
    "−": "-",
    TRANSPOSE: r"\top",
}


@dataclass(frozen=True, slots=True)
class Symbol:
    """A letter in italics with what hangs on it: W with subscript hh."""

    base: str
    subscript: str = ""
    superscript: str = ""


Equation = tuple[Symbol | str, ...]
"""Symbols, and between them operators, brackets and upright names, each a string of its own."""


class Formula:
    """An equation as outlines, of one size and colour.

    Attributes:
        width, ascent, descent: its extent in pixels, from the origin and from the baseline.
    """

    def __init__(self, svg: str) -> None:
        self._renderer = QSvgRenderer(QByteArray(svg.encode()))
        self._box = self._renderer.viewBoxF()
        self.width, self.ascent, self.descent = self._box.width(), -self._box.top(), self._box.bottom()

    def paint(self, painter: QPainter, x: float, baseline_y: float, scale: float = 1.0) -> None:
        """Draw the equation with its origin at a point."""
        box = self._box
        painter.save()
        painter.translate(x, baseline_y)
        self._renderer.render(painter, QRectF(0, box.top() * scale, box.width() * scale, box.height() * scale))
        painter.restore()


def typesetting_is_loaded() -> bool:
    """Return whether `formula_renderer` answers without the third of a second that loading ziamath takes."""
    return "ziamath" in sys.modules


def load_typesetting() -> None:
    """Load ziamath, which takes a third of a second: to be called when nobody waits, or for a file."""
    with warnings.catch_warnings():
        # ziamath 0.13 finds its fonts by importlib.resources.path, which Python 3.11 and 3.12 deprecate.
        warnings.simplefilter("ignore", DeprecationWarning)
        from ziamath.config import config  # see above

    config.svg2 = False  # Qt draws nothing of the <symbol> elements of SVG 2


@lru_cache(maxsize=128)
def formula_renderer(latex: str, px: float, colour: str) -> Formula:
    """Return LaTeX typeset with letters of ``px`` pixels; takes 20 to 40 ms the first time."""
    return Formula(formula_svg(latex, px, colour))


@lru_cache(maxsize=128)
def formula_svg(latex: str, px: float, colour: str) -> str:
    """Return LaTeX typeset with letters of ``px`` pixels, as SVG whose baseline is at y = 0."""
    load_typesetting()
    from ziamath.zmath import Latex  # loaded by the line above

    return str(Latex(latex, size=px, color=colour, inline=True).svg())


def latex_of(equation: Equation) -> str:
    """Return an equation as LaTeX."""
    parts: list[str] = []
    for before, token in zip((None, *equation), equation, strict=False):
        if isinstance(before, Symbol) and isinstance(token, Symbol):
            parts.append(r"\,")  # a product: W_hh h_t without it reads as W with subscript hhh
        parts.append(_latex_token(token))
    return " ".join(parts)


def _latex_token(token: Symbol | str) -> str:
    if isinstance(token, Symbol):
        hanging = f"_{{{_latex_words(token.subscript)}}}" if token.subscript else ""
        raised = f"^{{{_latex_words(token.superscript)}}}" if token.superscript else ""
        return f"{_latex_words(token.base)}{hanging}{raised}"
    name, prime = token.removesuffix("′"), "'" * token.endswith("′")
    if len(name) > 1 and name.isalpha() and name not in _COMMANDS:
        return rf"\mathrm{{{name}}}{prime}"
    return _COMMANDS.get(name, name) + prime


def _latex_words(text: str) -> str:
    return "".join(_COMMANDS.get(letter, letter) for letter in text)


def paint_equation(painter: QPainter, at: QPointF, equation: Equation, px: float, colour: str, width: float) -> None:
    """Draw an equation from a point on its baseline, made smaller where it would be wider than ``width``.

    It is typeset when ziamath has been loaded, and set from single symbols before.
    """
    if typesetting_is_loaded():
        formula = formula_renderer(latex_of(equation), px, colour)
        formula.paint(painter, at.x(), at.y(), min(1.0, width / max(formula.width, 1.0)))
        return
    natural = equation_width(equation, px)
    painter.save()
    painter.translate(at)
    scale = min(1.0, width / max(natural, 1.0))
    painter.scale(scale, scale)
    draw_equation(painter, 0.0, 0.0, equation, px, QColor(colour))
    painter.restore()


def draw_equation(painter: QPainter, x: float, y: float, equation: Equation, px: float, colour: QColor) -> float:
    """Draw an equation from single symbols, quickly, and return its advance."""
    pen, font = painter.pen(), painter.font()
    painter.setPen(colour)
    advance = write_equation(Writer(painter), x, y, equation, px)
    painter.setPen(pen)
    painter.setFont(font)
    return advance


def write_equation(writer: Words, x: float, y: float, equation: Equation, px: float) -> float:
    """Write an equation from single symbols in the colour of the pen, and return its advance."""
    start = x
    for token in equation:
        gap = _gap(token, px)
        x += gap + write_symbol(writer, x + gap, y, token, px) + gap
    return x - start


def equation_width(equation: Equation, px: float) -> float:
    """Return the advance of `draw_equation`."""
    return sum(2 * _gap(token, px) + _set(token, px)[1] for token in equation)


def _gap(token: Symbol | str, px: float) -> float:
    if isinstance(token, Symbol):
        return 0.06 * px
    return 0.22 * px if token in _SPACED else 0.0


def symbol(  # noqa: PLR0913, PLR0917  # a drawing primitive: each of them is one mark on paper
    painter: QPainter,
    x: float,
    y: float,
    base: str,
    subscript: str,
    px: float,
    colour: QColor,
    superscript: str = "",
) -> float:
    """Draw a symbol with what hangs on it, in italics, from a point on its baseline; return its advance."""
    pen, font = painter.pen(), painter.font()
    painter.setPen(colour)
    advance = write_symbol(Writer(painter), x, y, Symbol(base, subscript, superscript), px)
    painter.setPen(pen)
    painter.setFont(font)
    return advance


def write_symbol(writer: Words, x: float, y: float, token: Symbol | str, px: float) -> float:
    """Write a symbol, or upright letters, from a point on its baseline; return its advance."""
    pieces, advance = _set(token, px)
    for dx, dy, text, face in pieces:
        writer.write(x + dx, y + dy, text, face)
    return advance


def symbol_width(base: str, subscript: str, px: float, superscript: str = "") -> float:
    """Return the advance of `symbol`."""
    return _set(Symbol(base, subscript, superscript), px)[1]


class _Piece(NamedTuple):
    """A text of one size, and where its baseline starts."""

    x: float
    y: float
    text: str
    face: Face


@lru_cache(maxsize=4096)
def _set(token: Symbol | str, px: float) -> tuple[tuple[_Piece, ...], float]:
    """Return the pieces of a symbol, and its advance."""
    large, small = maths_face(round(px)), maths_face(round(_SMALL * px))
    if isinstance(token, str):
        return (_Piece(0.0, 0.0, token, large),), large.width(token)
    base, subscript, superscript = map(italic, (token.base, token.subscript, token.superscript))
    advance, right = large.width(base), 0.0
    pieces = [_Piece(0.0, 0.0, base, large)]
    if subscript:
        pieces.append(_Piece(advance, _LOWERED * px, subscript, small))
        right = small.width(subscript)
    if superscript:
        pieces.append(_Piece(advance + 0.06 * px, -_RAISED * px, superscript, small))
        right = max(right, small.width(superscript) + 0.06 * px)
    return tuple(pieces), advance + right
