import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from rnnviz.document.document import Objective, Place, Window
from rnnviz.document.edits import set_entry
from rnnviz.document.network_edits import set_window
from rnnviz.document.presets import built_in
from rnnviz.document.sources import text_edit
from rnnviz.session.session import Session
from rnnviz.views.editors.drawn_inputs import IS_TEXT
from rnnviz.views.editors.inputs import InputPanel
from rnnviz.views.editors.source_reading import LARGE_FILE
from rnnviz.views.plots.inputs import Bar
from rnnviz.views.theme import DARK, LIGHT

EXAMPLES = Path(__file__).parents[3] / "assets" / "examples"
LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
PLAIN, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
PRESS, MOVE, RELEASE = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
)


@pytest.fixture
def session():
    return Session(built_in("default"))


@pytest.fixture
def picked():
    """What the user picks in the file dialog, one path after the other; nothing when it is empty."""
    return []


@pytest.fixture
def make(qtbot, picked):
    """Return a function that shows the panel of a session."""

    panels = []  # whoever asks only for the canvas needs the panel to stay

    def make(session, width=300, height=340):
        panel = InputPanel(session, LIGHT, lambda: picked.pop(0) if picked else None)
        panels.append(panel)
        panel.messages = []
        panel.message.connect(panel.messages.append)
        qtbot.addWidget(panel)
        panel.resize(width, height)
        with qtbot.waitActive(panel):
            panel.show()
            panel.activateWindow()
        return panel

    return make


@pytest.fixture
def panel(make, session):
    return make(session)


@pytest.fixture
def canvas(panel):
    return panel.canvas


class Mouse:
    """A hand on the canvas. Positions are (t, value) in the panel of a feature; t may be a fraction."""

    def __init__(self, canvas, feature=0, modifiers=PLAIN, button=LEFT):
        self.canvas, self.feature = canvas, feature
        self.modifiers, self.button = modifiers, button

    def place(self, t, value):
        panel = self.canvas.panel_of(Bar(self.feature, 1))
        y = panel.rect.bottom() - (value - panel.spec.low) / (panel.spec.high - panel.spec.low) * panel.rect.height()
        return QPointF(float(panel.x(t)), y)

    def send(self, kind, position, button):
        held = NONE if kind == RELEASE else self.button
        point = self.canvas.mapToGlobal(position)
        QApplication.sendEvent(self.canvas, QMouseEvent(kind, position, point, button, held, self.modifiers))

    def press(self, t, value):
        self.at = self.place(t, value)
        self.send(PRESS, self.at, self.button)

    def move(self, t, value):
        self.at = self.place(t, value)
        self.send(MOVE, self.at, NONE)

    def move_by(self, dx, dy):
        self.at = self.at + QPointF(dx, dy)
        self.send(MOVE, self.at, NONE)

    def release(self):
        self.send(RELEASE, self.at, self.button)

    def drag(self, *places):
        self.press(*places[0])
        for place in places[1:]:
            self.move(*place)
        self.release()


def x(session, feature=0, sample=0):
    return session.document.input.values[sample, :, feature]


def steps_made(session):
    return session.history.index


def type_text(qtbot, panel, text):
    """Type as a user does, and wait for the pause to be over."""
    qtbot.mouseClick(panel.source.button("text"), LEFT)
    QTest.keyClicks(panel.text.field, text)


def field_of(canvas):
    fields = [field for field in canvas.findChildren(QLineEdit) if field.isVisible()]
    assert len(fields) == 1
    return fields[0]


# ---- drawing


def test_a_press_sets_the_bar_under_the_pointer(canvas, session):
    before = x(session).copy()
    Mouse(canvas).drag((10, 0.5))
    assert x(session)[9] == pytest.approx(0.5, abs=0.02)
    np.testing.assert_array_equal(np.delete(x(session), 9), np.delete(before, 9))


def test_values_are_drawn_in_hundredths(canvas, session):
    Mouse(canvas).drag((3, 0.2), (20, -0.7), (30, 0.333))
    drawn = x(session)[2:30]
    np.testing.assert_array_equal(drawn, np.round(drawn, 2))


def test_bars_that_the_pointer_jumps_over_are_interpolated(canvas, session):
    Mouse(canvas).drag((5, 0.0), (15, 1.0))
    np.testing.assert_allclose(x(session)[4:15], np.linspace(0, 1, 11), atol=0.02)


def test_bars_are_drawn_backward_too(canvas, session):
    Mouse(canvas).drag((15, 1.0), (5, -1.0))
    np.testing.assert_allclose(x(session)[4:15], np.linspace(-1, 1, 11), atol=0.02)


def test_a_gesture_stays_in_the_panel_where_it_began(canvas, session):
    sine = x(session).copy()
    mouse = Mouse(canvas, feature=1)
    mouse.press(5, 0.5)
    mouse.at = Mouse(canvas, feature=0).place(8, 0.5)
    mouse.send(MOVE, mouse.at, NONE)
    mouse.release()
    np.testing.assert_array_equal(x(session), sine)
    assert x(session, 1)[7] == 1.0  # the pointer is above the panel


def test_one_gesture_is_one_undo_step(canvas, session):
    before = session.document
    Mouse(canvas).drag((5, 0.1), (6, 0.2), (7, 0.9), (6, -0.3), (20, 0.5))
    assert steps_made(session) == 1
    session.undo()
    assert session.document is before


def test_two_gestures_are_two_undo_steps(canvas, session):
    for value in (0.1, 0.9):
        Mouse(canvas).drag((5, value), (6, value))
    assert steps_made(session) == 2


def test_every_move_is_answered_by_a_frame(canvas, session, qtbot):
    mouse = Mouse(canvas)
    mouse.press(5, 0.1)
    with qtbot.waitSignal(session.frame_changed):
        mouse.move(5, 0.9)
    mouse.release()
    assert session.frame.document is session.document


def test_esc_takes_the_drag_back_and_leaves_no_trace(canvas, session, qtbot):
    before = session.document
    mouse = Mouse(canvas)
    mouse.press(5, 0.5)
    mouse.move(12, -0.9)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert session.document == before
    assert steps_made(session) == 0
    mouse.move(14, 0.9)
    mouse.release()
    assert session.document == before


def test_values_stay_within_the_shown_range(canvas, session):
    Mouse(canvas).drag((5, 0.5), (5, 7.0))
    assert x(session)[4] == 1.0


def test_a_drag_that_ends_beyond_the_edge_widens_the_range_for_the_next(canvas, session):
    mouse = Mouse(canvas)
    mouse.drag((5, 0.5), (5, 1.4))
    assert canvas.value_ranges()[0] == (-1.0, 1.5)
    assert canvas.value_ranges()[1] == (-1.0, 1.0)
    mouse.drag((5, 0.5), (5, 1.5))
    assert x(session)[4] == 1.5


def test_pulses_from_0_up_can_be_made_negative_by_dragging_below_the_edge(make):
    session = Session(built_in("vanishing"))
    canvas = make(session).canvas
    assert canvas.value_ranges() == ((0.0, 1.0),)
    mouse = Mouse(canvas)
    mouse.drag((5, 0.5), (5, -0.3))
    assert x(session)[4] == 0.0
    mouse.drag((5, -0.5))
    assert x(session)[4] == pytest.approx(-0.5, abs=0.02)


def test_the_range_is_fixed_while_the_hand_is_down(canvas):
    mouse = Mouse(canvas, modifiers=CTRL)
    mouse.press(5, 0.5)
    mouse.move(5, 1.3)
    assert canvas.value_ranges()[0] == (-1.0, 1.0)
    mouse.release()
    assert canvas.value_ranges()[0][1] == 1.5


def test_ctrl_goes_beyond_the_range(canvas, session):
    Mouse(canvas, modifiers=CTRL).drag((5, 0.5), (5, 1.3))
    assert x(session)[4] == pytest.approx(1.3, abs=0.03)


def test_the_range_does_not_shrink_under_the_hand_but_does_when_something_else_is_opened(canvas, session):
    Mouse(canvas).drag((1, 0.1), (40, 0.1))
    assert canvas.value_ranges()[0] == (-1.0, 1.0)
    session.open_document(built_in("orthogonal"))
    assert canvas.value_ranges() == ((0.0, 0.01),)


def test_small_numbers_are_drawn_in_hundredths_of_their_range(make):
    session = Session(built_in("orthogonal"))
    canvas = make(session).canvas
    Mouse(canvas).drag((5, 0.005))
    assert x(session)[4] == pytest.approx(0.005, abs=0.0002)
    assert x(session)[4] == round(x(session)[4], 4)


def test_numbers_that_are_all_zero_can_be_drawn_on(make, session):
    panel = make(session)
    Mouse(panel.canvas, button=RIGHT).drag((1, 0.5), (40, 0.5))
    session.undo()
    session.redo()  # an undo or redo looks at the numbers anew
    assert not x(session).any()
    assert panel.canvas.value_ranges()[0] == (0.0, 1.0)


def test_shift_turns_the_first_bar_alone_ten_times_finer(canvas, session):
    before = x(session).copy()
    height = canvas.panel_of(Bar(0, 1)).rect.height()
    mouse = Mouse(canvas, modifiers=SHIFT)
    mouse.press(5, 0.0)
    np.testing.assert_array_equal(x(session), before)
    mouse.move_by(60, -height / 4)
    mouse.release()
    assert x(session)[4] == pytest.approx(before[4] + 2.0 / 4 / 10, abs=0.001)
    np.testing.assert_array_equal(np.delete(x(session), 4), np.delete(before, 4))
    assert steps_made(session) == 1


@pytest.mark.parametrize(("modifiers", "button"), [(ALT, LEFT), (PLAIN, RIGHT)])
def test_alt_or_the_right_button_sets_to_0(canvas, session, modifiers, button):
    before = x(session).copy()
    Mouse(canvas, modifiers=modifiers, button=button).drag((3, 0.5), (8, -0.5))
    np.testing.assert_array_equal(x(session)[2:8], 0.0)
    np.testing.assert_array_equal(x(session)[8:], before[8:])
    assert steps_made(session) == 1


def test_the_other_button_does_not_disturb_a_gesture(canvas, session):
    mouse, other = Mouse(canvas), Mouse(canvas, button=RIGHT)
    mouse.press(5, 0.5)
    other.drag((6, 0.5))
    mouse.move(7, 0.8)
    mouse.release()
    assert x(session)[6] == pytest.approx(0.8, abs=0.02)
    assert steps_made(session) == 1


def test_a_press_at_t_0_or_on_a_caption_does_nothing(canvas, session):
    before = session.document
    Mouse(canvas).drag((0, 0.5))
    Mouse(canvas).drag((5, 1.4))
    assert session.document is before


def test_what_is_drawn_before_the_first_painting_lands_where_it_is_pointed_at(canvas, session):
    session.open_document(built_in("golden"))
    Mouse(canvas).drag((4, -0.5))
    assert x(session)[3] == pytest.approx(-0.5, abs=0.02)


def test_another_document_in_the_middle_of_a_drag_ends_it(canvas, session):
    mouse = Mouse(canvas)
    mouse.press(30, 0.5)
    session.open_document(built_in("golden"))
    before = session.document
    mouse.move(35, 0.5)
    mouse.release()
    assert session.document is before


def test_the_selected_sequence_is_drawn_on(make, golden):
    values = np.concatenate([golden.input.values, 0.5 * golden.input.values])
    targets = np.concatenate([golden.objective.targets] * 2)
    two = replace(
        golden,
        input=replace(golden.input, values=values),
        objective=replace(golden.objective, targets=targets),
    )
    session = Session(two)
    canvas = make(session).canvas
    session.select(replace(session.selection, sample=1))
    Mouse(canvas).drag((2, 0.4))
    assert x(session, sample=1)[1] == pytest.approx(0.4, abs=0.02)
    np.testing.assert_array_equal(x(session), golden.input.values[0, :, 0])


def test_the_number_is_written_beside_the_pointer_while_drawing(canvas):
    mouse = Mouse(canvas)
    mouse.press(5, -0.5)
    near = canvas.mapFromGlobal(canvas.mapToGlobal(mouse.at)).toPoint()
    image = canvas.grab().toImage()
    ratio = image.devicePixelRatio()
    found = [
        image.pixelColor(round((near.x() + dx) * ratio), round((near.y() - 18) * ratio)).name() for dx in range(10, 80)
    ]
    mouse.release()
    assert LIGHT.on in found


# ---- a map


@pytest.fixture
def table(tmp_path):
    """A file of ten columns and fifty rows, with dates."""
    rng = np.random.default_rng(2)
    rows = [",".join(["day", *(f"sensor {i}" for i in range(10))])]
    rows += [
        ",".join([f"2026-01-{1 + n % 28:02d}", *(f"{v:.3f}" for v in row)])
        for n, row in enumerate(rng.normal(size=(50, 10)))
    ]
    path = tmp_path / "ten.csv"
    path.write_text("\n".join(rows))
    return path


def press_cell(canvas, bar, modifiers=PLAIN, button=LEFT):
    mouse = Mouse(canvas, modifiers=modifiers, button=button)
    mouse.at = canvas.rect_of(bar).center()
    mouse.send(PRESS, mouse.at, button)
    return mouse


def test_a_cell_of_a_map_is_a_knob(panel, session, table):
    panel.open_path(table)
    before = session.document.input.values[0].copy()
    mouse = press_cell(panel.canvas, Bar(7, 20))
    mouse.move_by(0, -30)
    mouse.release()
    changed = np.argwhere(session.document.input.values[0] != before)
    assert changed.tolist() == [[19, 7]]
    assert x(session, 7)[19] > before[19, 7] + 0.3
    assert steps_made(session) == 2


def test_cells_of_a_map_are_set_to_0_with_the_right_button(panel, session, table):
    panel.open_path(table)
    mouse = press_cell(panel.canvas, Bar(2, 10), button=RIGHT)
    mouse.at = panel.canvas.rect_of(Bar(3, 10)).center()
    mouse.send(MOVE, mouse.at, NONE)
    assert x(session, 2)[9] == x(session, 3)[9] == 0.0
    QTest.keyClick(panel.canvas, Qt.Key.Key_Escape)
    assert x(session, 2)[9] != 0.0
    assert x(session, 3)[9] != 0.0


# ---- the keyboard


def test_arrows_choose_a_bar_and_change_it(canvas, session, qtbot):
    session.set_cursor(3)
    canvas.setFocus()
    canvas.choose(0, 10)
    before = x(session)[10]
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.chosen == Bar(0, 11)
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    assert x(session)[10] == pytest.approx(before + 0.05)
    qtbot.keyClick(canvas, Qt.Key.Key_Down, SHIFT)
    assert x(session)[10] == pytest.approx(before + 0.045)
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert x(session)[10] == 0.0
    assert steps_made(session) == 3
    assert session.cursor == 3


def test_pages_choose_a_feature_and_the_choice_stays_inside(canvas, qtbot):
    canvas.choose(0, 1)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_End, Qt.Key.Key_Right):
        qtbot.keyClick(canvas, key)
    assert canvas.chosen == Bar(1, 40)


def test_a_key_that_is_held_down_is_one_undo_step(canvas, session):
    canvas.choose(0, 10)
    before = x(session)[9]
    for kind, repeats in (("KeyPress", False), *[("KeyPress", True)] * 4, ("KeyRelease", False)):
        event = QKeyEvent(QEvent.Type[kind], Qt.Key.Key_Up, PLAIN, "", repeats)
        QApplication.sendEvent(canvas, event)
    assert x(session)[9] == pytest.approx(before + 0.25)
    assert steps_made(session) == 1


@pytest.mark.parametrize(("typed", "value"), [("0.25", 0.25), ("0,25", 0.25), ("-1.5", -1.5), (".5", 0.5), ("2", 2.0)])
def test_a_number_can_be_typed(canvas, session, qtbot, typed, value):
    canvas.setFocus()
    canvas.choose(0, 10)
    qtbot.keyClicks(canvas, typed[0])
    field = field_of(canvas)
    qtbot.keyClicks(field, typed[1:])
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert x(session)[9] == value
    assert canvas.chosen == Bar(0, 11)
    assert canvas.hasFocus()
    assert steps_made(session) == 1


def test_a_wrong_number_marks_the_field_and_changes_nothing(canvas, session, qtbot):
    before = session.document
    canvas.setFocus()
    qtbot.keyClicks(canvas, "1")
    field = field_of(canvas)
    qtbot.keyClicks(field, "x")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.isVisible()
    assert "not a number" in field.toolTip()
    assert session.document is before
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert session.document is before
    assert canvas.hasFocus()


def test_enter_opens_the_field_with_the_number_that_is_there(canvas, session, qtbot):
    canvas.setFocus()
    canvas.choose(0, 10)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    shown = field_of(canvas).text().replace("\N{MINUS SIGN}", "-")
    assert float(shown) == x(session)[9]
    qtbot.keyClick(field_of(canvas), Qt.Key.Key_Escape)


def test_the_chosen_bar_is_told_to_screen_readers(canvas, session):
    canvas.choose(1, 5)
    said = f"pulses, t = 5: {x(session, 1)[4]:g}; on x₂ at t = 5 depends column 2 of W_xh, h at t = 5"
    assert canvas.accessibleDescription() == said


def test_space_asks_to_play(panel, qtbot):
    with qtbot.waitSignal(panel.play_requested):
        qtbot.keyClick(panel.canvas, Qt.Key.Key_Space)


# ---- the time cursor


def test_the_axis_below_the_bars_moves_the_cursor_and_draws_nothing(canvas, session):
    before = session.document
    mouse = Mouse(canvas, feature=1)
    bottom = canvas.panel_of(Bar(1, 1)).rect.bottom() + 10
    for kind, t in ((PRESS, 7), (MOVE, 12)):
        mouse.at = QPointF(mouse.place(t, 0).x(), bottom)
        mouse.send(kind, mouse.at, LEFT if kind == PRESS else NONE)
        assert session.cursor == t
    mouse.release()
    mouse.move(20, 0.5)
    assert session.cursor == 12
    assert session.document is before


def test_moving_the_cursor_computes_nothing(canvas, session):
    frames = []
    session.frame_changed.connect(frames.append)
    for t in range(session.frame.last_step + 1):
        session.set_cursor(t)
    assert frames == []
    assert canvas.cursor_t == session.frame.last_step


# ---- text


def test_typed_text_is_fed_after_a_pause(panel, session, qtbot):
    with qtbot.waitSignal(session.document_changed):
        type_text(qtbot, panel, "hello")
    assert session.document.input.text == "hell"
    assert session.frame.y.shape == (1, 4, 4)
    assert session.history.undo_label == "Type text"
    assert steps_made(session) == 1
    assert panel.canvas.data is session.document.input


def test_every_pause_is_an_undo_step_and_the_field_follows(panel, session, qtbot):
    curve = session.document
    for piece in ("ab", "ba"):
        with qtbot.waitSignal(session.document_changed):
            type_text(qtbot, panel, piece)
    assert panel.text.field.toPlainText() == "abba"
    assert steps_made(session) == 2
    session.undo()
    assert panel.text.field.toPlainText() == "ab"
    assert panel.source.choice == "text"
    session.undo()
    assert session.document is curve
    assert panel.source.choice == "curve"
    assert not panel.text.field.isVisible()
    session.redo()
    session.redo()
    assert panel.text.field.toPlainText() == "abba"


def test_a_text_that_is_too_short_is_refused_below_the_field(panel, session, qtbot):
    before = session.document
    type_text(qtbot, panel, "a")
    qtbot.waitUntil(panel.trouble.isVisible)
    assert "write at least 2" in panel.trouble.text()
    assert session.document is before
    with qtbot.waitSignal(session.document_changed):
        type_text(qtbot, panel, "b")
    assert not panel.trouble.isVisible()


def test_text_that_is_typed_and_taken_back_before_the_pause_is_no_step(panel, session, qtbot):
    with qtbot.waitSignal(session.document_changed):
        type_text(qtbot, panel, "abc")
    type_text(qtbot, panel, "d")
    qtbot.keyClick(panel.text.field, Qt.Key.Key_Backspace)
    qtbot.mouseClick(panel.source.button("text"), LEFT)  # which does not wait for the pause
    assert steps_made(session) == 1


def test_undo_keys_in_the_field_are_left_to_the_window(panel, session, qtbot):
    shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), panel)
    shortcut.activated.connect(session.undo)
    before = session.document
    with qtbot.waitSignal(session.document_changed):
        type_text(qtbot, panel, "hello")
    panel.text.field.setFocus()
    qtbot.keyClick(panel.text.field, Qt.Key.Key_Z, CTRL)
    assert session.document is before


def test_words_stay_words_while_they_are_typed(make, golden, qtbot):
    session = Session(text_edit("to be or not", "word").apply(golden))
    panel = make(session)
    assert panel.text.field.toPlainText() == "to be or not"
    panel.text.field.moveCursor(panel.text.field.textCursor().MoveOperation.End)
    with qtbot.waitSignal(session.document_changed):
        QTest.keyClicks(panel.text.field, " to be")
    assert session.document.input.vocabulary == ("be", "not", "or", "to")


def test_drawing_on_text_is_refused_with_a_message(panel, session, qtbot):
    with qtbot.waitSignal(session.document_changed):
        type_text(qtbot, panel, "hello")
    before = session.document
    mouse = press_cell(panel.canvas, Bar(1, 2))
    mouse.move_by(0, -30)
    mouse.release()
    panel.canvas.setFocus()
    qtbot.keyClick(panel.canvas, Qt.Key.Key_Up)
    qtbot.keyClicks(panel.canvas, "1")
    assert panel.messages == [IS_TEXT] * 3
    assert session.document is before


@pytest.fixture
def padded(session):
    """Make the only sequence one of two, and let it end at step 30 of 40."""
    values = np.repeat(session.document.input.values, 2, axis=0)
    targets = np.repeat(session.document.objective.targets, 2, axis=0)
    session.open_document(
        replace(
            session.document,
            input=replace(session.document.input, values=values, lengths=(30, 40)),
            objective=replace(session.document.objective, targets=targets),
        )
    )


@pytest.mark.usefixtures("padded")
def test_pressing_on_padding_says_so_and_changes_nothing(panel, session):
    before = session.document
    Mouse(panel.canvas).drag((35, 0.5), (33, 0.2))
    assert panel.messages == ["Step 35 is padding: this sequence ends at t = 30."]
    assert session.document is before


@pytest.mark.usefixtures("padded")
def test_drawing_stops_at_the_padding(panel, session):
    before = x(session).copy()
    Mouse(panel.canvas).drag((28, 0.5), (36, 0.5))
    np.testing.assert_allclose(x(session)[27:30], 0.5, atol=0.02)
    np.testing.assert_array_equal(x(session)[30:], before[30:])


@pytest.mark.usefixtures("padded")
def test_keys_choose_no_bar_of_the_padding(panel, qtbot):
    canvas = panel.canvas
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_End)
    assert canvas.chosen == Bar(0, 30)
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.chosen == Bar(0, 30)
    canvas.choose(0, 40)
    assert canvas.chosen == Bar(0, 30)


def test_windows_are_shown_as_soon_as_there_are_some(canvas, session):
    place = QPointF(float(canvas.panel_of(Bar(0, 1)).x(10.5)), canvas.panel_of(Bar(0, 1)).rect.center().y())
    assert "cut" not in canvas.describe(place, canvas.rect().toRectF())
    session.apply(set_window(Window(10, stateful=True)))
    place = QPointF(float(canvas.panel_of(Bar(0, 1)).x(10.5)), canvas.panel_of(Bar(0, 1)).rect.center().y())
    assert "the gradient is cut here" in canvas.describe(place, canvas.rect().toRectF())
    assert canvas.panels(canvas.rect().toRectF())[0].spec.border == "the gradient is cut here"


def test_curve_and_text_take_turns(panel, session, qtbot):
    curve = session.document
    with qtbot.waitSignal(session.document_changed):
        type_text(qtbot, panel, "hello")
    text = session.document
    qtbot.mouseClick(panel.source.button("curve"), LEFT)
    assert session.document.input is curve.input
    assert session.document.readout == curve.readout
    assert session.document.objective == curve.objective
    qtbot.mouseClick(panel.source.button("text"), LEFT)
    assert session.document.input == text.input
    assert steps_made(session) == 3


def test_a_curve_can_be_drawn_after_opening_a_scene_of_text(make, golden, qtbot):
    session = Session(text_edit("hello").apply(golden))
    panel = make(session)
    assert panel.source.choice == "text"
    qtbot.mouseClick(panel.source.button("curve"), LEFT)
    assert session.document.input.text is None
    Mouse(panel.canvas).drag((5, 0.5))
    assert x(session)[4] == pytest.approx(0.5, abs=0.02)


def test_drawing_while_the_text_field_is_open_moves_nothing_under_the_hand(panel, session, qtbot):
    qtbot.mouseClick(panel.source.button("text"), LEFT)
    geometry = panel.canvas.geometry()
    Mouse(panel.canvas).drag((5, 0.5), (9, 0.2))
    assert panel.text.field.isVisible()
    assert panel.canvas.geometry() == geometry
    assert steps_made(session) == 1


# ---- files


@pytest.mark.parametrize(("name", "steps"), [("daylight.csv", 59), ("rhyme.txt", 119)])
def test_an_example_runs_through_the_network_at_once(panel, session, name, steps):
    panel.open_path(EXAMPLES / name)
    assert session.history.undo_label == f"Open {name}"
    assert session.frame.document is session.document
    assert session.frame.problems == ()
    assert session.frame.last_step == steps
    for t in range(steps + 1):
        session.set_cursor(t)
        assert session.cursor == panel.canvas.cursor_t == t
    assert not panel.grab().isNull()


def test_opening_a_file_through_the_button(panel, session, picked, qtbot):
    picked.append(EXAMPLES / "daylight.csv")
    qtbot.mouseClick(panel.source.button("file"), LEFT)
    assert session.document.input.features == ("daylight_hours", "temperature_celsius")
    assert panel.source.choice == "file"
    assert panel.file.options.isVisible()


def test_picking_no_file_leaves_everything_as_it_was(panel, session, qtbot):
    before = session.document
    qtbot.mouseClick(panel.source.button("file"), LEFT)
    assert session.document is before
    assert panel.source.choice == "curve"


def test_a_text_file_lands_in_the_text_field(panel, session):
    panel.open_path(EXAMPLES / "rhyme.txt")
    assert panel.source.choice == "text"
    assert panel.text.field.toPlainText() == (EXAMPLES / "rhyme.txt").read_text().removesuffix("\n")
    assert session.document.outputs == len(session.document.input.vocabulary)


def test_what_was_found_in_the_file_is_told(panel, table):
    panel.open_path(table)
    words = panel.file.options.words
    assert words.startswith("ten.csv: 10 columns, sensor 0, sensor 1, sensor 2 … · separator comma · header")
    assert words.endswith("left out: day")


def test_options_are_applied_at_once_as_one_undo_step(panel, session):
    before = session.document
    panel.open_path(EXAMPLES / "daylight.csv")
    target, kinds = panel.file.options.box, panel.tools.choices
    first = session.document
    target.click()
    assert session.document.objective.loss == "sum"
    assert session.document.timesteps == 60
    kinds["raw"].trigger()
    assert session.document.input.values.max() > 10
    assert panel.file.options.isVisible()
    target.click()
    kinds["z-score"].trigger()
    assert session.document == first
    assert steps_made(session) == 1
    session.undo()
    assert session.document is before
    assert panel.source.choice == "curve"
    session.redo()
    assert panel.source.choice == "file"


def test_options_keep_what_was_changed_since(panel, session):
    panel.open_path(EXAMPLES / "daylight.csv")
    session.apply(set_entry(Place(0, "W_hh"), (0, 0), 0.123))
    panel.tools.choices["raw"].trigger()
    assert session.document.weight(Place(0, "W_hh"))[0, 0] == 0.123
    assert steps_made(session) == 3


def test_a_network_without_a_readout_can_predict_a_file(make):
    session = Session(replace(built_in("golden"), readout=None, objective=Objective()))
    make(session).open_path(EXAMPLES / "daylight.csv")
    assert session.frame.y.shape == (1, 59, 2)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("bad.csv", "a,b\n1,2\n3,oops\n", "line 3, column 2 (b)"),
        ("empty.csv", "", "is empty"),
        ("words.csv", "hello\nworld\n", "open it as text"),
        ("one.txt", "a", "write at least 2"),
        ("picture.txt", "\0\0\0", "binary"),
        ("long.csv", "1\n2\n" * 10_001, "at most 20,000"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_inline(panel, session, tmp_path, name, content, message):
    (tmp_path / name).write_text(content)
    before = session.document
    panel.open_path(tmp_path / name)
    assert panel.trouble.isVisible()
    assert message in panel.trouble.text()
    assert session.document is before
    assert panel.source.choice == "curve"
    panel.open_path(EXAMPLES / "daylight.csv")
    assert not panel.trouble.isVisible()


def test_a_missing_file_is_refused_inline(panel, session, tmp_path):
    before = session.document
    panel.open_path(tmp_path / "nowhere.csv")
    assert "nowhere.csv cannot be opened" in panel.trouble.text()
    assert session.document is before


def test_a_long_name_does_not_make_the_panel_wider(panel, tmp_path):
    width = panel.minimumSizeHint().width()
    path = tmp_path / ("x" * 200 + ".csv")
    path.write_text("hello")
    panel.open_path(path)
    assert panel.trouble.isVisible()
    assert panel.minimumSizeHint().width() == width


def test_options_go_when_another_file_fails_and_its_series_stays(panel, session, tmp_path):
    panel.open_path(EXAMPLES / "daylight.csv")
    before = session.document
    panel.open_path(tmp_path / "nowhere.csv")
    panel.tools.choices["raw"].trigger()
    assert session.document.input.features == before.input.features


def test_ten_thousand_rows_are_shown_and_can_be_drawn_on(panel, session, tmp_path):
    t = np.arange(10_000)
    rows = np.stack([np.sin(t / 50), np.cos(t / 80)], axis=1)
    np.savetxt(tmp_path / "long.csv", rows, fmt="%.4f", delimiter=",", header="a,b", comments="")
    panel.open_path(tmp_path / "long.csv")
    assert session.frame.last_step == 9_999
    assert session.frame.problems == ()
    before = x(session).copy()
    Mouse(panel.canvas).drag((2000, 0.0), (4000, 0.0))
    changed = np.flatnonzero(x(session) != before)
    assert 1900 <= len(changed) <= 2100
    assert not panel.grab().isNull()
    assert steps_made(session) == 2


def large_file(tmp_path, name="large.csv"):
    path = tmp_path / name
    row = ",".join(["0.12345678901234567890"] * 100) + "\n"
    path.write_text(row * (LARGE_FILE // len(row) + 2))
    return path


def test_a_large_file_is_read_beside_the_window(panel, session, tmp_path, qtbot):
    before = session.document
    with qtbot.waitSignal(session.document_changed, timeout=30_000):
        panel.open_path(large_file(tmp_path))
        assert session.document is before
        assert panel.file.cancel_button.isVisible()
    assert len(session.document.input.features) == 100
    assert not panel.file.cancel_button.isVisible()


def test_a_large_file_that_was_given_up_does_not_arrive(panel, session, tmp_path, qtbot):
    panel.open_path(large_file(tmp_path, "first.csv"))
    qtbot.mouseClick(panel.file.cancel_button, LEFT)
    assert not panel.file.cancel_button.isVisible()
    with qtbot.waitSignal(session.document_changed, timeout=30_000):
        panel.open_path(large_file(tmp_path, "second.csv"))
    assert session.history.undo_label == "Open second.csv"
    assert steps_made(session) == 1


def test_the_panel_can_go_while_a_file_is_being_read(session, tmp_path, qtbot):
    panel = InputPanel(session, LIGHT, lambda: None)
    panel.open_path(large_file(tmp_path))
    with qtbot.waitSignal(panel.destroyed):
        panel.deleteLater()
    for thread in threading.enumerate():
        if thread.name.startswith("reading "):
            thread.join(30)
    assert session.document == built_in("default")


# ---- looks


def test_a_theme_reaches_every_part(panel):
    panel.open_path(EXAMPLES / "daylight.csv")
    panel.apply_theme(DARK)
    image = panel.grab().toImage()
    ratio = image.devicePixelRatio()
    chosen = panel.source.button("file")
    place = chosen.mapTo(panel, chosen.rect().center())
    place.setX(place.x() - chosen.width() // 2 + 6)
    assert image.pixelColor(round(place.x() * ratio), round(place.y() * ratio)).name() == DARK.on
    corner = panel.canvas.geometry().topLeft()
    pixel = image.pixelColor(round((corner.x() + 1) * ratio), round((corner.y() + 1) * ratio))
    assert pixel.name() == DARK.card


def test_everything_grows_with_the_words(panel):
    before = panel.source.sizeHint().height(), panel.text.field.height()
    panel.apply_theme(LIGHT.with_text(24))
    assert panel.source.sizeHint().height() == pytest.approx(2 * before[0], abs=2)
    assert panel.text.field.height() > 1.7 * before[1]
