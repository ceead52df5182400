"""The strip above the time bar, and what the hand does to the visible part of time in it and in plots."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from rnnviz.core.measures.norms import norms
from rnnviz.document.document import Document, Input, Layer, Objective, Readout, weight_shapes
from rnnviz.document.presets import built_in
from rnnviz.session.session import Session
from rnnviz.session.time_range import LEAST_STEPS, TimeRange

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
PLOTS = ["inputs", "hidden", "gradients", "outputs"]


def long_document(steps=1000):
    random = np.random.default_rng(1)
    weights = {name: 0.5 * random.normal(size=shape) for name, shape in weight_shapes("rnn", 3, 2).items()}
    readout = Readout("linear", {"W_hy": random.normal(size=(1, 3))})
    data = Input(("a", "b"), random.normal(size=(1, steps, 2)))
    return Document((Layer("rnn", weights),), readout, data, Objective("sum"))


@pytest.fixture
def window(make_window):
    window = make_window(session=Session(long_document()))
    window.cards["inputs"].show()
    QApplication.processEvents()
    return window


@pytest.fixture
def strip(window):
    return window.time_strip


def place(strip, t):
    return QPoint(round(strip.x_of(t)), strip.height() // 2)


def drag(widget, start, end, button=LEFT):
    QTest.mousePress(widget, button, NONE, start)
    for part in (0.3, 0.7, 1.0):
        QTest.mouseMove(widget, start + (end - start) * part)
    QTest.mouseRelease(widget, button, NONE, end)


def turn(widget, position, notches, modifiers=NONE):
    point = QPointF(position)
    event = QWheelEvent(
        point,
        QPointF(widget.mapToGlobal(position)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_it_is_there_for_long_sequences_or_when_a_part_is_shown(make_window):
    window = make_window()
    assert window.time_strip.isHidden()
    window.session.set_time_range(TimeRange(5, 20))
    assert not window.time_strip.isHidden()
    window.session.set_time_range(None)
    assert window.time_strip.isHidden()
    window.session.open_document(long_document())
    assert not window.time_strip.isHidden()


def test_it_stands_above_the_slider_and_times_above_each_other(window, strip):
    slider = window.time_bar.slider
    assert strip.mapToGlobal(QPoint()).y() < slider.mapToGlobal(QPoint()).y()
    for t in (0, 300, 1000):
        above, below = (w.mapToGlobal(QPointF(w.x_of(t), 0)).x() for w in (strip, slider))
        assert above == pytest.approx(below, abs=0.5)


def test_the_silhouette_is_the_norm_of_h_of_the_selected_layer(window, strip):
    np.testing.assert_array_equal(strip.norms(), norms(window.session.frame.layers[0].states["h"][0]))
    h = np.zeros((1, 3))
    document = window.session.document
    before = strip.grab().toImage()
    scaled = {**document.layers[0].weights, "W_xh": document.layers[0].weights["W_xh"] * np.linspace(1, 3, 3)[:, None]}
    window.session.open_document(replace(document, layers=(replace(document.layers[0], weights=scaled),)))
    np.testing.assert_array_equal(strip.norms(), norms(window.session.frame.layers[0].states["h"][0]))
    assert strip.norms()[0] == norms(h)[0]
    assert strip.grab().toImage() != before


def test_dragging_beside_makes_a_range_and_its_body_and_ends_move_it(window, strip):
    session = window.session
    drag(strip, place(strip, 300), place(strip, 500))
    assert session.time_range.first == pytest.approx(300, abs=2)
    assert session.time_range.last == pytest.approx(500, abs=2)
    made = session.time_range
    drag(strip, place(strip, 400), place(strip, 450))
    assert session.time_range.steps == made.steps
    assert session.time_range.first == pytest.approx(350, abs=3)
    drag(strip, place(strip, session.time_range.last), place(strip, 700))
    assert session.time_range.first == pytest.approx(350, abs=3)
    assert session.time_range.last == pytest.approx(700, abs=3)
    drag(strip, place(strip, 500), place(strip, 2000))
    assert session.time_range.last == 1000


def test_an_end_that_is_dragged_over_the_other_leaves_that_where_it_is(window, strip):
    window.session.set_time_range(TimeRange(400, 600))
    drag(strip, place(strip, 400), place(strip, 800))
    assert window.session.time_range.first == 600
    drag(strip, place(strip, window.session.time_range.last), place(strip, 601))
    assert window.session.time_range == TimeRange(600, 600 + LEAST_STEPS)


def test_a_click_beside_brings_the_range_there_and_a_double_click_shows_all(window, strip):
    window.session.set_time_range(TimeRange(100, 200))
    QTest.mouseClick(strip, LEFT, NONE, place(strip, 800))
    assert window.session.time_range.steps == 100
    assert window.session.time_range.first == pytest.approx(750, abs=2)
    QTest.mouseDClick(strip, LEFT, NONE, place(strip, 800))
    assert window.session.time_range is None
    QTest.mouseClick(strip, LEFT, NONE, place(strip, 300))
    assert window.session.time_range is None


def test_the_wheel_zooms_around_the_pointer_and_with_shift_moves(window, strip):
    turn(strip, place(strip, 250), 3)
    shown = window.session.time_range
    assert shown.steps == pytest.approx(1000 * 0.8**3, abs=2)
    assert (250 - shown.first) / shown.steps == pytest.approx(0.25, abs=0.01)
    turn(strip, place(strip, 250), -1, SHIFT)
    assert window.session.time_range.first > shown.first
    turn(strip, place(strip, 250), -9)
    assert window.session.time_range is None


def test_the_frame_is_seen_and_tells_itself(window, strip):
    whole = strip.grab().toImage()
    window.session.set_time_range(TimeRange(300, 700))
    part = strip.grab().toImage()
    grip = part.pixelColor(round(strip.x_of(300)), strip.height() // 2)
    assert grip == QColor(window.theme.on)
    assert part != whole
    assert strip.accessibleDescription() == "steps 300 to 700 of 0 to 1000"


def test_plots_zoom_and_move_with_the_wheel(window):
    session = window.session
    for key in PLOTS:
        session.set_time_range(None)
        QApplication.processEvents()
        plot = window.cards[key].content.plot
        panel = plot.panels(QRectF(plot.rect()))[0]
        position = QPoint(round(float(panel.x(600))), round(panel.rect.center().y()))
        for _ in range(10):
            turn(plot, position, 1, CTRL)
        assert session.time_range.steps < 200, key
        assert plot.t_at(QPointF(position)) == pytest.approx(600, abs=2), key
        zoomed = session.time_range
        turn(plot, position, 1, SHIFT)
        assert session.time_range.steps == zoomed.steps, key
        assert session.time_range.first < zoomed.first, key
        turn(plot, position, 1)
        assert session.time_range.steps == zoomed.steps, key


def test_the_middle_button_drags_time_along(window):
    session = window.session
    for key in PLOTS:
        session.set_time_range(TimeRange(400, 500))
        QApplication.processEvents()
        plot = window.cards[key].content.plot
        panel = plot.panels(QRectF(plot.rect()))[0]
        y = round(panel.rect.center().y())
        cursor = session.cursor
        drag(plot, QPoint(round(float(panel.x(480))), y), QPoint(round(float(panel.x(430))), y), MIDDLE)
        assert session.time_range == TimeRange(450, 550), key
        assert session.cursor == cursor, key


def test_a_plot_shows_the_part_and_points_at_its_steps_alone(window):
    session = window.session
    for key in PLOTS:
        session.set_cursor(450)
        session.set_time_range(TimeRange(400, 500))
        QApplication.processEvents()
        plot = window.cards[key].content.plot
        panel = plot.panels(QRectF(plot.rect()))[0]
        assert (panel.first, panel.last) == (399.5, 500.5), key
        for t in (400, 444, 500):
            QTest.mouseClick(plot, LEFT, NONE, QPoint(round(float(panel.x(t))), round(panel.rect.center().y())))
            assert session.cursor == t, key
            assert plot.cursor_x(QRectF(plot.rect())) == pytest.approx(float(panel.x(t))), key
        far = QPointF(5000, panel.rect.center().y())
        assert plot.t_at(far) == 500, key


def test_a_part_looks_like_a_sequence_of_just_that_part(window):
    """The heat map of steps 400 to 500 has the same colours as the one of all time has there."""
    session, plot = window.session, window.cards["hidden"].content.plot
    rows = plot.panels(QRectF(plot.rect()))[1]
    session.set_cursor(0)
    session.set_time_range(TimeRange(400, 408))
    QApplication.processEvents()
    made, values = plot.grab().toImage(), plot.values()
    rows = plot.panels(QRectF(plot.rect()))[1]
    from rnnviz.views.colours import signed_colour

    for t in range(401, 408):
        for unit in range(3):
            y = rows.rect.top() + (unit + 0.5) * rows.rect.height() / 3
            expected = signed_colour(window.theme, float(values[t, unit]), 1.0)
            shown = made.pixelColor(round(float(rows.x(t))), round(y))
            assert shown.rgb() == expected.rgb()


def test_where_steps_share_a_pixel_the_tooltip_says_what_is_drawn(window):
    plot = window.cards["gradients"].content.plot
    rect = QRectF(plot.rect())
    words = plot.describe(rect.center(), rect)
    assert "share a column of pixels" in words
    window.session.set_time_range(TimeRange(400, 500))
    assert "share a column of pixels" not in plot.describe(rect.center(), rect)


def test_the_input_can_be_drawn_on_where_it_is_zoomed(window):
    session, canvas = window.session, window.cards["input"].content.canvas
    session.set_time_range(TimeRange(400, 420))
    QApplication.processEvents()
    panel = canvas.panels(QRectF(canvas.rect()))[0]
    assert (panel.first, panel.last) == (399.5, 420.5)
    before = session.document.input.values
    spot = QPoint(round(float(panel.x(410))), round(panel.rect.top() + 3))
    QTest.mouseClick(canvas, LEFT, NONE, spot)
    changed = np.argwhere(session.document.input.values != before)
    assert changed.tolist() == [[0, 409, 0]]
    canvas.choose(0, 700)
    assert session.time_range.holds(700)


def test_keys_do_it_too(window):
    session = window.session
    assert [window.menus[name].isEnabled() for name in ("time.less", "time.more", "time.all")] == [True, False, False]
    session.set_cursor(450)
    for action, expected in {
        "time.less": TimeRange(425, 475),
        "time.more": TimeRange(350, 550),
        "time.part_before": TimeRange(350, 450),
        "time.part_after": TimeRange(450, 550),
        "time.all": None,
    }.items():
        session.set_time_range(TimeRange(400, 500))
        QTest.keySequence(window, window.menus[action].shortcut())
        assert session.time_range == expected, action


def test_a_scene_of_few_steps_is_zoomed_no_further(make_window):
    window = make_window(session=Session(built_in("golden")))
    assert not window.menus["time.less"].isEnabled()
