"""Dragging eigenvalues in their plot: W follows and stays real, pairs stay pairs, the others stay."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from rnnviz.document.block import Block
from rnnviz.document.document import Document, Input, Layer, Objective, Place
from rnnviz.document.network_edits import set_cell
from rnnviz.document.presets import built_in
from rnnviz.document.weight_edits import lock_block
from rnnviz.session.session import Selection, Session
from rnnviz.views.fonts import load_fonts
from rnnviz.views.plots.spectrum import SpectrumPlot
from rnnviz.views.theme import LIGHT

W_HH = Place(0, "W_hh")
NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton

# the offscreen platform, of the tooltip's window
pytestmark = pytest.mark.qt_log_ignore(r"^This plugin does not support raise", extend=True)


@pytest.fixture(autouse=True)
def fonts(qapp):
    assert qapp is not None
    load_fonts()


class Plane:
    """A plot that is connected to a session as the window does it, and a hand to drag with."""

    def __init__(self, plot, session):
        self.plot, self.session = plot, session
        self.refusals = []

    def move(self, value, buttons=LEFT):
        where = self.plot.point_of(value) if isinstance(value, complex) else value
        everywhere = QPointF(self.plot.mapToGlobal(where))
        event = QMouseEvent(QEvent.Type.MouseMove, where, everywhere, Qt.MouseButton.NoButton, buttons, NONE)
        QApplication.sendEvent(self.plot, event)

    def press(self, value):
        QTest.mousePress(self.plot, LEFT, NONE, self.plot.point_of(value).toPoint())

    def release(self):
        QTest.mouseRelease(self.plot, LEFT, NONE, QPoint(1, 1))

    def drag(self, start, *values):
        self.press(start)
        for value in values:
            self.move(value)
        self.release()
        QToolTip.hideText()

    @property
    def matrix(self):
        return self.session.document.weight(W_HH)

    @property
    def found(self):
        return np.linalg.eigvals(self.matrix)

    def distance(self, value):
        """Return how far the nearest eigenvalue is from a number."""
        return np.abs(self.found - value).min()


@pytest.fixture
def show(qtbot):
    def make(document):
        session, plot = Session(document), SpectrumPlot(LIGHT)
        plane = Plane(plot, session)
        qtbot.addWidget(plot)
        plot.resize(420, 260)
        plot.show_frame(session.frame, Selection())
        if (question := plot.question()) is not None:
            plot.show_answer(question.answer())
        session.frame_changed.connect(lambda frame: plot.show_frame(frame, Selection()))

        def apply(edit):
            try:
                session.apply(edit)
            except ValueError as error:
                plane.refusals.append(str(error))

        plot.edit_requested.connect(apply)
        plot.gesture_ended.connect(session.end_merging)
        plot.show()
        qtbot.waitExposed(plot)
        return plane

    return make


def of_matrix(matrix):
    size = len(matrix)
    layer = Layer("rnn", {"W_xh": np.ones((size, 1)), "W_hh": matrix})
    return Document((layer,), None, Input(("x",), np.ones((1, 3, 1))), Objective())


PAIR_AND_REALS = np.array([[0.3, -0.6, 0.2, 0.0], [0.6, 0.3, 0.0, 0.1], [0.0, 0.0, 0.9, 0.1], [0.0, 0.0, 0.0, -0.4]])


def test_a_pair_is_dragged_together_and_the_others_stay(show):
    plane = show(of_matrix(PAIR_AND_REALS))
    plane.drag(0.3 + 0.6j, 0.1 + 0.7j, -0.2 + 0.8j)
    for value in (-0.2 + 0.8j, -0.2 - 0.8j):
        assert plane.distance(value) < 0.01
    for value in (0.9, -0.4):
        assert plane.distance(value) < 1e-12
    assert plane.matrix.dtype == np.float64


def test_the_lower_one_of_a_pair_can_be_held_too(show):
    plane = show(of_matrix(PAIR_AND_REALS))
    plane.drag(0.3 - 0.6j, 0.5 - 0.5j)
    assert plane.distance(0.5 + 0.5j) < 0.01


def test_a_real_one_moves_along_the_axis_and_it_is_said_why(show):
    plane = show(of_matrix(PAIR_AND_REALS))
    plane.press(0.9 + 0j)
    plane.move(0.6 + 0.5j)
    assert "real axis only" in QToolTip.text()
    plane.release()
    QToolTip.hideText()
    assert plane.distance(0.6) < 0.01
    assert np.abs(plane.found.imag).max() == pytest.approx(0.6)
    assert plane.refusals == []


def test_a_drag_is_one_undo_step(show):
    plane = show(of_matrix(PAIR_AND_REALS))
    plane.drag(0.3 + 0.6j, 0.1 + 0.7j, -0.2 + 0.8j, 0.4 + 0.1j)
    assert plane.session.history.labels[1:] == ("Move an eigenvalue of W_hh",)
    plane.drag(0.9 + 0j, 0.7 + 0j)
    assert plane.session.history.index == 2
    plane.session.undo()
    plane.session.undo()
    assert plane.session.document == of_matrix(PAIR_AND_REALS)


def test_escape_and_a_click_leave_everything_as_it_was(show):
    plane = show(of_matrix(PAIR_AND_REALS))
    plane.drag(0.3 + 0.6j)
    plane.press(0.3 + 0.6j)
    plane.move(0.1 + 0.7j)
    QTest.keyClick(plane.plot, Qt.Key.Key_Escape)
    plane.move(0.5 + 0.5j)
    plane.release()
    assert plane.session.document == of_matrix(PAIR_AND_REALS)
    assert plane.session.history.index == 0


def test_a_pair_can_pass_the_axis_in_one_drag_and_stays_a_pair(show):
    plane = show(of_matrix(PAIR_AND_REALS))
    plane.drag(0.3 + 0.6j, 0.3 + 0j, 0.3 - 0.5j)
    assert plane.distance(0.3 + 0.5j) < 0.01
    assert plane.distance(0.3 - 0.5j) < 0.01


def test_a_pair_that_is_left_on_the_axis_splits(show):
    plane = show(of_matrix(0.8 * np.array([[0.0, -1.0], [1.0, 0.0]])))
    plane.press(0.8j)
    plane.move(0.5 + 0.001j)
    assert "on the real axis" in QToolTip.text()
    plane.release()
    QToolTip.hideText()
    assert np.abs(plane.found.imag).max() == 0
    first = plane.found.real.mean()
    plane.drag(complex(first), 0.9 + 0j)
    assert np.sort(plane.found.real) == pytest.approx([first, 0.9], abs=0.01)


def test_a_defective_matrix_says_why_it_cannot(show):
    plane = show(of_matrix(np.array([[0.5, 1.0], [0.0, 0.5]])))
    plane.press(0.5 + 0j)
    assert "defective" in QToolTip.text()
    plane.move(0.8 + 0j)
    plane.release()
    QToolTip.hideText()
    assert plane.session.history.index == 0


def test_a_lock_in_the_matrix_refuses_by_its_name(show):
    document = lock_block(W_HH, Block(1, 2, 1, 2), locked=True).apply(
        of_matrix(np.random.default_rng(3).normal(size=(4, 4)) / 2)
    )
    plane = show(document)
    value = complex(plane.found[0])
    plane.drag(value, 0.5 * value)
    assert plane.session.document == document
    assert "W_hh[2,3] is locked" in plane.refusals[0]


def test_the_plane_stands_still_under_the_hand_and_ends_at_its_edge(show):
    plane = show(of_matrix(PAIR_AND_REALS))
    unit = plane.plot.point_of(1 + 0j)
    plane.press(0.9 + 0j)
    plane.move(QPointF(plane.plot.width() - 5, plane.plot.point_of(0j).y()))
    assert plane.plot.point_of(1 + 0j) == unit
    held = float(np.abs(plane.found).max())
    assert 1.0 < held < 1.5
    plane.release()
    QToolTip.hideText()


def test_too_many_units_are_refused_with_their_number(show):
    units = 260
    plane = show(of_matrix(np.diag(np.linspace(-0.9, 0.9, units))))
    plane.press(0.9 + 0j)
    assert "up to 256 units; this one has 260" in QToolTip.text()
    plane.release()
    QToolTip.hideText()


def test_of_a_gated_cell_the_matrix_that_is_shown_follows(show):
    gated = set_cell(0, "gru").apply(built_in("golden"))
    plane = show(gated)
    place = Place(0, plane.plot.matrix_name)
    value = complex(np.linalg.eigvals(gated.weight(place))[0])
    plane.drag(value, value * 0.5)
    changed = plane.session.document
    assert changed.with_weight(place, gated.weight(place)) == gated
    assert np.abs(np.linalg.eigvals(changed.weight(place)) - value * 0.5).min() < 0.01


def test_the_pointer_shows_what_can_be_held(show):
    plane = show(of_matrix(PAIR_AND_REALS))
    plane.move(0.9 + 0j, buttons=Qt.MouseButton.NoButton)
    assert plane.plot.cursor().shape() == Qt.CursorShape.OpenHandCursor
    plane.move(0.9 - 0.8j, buttons=Qt.MouseButton.NoButton)
    assert plane.plot.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_in_the_window_a_drag_changes_the_network(make_window, golden):
    window = make_window(replace(golden, title="eigenvalues"))
    panel = next(panel for panel in window.findChildren(SpectrumPlot))
    value = complex(panel.eigenvalues()[0])
    plane = Plane(panel, window.session)
    plane.drag(value, 0.2 + 0.4j)
    assert plane.distance(0.2 + 0.4j) < 0.01
    assert window.session.history.index == 1
    plane.drag(0.2 + 0.4j, 0.1 + 0.4j)
    assert window.session.history.index == 2
