"""Eigenvalues, and the numbers beside them."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from rnnviz.core.measures.jacobians import step_stretches
from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Place, Readout, weight_shapes
from rnnviz.document.presets import built_in
from rnnviz.document.runs import layer_run
from rnnviz.session.session import Selection
from rnnviz.views.figure import Figure, save_figure
from rnnviz.views.fonts import load_fonts, number
from rnnviz.views.plots.spectrum import SpectrumPlot
from rnnviz.views.theme import LIGHT, THEMES


@pytest.fixture(autouse=True)
def fonts(qapp):
    assert qapp is not None
    load_fonts()


def network(cell="rnn", units=3, steps=5, activation="tanh", layers=1, scale=1.0) -> Document:
    rng = np.random.default_rng(units)
    made = []
    for number_of_layer in range(layers):
        inputs = units if number_of_layer else 2
        shapes = weight_shapes(cell, units, inputs).items()
        weights = {name: scale * rng.normal(size=shape) for name, shape in shapes}
        made.append(Layer(cell, weights, activation=activation))
    readout = Readout("linear", {"W_hy": rng.normal(size=(1, units))})
    return Document(tuple(made), readout, Input(("a", "b"), rng.normal(size=(1, steps, 2))), Objective())


@pytest.fixture
def show(qtbot):
    def make(document, t=0, layer=0, theme=LIGHT):
        plot = SpectrumPlot(theme)
        qtbot.addWidget(plot)
        plot.show_cursor(t)
        plot.show_frame(compute(document), Selection(layer=layer))
        return plot

    return make


@pytest.fixture
def drawn_texts(tmp_path):
    """Return a function that gives every text in the figure of a plot, with its outline's rectangle."""

    def read(plot, width=370, height=200):
        path = tmp_path / "figure.svg"
        size = (width * 25.4 / 96, height * 25.4 / 96)
        save_figure(Figure(plot.paint_figure, *size, "A test", QColor("white")), path)
        texts = []
        for label, outlines in re.findall(r'<g aria-label="([^"]*)">(.*?)</g>', path.read_text("utf-8")):
            paths = " ".join(re.findall(r' d="([^"]*)"', outlines))
            xs, ys = np.array(re.findall(r"-?[\d.]+(?:e-?\d+)?", paths), float).reshape(-1, 2).T
            texts.append((label, QRectF(QPointF(xs.min(), ys.min()), QPointF(xs.max(), ys.max()))))
        return texts

    return read


def test_the_eigenvalues_are_those_of_the_recurrent_matrix(show):
    matrix = built_in("default").layers[0].weights["W_hh"]
    shown = show(built_in("default")).eigenvalues()
    np.testing.assert_allclose(np.sort_complex(shown), np.sort_complex(np.linalg.eigvals(matrix)), rtol=1e-12)


def test_dragging_a_weight_moves_the_eigenvalues(show):
    plot = show(built_in("golden"))
    changed = built_in("golden").with_weight(Place(0, "W_hh"), np.diag([3.0, -2.0]))
    plot.show_frame(compute(changed), Selection())
    assert plot.eigenvalues().tolist() == [3.0, -2.0]


@pytest.mark.parametrize("t", [1, 17, 40])
def test_the_numbers_drawn_are_those_of_numpy(show, drawn_texts, t):
    document = built_in("default")
    matrix = document.layers[0].weights["W_hh"]
    slopes = 1 - np.square(compute(document).layers[0].states["h"][0, t])
    expected = {
        "spectral radius": np.abs(np.linalg.eigvals(matrix)).max(),
        "σ max of W": np.linalg.norm(matrix, 2),
        "σ max of J at t": np.linalg.norm(np.diag(slopes) @ matrix, 2),
        "mean tanh′ at t": slopes.mean(),
    }
    texts = [text for text, _ in drawn_texts(show(document, t))]
    assert {number(value, 3) for value in expected.values()} <= set(texts)
    assert all(words in " ".join(texts) for words in expected)


def test_no_step_leads_to_the_start(show):
    assert [reading.text for reading in show(built_in("default")).readings_at(0)] == ["—", "—"]


def test_a_tiny_number_is_not_called_zero(show):
    document = built_in("golden").with_weight(Place(0, "W_xh"), [[5.0], [5.0]])
    assert [reading.text for reading in show(document).readings_at(1)] == ["<0.001", "<0.001"]


def test_a_large_jacobian_has_its_frobenius_norm_named_as_such(show):
    document = network(units=65)
    plot = show(document, t=5)
    slopes = 1 - np.square(plot.frame.layers[0].states["h"][0, 5])
    stretch = plot.readings_at(5)[0]
    assert stretch.words == "Frobenius of J at t"
    assert stretch.value == pytest.approx(
        np.linalg.norm(slopes[:, None] * document.layers[0].weights["W_hh"]), rel=1e-12
    )


@pytest.mark.parametrize(("cell", "remark"), [("lstm", "W_hi (input gate)"), ("gru", "W_hr (reset gate)")])
def test_a_gated_cell_names_its_matrix_and_has_no_single_slope(show, cell, remark):
    plot = show(network(cell))
    assert plot.remark() == f"of {remark}"
    assert [reading.short for reading in plot.readings_at(3)] == ["σ J"]
    assert "the whole step, gates included" in plot.describe(QPointF(0, 0), QRectF(0, 0, 370, 200))


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("t", [1, 5])
def test_the_stretch_is_that_of_the_jacobian_of_the_step(show, drawn_texts, cell, t):
    document = network(cell, layers=2)
    plot = show(document, t, layer=1)
    run = layer_run(compute(document), 1, 0)
    expected = step_stretches(run.weights, run.trace)[t - 1]
    assert plot.readings_at(t)[0].value == pytest.approx(expected, rel=1e-12)
    assert number(expected, 3) in [text for text, _ in drawn_texts(plot)]


def test_an_lstm_of_33_units_has_a_jacobian_too_large_for_every_cursor_step(show):
    small, large = show(network("lstm", units=32), t=2), show(network("lstm", units=33), t=2)
    assert [plot.readings_at(2)[0].short for plot in (small, large)] == ["σ J", "‖J‖"]
    assert "more than 64 rows" in large.describe(QPointF(0, 0), QRectF(0, 0, 370, 200))


def test_a_second_layer_is_told_apart(show):
    plot = show(network(layers=2), layer=1)
    assert plot.spec.which(plot.frame.document, plot.selection) == "layer 2 of 2"
    assert np.abs(plot.eigenvalues()).max() != np.abs(show(network(layers=2)).eigenvalues()).max()


def test_a_step_that_overflows_says_so(show):
    plot = show(network(activation="linear", scale=1e200), t=5)
    with np.errstate(all="raise"):
        assert plot.readings_at(5)[0].value is not None
    document = network().with_weight(Place(0, "W_hh"), np.full((3, 3), 1.7e308))
    assert "overflow" in [reading.text for reading in show(document, t=5).readings()]


def test_eigenvalues_that_overflow_are_said_to_instead_of_drawn(show, drawn_texts):
    document = network().with_weight(Place(0, "W_hh"), np.full((3, 3), 1.7e308))
    assert any("overflow" in text for text, _ in drawn_texts(show(document, t=5)))


def test_the_pointer_finds_an_eigenvalue_and_its_period(show):
    plot = show(built_in("exploding"))
    rect = QRectF(0, 0, 370, 200)
    found = {plot.describe(QPointF(x, y), rect) for x in range(0, 370, 6) for y in range(0, 200, 6)}
    words = next(text for text in found if text.startswith("λ ="))
    assert words.split("\n") == [
        "λ = 1.1258 ± 0.65 i",
        "|λ| = 1.3",
        "arg λ = ±30.0°",
        "one turn every 12.0 steps",
        "held by h₁ 50 %, h₂ 50 %",
        "moves most with W_hh[1, 1]: |∂λ/∂w| = 0.500",
    ]


def test_scrubbing_paints_no_circle(qtbot):
    class Counted(SpectrumPlot):
        grounds = 0

        def paint_ground(self, painter, rect):
            self.grounds += 1
            super().paint_ground(painter, rect)

    plot = Counted(LIGHT)
    qtbot.addWidget(plot)
    plot.show_frame(compute(built_in("default")), Selection())
    plot.resize(370, 200)
    with qtbot.waitExposed(plot):
        plot.show()
    pictures = []
    for t in range(6):
        plot.show_cursor(t)
        pictures.append(plot.grab().toImage())
    assert plot.grounds == 1
    assert pictures[1] != pictures[5]


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize(("width", "height"), [(120, 70), (200, 120), (370, 200), (300, 420), (3840, 2160)])
@pytest.mark.parametrize("scene", ["one unit", "default", "128 units", "lstm", "overflow"])
def test_it_stays_within_its_place(show, theme, width, height, scene):
    documents = {
        "one unit": lambda: network(units=1, steps=1),
        "default": lambda: built_in("default"),
        "128 units": lambda: network(units=128),
        "lstm": lambda: network("lstm"),
        "overflow": lambda: network(activation="linear", scale=1e200),
    }
    plot = show(documents[scene](), t=1, theme=theme)
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
def test_texts_neither_touch_nor_leave_the_figure(show, drawn_texts, width, height, text_px):
    plot = show(built_in("default"), t=17, theme=replace(LIGHT, text_px=text_px))
    texts = drawn_texts(plot, width, height)
    for index, (_, rect) in enumerate(texts):
        assert QRectF(0, 0, width, height).contains(rect)
        assert not any(rect.intersects(other) for _, other in texts[index + 1 :])


def test_a_cursor_beyond_a_shorter_sequence_shows_its_last_step(show, drawn_texts):
    assert drawn_texts(show(network(), t=90)) == drawn_texts(show(network(), t=5))
