"""States of many units and saturated ones; surprise at a target, and symbols."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Place, Readout, weight_shapes
from rnnviz.document.presets import built_in
from rnnviz.session.session import Selection
from rnnviz.views.fonts import load_fonts
from rnnviz.views.marks import draw_bars, draw_curves
from rnnviz.views.plots.hidden import HiddenPlot
from rnnviz.views.plots.inputs import InputsPlot
from rnnviz.views.plots.outputs import OutputsPlot
from rnnviz.views.theme import LIGHT


@pytest.fixture(autouse=True)
def fonts(qapp):
    assert qapp is not None
    load_fonts()


@pytest.fixture
def show(qtbot):
    def make(plot_class, document, size=(800, 400)):
        plot = plot_class(LIGHT)
        qtbot.addWidget(plot)
        plot.resize(*size)
        plot.show_frame(compute(document), Selection())
        plot.grab()
        return plot

    return make


def network(units, steps=12, cell="rnn", activation="tanh", scale=0.5):
    rng = np.random.default_rng(units)
    weights = {name: scale * rng.normal(size=shape) for name, shape in weight_shapes(cell, units, 1).items()}
    layer = Layer(cell, weights, activation=activation)
    readout = Readout("linear", {"W_hy": rng.normal(size=(1, units))})
    return Document((layer,), readout, Input(("x",), rng.normal(size=(1, steps, 1))), Objective())


def text(symbols=("a", "b", " ", "c"), length=10, steps="all"):
    rng = np.random.default_rng(1)
    indices = rng.integers(len(symbols), size=length)
    weights = {name: rng.normal(size=shape) for name, shape in weight_shapes("rnn", 3, len(symbols)).items()}
    readout = Readout("softmax", {"W_hy": rng.normal(size=(len(symbols), 3))})
    spelled = "".join(symbols[index] for index in indices)
    data = Input(symbols, np.eye(len(symbols))[indices][None], text=spelled, vocabulary=symbols, encoding="char")
    targets = np.roll(indices, -1)[None].astype(float)
    return Document((Layer("rnn", weights),), readout, data, Objective("cross_entropy", steps, "mean", targets))


# Hidden states


@pytest.mark.parametrize(("units", "panels"), [(1, 2), (16, 2), (17, 1), (64, 1)])
def test_many_units_are_a_map_alone(show, units, panels):
    plot = show(HiddenPlot, network(units, scale=0.1))
    assert len(plot.panels(QRectF(plot.rect()))) == panels
    assert plot.shows_curves == (panels == 2)


def test_the_share_of_saturated_units_is_counted(show):
    plot = show(HiddenPlot, network(5, scale=4.0))
    h = plot.frame.layers[0].states["h"][0]
    share = (np.abs(h[1:]) > 0.95).mean()
    assert 0.1 < share < 1
    assert f"{100 * share:.0f} % saturated" in plot.remark()
    t = int(np.flatnonzero((np.abs(h) > 0.95).any(axis=1))[0])
    assert plot.describe_step(t).count("saturated") == (np.abs(h[t]) > 0.95).sum()


def test_saturated_cells_have_a_dot(show):
    document = network(2, steps=8, scale=0.01)
    driven = document.with_weight(Place(0, "W_xh"), [[50.0], [0.01]])
    plot = show(HiddenPlot, replace(driven, input=replace(driven.input, values=np.ones((1, 8, 1)))))
    image, panel = plot.grab().toImage(), plot.panels(QRectF(plot.rect()))[1]
    middle, beside = float(panel.x(4)), float(panel.x(4) + 0.3 * panel.step)
    for unit, has_dot in ((0, True), (1, False)):
        y = round(panel.rect.top() + (unit + 0.5) * panel.rect.height() / 2)
        assert (image.pixel(round(middle), y) != image.pixel(round(beside), y)) == has_dot


@pytest.mark.parametrize(("cell", "activation"), [("rnn", "relu"), ("rnn", "sigmoid"), ("lstm", "tanh")])
def test_only_tanh_units_of_a_plain_cell_are_called_saturated(show, cell, activation):
    plot = show(HiddenPlot, network(4, cell=cell, activation=activation, scale=4.0))
    assert plot.saturated() is None
    assert "saturated" not in plot.remark()


def test_padding_does_not_count_as_saturated(show):
    document = network(3, scale=4.0)
    doubled = replace(document, input=Input(("x",), np.repeat(document.input.values, 2, axis=0), lengths=(5, 12)))
    assert len(show(HiddenPlot, doubled).saturated()) == 6


def painted(draw):
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        draw(painter)
    return np.frombuffer(image.constBits(), np.uint32).reshape(100, 200) != 0xFFFFFFFF


@pytest.mark.parametrize("peak", [0, 4321, 9998, 9999])
def test_no_peak_of_a_long_curve_is_lost(peak):
    ys = np.full((1, 10_000), 90.0)
    ys[0, peak] = 10.0
    xs = np.linspace(5, 195, 10_000)
    drawn = painted(lambda painter: draw_curves(painter, xs, ys, [QColor("black")], 1.0))
    columns = np.flatnonzero(drawn[:15].any(axis=0))
    assert len(columns)
    assert np.abs(columns - xs[peak]).min() <= 2


@pytest.mark.parametrize("peak", [0, 4321, 9998, 9999])
def test_no_tall_bar_among_many_is_lost(peak):
    tops = np.full(10_000, 90.0)
    tops[peak] = 10.0
    lefts = np.linspace(5, 195, 10_000)
    drawn = painted(lambda painter: draw_bars(painter, lefts, 1.0, 95.0, tops, [QColor("black")]))
    columns = np.flatnonzero(drawn[:15].any(axis=0))
    assert len(columns)
    assert np.abs(columns - lefts[peak]).min() <= 2


# Outputs


@pytest.mark.parametrize("steps", ["all", "last", (2, 5)])
def test_surprise_is_minus_the_logarithm_of_the_targets_probability(show, steps):
    document = text(steps=steps)
    plot = show(OutputsPlot, document)
    y, targets = compute(document).y[0], document.objective.targets[0].astype(int)
    expected = -np.log(y[np.arange(10), targets])
    np.testing.assert_allclose(plot.surprise(), expected, rtol=1e-12)
    panels = plot.panels(QRectF(plot.rect()))
    assert len(panels) == 2
    assert panels[1].spec.high >= expected.max()
    assert f"surprise at {('a', 'b', '␣', 'c')[targets[3]]}: {expected[3]:.5g} nats = " in plot.describe_step(4)


def test_the_mean_surprise_is_the_loss(show):
    plot = show(OutputsPlot, text())
    assert plot.surprise().mean() == pytest.approx(plot.frame.loss, rel=1e-12)


def test_no_surprise_without_probabilities_of_targets(show):
    assert show(OutputsPlot, built_in("default")).surprise() is None
    assert len(show(OutputsPlot, built_in("default")).panels(QRectF(0, 0, 800, 400))) == 1


def test_the_surprise_of_padding_is_not_shown(show):
    document = text()
    doubled = replace(
        document,
        input=replace(document.input, values=np.repeat(document.input.values, 2, axis=0), lengths=(6, 10)),
        objective=replace(document.objective, targets=np.repeat(document.objective.targets, 2, axis=0)),
    )
    assert len(show(OutputsPlot, doubled).surprise()) == 6


def ink_above(plot):
    """Return how many pixels above the map, over the steps, are not the card's colour."""
    image = plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    panel = plot.panels(QRectF(plot.rect()))[0]
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    head = pixels[max(int(panel.rect.top()) - 16, 0) : int(panel.rect.top()) - 2, int(panel.x(0.6)) :]
    return int((head != QColor(LIGHT.card).rgba()).sum())


def test_targets_are_written_above_the_map_where_there_is_room(show):
    assert ink_above(show(OutputsPlot, text())) > 50
    assert ink_above(show(OutputsPlot, text(length=400))) == 0


def test_symbols_of_a_large_vocabulary_stand_above_the_inputs(show):
    symbols = tuple("abcdefghijklmnopqrstuvwxyz")
    assert ink_above(show(InputsPlot, text(symbols))) > 50
    assert ink_above(show(InputsPlot, text())) == 0


def test_a_step_of_the_surprise_can_be_pointed_at(show):
    plot = show(OutputsPlot, text())
    rect = QRectF(plot.rect())
    panel = plot.panels(rect)[1]
    focus = plot.focus_at(QPointF(float(panel.x(4)), panel.rect.center().y()), rect)
    assert focus.t == 4
