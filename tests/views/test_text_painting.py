"""Words painted quickly look like words painted by Qt, and stay words in a figure."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from rnnviz.views.figure import Figure, save_figure
from rnnviz.views.fonts import italic, load_fonts, maths_font, ui_font
from rnnviz.views.text import Writer, maths_face, ui_face


@pytest.fixture(autouse=True)
def fonts(qapp):
    assert qapp is not None
    load_fonts()


def painted(paint):
    image = QImage(200, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(painter)
    return np.frombuffer(image.constBits(), np.uint32).copy()


def by_qt(text, font):
    def paint(painter):
        painter.setFont(font)
        painter.drawText(QPointF(10.3, 25.6), text)

    return painted(paint)


NUMBERS = ["+0.123", "−0.980", "17", "11.111", "0", "−1234.5", "+1.06 × 10⁻⁷"]
WORDS = ["tanh(0.334) =", "t = 17", "“␣”", "", "AVA fi", "1.2.3+4"]


@pytest.mark.parametrize("text", NUMBERS + WORDS)
def test_quick_words_are_qts_words_pixel_by_pixel(text):
    quick = painted(lambda painter: Writer(painter).write(10.3, 25.6, text, ui_face(12)))
    assert np.array_equal(quick, by_qt(text, ui_font(12)))


def test_quick_letters_of_formulas_are_qts():
    text = italic("Wh")
    quick = painted(lambda painter: Writer(painter).write(10.3, 25.6, text, maths_face(15)))
    assert np.array_equal(quick, by_qt(text, maths_font(15)))


@pytest.mark.parametrize("text", NUMBERS + WORDS)
def test_a_text_is_as_wide_as_qt_says(text):
    assert ui_face(12).width(text) == pytest.approx(QFontMetricsF(ui_font(12)).horizontalAdvance(text), abs=0.02)


def test_words_end_where_they_are_asked_to():
    face = ui_face(12)
    ended = painted(lambda painter: Writer(painter).write_to(100.0, 25.0, "−0.5", face))
    begun = painted(lambda painter: Writer(painter).write(100.0 - face.width("−0.5"), 25.0, "−0.5", face))
    assert np.array_equal(ended, begun)


def test_a_figure_gets_text_and_not_glyphs(tmp_path):
    path = tmp_path / "a.svg"
    figure = Figure(
        lambda painter, _: Writer(painter).write(10, 20, "−0.98", ui_face(12)),
        50,
        20,
        "A test",
        QColor("white"),
    )
    save_figure(figure, path)
    assert 'aria-label="−0.98"' in path.read_text("utf-8")
