"""Turns: one piece of work in each turn of the event loop, and input in between."""

import numpy as np
import pytest
from PySide6.QtCore import QRect, QRectF, Qt, QTimer
from PySide6.QtWidgets import QApplication

from rnnviz.document.compute import compute
from rnnviz.document.document import Place
from rnnviz.document.edits import set_entry
from rnnviz.document.presets import built_in
from rnnviz.session.computer import InlineComputer
from rnnviz.session.session import Selection, Session
from rnnviz.views.plots.hidden import HiddenPlot
from rnnviz.views.theme import LIGHT
from rnnviz.views.widgets.panel import PlotPanel
from rnnviz.views.widgets.turns import Turns


@pytest.fixture
def panel(qtbot):
    made = PlotPanel(HiddenPlot, LIGHT)
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    qtbot.waitExposed(made)
    made.show_frame(compute(built_in("default")), Selection())
    return made


def changed(document, value):
    return compute(set_entry(Place(0, "W_hh"), (0, 0), value).apply(document))


def test_what_the_event_loop_has_to_do_comes_between_two_turns(qtbot):
    turns, done = Turns(), []
    for name in "abc":

        def work(name=name):
            done.append(name)
            QTimer.singleShot(0, lambda: done.append(f"after {name}"))

        turns.ask(work)
    assert done == []
    qtbot.waitUntil(lambda: "after c" in done)
    assert done.index("after a") < done.index("c")


def test_who_waits_already_keeps_its_place_and_works_once(qtbot):
    turns, done = Turns(), []
    works = [lambda: done.append(1), lambda: done.append(2)]
    assert [turns.ask(works[0]), turns.ask(works[1]), turns.ask(works[0])] == [False, False, True]
    qtbot.waitUntil(lambda: 2 in done)
    assert done == [1, 2]


def test_a_panel_shows_the_newest_frame_when_its_turn_comes(panel, qtbot):
    turns, document = Turns(), built_in("default")
    before, newer, newest = panel.plot.frame, changed(document, 0.1), changed(document, 0.2)
    panel.show_frame(newer, Selection(), turns)
    assert panel.plot.frame is before
    assert "catching up" not in panel.plot._remark
    said = []
    panel.remark_changed.connect(said.append)
    panel.show_frame(newest, Selection(), turns)
    assert said[-1].endswith("catching up …")
    qtbot.waitUntil(lambda: panel.plot.frame is newest)
    assert said[-1] == panel.plot.remark()


def test_a_panel_that_was_hidden_meanwhile_waits_until_it_is_seen(panel, qtbot):
    turns, frame = Turns(), changed(built_in("default"), 0.3)
    before = panel.plot.frame
    panel.show_frame(frame, Selection(), turns)
    panel.hide()
    done = []
    turns.ask(lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))
    assert panel.plot.frame is before
    panel.show()
    assert panel.plot.frame is frame


class Strict(InlineComputer):
    """Computes at once, but would rather not: every frame is a long one."""

    at_once_ms = 0.0


def test_long_frames_reach_the_plots_of_a_window_one_after_the_other(make_window, qtbot):
    session = Session(built_in("default"), Strict())
    assert session.has_long_frame
    window = make_window(session=session)
    plots = [card.content.plot for key, card in window.cards.items() if key in ("hidden", "gradients", "outputs")]
    qtbot.waitUntil(lambda: all(plot.frame is session.frame for plot in plots))
    session.apply(set_entry(Place(0, "W_hh"), (0, 0), 0.77))
    assert all(plot.frame is not session.frame for plot in plots)
    qtbot.waitUntil(lambda: plots[0].frame is session.frame)
    qtbot.waitUntil(lambda: all(plot.frame is session.frame for plot in plots))
    np.testing.assert_array_equal(plots[0].values(), session.frame.layers[0].states["h"][0])


def test_frames_that_are_quick_to_compute_are_not_long(qapp):  # noqa: ARG001
    assert not Session(built_in("default")).has_long_frame


def test_the_cursor_of_a_long_frame_is_moved_when_its_turn_comes_and_keys_step_on_from_it(panel, qtbot):
    turns = Turns()
    panel.show_cursor(5)
    QApplication.processEvents()
    place = panel.plot.cursor_region(QRectF(panel.plot.rect()))[0]
    before = panel.plot.grab(place).toImage()
    panel.show_cursor(6, turns)
    panel.show_cursor(30, turns)
    with qtbot.waitSignal(panel.cursor_requested) as asked:
        qtbot.keyClick(panel.plot, Qt.Key.Key_Right)
    assert asked.args == [31]
    done = []
    turns.ask(lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))
    QApplication.processEvents()
    screen = panel.screen().grabWindow(panel.winId()).toImage()
    at = panel.plot.mapTo(panel, place.topLeft())
    assert screen.copy(QRect(at, place.size())) != before
    panel.plot.repaint_ground()
    QApplication.processEvents()
    assert panel.screen().grabWindow(panel.winId()).toImage() == screen


def test_scrubbing_a_long_frame_brings_every_plot_to_the_cursor(make_window, qtbot):
    session = Session(built_in("default"), Strict())
    window = make_window(session=session)
    session.set_cursor(3)
    session.set_cursor(17)
    plots = [card.content.plot for key, card in window.cards.items() if key in ("hidden", "step", "phase", "outputs")]
    assert all(plot.cursor_t == 17 for plot in plots)
    qtbot.waitUntil(lambda: window.cards["step"].content.plot._remark.endswith("t = 17"))
