"""Five gradients, and what they are compared with."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication

from rnnviz.core.measures.gradients import last_loss_gradients, pre_activation_norms, total_norms
from rnnviz.core.measures.jacobians import product_bounds
from rnnviz.core.measures.norms import norms
from rnnviz.core.measures.reach import half_life
from rnnviz.document.compute import compute
from rnnviz.document.document import Input, Layer, Objective, Window, weight_shapes
from rnnviz.document.gradient_kinds import compare
from rnnviz.document.presets import built_in
from rnnviz.document.runs import layer_run, network_run
from rnnviz.session.session import Selection
from rnnviz.views.plots._gradient_look import GradientLook
from rnnviz.views.plots.gradients import GradientsPlot
from rnnviz.views.theme import LIGHT
from rnnviz.views.widgets.panel import PlotPanel


@pytest.fixture
def show(qtbot):
    """Return a function that shows a panel with the plot of a scene; it answers at once."""

    def show(document, selection=None, look=None):
        panel = PlotPanel(GradientsPlot, LIGHT)
        qtbot.addWidget(panel)
        panel.question_asked.connect(
            lambda question: question is not None and panel.show_answer(question, question.answer())
        )
        if look is not None:
            panel.plot.take_look(look)
        panel.resize(800, 300)
        panel.show()
        qtbot.waitExposed(panel)
        panel.show_frame(compute(document), selection or Selection())
        QApplication.processEvents()
        return panel.plot

    return show


def network(cells=("rnn", "gru"), steps=9):
    rng, layers, inputs = np.random.default_rng(3), [], 1
    for cell in cells:
        shapes = weight_shapes(cell, 3, inputs).items()
        layers.append(Layer(cell, {name: 0.7 * rng.normal(size=shape) for name, shape in shapes}))
        inputs = 3
    return built_in("golden"), layers, rng.normal(size=(1, steps, 1))


def stack(cells=("rnn", "gru"), steps=9):
    golden, layers, values = network(cells, steps)
    readout = replace(golden.readout, weights={"W_hy": np.ones((1, 3)), "b_y": np.zeros(1)})
    objective = Objective("half_squared_error", targets=np.zeros((1, steps, 1)))
    return replace(golden, layers=tuple(layers), readout=readout, input=Input(("x",), values), objective=objective)


def chosen(plot, qtbot, kind):
    box = plot.row.kind_box
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.findData(kind)):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    box.activated.emit(box.currentIndex())  # offscreen, a key changes the box without this


@pytest.mark.parametrize("cells", [("rnn",), ("lstm",), ("rnn", "gru")])
@pytest.mark.parametrize("kind", ["total", "direct", "carried", "delta", "last"])
def test_the_bars_are_the_measure_that_is_chosen(show, qtbot, cells, kind):
    document = stack(cells)
    plot = show(document, Selection(layer=len(cells) - 1))
    chosen(plot, qtbot, kind)
    frame = plot.frame
    run = network_run(frame, 0)
    layer, ran = frame.layers[-1], run.layers[-1]
    total, direct = layer.state_gradients["h"][0], layer.direct[0]
    weights = tuple(each.weights for each in run.layers)
    expected = {
        "total": lambda: norms(total),
        "direct": lambda: norms(direct),
        "carried": lambda: norms(total - direct),
        "delta": lambda: np.concatenate([[np.nan], pre_activation_norms(ran.gradients)]),
        "last": lambda: total_norms(last_loss_gradients(weights, run.readout, run.objective, run.forward)[-1]),
    }[kind]()
    np.testing.assert_allclose(plot.values(), expected, rtol=1e-12)
    assert plot.look().kind == kind


def test_the_golden_last_loss_is_the_textbook_curve(show):
    plot = show(built_in("golden"), look=GradientLook("last"))
    expected = [0.014565, 0.024948, 0.051328, 0.183064, 0.227670]
    np.testing.assert_allclose(plot.values(), expected, atol=5e-7)
    assert "halved in" in plot.remark()
    assert plot.half_life() == half_life(plot.values())


@pytest.mark.parametrize("line", ["radius", "bound"])
def test_lines_start_at_the_last_bar_and_are_their_measures(show, qtbot, line):
    document = stack(("lstm",))
    plot = show(document, look=GradientLook("last"))
    qtbot.mouseClick(plot.row.line_boxes[line], Qt.MouseButton.LeftButton)
    ran = layer_run(plot.frame, 0, 0)
    rho = max(np.abs(np.linalg.eigvals(ran.weights.U.reshape(-1, 3, 3)[block])).max() for block in range(4))
    last = document.timesteps
    expected = rho ** np.arange(last, -1, -1) if line == "radius" else product_bounds(ran.weights, ran.trace)
    (values,) = plot.lines().values()
    np.testing.assert_allclose(values, expected * plot.values()[-1], rtol=1e-10)
    qtbot.mouseClick(plot.row.line_boxes[line], Qt.MouseButton.LeftButton)
    assert plot.lines() == {}


def test_the_last_loss_alone_stays_below_the_bound(show):
    plot = show(stack(("lstm",)), look=GradientLook("last", frozenset({"bound"})))
    (bound,) = plot.lines().values()
    assert (plot.values() <= bound * (1 + 1e-12)).all()


def test_other_layers_are_lines_with_their_names(show, qtbot):
    plot = show(stack(("rnn", "gru", "lstm")), Selection(layer=1))
    qtbot.mouseClick(plot.row.line_boxes["layers"], Qt.MouseButton.LeftButton)
    assert list(plot.lines()) == ["layer 1", "layer 3"]
    for layer, values in zip((0, 2), plot.lines().values(), strict=True):
        np.testing.assert_array_equal(values, norms(plot.frame.layers[layer].state_gradients["h"][0]))


def test_one_layer_has_no_others_to_show(show):
    assert show(stack(("rnn",))).row.line_boxes["layers"].isHidden()


def test_truncation_is_measured_against_the_gradient_that_is_not_cut(show):
    whole = stack(("gru",))
    cut = replace(whole, window=Window(4, stateful=True))
    plot = show(cut)
    weight_norm = [
        np.sqrt(sum(np.square(each).sum() for each in compute(document).layers[0].weight_gradients.values()))
        for document in (cut, whole)
    ]
    kept = compare(cut, 0, 0, frozenset({"whole"})).kept
    assert kept == pytest.approx(weight_norm[0] / weight_norm[1], rel=1e-12)
    assert kept != pytest.approx(1)
    np.testing.assert_allclose(
        plot.lines()["total, not cut"], norms(compute(whole).layers[0].state_gradients["h"][0]), rtol=1e-12
    )
    assert plot.remark().startswith("log scale — cut by windows: ‖∂L/∂W‖ is ×")


@pytest.mark.parametrize("window", [None, Window(4, stateful=False), Window(20, stateful=True)])
def test_nothing_more_is_computed_where_nothing_is_truncated(show, window):
    plot = show(replace(stack(("rnn",)), window=window))
    assert plot.question() is None
    assert plot.lines() == {}


def test_a_tooltip_names_all_that_is_drawn_at_a_step(show):
    plot = show(built_in("golden"), look=GradientLook("last", frozenset({"radius"})))
    rect = QRectF(plot.rect())
    words = plot.describe(QPointF(float(plot.panels(rect)[0].x(3)), rect.center().y()), rect)
    assert words.startswith("t = 3\n‖∂ℓ₄/∂hₜ‖₂ alone = 0.18306\n‖∂L/∂hₜ‖₂ = 1.1129")
    assert "ρ^(T−t): " in words
    assert "fallen to half after" in words


def test_the_choice_is_words_for_the_command_line():
    assert GradientLook("delta", frozenset({"bound", "radius"})).words() == [
        *("--gradient", "delta"),
        *("--lines", "radius", "bound"),
    ]
