"""All matrices as one figure."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Place, Readout, weight_shapes
from rnnviz.document.presets import built_in
from rnnviz.session.session import Selection
from rnnviz.views.colours import signed_colour
from rnnviz.views.figure import Figure, save_figure
from rnnviz.views.fonts import italic, load_fonts, number
from rnnviz.views.plots.weights import WeightsPlot
from rnnviz.views.theme import LIGHT, THEMES


@pytest.fixture(autouse=True)
def fonts(qapp):
    assert qapp is not None
    load_fonts()


def network(cell="rnn", units=3, inputs=2, layers=1, scale=1.0) -> Document:
    rng = np.random.default_rng(units)
    made = []
    for number_of_layer in range(layers):
        shapes = weight_shapes(cell, units, units if number_of_layer else inputs).items()
        made.append(Layer(cell, {name: scale * rng.normal(size=shape) for name, shape in shapes}))
    readout = Readout("linear", {"W_hy": rng.normal(size=(1, units))})
    names = tuple(f"x{number}" for number in range(inputs))
    return Document(tuple(made), readout, Input(names, rng.normal(size=(1, 2, inputs))), Objective())


@pytest.fixture
def show(qtbot):
    def make(document, theme=LIGHT):
        plot = WeightsPlot(theme)
        qtbot.addWidget(plot)
        plot.show_frame(compute(document), Selection())
        return plot

    return make


def texts_of(plot, path, width, height):
    """Return every text in the figure with its outline's rectangle."""
    save_figure(Figure(plot.paint_figure, width * 25.4 / 96, height * 25.4 / 96, "A test", QColor("white")), path)
    found = []
    for label, outlines in re.findall(r'<g aria-label="([^"]*)">(.*?)</g>', path.read_text("utf-8")):
        paths = " ".join(re.findall(r' d="([^"]*)"', outlines))
        xs, ys = np.array(re.findall(r"-?[\d.]+(?:e-?\d+)?", paths), float).reshape(-1, 2).T
        found.append((label, QRectF(QPointF(xs.min(), ys.min()), QPointF(xs.max(), ys.max()))))
    return found


def test_every_matrix_of_the_document_is_there(show):
    document = network("gru", layers=2)
    shown = show(document).matrices()
    assert [matrix.place for matrix in shown] == list(document.places())
    for matrix in shown:
        assert np.array_equal(matrix.values.ravel(), document.weight(matrix.place).ravel())


def test_every_weight_is_written_where_there_is_room(show, tmp_path):
    texts = [text for text, _ in texts_of(show(built_in("default")), tmp_path / "a.svg", 700, 420)]
    document = built_in("default")
    for place in document.places():
        for value in document.weight(place).ravel():
            assert number(value, 2, sign=True) in texts


def test_the_pointer_reads_a_weight_in_the_colour_of_its_value(show):
    document = built_in("default")
    plot, rect = show(document), QRectF(0, 0, 700, 420)
    image = QImage(700, 420, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.card))
    with QPainter(image) as painter:
        plot.paint_figure(painter, rect)
    for index, place in [((0, 0), Place(0, "W_hh")), ((3, 1), Place(0, "W_xh")), ((0, 5), Place(-1, "W_hy"))]:
        value = document.weight(place)[index]
        words = f"{place.name}[{index[0] + 1}, {index[1] + 1}] ="
        colours = {
            image.pixelColor(x, y).name()
            for x in range(0, 700, 8)
            for y in range(0, 420, 8)
            if plot.describe(QPointF(x, y), rect).startswith(words)
        }
        assert signed_colour(LIGHT, value, plot.limit).name() in colours


def test_layers_are_told_apart(show, tmp_path):
    texts = [text for text, _ in texts_of(show(network(layers=2)), tmp_path / "a.svg", 700, 420)]
    assert "(1)" in texts
    assert "(2)" in texts


def test_a_dark_figure_does_not_call_its_zero_white(show):
    assert "white" in show(network()).remark()
    assert "white" not in show(network(), theme=THEMES["dark"]).remark()


def test_no_weight_exceeds_the_scale_and_the_legend_says_so(show, tmp_path):
    plot = show(built_in("default"))
    texts = [text for text, _ in texts_of(plot, tmp_path / "a.svg", 370, 200)]
    assert plot.limit == 3.0
    assert {"−3", "3", "0"} <= set(texts)


def test_the_cursor_repaints_nothing(qtbot):
    class Counted(WeightsPlot):
        paints = 0

        def paint_cursor(self, *arguments):
            self.paints += 1
            super().paint_cursor(*arguments)

    plot = Counted(LIGHT)
    qtbot.addWidget(plot)
    plot.show_frame(compute(built_in("golden")), Selection())
    with qtbot.waitExposed(plot):
        plot.show()
    plot.grab()
    before = plot.paints
    for t in range(4):
        plot.show_cursor(t)
        qtbot.wait(5)
    assert plot.paints == before


BIAS = italic("b")
DOCUMENTS = {
    "one unit": lambda: network(units=1, inputs=1),
    "all zero": lambda: network(scale=0.0),
    "tiny": lambda: network(scale=5e-324),
    "huge": lambda: network(scale=1e307),
    "default": lambda: built_in("default"),
    "128 units": lambda: network(units=128),
    "lstm of 128": lambda: network("lstm", units=128, inputs=60),
    "three gru layers": lambda: network("gru", layers=3),
}


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize(("width", "height"), [(120, 70), (200, 120), (370, 200), (300, 420), (1920, 1080)])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_stays_within_its_place(show, theme, width, height, name):
    plot = show(DOCUMENTS[name](), theme=theme)
    image = QImage(width + 40, height + 40, QImage.Format.Format_RGB32)
    image.fill(QColor("#123456"))
    with QPainter(image) as painter:
        plot.paint_figure(painter, QRectF(20, 20, width, height))
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(height + 40, width + 40)
    changed = pixels != 0xFF123456
    assert changed[20:-20, 20:-20].any()
    changed[20:-20, 20:-20] = False
    assert not changed.any()


@pytest.mark.parametrize("text_px", [12, 18, 24])
@pytest.mark.parametrize(("width", "height"), [(200, 120), (250, 150), (370, 200), (300, 420), (1600, 900)])
@pytest.mark.parametrize("name", ["default", "huge", "three gru layers", "128 units"])
def test_texts_neither_touch_nor_leave_the_figure(show, tmp_path, width, height, text_px, name):
    plot = show(DOCUMENTS[name](), theme=replace(LIGHT, text_px=text_px))
    rects = []
    for text, rect in texts_of(plot, tmp_path / "a.svg", width, height):
        if re.fullmatch(r"[\U0001d44e-\U0001d467\u210e]+|\(\d\)", text) and text != BIAS:
            rects[-1] |= rect  # what hangs on a letter reaches under its slanted foot
        else:
            rects.append(rect)
    for index, rect in enumerate(rects):
        assert QRectF(0, 0, width, height).contains(rect)
        assert not any(rect.intersects(other) for other in rects[index + 1 :])
