"""What else a phase portrait shows: components, nullclines, fixed points; and a start that is moved by hand."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from rnnviz.core.measures.fixed_points import rests, starting_points
from rnnviz.document.block import Block
from rnnviz.document.compute import compute
from rnnviz.document.document import Document, Input, Layer, Objective, Place, Readout, weight_shapes
from rnnviz.document.presets import built_in
from rnnviz.document.runs import layer_run
from rnnviz.document.weight_edits import lock_block
from rnnviz.session.session import Selection, Session
from rnnviz.views.fonts import load_fonts
from rnnviz.views.plots._phase_look import PhaseLook
from rnnviz.views.plots.phase import PhasePlot
from rnnviz.views.theme import LIGHT
from rnnviz.views.widgets.panel import PlotPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def fonts(qapp):
    assert qapp is not None
    load_fonts()


def network(cell="rnn", units=2, steps=6, scale=1.0):
    rng = np.random.default_rng(units)
    shapes = weight_shapes(cell, units, 1).items()
    weights = {name: scale * rng.normal(size=shape) for name, shape in shapes}
    readout = Readout("linear", {"W_hy": rng.normal(size=(1, units))})
    return Document((Layer(cell, weights),), readout, Input(("x",), rng.normal(size=(1, steps, 1))), Objective())


@pytest.fixture
def show(qtbot):
    """Return a function that shows a panel with the plot of a session, as the window does; it answers at once."""
    kept = []

    def show(document, look=None, t=3, *, answers=True):
        session, panel = Session(document), PlotPanel(PhasePlot, LIGHT)
        kept.append((session, panel))
        qtbot.addWidget(panel)
        panel.asked = []
        panel.question_asked.connect(panel.asked.append)
        if answers:
            panel.question_asked.connect(lambda asked: asked is not None and panel.show_answer(asked, asked.answer()))
        panel.edit_requested.connect(session.apply)
        panel.gesture_ended.connect(session.end_merging)
        session.frame_changed.connect(lambda frame: panel.show_frame(frame, Selection()))
        if look is not None:
            panel.plot.take_look(look)
        panel.resize(420, 340)
        panel.show()
        qtbot.waitExposed(panel)
        panel.show_cursor(t)
        panel.show_frame(session.frame, Selection())
        QApplication.processEvents()
        return panel, session

    return show


def move(plot, where):
    everywhere = QPointF(plot.mapToGlobal(where))
    event = QMouseEvent(
        QEvent.Type.MouseMove, where, everywhere, Qt.MouseButton.NoButton, LEFT, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(plot, event)


def free_place(plot):
    """Return values of a place that is near no state of the path."""
    for across in np.linspace(-0.9, 0.9, 13):
        for upward in np.linspace(-0.9, 0.9, 13):
            if plot.t_near(plot.point_of(across, upward).toPoint().toPointF(), QRectF(plot.rect())) is None:
                return float(across), float(upward)
    raise AssertionError


# Nullclines


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("plane", ["units", "components"])
def test_on_a_nullcline_the_step_moves_nothing_along_its_axis(show, qtbot, cell, plane):
    panel, _ = show(network(cell, units=3), PhaseLook(plane))
    plot = panel.plot
    assert plot.nullclines(3) == ()
    qtbot.mouseClick(plot.row.nullclines_box, LEFT)
    found = plot.nullclines(3)
    assert len(found) == 2
    assert sum(map(len, found)) > 10
    for axis, lines in enumerate(found):
        if len(lines):
            moved = plot.arrows(3, lines[:, :2].T)
            span = np.abs(plot.arrows(3, np.array([[-1, 1], [-1, 1.0]]))).max()
            assert np.abs(moved[axis]).max() < 0.02 * max(span, 1.0)


def test_nullclines_of_a_linear_layer_are_straight(show):
    golden = built_in("golden")
    linear = replace(golden, layers=(replace(golden.layers[0], activation="linear"),))
    panel, _ = show(linear, PhaseLook(nullclines=True), t=1)
    weights = linear.layers[0].weights
    drive = weights["W_xh"] @ linear.input.values[0, 0] + weights["b_h"]
    for axis, lines in enumerate(panel.plot.nullclines(1)):
        rest = (weights["W_hh"] - np.eye(2))[axis] @ lines[:, :2].T + drive[axis]
        np.testing.assert_allclose(rest, 0, atol=1e-9)


# Components


def test_components_are_drawn_as_the_trajectory_seen_along_them(show):
    panel, _ = show(network(units=5), PhaseLook("components"))
    plot = panel.plot
    h = plot.frame.layers[0].states["h"][0]
    _, lengths, directions = np.linalg.svd(h - h.mean(axis=0))
    np.testing.assert_allclose(np.abs(plot.points()), np.abs((h - h.mean(axis=0)) @ directions[:2].T), atol=1e-9)
    share = 100 * lengths[0] ** 2 / np.square(lengths).sum()
    assert plot.remark().startswith(f"PC₁ × PC₂, {share:.0f} % + ")


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_along_components_the_arrow_at_the_state_before_leads_to_the_state_after(show, cell):
    panel, _ = show(network(cell, units=4), PhaseLook("components"))
    plot = panel.plot
    points = plot.points()
    for t in range(1, 7):
        arrow = plot.arrows(t, points[t - 1][:, None])[:, 0]
        np.testing.assert_allclose(points[t - 1] + arrow, points[t], atol=1e-12)


def test_one_unit_has_no_components(show):
    panel, _ = show(network(units=1), PhaseLook("components", nullclines=True))
    assert panel.plot.remark() == "hₜ against hₜ₋₁"
    assert panel.plot.row.plane_box.isHidden()
    assert panel.plot.nullclines(2) == ()


# Fixed points


@pytest.mark.parametrize("units", [1, 2, 4])
def test_fixed_points_are_those_of_the_input_at_the_cursor(show, qtbot, units):
    panel, _ = show(network(units=units, scale=2.0))
    plot = panel.plot
    assert plot.fixed_points() == ()
    qtbot.mouseClick(plot.row.fixed_box, LEFT)
    run = layer_run(plot.frame, 0, 0)
    expected = rests(run.weights, run.trace.x[2], starting_points(run.trace))
    radii = [mark.radius for mark in plot.fixed_points() if mark.radius is not None]
    assert radii == [point.radius for point in expected.fixed]
    stable = sum(radius < 1 for radius in radii)
    assert f"{stable} stable, {len(radii) - stable} unstable" in plot.remark()
    assert plot.fixed_points_are_current
    plot.grab()


def test_fixed_points_are_old_until_the_cursor_has_rested(show, qtbot):
    panel, _ = show(network(), PhaseLook(fixed_points=True), t=1)
    plot = panel.plot
    assert plot.fixed_points_are_current
    with qtbot.waitSignal(plot.question_changed):
        panel.show_cursor(4)
        assert not plot.fixed_points_are_current
        assert plot.remark().endswith("for the x of t = 1")
    assert plot.fixed_points_are_current
    assert len(panel.asked) == 2


def test_fixed_points_of_another_number_of_units_are_not_drawn_meanwhile(show):
    panel, _ = show(network(), PhaseLook(fixed_points=True))
    plot, old = panel.plot, panel.plot.fixed_points()
    panel.question_asked.disconnect()
    panel.show_frame(compute(network(scale=1.1)), Selection())
    assert plot.fixed_points() is old
    panel.show_frame(compute(network(units=5)), Selection(unit=4))
    assert plot.fixed_points() == ()
    assert not plot.grab().isNull()


def test_the_same_input_is_not_searched_twice(show, qtbot):
    document = network()
    still = replace(document, input=replace(document.input, values=np.ones((1, 6, 1))))
    panel, _ = show(still, PhaseLook(fixed_points=True), t=1)
    with qtbot.waitSignal(panel.plot.question_changed):
        panel.show_cursor(4)
        assert panel.plot.fixed_points_are_current
    assert len(panel.asked) == 1


def test_a_tooltip_says_what_a_fixed_point_is(show):
    panel, _ = show(network(), PhaseLook(fixed_points=True), t=0)
    plot = panel.plot
    mark = plot.fixed_points()[0]
    words = plot.describe(plot.point_of(*mark.h.tolist()), QRectF(plot.rect()))
    kind = "stable" if mark.radius < 1 else "unstable"
    assert words.startswith(f"{kind} fixed point, |λ max| = ")
    assert "for the input x at t = 1" in words


def test_large_layers_have_no_search(show):
    panel, _ = show(network(units=140, scale=0.1))
    assert not panel.plot.row.fixed_box.isEnabled()
    assert "128" in panel.plot.row.fixed_box.toolTip()


# The start


def test_a_click_starts_the_sequence_there_as_one_undo_step(show, qtbot):
    panel, session = show(network(units=3))
    plot, before = panel.plot, session.document
    across, upward = free_place(plot)
    place = plot.point_of(across, upward).toPoint()
    assert "Click, or drag: the sequence starts there" in plot.describe(place.toPointF(), QRectF(plot.rect()))
    qtbot.mouseClick(plot, LEFT, pos=place)
    h_0 = session.document.layers[0].initial_state["h"]
    np.testing.assert_allclose(h_0, [across, upward, 0.0], atol=0.02)
    session.undo()
    assert session.document == before


def test_a_drag_moves_the_start_live_and_is_one_undo_step(show, qtbot):
    panel, session = show(network())
    plot, before, frames = panel.plot, session.document, []
    qtbot.mousePress(plot, LEFT, pos=plot.point_of(0.0, 0.0).toPoint())
    session.frame_changed.connect(frames.append)
    for across in (0.1, 0.2, 0.3):
        move(plot, plot.point_of(across, -0.5))
    assert len(frames) == 3
    np.testing.assert_allclose(session.document.layers[0].initial_state["h"], [0.3, -0.5], atol=1e-3)
    qtbot.mouseRelease(plot, LEFT, pos=plot.point_of(0.3, -0.5).toPoint())
    session.undo()
    assert session.document == before


def test_escape_takes_the_drag_back(show, qtbot):
    panel, session = show(network())
    plot, before = panel.plot, session.document
    qtbot.mousePress(plot, LEFT, pos=plot.point_of(0.0, 0.0).toPoint())
    move(plot, plot.point_of(0.5, 0.5))
    assert session.document != before
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert session.document.layers[0].initial_state["h"].tolist() == [0.0, 0.0]


def test_a_drag_beyond_the_axes_stops_at_them(show, qtbot):
    panel, session = show(network())
    plot = panel.plot
    qtbot.mousePress(plot, LEFT, pos=plot.point_of(0.0, 0.0).toPoint())
    move(plot, QPointF(5000, -5000))
    assert session.document.layers[0].initial_state["h"].tolist() == [1.0, 1.0]


def test_a_click_on_the_start_moves_the_cursor_there_and_edits_nothing(show, qtbot):
    panel, session = show(network())
    plot, before = panel.plot, session.document
    with qtbot.waitSignal(plot.cursor_requested, check_params_cb=lambda t: t == 0):
        qtbot.mouseClick(plot, LEFT, pos=plot.point_of(0.0, 0.0).toPoint())
    assert session.document is before


def test_along_components_a_click_edits_nothing(show, qtbot):
    panel, session = show(network(units=3), PhaseLook("components"))
    before = session.document
    qtbot.mouseClick(panel.plot, LEFT, pos=panel.plot.point_of(*free_place(panel.plot)).toPoint())
    assert session.document is before
    assert "Click, or drag" not in panel.plot.describe(QPointF(0, 0), QRectF(panel.plot.rect()))


def test_a_locked_unit_stays(show, qtbot):
    locked = lock_block(Place(0, "h_0"), Block(0, 0, 0, 0), locked=True)
    panel, session = show(locked.apply(network()))
    plot = panel.plot
    qtbot.mousePress(plot, LEFT, pos=plot.point_of(0.0, 0.0).toPoint())
    move(plot, plot.point_of(0.5, 0.5))
    np.testing.assert_allclose(session.document.layers[0].initial_state["h"], [0.0, 0.5], atol=1e-3)


def test_the_choice_is_words_for_the_command_line():
    assert PhaseLook("components", nullclines=True, fixed_points=True).words() == [
        *("--plane", "components"),
        *("--nullclines", "--fixed-points"),
    ]
