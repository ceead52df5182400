"""Typeset mathematics: it is painted where it is asked for, and costs nothing before it is needed."""

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from rnnviz.views.fonts import load_fonts
from rnnviz.views.formula import (
    Symbol,
    draw_equation,
    equation_width,
    formula_renderer,
    latex_of,
    paint_equation,
    symbol,
    symbol_width,
)

EQUATION = (
    Symbol("h", "t"),
    "=",
    "tanh",
    "(",
    Symbol("W", "hh"),
    Symbol("h", "t−1"),
    "+",
    Symbol("b", "h"),
    ")",
)


@pytest.fixture(autouse=True)
def fonts(qapp):  # noqa: ARG001  # fonts need an application
    load_fonts()


@pytest.fixture
def ink():
    """Return a function that paints on white and tells where ink is: left, top, right, bottom; or None."""

    def where(paint, width=400, height=80):
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(QColor("white"))
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint(painter)
        pixels = np.frombuffer(image.constBits(), np.uint32).reshape(height, width)
        rows, columns = np.nonzero(pixels != 0xFFFFFFFF)
        return (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) if len(rows) else None

    return where


def test_a_formula_stays_within_the_extent_that_it_announces(ink):
    formula = formula_renderer(latex_of(EQUATION), 20, "#000000")
    left, top, right, bottom = ink(lambda painter: formula.paint(painter, 30, 50))
    assert 30 - 1 <= left < right <= 30 + formula.width + 1
    assert 50 - formula.ascent - 1 <= top < 50 < bottom <= 50 + formula.descent + 1


def test_a_formula_is_typeset_once():
    assert formula_renderer("x_t", 20, "#123456") is formula_renderer("x_t", 20, "#123456")


def test_a_formula_has_the_colour_that_was_asked_for():
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        formula_renderer("W", 60, "#ff0000").paint(painter, 0, 50)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(60, 60, 4)
    assert (pixels[..., 2] == 255).all()
    assert (pixels[..., :2] == 0).all(axis=2).any()


@pytest.mark.parametrize("token", [Symbol("δ", "t"), Symbol("∂L/∂h", "0"), "⊙", "relu′", "tanh′", "direct", "σ"])
def test_every_symbol_can_be_typeset(token, ink):
    formula = formula_renderer(latex_of((token,)), 20, "#000000")
    assert ink(lambda painter: formula.paint(painter, 20, 40)) is not None


def test_adjacent_symbols_are_kept_apart():
    joined = formula_renderer("W_{hh}h_{t}", 20, "#000000")
    assert formula_renderer(latex_of((Symbol("W", "hh"), Symbol("h", "t"))), 20, "#000000").width > joined.width


def test_an_equation_is_made_smaller_to_fit(ink):
    _, _, right, _ = ink(lambda painter: paint_equation(painter, QPointF(10, 40), EQUATION, 20, "#000000", 100))
    assert right <= 111


@pytest.mark.parametrize("subscript", ["", "hh", "17"])
@pytest.mark.parametrize("superscript", ["", "(2)"])
def test_a_symbol_ends_at_its_advance(ink, subscript, superscript):
    width = symbol_width("W", subscript, 20, superscript)
    advances = []
    left, _, right, _ = ink(
        lambda painter: advances.append(symbol(painter, 30, 50, "W", subscript, 20, QColor("black"), superscript))
    )
    assert advances == [width]
    overhang = 4  # italic letters lean over their advance
    assert 28 <= left < right <= 30 + width + overhang


def test_an_equation_of_symbols_ends_at_its_advance(ink):
    width = equation_width(EQUATION, 15)
    advances = []
    _, _, right, _ = ink(lambda painter: advances.append(draw_equation(painter, 5, 40, EQUATION, 15, QColor("black"))))
    assert advances == [pytest.approx(width)]
    assert right <= 5 + width + 2


def test_painting_leaves_the_painter_as_it_was():
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        painter.setPen(QPen(QColor("blue"), 3))
        painter.setFont(QFont("Inter", 7))
        painter.translate(3, 4)
        before = painter.pen(), painter.font(), painter.transform(), painter.renderHints()
        symbol(painter, 10, 50, "W", "hh", 20, QColor("black"))
        formula_renderer("x_t", 20, "#000000").paint(painter, 10, 50)
        paint_equation(painter, QPointF(10, 50), EQUATION, 20, "#000000", 50)
        assert (painter.pen(), painter.font(), painter.transform(), painter.renderHints()) == before


def test_typesetting_is_loaded_only_when_it_is_needed():
    program = (
        "import sys; import rnnviz.views.formula; assert 'ziamath' not in sys.modules;"
        "rnnviz.views.formula.load_typesetting(); assert rnnviz.views.formula.typesetting_is_loaded()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
