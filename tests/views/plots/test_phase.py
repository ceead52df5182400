"""Two units against each other, and the field of the step to the cursor."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Place, Readout, Window, weight_shapes
from rnnviz.document.presets import built_in
from rnnviz.session.session import Selection
from rnnviz.views.figure import Figure, save_figure
from rnnviz.views.fonts import load_fonts
from rnnviz.views.plots._trajectory import Trajectory
from rnnviz.views.plots.phase import PhasePlot
from rnnviz.views.theme import LIGHT, THEMES


@pytest.fixture(autouse=True)
def fonts(qapp):
    assert qapp is not None
    load_fonts()


def network(cell="rnn", units=4, steps=7, activation="tanh", layers=1, scale=1.0, batch=1):  # noqa: PLR0913, PLR0917
    rng = np.random.default_rng(units)
    made = []
    for number_of_layer in range(layers):
        inputs = units if number_of_layer else 2
        shapes = weight_shapes(cell, units, inputs).items()
        weights = {name: scale * rng.normal(size=shape) for name, shape in shapes}
        made.append(Layer(cell, weights, {"h": rng.uniform(-0.5, 0.5, units)}, activation=activation))
    readout = Readout("linear", {"W_hy": rng.normal(size=(1, units))})
    values = rng.normal(size=(batch, steps, 2))
    return Document(tuple(made), readout, Input(("a", "b"), values), Objective())


@pytest.fixture
def show(qtbot):
    def make(document, t=0, selection=None, theme=LIGHT):
        plot = PhasePlot(theme)
        qtbot.addWidget(plot)
        plot.show_cursor(t)
        plot.show_frame(compute(document), selection or Selection())
        return plot

    return make


NETWORKS = {
    "rnn": network(),
    "relu": network(activation="relu"),
    "lstm": network("lstm"),
    "gru": network("gru"),
    "one unit": network(units=1),
    "one gated unit": network("gru", units=1),
    "second layer": network(layers=2),
    "second sequence": network(batch=3),
    "stateful windows": replace(network(), window=Window(3, stateful=True)),
    "stateless windows": replace(network("lstm"), window=Window(3, stateful=False)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_arrow_at_the_state_before_leads_to_the_state_after(show, name):
    document = NETWORKS[name]
    selection = Selection(layer=len(document.layers) - 1, sample=document.batch - 1, unit=document.layers[0].units - 1)
    plot = show(document, selection=selection)
    units = sorted({selection.unit, 0}, reverse=True)
    h = plot.frame.layers[selection.layer].states["h"][selection.sample][:, units]
    window = document.window
    for t in range(1, document.timesteps + 1):
        restarts = window is not None and not window.stateful and (t - 1) % window.length == 0
        before = h[0 if restarts else t - 1]
        arrow = plot.arrows(t, before[:, None])[:, 0]
        np.testing.assert_allclose(before + arrow, h[t], rtol=1e-12, atol=1e-12)


def test_the_field_is_one_step_of_the_cell_with_the_other_units_held(show):
    document = NETWORKS["rnn"]
    plot, t = show(document), 3
    points = np.random.default_rng(0).uniform(-1, 1, (2, 50))
    weights = document.layers[0].weights
    held = plot.frame.layers[0].states["h"][0, t - 1]
    for number, point in enumerate(points.T):
        h = np.array([*point, *held[2:]])
        x = document.input.values[0, t - 1]
        after = np.tanh(weights["W_hh"] @ h + weights["W_xh"] @ x + weights["b_h"])
        arrow = plot.arrows(t, points)[:, number]
        np.testing.assert_allclose(arrow, after[:2] - point, rtol=1e-12, atol=1e-12)


def test_at_the_start_the_field_is_that_of_the_first_step(show):
    plot, points = show(NETWORKS["rnn"]), np.zeros((2, 1))
    assert plot.arrows(0, points).tolist() == plot.arrows(1, points).tolist()


def test_the_selected_unit_and_the_next_are_shown_and_named(show):
    plot = show(NETWORKS["rnn"], selection=Selection(unit=3))
    assert plot.remark() == "h₄ × h₁"
    assert np.array_equal(plot.points(), plot.frame.layers[0].states["h"][0][:, [3, 0]])


def test_one_unit_is_shown_against_itself_one_step_before(show):
    plot = show(NETWORKS["one unit"])
    h = plot.frame.layers[0].states["h"][0, :, 0]
    assert plot.points()[1:].tolist() == np.stack([h[:-1], h[1:]], axis=1).tolist()
    assert plot.remark() == "hₜ against hₜ₋₁"


def test_where_a_window_restarts_the_path_begins_again_at_the_initial_state():
    frame = compute(replace(network(), window=Window(3, stateful=False)))
    h = frame.layers[0].states["h"][0][:, :2]
    before = h[[0, 1, 2, 0, 4, 5, 0]]
    assert np.array_equal(Trajectory(frame, Selection(), "units").segments, np.hstack([before, h[1:]]))


def test_a_click_on_the_path_asks_for_its_time(show, qtbot):
    plot = show(built_in("golden"), t=4)
    plot.resize(400, 300)
    rect = QRectF(plot.rect())
    place = next(
        QPointF(x, y) for x in range(0, 400, 4) for y in range(0, 300, 4) if plot.t_near(QPointF(x, y), rect) == 2
    )
    assert plot.describe(place, rect).split("\n") == ["t = 2", "h₁ = +0.7013", "h₂ = +0.3879"]
    with qtbot.waitSignal(plot.cursor_requested, check_params_cb=lambda t: t == 2):
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place.toPoint())


def test_scrubbing_paints_the_axes_once(qtbot):
    class Counted(PhasePlot):
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


def texts_of(plot, path, width, height):
    """Return every text in the figure with its outline's rectangle."""
    save_figure(Figure(plot.paint_figure, width * 25.4 / 96, height * 25.4 / 96, "A test", QColor("white")), path)
    found = []
    for label, outlines in re.findall(r'<g aria-label="([^"]*)">(.*?)</g>', path.read_text("utf-8")):
        paths = " ".join(re.findall(r' d="([^"]*)"', outlines))
        xs, ys = np.array(re.findall(r"-?[\d.]+(?:e-?\d+)?", paths), float).reshape(-1, 2).T
        found.append((label, QRectF(QPointF(xs.min(), ys.min()), QPointF(xs.max(), ys.max()))))
    return found


def test_the_time_of_an_overflow_is_said(show, tmp_path):
    document = network(activation="linear", scale=1e100)
    plot = show(document, t=7)
    assert "overflow at t = 7" in [text for text, _ in texts_of(plot, tmp_path / "a.svg", 370, 200)]


@pytest.mark.parametrize(
    ("activation", "labels"),
    [("tanh", {"−1", "0", "1"}), ("sigmoid", {"0", "0.5", "1"}), ("linear", {"−40", "0", "40"})],
)
def test_bounded_units_have_a_fixed_range_and_others_a_round_one(show, tmp_path, activation, labels):
    document = built_in("saturation-linear")
    layer = replace(document.layers[0], activation=activation)
    document = replace(document, layers=(layer,), input=replace(document.input, values=np.full((1, 20, 1), 0.1)))
    texts = {text for text, _ in texts_of(show(document), tmp_path / "a.svg", 370, 200)}
    assert labels | {"h₁", "h₂"} == texts


def test_an_initial_state_beyond_one_is_not_cut_off(show, tmp_path):
    document = built_in("golden").with_weight(Place(0, "h_0"), [2.5, 0.0])
    texts = {text for text, _ in texts_of(show(document), tmp_path / "a.svg", 370, 200)}
    assert {"−3", "3"} <= texts


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
    document = documents[scene]()
    for t in (0, 1, document.timesteps):
        plot = show(document, t=t, theme=theme)
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
@pytest.mark.parametrize("scale", [1.0, 1e20])
def test_labels_neither_touch_nor_leave_the_figure(show, tmp_path, width, height, text_px, scale):
    document = network(activation="linear" if scale > 1 else "tanh", scale=scale)
    plot = show(document, t=4, theme=replace(LIGHT, text_px=text_px))
    texts = texts_of(plot, tmp_path / "a.svg", width, height)
    for index, (_, rect) in enumerate(texts):
        assert QRectF(0, 0, width, height).contains(rect)
        assert not any(rect.intersects(other) for _, other in texts[index + 1 :])


def test_a_cursor_beyond_a_shorter_sequence_shows_its_end(show):
    assert show(network(), t=90).grab().toImage() == show(network(), t=7).grab().toImage()


def test_in_the_padding_the_state_rests_and_no_arrow_leads_away(show):
    document = network(batch=2)
    padded = replace(document, input=replace(document.input, lengths=(4, 7)))
    plot, rect = show(padded, 6), QRectF(0, 0, 400, 300)
    assert len(plot.points()) == 5
    plane = np.array([[0.3, -0.6], [0.1, 0.9]])
    assert not plot.arrows(6, plane).any()
    assert plot.arrows(4, plane).all()
    assert np.array_equal(plot.points(), show(document, 4).points()[:5])
    assert plot.t_near(plot_place(plot, rect, 4), rect) == 4


def plot_place(plot, rect, t):
    """Return the place at which the plot says that it shows a time."""
    for x in np.arange(0, rect.width(), 3):
        for y in np.arange(0, rect.height(), 3):
            if plot.describe(QPointF(x, y), rect).split("\n")[0] == f"t = {t}":
                return QPointF(x, y)
    raise AssertionError(t)
