"""The nudge: where it is, how it is chosen, and what is said of it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtWidgets import QApplication

from rnnviz.core.measures.norms import norms
from rnnviz.document.compute import compute
from rnnviz.document.document import Place
from rnnviz.document.edits import set_weight
from rnnviz.document.presets import built_in
from rnnviz.session.session import Selection
from rnnviz.views.plots.perturbation import PerturbationPlot
from rnnviz.views.theme import LIGHT
from rnnviz.views.widgets.panel import PlotPanel


@pytest.fixture
def show(qtbot):
    """Return a function that shows a panel with the plot of a scene; it answers at once."""

    def show(document, selection=None):
        panel = PlotPanel(PerturbationPlot, LIGHT)
        qtbot.addWidget(panel)
        panel.question_asked.connect(
            lambda question: question is not None and panel.show_answer(question, question.answer())
        )
        panel.resize(700, 420)
        panel.show()
        qtbot.waitExposed(panel)
        panel.show_frame(compute(document), selection or Selection())
        QApplication.processEvents()
        return panel

    return show


def at(plot, t):
    return QPoint(round(float(plot.panels(QRectF(plot.rect()))[0].x(t))), plot.height() // 2)


def test_the_curve_is_the_distance_of_two_runs(show):
    document = built_in("default")
    plot = show(document).plot
    plot.set_nudge("x", 5, 0.01)
    values = document.input.values.copy()
    values[0, 4, 0] += 0.01
    frames = compute(document), compute(replace(document, input=replace(document.input, values=values)))
    before, after = (frame.layers[0].states["h"][0] for frame in frames)
    np.testing.assert_array_equal(plot.parting.distances, norms(after - before))


def test_the_unit_follows_the_selection_and_the_feature_exists(show):
    plot = show(built_in("default"), Selection(unit=3)).plot
    assert (plot.nudge.what, plot.nudge.number) == ("x", 1)  # the last of two
    plot.set_nudge("h", 2, 0.1)
    assert plot.nudge.number == 3
    assert plot.parting.distances[2] == pytest.approx(0.1)
    assert plot.remark().startswith("h₄ + 0.1 at t = 2: ")


@pytest.mark.parametrize("way", ["key", "button", "double click", "drag"])
def test_k_is_chosen_by_hand(show, qtbot, way):
    panel = show(built_in("default"))
    plot = panel.plot
    panel.show_cursor(17)
    if way == "key":
        qtbot.keyClick(plot, Qt.Key.Key_K)
    elif way == "button":
        qtbot.mouseClick(plot.row.here_button, Qt.MouseButton.LeftButton)
    elif way == "double click":
        qtbot.mouseDClick(plot, Qt.MouseButton.LeftButton, pos=at(plot, 17))
    else:
        qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=at(plot, 1))
        qtbot.mouseMove(plot, at(plot, 9))
        qtbot.mouseMove(plot, at(plot, 17))
        qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=at(plot, 17))
    assert plot.nudge.k == 17
    assert not plot.parting.distances[:17].any()
    assert plot.parting.distances[17] > 0


def test_a_click_on_the_mark_is_a_click_on_a_step(show, qtbot):
    plot = show(built_in("default")).plot
    with qtbot.waitSignal(plot.cursor_requested) as asked:
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=at(plot, 1))
    assert asked.args == [1]
    assert plot.nudge.k == 1


def test_controls_choose_what_and_how_far(show, qtbot):
    plot = show(built_in("lstm-memory")).plot
    qtbot.mouseClick(plot.row.what_row.button("c"), Qt.MouseButton.LeftButton)
    assert plot.nudge.what == "c"
    plot.row.size_box.setFocus()
    qtbot.keyClick(plot.row.size_box, Qt.Key.Key_End)
    plot.row.size_box.activated.emit(plot.row.size_box.currentIndex())
    assert plot.nudge.size == 1.0
    assert plot.parting.distances[1] == pytest.approx(1.0)


def test_c_cannot_be_chosen_without_an_lstm(show):
    panel = show(built_in("lstm-memory"))
    panel.plot.set_nudge("c", 3, 0.1)
    panel.show_frame(compute(built_in("gru")), Selection())
    button = panel.plot.row.what_row.button("c")
    assert not button.isEnabled()
    assert "LSTM" in button.toolTip()
    assert panel.plot.nudge.what == "h"


def diagonal(factor):
    document = built_in("vanishing")
    layer = document.layers[0]
    linear = replace(document, layers=(replace(layer, activation="linear"),))
    return set_weight(Place(0, "W_hh"), factor * np.eye(layer.units)).apply(linear)


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (2.0, "grows ×1024 in 10 steps"),
        (0.75, "shrinks ×0.056 in 10 steps"),
        (0.1, "forgotten after 4 steps"),
        (1.0, "is kept in 10 steps"),
        (0.0, "forgotten after 1 step"),
        (1e200, "overflows"),
    ],
)
def test_the_remark_says_what_becomes_of_it(show, factor, words):
    plot = show(diagonal(factor)).plot
    plot.set_nudge("h", plot.length - 10, 0.125)
    assert plot.remark().partition(": ")[2] == words


def test_moving_the_cursor_asks_nothing(show):
    panel, asked = show(built_in("default")), []
    panel.question_asked.connect(asked.append)
    for t in range(10):
        panel.show_cursor(t)
    assert asked == []


def test_both_trajectories_of_the_selected_unit_are_drawn(show):
    document = built_in("default")
    panel = show(document, Selection(unit=3))
    plot = panel.plot
    plot.set_nudge("x", 5, 1.0)
    values = document.input.values.copy()
    values[0, 4, 1] += 1.0
    other = replace(document, input=replace(document.input, values=values))
    for drawn, made in zip(plot.trajectories(), (document, other), strict=True):
        np.testing.assert_array_equal(drawn, compute(made).layers[0].states["h"][0, :, 3])
    panel.show_frame(compute(document), Selection(unit=4))
    before, _ = plot.trajectories()
    np.testing.assert_array_equal(before, compute(document).layers[0].states["h"][0, :, 4])


def test_a_state_nudged_on_its_way_starts_a_trajectory_of_its_own(show):
    plot = show(built_in("default")).plot
    plot.set_nudge("h", 7, 0.5)
    before, after = plot.trajectories()
    np.testing.assert_array_equal(after[:7], before[:7])
    assert after[7] == before[7] + 0.5
    assert after[8] != before[8]


def test_the_dashed_curve_is_seen_to_leave_the_solid_one(show):
    plot, around = show(built_in("default")).plot, QRect(-6, -4, 13, 9)
    plot.set_nudge("h", 7, 1e-12)
    QApplication.processEvents()
    together, panel = plot.grab().toImage(), plot.panels(QRectF(plot.rect()))[0]
    plot.set_nudge("h", 7, 0.5)
    QApplication.processEvents()
    apart, (before, after) = plot.grab().toImage(), plot.trajectories()
    place = around.translated(round(float(panel.x(7))), round(float(panel.y(after)[7])))
    assert apart.copy(place) != together.copy(place)
    start = around.translated(round(float(panel.x(2))), round(float(panel.y(before)[2])))
    assert apart.copy(start) == together.copy(start)


def test_a_run_that_a_document_starts_with_can_be_pinned(show, qtbot):
    plot = show(built_in("default")).plot
    plot.set_nudge("h", 7, 0.5)
    assert not plot.row.ghost_button.isEnabled()
    assert "on its way" in plot.row.ghost_button.toolTip()
    plot.set_nudge("x", 7, 0.5)
    with qtbot.waitSignal(plot.pin_requested) as asked:
        qtbot.mouseClick(plot.row.ghost_button, Qt.MouseButton.LeftButton)
    assert asked.args == [plot.nudge]
