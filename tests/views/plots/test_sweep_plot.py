"""The sweep of a weight: what is asked and when, and the hand on the line."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from rnnviz.core.measures.norms import norms
from rnnviz.document.compute import compute
from rnnviz.document.document import READOUT, Place
from rnnviz.document.edits import set_entry, set_loss_steps
from rnnviz.document.presets import built_in
from rnnviz.session.background import Question
from rnnviz.session.computer import InlineComputer
from rnnviz.session.session import Selection, Session
from rnnviz.views.plots.sweep import SweepPlot
from rnnviz.views.theme import LIGHT
from rnnviz.views.widgets.panel import PlotPanel

PLACE = Place(0, "W_hh")


@pytest.fixture
def session(golden):
    session = Session(golden, InlineComputer())
    yield session
    session.close()


class Hall:
    """A panel with the plot, wired to a session as the window does it; it keeps the questions."""

    def __init__(self, session):
        self.session, self.questions = session, []
        self.answers_at_once = True
        self.panel = PlotPanel(SweepPlot, LIGHT)
        self.panel.resize(640, 400)
        self.panel.edit_requested.connect(session.apply)
        self.panel.gesture_ended.connect(session.end_merging)
        self.panel.cursor_requested.connect(session.set_cursor)
        self.panel.question_asked.connect(self.ask)
        session.frame_changed.connect(self.show)
        session.selection_changed.connect(self.show)
        self.show()

    @property
    def plot(self):
        return self.panel.plot

    def show(self, *_):
        self.panel.show_frame(self.session.frame, self.session.shown_selection)

    def ask(self, question):
        self.questions.append(question)
        if self.answers_at_once and question is not None:
            self.panel.show_answer(question, question.answer())

    def value(self, index=(0, 0)):
        return float(self.session.document.weight(PLACE)[index])


@pytest.fixture
def hall(session, qtbot):
    hall = Hall(session)
    qtbot.addWidget(hall.panel)
    hall.panel.show()
    qtbot.waitExposed(hall.panel)
    QApplication.processEvents()
    return hall


def drag(qtbot, plot, start, stop, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, modifier, start)
    for part in (0.25, 0.5, 0.75, 1.0):
        qtbot.mouseMove(plot, start + (stop - start) * part)
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, modifier, stop)


def on_line(plot, panel=0):
    return QPoint(300, round(plot.line_y(panel)))


def test_the_map_is_what_the_edited_documents_compute_to(hall):
    found = hall.plot.map
    row = found.row(1.0)
    frame = compute(set_entry(PLACE, (0, 0), float(found.values[row])).apply(hall.session.document))
    np.testing.assert_allclose(10 ** found.exponents[row], norms(frame.layers[0].state_gradients["h"][0]), rtol=1e-12)
    np.testing.assert_array_equal(found.h[row], frame.layers[0].states["h"][0, :, 0])
    assert found.losses[row] == frame.loss


@pytest.mark.parametrize("panel", [0, 1])
def test_dragging_the_line_sets_the_weight_in_one_undo_step_and_asks_nothing(hall, qtbot, panel):
    before, shown = hall.session.document, hall.plot.map
    start = on_line(hall.plot, panel)
    drag(qtbot, hall.plot, start, start - QPoint(0, 30))
    assert hall.value() > 0.7
    assert hall.plot.line_y(panel) == pytest.approx(start.y() - 30, abs=1.5)
    assert len(hall.questions) == 1
    assert hall.plot.map is shown
    hall.session.undo()
    assert hall.session.document == before


def test_two_drags_are_two_undo_steps(hall, qtbot):
    values = [hall.value()]
    for _ in range(2):
        start = on_line(hall.plot)
        drag(qtbot, hall.plot, start, start - QPoint(0, 12))
        values.append(hall.value())
    hall.session.undo()
    assert hall.value() == values[1]
    assert len(set(values)) == 3


def test_a_drag_ends_at_the_ends_of_the_range(hall, qtbot):
    start = on_line(hall.plot)
    drag(qtbot, hall.plot, start, QPoint(300, -500))
    assert hall.value() == hall.plot.range[1] == 2.0


def test_with_control_the_weight_jumps_to_the_pointer(hall, qtbot):
    place = QPoint(300, round(hall.plot.line_y(0)) - 60)
    qtbot.mousePress(hall.plot, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)
    qtbot.mouseRelease(hall.plot, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)
    assert hall.plot.line_y(0) == pytest.approx(place.y(), abs=1.0)


def test_a_click_on_the_line_is_a_click_on_a_step(hall, qtbot):
    before = hall.session.document
    hall.session.set_cursor(4)
    panel = hall.plot.panels(QRectF(hall.plot.rect()))[0]
    place = QPoint(round(float(panel.x(1))), on_line(hall.plot).y())
    qtbot.mouseClick(hall.plot, Qt.MouseButton.LeftButton, pos=place)
    assert hall.session.cursor == 1
    assert hall.session.document is before


def test_keys_move_the_weight_and_a_held_key_is_one_undo_step(hall, qtbot):
    qtbot.keyClick(hall.plot, Qt.Key.Key_Up)
    assert hall.value() == pytest.approx(0.55)
    qtbot.keyClick(hall.plot, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert hall.value() == pytest.approx(0.545)
    hall.session.undo()
    assert hall.value() == pytest.approx(0.55)
    assert len(hall.questions) == 1


def test_any_other_edit_asks_anew(hall):
    hall.session.apply(set_entry(PLACE, (1, 1), 0.1))
    hall.session.apply(set_loss_steps("last"))
    assert len(hall.questions) == 3
    found = hall.plot.map
    frame = compute(set_entry(PLACE, (0, 0), 2.0).apply(hall.session.document))
    assert found.losses[-1] == frame.loss


def test_another_weight_or_unit_asks_anew_and_the_remark_names_it(hall):
    hall.session.select(Selection(unit=1, entry=(PLACE, 1, 0)))
    assert hall.plot.remark() == "W_hh[2,1] from −2 to 2"
    hall.session.select(Selection(unit=1, entry=(Place(READOUT, "b_y"), 0, 0)))
    assert hall.plot.remark() == "b_y[1] from −2 to 2"
    assert len(hall.questions) == 3


def test_a_weight_beyond_the_range_widens_it(hall):
    hall.session.apply(set_entry(PLACE, (0, 0), 5.3))
    assert hall.plot.range == (-15.0, 15.0)
    hall.session.apply(set_entry(PLACE, (0, 0), 0.5))
    assert hall.plot.range == (-15.0, 15.0)
    assert len(hall.questions) == 2


def test_wheel_and_keys_change_the_range_around_the_weight(hall, qtbot):
    qtbot.keyClick(hall.plot, Qt.Key.Key_Minus)
    assert hall.plot.range == (-3.0, 3.0)
    turn(hall.plot, 120)
    turn(hall.plot, 120)
    assert hall.plot.range == (-1.5, 1.5)
    for _ in range(20):
        turn(hall.plot, 120)
    assert hall.plot.range == (-0.5, 0.5)
    assert hall.plot.map.values[-1] == 0.5


def turn(plot, angle):
    place = QPointF(plot.rect().center())
    event = QWheelEvent(
        place,
        QPointF(plot.mapToGlobal(place)),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(plot, event)


def test_while_it_waits_the_old_map_stays_and_a_late_answer_is_dropped(hall):
    hall.answers_at_once = False
    old = hall.plot.map
    hall.session.apply(set_entry(PLACE, (1, 1), 0.1))
    hall.session.apply(set_entry(PLACE, (1, 1), 0.2))
    assert hall.plot.map is old
    assert hall.plot.is_waiting
    _, late, wanted = hall.questions
    hall.panel.show_answer(late, late.answer())
    assert hall.plot.map is old
    hall.panel.show_answer(wanted, wanted.answer())
    assert hall.plot.map is not old
    assert not hall.plot.is_waiting


def test_dragging_while_it_waits_does_not_ask_again(hall, qtbot):
    hall.answers_at_once = False
    hall.session.apply(set_entry(PLACE, (1, 1), 0.1))
    assert len(hall.questions) == 2
    start = on_line(hall.plot)
    drag(qtbot, hall.plot, start, start - QPoint(0, 20))
    assert len(hall.questions) == 2
    hall.panel.show_answer(hall.questions[-1], hall.questions[-1].answer())
    assert hall.plot.question() is None


@pytest.mark.parametrize(("steps", "most"), [(40, 61), (200_000, 9)])
def test_what_is_asked_is_bounded(qapp, steps, most):  # noqa: ARG001
    document = built_in("default")
    values = np.resize(document.input.values, (1, steps, document.input.values.shape[2]))
    targets = np.resize(document.objective.targets, (1, steps, document.outputs))
    longer = replace(
        document,
        input=replace(document.input, values=values),
        objective=replace(document.objective, targets=targets),
    )
    plot = SweepPlot(LIGHT)
    plot.show_frame(replace(compute(document), document=longer), Selection())
    question = plot.question()
    assert isinstance(question, Question)
    assert question.arguments[1].count == most


@pytest.mark.parametrize("width", [500, 1200])
def test_the_line_is_where_the_weight_is(hall, width):
    image = QImage(width, 400, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.card))
    with QPainter(image) as painter:
        hall.plot.paint_figure(painter, QRectF(0, 0, width, 400))
    panel = hall.plot.panels(QRectF(0, 0, width, 400))[1]
    y = round(float(panel.y(0.5)))
    column = round(float(panel.x(2))) + 7
    assert QColor(LIGHT.text) in [image.pixelColor(column, y + off) for off in (-1, 0, 1)]


def test_the_weight_of_another_plot_that_is_not_there_is_not_swept(show_plot):
    there = show_plot(SweepPlot, built_in("gru"))
    there.take_look(replace(there.look(), place=Place(0, "W_hr")))
    there.show_frame(there.frame, there.selection)
    assert there.look().place == Place(0, "W_hr")
    there.show_frame(compute(built_in("golden")), there.selection)
    assert there.look().place == PLACE
